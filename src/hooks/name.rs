//! The hooks that gatehook offers.

use std::fmt;
use std::str::FromStr;

/// A hook of git at which something can still be stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hook {
    /// Before a commit is made.
    PreCommit,
    /// Before a merge without conflicts is committed; git runs no `pre-commit` there.
    PreMergeCommit,
    /// Once the message is written.
    CommitMsg,
    /// Before anything is sent.
    PrePush,
    /// On the server, before refs move.
    PreReceive,
}

impl Hook {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::PreCommit, Self::PreMergeCommit, Self::CommitMsg, Self::PrePush, Self::PreReceive];

    /// What `install` puts into a repository with a work tree.
    pub const WORK: [Self; 4] = [Self::PreCommit, Self::PreMergeCommit, Self::CommitMsg, Self::PrePush];

    /// What `install` puts into a bare repository: people push to it, no one commits in it.
    pub const BARE: [Self; 1] = [Self::PreReceive];

    /// git's name for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::PreMergeCommit => "pre-merge-commit",
            Self::CommitMsg => "commit-msg",
            Self::PrePush => "pre-push",
            Self::PreReceive => "pre-receive",
        }
    }

    /// What it can stop, with its article.
    pub const fn what(self) -> &'static str {
        match self {
            Self::PreCommit | Self::CommitMsg => "the commit",
            Self::PreMergeCommit => "the merge",
            Self::PrePush | Self::PreReceive => "the push",
        }
    }

    /// How git is reported to go on without it. On a server there is no such flag, only removal.
    pub const fn bypass(self) -> &'static str {
        match self {
            Self::PreCommit | Self::CommitMsg => "git commit --no-verify",
            Self::PreMergeCommit => "git merge --no-verify",
            Self::PrePush => "git push --no-verify",
            Self::PreReceive => "rm hooks/pre-receive",
        }
    }
}

impl fmt::Display for Hook {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.word())
    }
}

impl FromStr for Hook {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|hook| hook.word() == word).ok_or(())
    }
}
