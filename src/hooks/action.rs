//! What installing and removing do to the file system and to git's configuration, one step each.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::HooksError;
use crate::git::setup::{self, Scope};

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
    /// Changes somebody's script, its mode as it is.
    Edit {
        /// The script.
        path: PathBuf,
        /// Its new text.
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
    /// Removes a directory of ours, unless somebody else's files are in it.
    RemoveDir {
        /// The directory.
        path: PathBuf,
    },
    /// Sets a value of git's configuration.
    Configure {
        /// Where git is asked.
        dir: PathBuf,
        /// Which configuration.
        scope: Scope,
        /// The key.
        key: String,
        /// The value.
        value: String,
    },
    /// Takes a key, or a section `hook.NAME`, out of git's configuration.
    Unconfigure {
        /// Where git is asked.
        dir: PathBuf,
        /// Which configuration.
        scope: Scope,
        /// The key.
        key: String,
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
        let (done, would, what) = match self {
            Self::Keep { path } => ("unchanged", "unchanged", short(path)),
            Self::Chain { from, to } => {
                ("chained", "would chain", format!("{}, which runs after gatehook as {}", short(from), short(to)))
            }
            Self::Write { path, .. } => ("wrote", "would write", short(path)),
            Self::Edit { path, .. } => ("changed", "would change", short(path)),
            Self::Restore { to, .. } => ("restored", "would restore", short(to)),
            Self::Remove { path } | Self::RemoveDir { path } => ("removed", "would remove", short(path)),
            Self::Configure { scope, key, value, .. } => {
                ("configured", "would configure", format!("{key} = {value} ({})", scope.word()))
            }
            Self::Unconfigure { scope, key, .. } => {
                ("removed", "would remove", format!("{key} from git's configuration ({})", scope.word()))
            }
        };
        format!("{} {what}", if tense == Tense::Done { done } else { would })
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
            Self::Edit { path, text } => {
                edit(path, text).map_err(|source| HooksError::File { verb: "change", path: path.clone(), source })
            }
            Self::RemoveDir { path } => match fs::remove_dir(path) {
                Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
                other => other.map_err(|source| HooksError::File { verb: "remove", path: path.clone(), source }),
            },
            Self::Configure { dir, scope, key, value } => Ok(setup::set(existing(dir), *scope, key, value)?),
            Self::Unconfigure { dir, scope, key } if key.starts_with("hook.") => {
                Ok(setup::remove_section(existing(dir), *scope, key)?)
            }
            Self::Unconfigure { dir, scope, key } => Ok(setup::unset(existing(dir), *scope, key)?),
            Self::Restore { from, to } => {
                fs::rename(from, to).map_err(|source| HooksError::File { verb: "restore", path: to.clone(), source })
            }
            Self::Remove { path } => {
                fs::remove_file(path).map_err(|source| HooksError::File { verb: "remove", path: path.clone(), source })
            }
        }
    }
}

/// git has to be started somewhere.
fn existing(dir: &Path) -> &Path {
    if dir.is_dir() { dir } else { Path::new(".") }
}

fn write_executable(path: &Path, text: &[u8]) -> io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    replace(path, text, make_executable)
}

/// Through a link, for the link is how the script came here.
fn edit(path: &Path, text: &[u8]) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let mode = fs::metadata(&path)?.permissions();
    replace(&path, text, |beside| fs::set_permissions(beside, mode))
}

/// Writes beside and renames: a hook that runs at the same time sees the old text or the new.
fn replace(path: &Path, text: &[u8], finish: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let beside = path.with_file_name(name);
    let written = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&beside)
        .and_then(|mut file| file.write_all(text))
        .and_then(|()| finish(&beside))
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
