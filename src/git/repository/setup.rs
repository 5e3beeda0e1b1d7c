//! How git is set up: where it looks for hooks, who said so, which version it is. Also writes
//! those settings, on behalf of `hooks` only; nothing else here changes anything.

use std::path::{Path, PathBuf};

use super::command;
use super::error::GitError;
use super::repo::{Repo, unexpected};

/// A value of git's configuration, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The value, as written.
    pub value: String,
    /// `system`, `global`, `local`, `worktree` or `command`.
    pub scope: String,
    /// The file, as `file:PATH`, or what else it comes from.
    pub origin: String,
}

/// Which configuration is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The user's.
    Global,
    /// The repository's.
    Local,
}

impl Scope {
    /// git's word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Local => "local",
        }
    }

    const fn flag(self) -> &'static str {
        match self {
            Self::Global => "--global",
            Self::Local => "--local",
        }
    }
}

impl Repo {
    /// The directory in which git looks for hooks of this repository, absolute. It need not exist.
    pub fn hooks_dir(&self) -> Result<PathBuf, GitError> {
        let answer = ask(&self.top, &["rev-parse", "--path-format=absolute", "--git-path", "hooks"])?;
        Ok(path_of(answer.strip_suffix(b"\n").unwrap_or(&answer)))
    }
}

/// How git will clean the message of a commit up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageSettings {
    /// `commit.cleanup`.
    pub mode: Option<String>,
    /// `core.commentChar` or `core.commentString`, whichever stands last: git takes them as one.
    pub comment: Option<String>,
}

/// Reads [`MessageSettings`] for the repository around `dir`.
pub fn message_settings(dir: &Path) -> Result<MessageSettings, GitError> {
    let mut settings = MessageSettings::default();
    let entries = settings_like(dir, r"^(core\.comment(char|string)|commit\.cleanup)$")?;
    for entry in String::from_utf8_lossy(&entries).split('\0') {
        let Some((key, value)) = entry.split_once('\n') else { continue };
        let slot = if key == "commit.cleanup" { &mut settings.mode } else { &mut settings.comment };
        *slot = Some(value.to_owned());
    }
    Ok(settings)
}

/// All values of keys that `regex` matches, in the order in which they hold: each the key in lower case, a
/// line feed, the value, a NUL.
pub fn settings_like(dir: &Path, regex: &str) -> Result<Vec<u8>, GitError> {
    let args = ["config", "-z", "--get-regexp", regex];
    let output = command::output(command::as_configured(dir).args(args), "config")?;
    // Status 1: none of them is set (git-config(1)).
    if output.status.code() == Some(1) {
        return Ok(Vec::new());
    }
    if output.status.success() { Ok(output.stdout) } else { Err(command::failure(dir, "config", &output)) }
}

/// The value of `key` that holds in `dir`; `None` where no one set it.
pub fn setting(dir: &Path, key: &str) -> Result<Option<Setting>, GitError> {
    read(dir, &["config", "--show-scope", "--show-origin", "-z", "--get", key])
}

/// The value of `key` in the user's own configuration; `None` where it is not set there.
pub fn global_setting(key: &str) -> Result<Option<Setting>, GitError> {
    read(Path::new("."), &["config", "--global", "--type=path", "--show-scope", "--show-origin", "-z", "--get", key])
}

/// The value of `key` in the configuration of the repository around `dir`.
pub fn local_setting(dir: &Path, key: &str) -> Result<Option<Setting>, GitError> {
    read(dir, &["config", "--local", "--show-scope", "--show-origin", "-z", "--get", key])
}

fn read(dir: &Path, args: &[&str]) -> Result<Option<Setting>, GitError> {
    let output = command::output(command::as_configured(dir).args(args), "config")?;
    if output.status.code() == Some(1) {
        return Ok(None);
    }
    if !output.status.success() {
        return Err(command::failure(dir, "config", &output));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let mut fields = text.split('\0');
    let mut next = || fields.next().map(str::to_owned).ok_or_else(|| unexpected("config", &text));
    Ok(Some(Setting { scope: next()?, origin: next()?, value: next()? }))
}

/// Sets `key` to `value`.
pub fn set(dir: &Path, scope: Scope, key: &str, value: &str) -> Result<(), GitError> {
    ask(dir, &["config", scope.flag(), "--replace-all", key, value]).map(drop)
}

/// Takes the whole section `name` out; nothing happens where there is none.
pub fn remove_section(dir: &Path, scope: Scope, name: &str) -> Result<(), GitError> {
    match ask(dir, &["config", scope.flag(), "--remove-section", name]) {
        Err(GitError::Failed { message, .. }) if message.contains("no such section") => Ok(()),
        other => other.map(drop),
    }
}

/// Takes `key` out; nothing happens where it is not set.
pub fn unset(dir: &Path, scope: Scope, key: &str) -> Result<(), GitError> {
    let args = ["config", scope.flag(), "--unset-all", key];
    let output = command::output(command::as_configured(dir).args(args), "config")?;
    // Status 5: "you try to unset an option which does not exist" (git-config(1)).
    if output.status.success() || output.status.code() == Some(5) {
        return Ok(());
    }
    Err(command::failure(dir, "config", &output))
}

/// Major and minor version of the git on PATH.
pub fn version() -> Result<(u32, u32), GitError> {
    let answer = ask(Path::new("."), &["version"])?;
    let text = String::from_utf8_lossy(&answer).into_owned();
    let mut numbers = text.trim_start_matches("git version ").split('.').map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => Ok((major, minor)),
        _ => Err(unexpected("version", &text)),
    }
}

fn ask(dir: &Path, args: &[&str]) -> Result<Vec<u8>, GitError> {
    let mut command = command::as_configured(dir);
    command.args(args);
    Ok(command::finish(command, args.first().copied().unwrap_or_default(), dir)?.stdout)
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}
