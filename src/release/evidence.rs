//! A file of evidence, and what can be wrong with it: each kind with a word of its own and an exit code.

use std::fmt;

use crate::finding::{Exit, Report};

/// What is wrong with evidence. Scripts may go by the word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    /// There is none.
    NoEvidence,
    /// There are more files than are read.
    TooMany,
    /// A file is larger than is read.
    TooLarge,
    /// A file is no report of this schema, was cut off, or cannot be read.
    Unreadable,
    /// A report does not follow from what stands in it.
    Tampered,
    /// A report of another gate than `ci`.
    OtherGate,
    /// A report of another commit.
    OtherCommit,
    /// A report by another version of gatehook.
    OtherVersion,
    /// A report that does not say when it was made.
    Undated,
    /// A report that is too old.
    Stale,
    /// A report from the future.
    Future,
    /// A report of a change from a commit to itself.
    Vacuous,
    /// Evidence that is there more than once.
    Duplicate,
    /// A shard is missing, or something was not looked at.
    Partial,
    /// The advisory index that was asked is too old, or nothing says how old.
    OldAdvisories,
    /// A stage that is required did not run.
    Missing,
    /// A stage that is required ran and failed.
    Failed,
    /// Findings block.
    Findings,
}

impl Wrong {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::NoEvidence,
        Self::TooMany,
        Self::TooLarge,
        Self::Unreadable,
        Self::Tampered,
        Self::OtherGate,
        Self::OtherCommit,
        Self::OtherVersion,
        Self::Undated,
        Self::Stale,
        Self::Future,
        Self::Vacuous,
        Self::Duplicate,
        Self::Partial,
        Self::OldAdvisories,
        Self::Missing,
        Self::Failed,
        Self::Findings,
    ];

    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoEvidence => "no-evidence",
            Self::TooMany => "too-many",
            Self::TooLarge => "too-large",
            Self::Unreadable => "unreadable",
            Self::Tampered => "tampered",
            Self::OtherGate => "other-gate",
            Self::OtherCommit => "other-commit",
            Self::OtherVersion => "other-version",
            Self::Undated => "undated",
            Self::Stale => "stale",
            Self::Future => "future",
            Self::Vacuous => "vacuous",
            Self::Duplicate => "duplicate",
            Self::Partial => "partial",
            Self::OldAdvisories => "old-advisories",
            Self::Missing => "missing",
            Self::Failed => "failed",
            Self::Findings => "findings",
        }
    }

    /// How the gate ends for it, at best.
    pub const fn exit(self) -> Exit {
        match self {
            Self::Findings => Exit::Blocked,
            Self::Missing | Self::Failed => Exit::StageFailed,
            _ => Exit::NotScanned,
        }
    }

    /// What to do about it.
    pub const fn hint(self) -> &'static str {
        match self {
            Self::NoEvidence => "write a report in each job: gatehook ci --report json=FILE",
            Self::TooMany | Self::Unreadable | Self::TooLarge => "leave nothing but reports in the directory",
            Self::Tampered => "take the report as its job wrote it",
            Self::OtherGate => "only reports of `gatehook ci` are evidence",
            Self::OtherCommit => "run the jobs again on the commit that is released",
            Self::OtherVersion => "use one version of gatehook in all jobs",
            Self::Undated | Self::Stale | Self::Future => "run the job again",
            Self::Vacuous => "name the commit before the change as the base",
            Self::Duplicate => "keep one report of each stage",
            Self::Partial => "run the missing part again",
            Self::OldAdvisories => "gatehook advisories update, then run the job again",
            Self::Missing => "run the stage on this commit, or name the stages of `gate.ci` that are required",
            Self::Failed => "see the job's report for the reason, and run it again",
            Self::Findings => "mend what was found, or allow it with a reason, and run the jobs again",
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Its kind.
    pub wrong: Wrong,
    /// What exactly, escaped.
    pub text: String,
}

impl fmt::Display for Reason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.wrong.word(), self.text)
    }
}

/// One file.
#[derive(Debug)]
pub struct Evidence {
    /// Its name below the directory, escaped.
    pub name: String,
    /// SHA-256 of its bytes, in hexadecimal; `None` where they were not read.
    pub digest: Option<String>,
    /// What it says.
    pub report: Result<Report, Reason>,
}
