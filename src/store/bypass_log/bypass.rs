//! One line of the record: to JSON and back, and as people read it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Characters of a reason that are kept.
const LONGEST: usize = 400;
/// Characters of a name that are kept, and how many of a kind: a line stays within one write.
const LONGEST_NAME: usize = 100;
const MOST_NAMES: usize = 50;

/// What was let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BypassKind {
    /// Named rules or stages were skipped.
    Skip,
    /// gatehook could not look, and was told not to stop for that.
    OnError,
    /// Findings that would have stopped the gate, were it not only to observe.
    Observed,
    /// Commits that were made here and that no gate has looked at before the push.
    Bypass,
}

impl BypassKind {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::OnError => "on-error",
            Self::Observed => "observed",
            Self::Bypass => "bypass",
        }
    }
}

/// One entry of the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bypass {
    /// What was let through.
    pub what: BypassKind,
    /// When, as RFC 3339 in UTC.
    pub time: String,
    /// In which hook.
    pub hook: String,
    /// The rules or stages; empty where none is concerned.
    pub names: Vec<String>,
    /// How many findings or commits; 0 where that is not the question.
    pub count: usize,
    /// Who did it, or whose commits these are, as `Name <mail>`; empty where no one knows.
    pub who: String,
    /// The commits, where it is about some.
    pub commits: Vec<String>,
    /// The reason that was given; empty where none is asked for.
    pub reason: String,
}

impl Bypass {
    /// An entry that says no more than that.
    pub fn new(what: BypassKind, time: impl Into<String>, hook: impl Into<String>) -> Self {
        let (time, hook) = (time.into(), hook.into());
        let (names, commits) = (Vec::new(), Vec::new());
        Self { what, time, hook, names, count: 0, who: String::new(), commits, reason: String::new() }
    }

    /// Named `rules` would have blocked, were the gate not only to observe: one for each finding.
    pub fn observed<'r>(time: &str, hook: &str, rules: impl IntoIterator<Item = &'r str>) -> Self {
        let mut names: Vec<String> = rules.into_iter().map(str::to_owned).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        Self { names, count, ..Self::new(BypassKind::Observed, time, hook) }
    }

    /// The day, as in `2026-11-24`.
    pub fn day(&self) -> &str {
        self.time.get(..10).unwrap_or(&self.time)
    }
}

/// For people: what was let through when, where, by whom and why.
impl fmt::Display for Bypass {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.time, self.hook)?;
        let names = self.names.join(", ");
        match self.what {
            BypassKind::Skip => write!(out, " without {names}")?,
            BypassKind::OnError => write!(out, " in spite of an error")?,
            BypassKind::Observed => write!(out, " would have been blocked by {names}")?,
            BypassKind::Bypass => write!(out, " of commits that no gate saw: {}", self.commits.join(", "))?,
        }
        if self.count > 1 {
            write!(out, " ({} in all)", self.count)?;
        }
        if !self.reason.is_empty() {
            write!(out, ": {}", self.reason)?;
        }
        if self.who.is_empty() { Ok(()) } else { write!(out, " ({})", self.who) }
    }
}

/// A line of the file.
#[derive(Debug)]
pub(super) enum LogLine {
    Bypass(Bypass),
    /// All before it was shown at that time.
    Shown(String),
}

/// As it is written. Not strict: a younger gatehook may say more.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RawLine {
    time: String,
    what: RawKind,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    hook: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    names: Vec<String>,
    #[serde(default, skip_serializing_if = "is_none")]
    count: usize,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    who: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    commits: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    reason: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum RawKind {
    Bypass(BypassKind),
    Mark(RawMark),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawMark {
    Shown,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn is_none(count: &usize) -> bool {
    *count == 0
}

impl LogLine {
    /// `None` where `line` is none.
    pub(super) fn read(line: &[u8]) -> Option<Self> {
        let raw: RawLine = serde_json::from_slice(line).ok()?;
        let RawLine { time, what, hook, names, count, who, commits, reason } = raw;
        Some(match what {
            RawKind::Mark(RawMark::Shown) => Self::Shown(time),
            RawKind::Bypass(what) => Self::Bypass(Bypass { what, time, hook, names, count, who, commits, reason }),
        })
    }

    /// The line, cut to size, without its end.
    pub(super) fn write(self) -> String {
        let raw = match self {
            Self::Shown(time) => {
                let empty = Bypass::new(BypassKind::Skip, time, "");
                raw(empty, RawKind::Mark(RawMark::Shown))
            }
            Self::Bypass(entry) => {
                let what = RawKind::Bypass(entry.what);
                raw(entry, what)
            }
        };
        serde_json::to_string(&raw).unwrap_or_default()
    }
}

fn raw(entry: Bypass, what: RawKind) -> RawLine {
    let cut = |text: String, most: usize| match text.char_indices().nth(most) {
        Some((at, _)) => text[..at].to_owned(),
        None => text,
    };
    let cut_all = |texts: Vec<String>| texts.into_iter().take(MOST_NAMES).map(|text| cut(text, LONGEST_NAME)).collect();
    RawLine {
        time: entry.time,
        what,
        hook: cut(entry.hook, LONGEST_NAME),
        names: cut_all(entry.names),
        count: entry.count,
        who: cut(entry.who, 2 * LONGEST_NAME),
        commits: cut_all(entry.commits),
        reason: cut(entry.reason, LONGEST),
    }
}
