//! What installing and removing do to the file system and to git's configuration, one step each.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::HooksError;

/// One step. Planned first, shown by `--dry-run`, done in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing to do: it is there as it should be.
    Keep {
        /// The hook.
        path: PathBuf,
    },
    /// Gives the existing hook a second name, under which the shim runs it.
    Chain {
        /// The hook that is there.
        from: PathBuf,
        /// Where the shim looks for it.
        to: PathBuf,
    },
    /// Writes an executable file in one go.
    Write {
        /// The hook.
        path: PathBuf,
        /// Its text.
        text: Vec<u8>,
    },
    /// Puts a chained hook back, over the shim.
    Restore {
        /// The chained hook.
        from: PathBuf,
        /// Its own name.
        to: PathBuf,
    },
    /// Removes a file of ours.
    Remove {
        /// The file.
        path: PathBuf,
    },
}

/// Whether a step was done or would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tense {
    /// It was done.
    Done,
    /// It would be.
    Would,
}

impl Action {
    /// The step as a line for people, paths relative to `here` where they are inside it.
    pub fn describe(&self, tense: Tense, here: &Path) -> String {
        let short = |path: &Path| path.strip_prefix(here).unwrap_or(path).display().to_string();
        let (done, would, path) = match self {
            Self::Keep { path } => ("unchanged", "unchanged", path),
            Self::Chain { from, .. } => ("chained", "would chain", from),
            Self::Write { path, .. } => ("wrote", "would write", path),
            Self::Restore { to, .. } => ("restored", "would restore", to),
            Self::Remove { path } => ("removed", "would remove", path),
        };
        let mut line = format!("{} {}", if tense == Tense::Done { done } else { would }, short(path));
        if let Self::Chain { to, .. } = self {
            // A String takes every write.
            let _ = write!(line, ", which runs after gatehook as {}", short(to));
        }
        line
    }

    /// Does it.
    pub fn apply(&self) -> Result<(), HooksError> {
        match self {
            Self::Keep { .. } => Ok(()),
            // A link, so that the hook stays in force under its own name until the shim replaces
            // it, and keeps its mode, owner and time when it is put back.
            Self::Chain { from, to } => fs::hard_link(from, to)
                .or_else(|_| fs::rename(from, to))
                .map_err(|source| HooksError::File { verb: "keep", path: from.clone(), source }),
            Self::Write { path, text } => write_executable(path, text).map_err(|source| HooksError::File {
                verb: "write",
                path: path.clone(),
                source,
            }),
            Self::Restore { from, to } => {
                fs::rename(from, to).map_err(|source| HooksError::File { verb: "restore", path: to.clone(), source })
            }
            Self::Remove { path } => {
                fs::remove_file(path).map_err(|source| HooksError::File { verb: "remove", path: path.clone(), source })
            }
        }
    }
}

/// Writes beside and renames: a hook that runs at the same time sees the old text or the new.
fn write_executable(path: &Path, text: &[u8]) -> io::Result<()> {
    let dir = path.parent().unwrap_or(path);
    fs::create_dir_all(dir)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let beside = dir.join(name);
    let written = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&beside)
        .and_then(|mut file| file.write_all(text))
        .and_then(|()| make_executable(&beside))
        .and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // What could not be finished is not left lying about; the first error is the one to tell.
        let _ = fs::remove_file(&beside);
    }
    written
}

#[cfg(unix)]
fn make_executable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> io::Result<()> {
    Ok(())
}
