//! What can go wrong with git.

use std::path::PathBuf;

use crate::change::Oid;

/// Why git's answer is not available.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is no repository here.
    #[error("`{0}` is not in a git repository")]
    NoRepository(PathBuf),
    /// The repository belongs to somebody else, so git does not read it.
    #[error("git does not trust `{path}`: it belongs to another user")]
    DubiousOwner {
        /// The directory that git names.
        path: PathBuf,
    },
    /// git is not on PATH.
    #[error("`git` cannot be started")]
    NoGit(#[source] std::io::Error),
    /// git ended with an error.
    #[error("`git {command}` failed: {message}")]
    Failed {
        /// The subcommand.
        command: String,
        /// What it printed, trimmed.
        message: String,
    },
    /// git said nothing for so long that it was ended.
    #[error("`git {command}` said nothing for {seconds} s")]
    Silent {
        /// The subcommand.
        command: String,
        /// How long it was waited for.
        seconds: u64,
    },
    /// git said more than can be kept.
    #[error("`git {command}` says more than {megabytes} MiB")]
    Endless {
        /// The subcommand.
        command: String,
        /// How much was kept.
        megabytes: usize,
    },
    /// A path that was to be scanned is not there.
    #[error("cannot scan `{path}`")]
    NoPath {
        /// As it was given.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A bare repository has no files to scan.
    #[error("`{0}` is a bare repository, without a work tree")]
    NoWorkTree(PathBuf),
    /// What was given as a range names no commits.
    #[error("`{spec}` is not a range of commits: {reason}")]
    BadRange {
        /// What was given.
        spec: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A line of a hook's standard input makes no sense.
    #[error("`{line}` is not a line that git gives a push hook")]
    BadUpdate {
        /// The line.
        line: String,
    },
    /// An object that is to be pushed is not here.
    #[error("object `{0}` is missing")]
    Missing(Oid),
    /// An object is here, and is not what it should be.
    #[error("object `{id}` is unreadable: {reason}")]
    Unreadable {
        /// Its name.
        id: Oid,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// git printed what cannot be read.
    #[error("`git {command}` gave an unexpected answer: {answer}")]
    Unexpected {
        /// The subcommand.
        command: String,
        /// The part that makes no sense.
        answer: String,
    },
}

impl GitError {
    /// The command that mends it, where one does.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoRepository(_) => Some("run it inside a repository, or `gatehook scan PATH` outside one".to_owned()),
            Self::DubiousOwner { path } => {
                Some(format!("git config --global --add safe.directory '{}'", path.display()))
            }
            Self::NoGit(_) => Some("install git and put it on PATH".to_owned()),
            Self::BadRange { .. } => Some(
                "name it as `git log` takes it, such as `origin/main..HEAD`; `git fetch` (in CI with full depth) brings \
                 commits that are missing"
                    .to_owned(),
            ),
            Self::BadUpdate { .. } => Some("run it from the hook, with the hook's standard input".to_owned()),
            Self::Missing(_) | Self::Unreadable { .. } | Self::Silent { .. } | Self::Endless { .. } => {
                Some("`git fsck` tells whether the repository is whole".to_owned())
            }
            Self::NoWorkTree(_) => Some("`gatehook scan --history` looks at its commits".to_owned()),
            Self::NoPath { .. } | Self::Failed { .. } | Self::Unexpected { .. } => None,
        }
    }
}
