//! What can go wrong with hooks.

use std::io;
use std::path::PathBuf;

use super::Hook;
use crate::git::GitError;

/// Why hooks could not be installed, removed or run.
#[derive(Debug, thiserror::Error)]
pub enum HooksError {
    /// git's answer is not available.
    #[error(transparent)]
    Git(#[from] GitError),
    /// `core.hooksPath` sends git elsewhere.
    #[error("`core.hooksPath` is `{value}` ({origin}), so git runs no hook from the repository's own directory")]
    Overridden {
        /// Its value.
        value: String,
        /// Where it is set.
        origin: String,
        /// What to do: lines to add to a file, or a command.
        remedy: String,
    },
    /// There is no place for a user's files.
    #[error("the home directory is not known")]
    NoHome,
    /// A script is in no language that the call could be added in.
    #[error("`{path}` is not a shell script, so no line is added to it")]
    NoShell {
        /// The script.
        path: PathBuf,
        /// The hook it is.
        hook: Hook,
    },
    /// The directory to add calls in is not there, and git is not told to look there either.
    #[error("there is no directory `{0}`")]
    NoDirectory(PathBuf),
    /// This git ignores hooks in its configuration.
    #[error("git {}.{} does not run hooks from its configuration, {}.{} is the first that does", found.0, found.1, needed.0, needed.1)]
    TooOld {
        /// The version on PATH.
        found: (u32, u32),
        /// The first that would do.
        needed: (u32, u32),
    },
    /// A hook and a chained hook are both there, so one would be lost.
    #[error("`{path}` is not gatehook's, and `{chained}` is there already: only one hook can be chained")]
    TwoToChain {
        /// The hook that is not ours.
        path: PathBuf,
        /// The one chained earlier.
        chained: PathBuf,
    },
    /// A file could not be read, written, renamed or removed.
    #[error("cannot {verb} `{path}`")]
    File {
        /// What was tried.
        verb: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The chained hook could not be started.
    #[error("the chained hook `{path}` cannot be started")]
    Chained {
        /// The hook.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Chained hooks call each other without end.
    #[error("the {0} hooks of this repository call each other in a circle")]
    Circle(Hook),
}

impl HooksError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Git(error) => error.hint(),
            Self::Overridden { remedy, .. } => Some(remedy.clone()),
            Self::NoHome => Some("set HOME".to_owned()),
            Self::NoShell { hook, .. } => Some(format!(
                "let it run `gatehook hook {hook}` with its own arguments and input, and end where that fails"
            )),
            Self::NoDirectory(_) => Some("name the one that hooks run from, such as .husky".to_owned()),
            Self::TooOld { .. } => Some("`gatehook install` without --config-hooks works with every git".to_owned()),
            Self::TwoToChain { path, chained } => Some(format!(
                "keep one: remove `{}`, or move it over `{}`, then run `gatehook install` again",
                chained.display(),
                path.display()
            )),
            Self::File { path, .. } => {
                Some(format!("see to it that you may write in `{}`", path.parent().unwrap_or(path).display()))
            }
            Self::Chained { path, .. } => Some(format!("fix or remove `{}`", path.display())),
            Self::Circle(hook) => {
                Some(format!("`gatehook status` shows who calls whom; `{}` goes on without any check", hook.bypass()))
            }
        }
    }

    /// Whether the set-up is at fault rather than the machine.
    pub const fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::Overridden { .. }
                | Self::TwoToChain { .. }
                | Self::NoShell { .. }
                | Self::NoDirectory(_)
                | Self::TooOld { .. }
                | Self::Git(GitError::NoRepository(_))
        )
    }
}
