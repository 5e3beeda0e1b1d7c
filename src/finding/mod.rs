//! Waist 2: what was found, what was looked at, and the report that formats fan out from.
//!
//! Knows text and paths only: no rule, no git, no format. A found value never stands in here, only
//! its masked form and its fingerprint.

mod decision;
mod fingerprint;
mod level;
pub mod model;
mod report;
mod terms;

use std::borrow::Cow;

pub use decision::Decision;
pub use fingerprint::{Code, Fingerprint, Found, Kept, Kind, Salt, stretch_all};
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

impl State {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::New, Self::Existing, Self::Allowed];

    /// The word for it in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Existing => "existing",
            Self::Allowed => "allowed",
        }
    }
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
    /// How to fix it.
    pub fix: Text,
    /// Where to revoke it; empty for code.
    pub rotate: Text,
    /// The page that states the format or the flaw.
    pub reference: Text,
}

/// A dependency that a finding is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Package {
    /// The ecosystem as OSV names it (`npm`, `PyPI`); empty where it is not known.
    pub ecosystem: Text,
    /// Its name in its ecosystem.
    pub name: Text,
    /// The version that is in use.
    pub version: Text,
    /// Its package URL; empty where the ecosystem is not known.
    /// <https://github.com/package-url/purl-spec>
    pub purl: Text,
    /// The smallest version that mends it; empty where there is none or it is not known.
    pub fixed: Text,
}

/// A place that belongs to a finding: a step on the way from a source to a sink, the resource that another one
/// refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// The file.
    pub path: RepoPath,
    /// Where in it.
    pub place: Place,
    /// What happens there, as it may be shown.
    pub message: Text,
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
    /// Its name in reports, keyed: of rule and token, of the place of a value that a person may have chosen, of a line.
    pub fingerprint: Fingerprint,
    /// What its lasting name is made of where that is another one. Never written anywhere.
    pub kept: Option<Kept>,
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
    /// What spoke most for a value that only its name and place speak for (`+`), and against it (`-`). Not in reports.
    pub because: Vec<String>,
    /// The external stages that found it; empty where a built-in stage alone did.
    pub tools: Vec<Text>,
    /// The dependency it is about, where it is about one.
    pub package: Option<Package>,
    /// What others call it: `CVE-2024-1234`, `GHSA-…`.
    pub ids: Vec<Text>,
    /// The other places that belong to it; of a flow of data every step, the source first.
    pub related: Vec<Related>,
    /// What it is about in terms of its document, such as `aws_s3_bucket.logs`; empty where the line says it.
    pub logical: Text,
}

impl Finding {
    /// A finding of `rule` by `stage` in `path`: new, of medium severity and confidence, of the tier `warn`, about the
    /// file as such. Whoever finds it says the rest by `Finding { …, ..Finding::new(…) }`.
    pub fn new(stage: impl Into<Text>, rule: impl Into<Text>, path: RepoPath, fingerprint: Fingerprint) -> Self {
        Self {
            rule: rule.into(),
            title: Text::default(),
            stage: stage.into(),
            severity: Severity::Medium,
            tier: Tier::Warn,
            confidence: Confidence::Medium,
            path,
            place: Place::default(),
            fingerprint,
            kept: None,
            masked: String::new(),
            excerpt: Excerpt::default(),
            cwe: Cow::Borrowed(&[]),
            owasp: Cow::Borrowed(&[]),
            advice: Advice::default(),
            commit: None,
            author: None,
            state: State::New,
            reason: None,
            encoding: Vec::new(),
            because: Vec::new(),
            tools: Vec::new(),
            package: None,
            ids: Vec::new(),
            related: Vec::new(),
            logical: Text::default(),
        }
    }
}
