//! What a run did not do, as one list: every format tells it, each in the way that its reader cannot
//! take for green.

use std::borrow::Cow;

use crate::finding::{Exit, GapKind, Outcome, Report};
use crate::paths::RepoPath;
use crate::text::escape;

/// How much a lack weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// The gate cannot pass with it.
    Error,
    /// The gate passes, incomplete.
    Warning,
    /// By design.
    Note,
}

/// Something that was not done.
#[derive(Clone, Debug)]
pub(super) struct Lack<'r> {
    /// How much it weighs.
    pub(super) level: Level,
    /// Where, where it is about a file.
    pub(super) path: Option<&'r RepoPath>,
    /// What, as a sentence without a full stop, escaped.
    pub(super) text: String,
    /// What to do; empty where nothing can be done.
    pub(super) hint: Cow<'r, str>,
}

impl Lack<'_> {
    /// The rule id under which formats of findings list it.
    pub(super) const ID: &'static str = "gatehook-could-not-look";

    /// The text with its path before and its hint behind it.
    pub(super) fn sentence(&self) -> String {
        let mut text = match self.path {
            Some(path) => format!("{path}: {}", self.text),
            None => self.text.clone(),
        };
        if !self.hint.is_empty() {
            text.extend(["; ", &escape(self.hint.as_bytes()).to_string()]);
        }
        text
    }
}

/// All that `report` lacks, gravest first.
pub(super) fn lacks(report: &Report) -> Vec<Lack<'_>> {
    let mut lacks = Vec::new();
    let plain = |level, text: String| Lack { level, path: None, text, hint: Cow::Borrowed("") };
    for gap in &report.gaps {
        let (level, what) = match gap.kind {
            GapKind::Unread => (Level::Error, "not looked at"),
            GapKind::Partial => (Level::Error, "looked at in part"),
            GapKind::Tolerated => (Level::Warning, "looked at in part"),
            GapKind::Elsewhere => (Level::Note, "content is elsewhere"),
        };
        let text = format!("{what}: {}", escape(gap.reason.as_bytes()));
        lacks.push(Lack { level, path: gap.path.as_ref(), text, hint: Cow::Borrowed(&gap.hint) });
    }
    for stage in &report.stages {
        let name = escape(stage.name.as_bytes());
        let (level, text) = match &stage.outcome {
            Outcome::Ran | Outcome::Cached => continue,
            Outcome::Skipped(reason) => {
                (Level::Note, format!("stage `{name}` was skipped: {}", escape(reason.as_bytes())))
            }
            Outcome::Missing(reason) => {
                (broken(stage.required), format!("stage `{name}` did not run: {}", escape(reason.as_bytes())))
            }
            Outcome::Failed(reason) => {
                (broken(stage.required), format!("stage `{name}` failed: {}", escape(reason.as_bytes())))
            }
            Outcome::TimedOut => (broken(stage.required), format!("stage `{name}` did not end in time")),
        };
        lacks.push(plain(level, text));
    }
    if report.stages.is_empty() {
        lacks.push(plain(Level::Error, "no stage ran".to_owned()));
    }
    if report.scanned.how.is_empty() {
        lacks.push(plain(Level::Error, "nothing says what was looked at".to_owned()));
    }
    match report.exit() {
        Exit::Usage => {
            lacks.push(plain(Level::Error, "the configuration is wrong; the log says where".to_owned()));
        }
        Exit::Interrupted => lacks.push(plain(Level::Error, "the run was interrupted".to_owned())),
        Exit::NotScanned | Exit::StageFailed if lacks.iter().all(|lack| lack.level != Level::Error) => {
            lacks.push(plain(Level::Error, "not all could be looked at; the log says why".to_owned()));
        }
        _ => {}
    }
    lacks.sort_by_key(|lack| lack.level);
    lacks
}

/// Whether all that the gate demands was looked at.
pub(super) fn is_whole(lacks: &[Lack<'_>]) -> bool {
    lacks.iter().all(|lack| lack.level != Level::Error)
}

const fn broken(required: bool) -> Level {
    if required { Level::Error } else { Level::Warning }
}
