//! Waist 2: what was found, what was looked at, and the report that formats fan out from.
//!
//! Knows text and paths only: no rule, no git, no format. A found value never stands in here, only
//! its masked form and its fingerprint.

mod fingerprint;
mod level;
mod report;
mod terms;

use std::borrow::Cow;

pub use fingerprint::{Fingerprint, Salt};
pub use level::{Confidence, Severity, Tier};
pub use report::{Exit, Gap, GapKind, Outcome, Report, Scanned, StageRun, Verdict};
pub use terms::{Demand, Shard, Terms};

use crate::paths::RepoPath;
pub use crate::text::Place;

/// Text that is compiled in for built-in rules and owned for a user's.
pub type Text = Cow<'static, str>;

/// Whether a finding counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Brought by this change.
    New,
    /// Stood there before this change.
    Existing,
    /// Somebody allowed it; [`Finding::reason`] says why.
    Allowed,
}

/// One line of source around a finding, with every found value in it masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExcerptLine {
    /// Its number.
    pub number: u32,
    /// The masked text, escaped for display, at most 160 characters.
    pub text: String,
}

/// What the report shows of the source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// The lines, in order; the finding begins in the first.
    pub lines: Vec<ExcerptLine>,
    /// Characters of the first line's text that the finding covers: start and exclusive end.
    pub mark: (usize, usize),
}

/// What a rule says about every finding of its kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Advice {
    /// What the value or flaw lets somebody do.
    pub why: Text,
    /// How to mend it.
    pub fix: Text,
    /// Where to revoke it; empty for code.
    pub rotate: Text,
    /// The page that states the format or the flaw.
    pub reference: Text,
}

/// A dependency that a finding is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Its name in its ecosystem.
    pub name: Text,
    /// The version that is in use.
    pub version: Text,
}

/// A match that survived its validators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Rule id.
    pub rule: Text,
    /// One line that names it.
    pub title: Text,
    /// The stage that found it.
    pub stage: Text,
    /// What it lets somebody do.
    pub severity: Severity,
    /// Whether it may block.
    pub tier: Tier,
    /// How sure the rule is.
    pub confidence: Confidence,
    /// The file.
    pub path: RepoPath,
    /// Where in it. Line 0 where the finding is the file as such.
    pub place: Place,
    /// Rule and value (or code line), keyed.
    pub fingerprint: Fingerprint,
    /// The value as it may be shown; empty for code.
    pub masked: String,
    /// The source around it.
    pub excerpt: Excerpt,
    /// CWE ids, as `CWE-798`.
    pub cwe: Cow<'static, [Text]>,
    /// OWASP Top 10 2021 ids, as `A07`.
    pub owasp: Cow<'static, [Text]>,
    /// Why, fix, rotate, reference.
    pub advice: Advice,
    /// Hexadecimal id of the commit that brought it, where one did.
    pub commit: Option<String>,
    /// Author of that commit, escaped.
    pub author: Option<String>,
    /// Whether it counts.
    pub state: State,
    /// Why it does not, where it does not.
    pub reason: Option<String>,
    /// How it was encoded where it stood, outermost first (`base64`); empty for plain text.
    pub encoding: Vec<Text>,
    /// The external stages that found it; empty where a built-in stage alone did.
    pub tools: Vec<Text>,
    /// The dependency it is about, where it is about one.
    pub package: Option<Package>,
}
