//! Whether each hook is in force.

use std::path::{Path, PathBuf};

use super::files::{is_executable, script};
use super::place::{Owner, Place};
use super::{Framework, Hook, HooksError, call, configured, shim};

/// How a hook stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// In force, through the file named (or the configuration).
    Installed(Option<PathBuf>),
    /// Ours, but from another version, or the program it starts is gone.
    Stale {
        /// The shim.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
        /// Whether it works all the same.
        in_force: bool,
    },
    /// There is no hook.
    Missing,
    /// Another hook is there, which does not run gatehook.
    Foreign(PathBuf),
    /// `core.hooksPath` leads elsewhere, where nothing runs gatehook.
    Overridden(PathBuf),
}

impl State {
    /// Whether git runs gatehook.
    pub const fn in_force(&self) -> bool {
        matches!(self, Self::Installed(_) | Self::Stale { in_force: true, .. })
    }

    /// The word for it.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Installed(_) => "installed",
            Self::Stale { .. } => "stale",
            Self::Missing => "missing",
            Self::Foreign(_) => "foreign",
            Self::Overridden(_) => "overridden",
        }
    }

    /// How it stands as a line for people, paths relative to `here` where they are inside it.
    pub fn describe(&self, here: &Path) -> String {
        let short = |path: &Path| path.strip_prefix(here).unwrap_or(path).display().to_string();
        match self {
            Self::Installed(Some(path)) | Self::Overridden(path) => format!("{:12}{}", self.word(), short(path)),
            Self::Foreign(path) => {
                let whose = Framework::at(path).map(|whose| format!(" (by {})", whose.word())).unwrap_or_default();
                format!("{:12}{}{whose}", self.word(), short(path))
            }
            Self::Installed(None) => format!("{:12}git's configuration", self.word()),
            Self::Stale { path, reason, .. } => format!("{:12}{}: {reason}", self.word(), short(path)),
            Self::Missing => self.word().to_owned(),
        }
    }
}

/// How `hook` stands at `place`. `on_path` tells whether PATH has a gatehook.
pub fn state(place: &Place, hook: Hook, on_path: bool) -> Result<State, HooksError> {
    let path = place.dir.join(hook.word());
    if configured::in_force(place, hook)? {
        return Ok(State::Installed(None));
    }
    if let Some(path) = call::through(place, hook)? {
        return Ok(State::Installed(Some(path)));
    }
    if !matches!(place.owner, Owner::Repository | Owner::Gatehook) {
        return Ok(State::Overridden(place.dir.clone()));
    }
    let Some(text) = script(&path)? else { return Ok(State::Missing) };
    let Some(version) = shim::version(&text) else { return Ok(State::Foreign(path)) };
    let version = String::from_utf8_lossy(version);
    // A shim that only forwards to the repository's own hook starts no gatehook.
    let Some(program) = shim::binary(&text) else { return Ok(State::Missing) };
    let program = Some(program).filter(|program| is_executable(program));
    let (reason, in_force) = match program {
        _ if !is_executable(&path) => ("it is not executable, so git does not run it".to_owned(), false),
        None if !on_path => ("the gatehook that it starts is gone, and PATH has none".to_owned(), false),
        None => ("the gatehook that it starts is gone, it takes the one on PATH".to_owned(), true),
        Some(_) if version != shim::VERSION => (format!("it is of gatehook {version}"), true),
        Some(_) => return Ok(State::Installed(Some(path))),
    };
    Ok(State::Stale { path, reason, in_force })
}
