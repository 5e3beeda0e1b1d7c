//! What can go wrong with hooks.

use std::io;
use std::path::PathBuf;

use super::Hook;
use crate::git::GitError;

/// Why hooks could not be installed, removed or run.
#[derive(Debug, thiserror::Error)]
pub enum HooksError {
    /// git's answer is not to be had.
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
            Self::TwoToChain { path, chained } => Some(format!(
                "keep one: remove `{}`, or move it over `{}`, then run `gatehook install` again",
                chained.display(),
                path.display()
            )),
            Self::File { path, .. } => {
                Some(format!("see to it that you may write in `{}`", path.parent().unwrap_or(path).display()))
            }
            Self::Chained { path, .. } => Some(format!("mend or remove `{}`", path.display())),
            Self::Circle(hook) => {
                Some(format!("`gatehook status` shows who calls whom; `{}` goes on without any check", hook.bypass()))
            }
        }
    }

    /// Whether the set-up is at fault rather than the machine.
    pub const fn is_usage(&self) -> bool {
        matches!(self, Self::Overridden { .. } | Self::TwoToChain { .. } | Self::Git(GitError::NoRepository(_)))
    }
}
