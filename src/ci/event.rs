//! What is under review, in the words of no system in particular.

use std::fmt;

use crate::finding::Shard;

/// A CI system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// GitHub Actions, and what speaks its variables (Gitea, Forgejo).
    GitHub,
    /// GitLab CI.
    GitLab,
    /// `CircleCI`.
    CircleCi,
    /// Jenkins.
    Jenkins,
    /// Azure Pipelines.
    Azure,
    /// Bitbucket Pipelines.
    Bitbucket,
    /// Buildkite.
    Buildkite,
    /// Travis CI.
    Travis,
    /// Drone, and Woodpecker as far as it speaks Drone's variables.
    Drone,
    /// None that is known.
    Other,
}

impl fmt::Display for System {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::GitHub => "GitHub Actions",
            Self::GitLab => "GitLab CI",
            Self::CircleCi => "CircleCI",
            Self::Jenkins => "Jenkins",
            Self::Azure => "Azure Pipelines",
            Self::Bitbucket => "Bitbucket Pipelines",
            Self::Buildkite => "Buildkite",
            Self::Travis => "Travis CI",
            Self::Drone => "Drone",
            Self::Other => "no CI system that is known",
        })
    }
}

/// What started the job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A pull or merge request.
    Request {
        /// Whether it comes from another repository; `None` where the system does not tell.
        fork: Option<bool>,
    },
    /// Commits on a branch, or a tag.
    Push,
    /// Requests that wait together to be merged.
    Queue,
    /// A ref was deleted: there is nothing left to look at.
    Deletion,
    /// A schedule or a person: no change is under review, all of it is looked at.
    Whole,
    /// The system did not tell.
    Unknown,
}

/// Where a base may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaseAt {
    /// A commit, or a revision that a person named.
    Revision(String),
    /// A branch of the remote.
    Branch(String),
    /// The branch that the remote calls its default one.
    DefaultBranch,
    /// The first parent of the head.
    FirstParent,
    /// The first parent of what is checked out, where that is a merge of `head` into its base.
    ParentOfMerge,
}

/// A candidate for the base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// Where it is.
    pub at: BaseAt,
    /// Whatever else the other side is known to have: a commit that a branch of it reaches is not the
    /// author's, even where the base that the system names is older.
    pub also: Option<String>,
    /// Who said so.
    pub how: &'static str,
    /// Whether somebody named just this base for just this change: then nothing else will do.
    pub told: bool,
    /// Whether it is a guess: one that equals the head counts for nothing.
    pub guessed: bool,
}

impl Base {
    /// A base that a person named.
    pub fn told(revision: String, how: &'static str) -> Self {
        Self { at: BaseAt::Revision(revision), also: None, how, told: true, guessed: false }
    }

    /// A base that the system names.
    pub(super) const fn named(at: BaseAt, how: &'static str) -> Self {
        Self { at, also: None, how, told: false, guessed: false }
    }

    /// A base that is likely.
    pub(super) const fn guess(at: BaseAt, how: &'static str) -> Self {
        Self { at, also: None, how, told: false, guessed: true }
    }
}

/// The change under review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Who runs the job.
    pub system: System,
    /// What started it.
    pub event: Event,
    /// Candidates for the head, best first: a revision and who said so. Behind the last one stands what
    /// is checked out.
    pub head: Vec<(String, &'static str)>,
    /// Candidates for the base, best first.
    pub base: Vec<Base>,
    /// Why the change cannot be known at all: what is checked out is something else.
    pub unknown: Option<String>,
    /// Who started it, as the system names them; commits can claim anything.
    pub actor: Option<String>,
    /// The part of the work that is this job's.
    pub shard: Option<Shard>,
    /// What a reader of the log must know.
    pub notes: Vec<String>,
}
