//! The report: findings, what each stage did, what was looked at, and what could not be.

use std::path::PathBuf;

use super::{Decision, Finding, Terms, Text};
use crate::paths::RepoPath;

/// What was looked at. A verdict of "pass" cannot be had without it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scanned {
    /// The base, as the source names it; `None` for the work tree.
    pub base: Option<String>,
    /// The head, as the source names it.
    pub head: Option<String>,
    /// How base and head were chosen, and which reader was used.
    pub how: String,
    /// Commits looked at.
    pub commits: usize,
    /// Those of them that this gate looked at in an earlier run: of them it knows what was found, and no more.
    pub before: usize,
    /// Files whose content was looked at.
    pub files: usize,
    /// Lines that the change added.
    pub added_lines: usize,
    /// Bytes looked at.
    pub bytes: u64,
    /// Matches that a checksum or structure test refused: shown with `-v`, never results.
    pub unproven: usize,
    /// Whether rules that only the push gate runs would have had something to look at.
    pub deferred: bool,
}

/// What kind of hole a gap is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GapKind {
    /// Nothing of it was looked at.
    Unread,
    /// Only its beginning was looked at.
    Partial,
    /// Only its beginning was looked at, and the configuration says that this need not stop a gate.
    Tolerated,
    /// By design: the content is elsewhere (a submodule, LFS). A note, no hole in the gate.
    Elsewhere,
}

/// Something that could not be looked at, or only in part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Where; `None` where it concerns the run.
    pub path: Option<RepoPath>,
    /// What kind.
    pub kind: GapKind,
    /// Why.
    pub reason: String,
    /// What to do, as a command where one helps; empty where nothing can be done.
    pub hint: String,
}

/// What became of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It ran to its end.
    Ran,
    /// An earlier run with the same content was taken.
    Cached,
    /// It did not run, for this reason.
    Skipped(String),
    /// It was due and could not start, for this reason: its tool is not there, no one trusts it yet.
    Missing(String),
    /// It could not do its work, for this reason.
    Failed(String),
    /// It did not end in time.
    TimedOut,
}

impl Outcome {
    /// Why a stage did not run that is for other files than those that changed.
    pub const NO_FILE: &str = "no changed file is one that it is for";
    /// The same of a stage that the configuration gives globs, which follow.
    pub const NO_MATCH: &str = "no changed file matches ";
    /// The same where the change is empty.
    pub const NO_CHANGE: &str = "nothing changes";

    /// Whether it was skipped because the change has nothing that it is for: no work was left undone.
    pub fn had_nothing_to_do(&self) -> bool {
        let Self::Skipped(reason) = self else { return false };
        reason == Self::NO_FILE || reason == Self::NO_CHANGE || reason.starts_with(Self::NO_MATCH)
    }

    /// The word for it in reports.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Ran => "ran",
            Self::Cached => "cached",
            Self::Skipped(_) | Self::Missing(_) => "skipped",
            Self::Failed(_) => "failed",
            Self::TimedOut => "timed-out",
        }
    }

    /// Why it did not run to its end.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Ran | Self::Cached | Self::TimedOut => None,
            Self::Skipped(reason) | Self::Missing(reason) | Self::Failed(reason) => Some(reason),
        }
    }

    /// Whether it was due and did not do its work.
    pub const fn is_hole(&self) -> bool {
        matches!(self, Self::Missing(_) | Self::Failed(_) | Self::TimedOut)
    }
}

/// A stage and its outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageRun {
    /// The stage's name.
    pub name: Text,
    /// What became of it.
    pub outcome: Outcome,
    /// Files it was given.
    pub files: usize,
    /// Whether the gate demands it.
    pub required: bool,
}

/// What the gate says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All that had to be looked at was, and nothing blocks.
    Pass,
    /// Something blocks.
    Block,
    /// Nothing blocks in what was looked at, but something was not.
    Incomplete,
}

impl Verdict {
    /// The word for it in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Block => "block",
            Self::Incomplete => "incomplete",
        }
    }
}

/// Exit codes, the same for every command and format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing blocks.
    Clean,
    /// Blocking findings.
    Blocked,
    /// Wrong usage or configuration.
    Usage,
    /// Could not scan, or scanned only part.
    NotScanned,
    /// A stage that must run failed, timed out or is missing.
    StageFailed,
    /// Interrupted by the user.
    Interrupted,
}

impl Exit {
    /// The process's exit code.
    pub const fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Blocked => 1,
            Self::Usage => 2,
            Self::NotScanned => 3,
            Self::StageFailed => 4,
            Self::Interrupted => 130,
        }
    }

    /// The one with that code.
    pub fn from_code(code: u8) -> Option<Self> {
        [Self::Clean, Self::Blocked, Self::Usage, Self::NotScanned, Self::StageFailed, Self::Interrupted]
            .into_iter()
            .find(|exit| exit.code() == code)
    }

    /// Which of two wins: the first of 130, 2, 1, 4, 3, 0.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        const ORDER: [Exit; 6] =
            [Exit::Interrupted, Exit::Usage, Exit::Blocked, Exit::StageFailed, Exit::NotScanned, Exit::Clean];
        ORDER.into_iter().find(|&exit| exit == self || exit == other).unwrap_or(self)
    }
}

/// All that a run has to say.
#[derive(Clone, Debug)]
pub struct Report {
    /// Verdict, exit code, and which findings block.
    pub decision: Decision,
    /// Name of the gate: `commit`, `push`, `ci`, `scan`.
    pub gate: Text,
    /// Findings, sorted by path, line, rule.
    pub findings: Vec<Finding>,
    /// Stages, in order.
    pub stages: Vec<StageRun>,
    /// What was looked at.
    pub scanned: Scanned,
    /// What was not.
    pub gaps: Vec<Gap>,
    /// Remarks for the reader, such as an unused allowance.
    pub notes: Vec<String>,
    /// How many milliseconds the run took, for people; machine formats leave it out.
    pub millis: u64,
    /// The repository's root, for formats that need it.
    pub root: Option<PathBuf>,
    /// Whether the gate only observes, so that what blocks did not stop it.
    pub observes: bool,
    /// Under which terms it was made.
    pub terms: Terms,
}

impl Report {
    /// The gate's verdict.
    pub const fn verdict(&self) -> Verdict {
        self.decision.verdict()
    }

    /// The exit code that goes with it.
    pub const fn exit(&self) -> Exit {
        self.decision.exit()
    }

    /// Places of the findings that block, rising.
    pub fn blocking(&self) -> &[usize] {
        self.decision.blocking()
    }

    /// The findings that block.
    pub fn blocking_findings(&self) -> impl Iterator<Item = &Finding> {
        self.blocking().iter().filter_map(|&at| self.findings.get(at))
    }

    /// Adds what went wrong around the run.
    pub fn end_with(&mut self, exit: Exit) {
        self.decision.end_with(exit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stronger_exit_wins() {
        assert_eq!(Exit::Clean.or(Exit::NotScanned), Exit::NotScanned);
        assert_eq!(Exit::NotScanned.or(Exit::Blocked), Exit::Blocked);
        assert_eq!(Exit::StageFailed.or(Exit::NotScanned), Exit::StageFailed);
        assert_eq!(Exit::Blocked.or(Exit::Usage), Exit::Usage);
        assert_eq!(Exit::Usage.or(Exit::Interrupted), Exit::Interrupted);
    }
}
