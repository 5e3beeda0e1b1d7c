//! Findings as they are kept: JSON that only this version of gatehook reads.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::finding::{Advice, Excerpt, ExcerptLine, Finding, Fingerprint, Package, Place, State, Text};
use crate::paths::RepoPath;

/// What is kept of a result.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawKept {
    pub(super) files: usize,
    pub(super) findings: Vec<RawFinding>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawFinding {
    rule: String,
    title: String,
    stage: String,
    severity: String,
    tier: String,
    confidence: String,
    /// In base64: a path need not be UTF-8.
    path: String,
    place: [u32; 4],
    fingerprint: String,
    masked: String,
    lines: Vec<(u32, String)>,
    mark: (usize, usize),
    cwe: Vec<String>,
    owasp: Vec<String>,
    /// Why, fix, rotate, reference.
    advice: [String; 4],
    commit: Option<String>,
    author: Option<String>,
    /// `new`, `existing`, `allowed`: by a comment beside it, for all other allowances come later.
    state: String,
    reason: Option<String>,
    encoding: Vec<String>,
    tools: Vec<String>,
    /// Name and version.
    package: Option<(String, String)>,
}

impl RawFinding {
    pub(super) fn of(finding: &Finding) -> Self {
        let words = |texts: &[Text]| texts.iter().map(|text| text.clone().into_owned()).collect();
        let Advice { why, fix, rotate, reference } = &finding.advice;
        let place = finding.place;
        Self {
            rule: finding.rule.clone().into_owned(),
            title: finding.title.clone().into_owned(),
            stage: finding.stage.clone().into_owned(),
            severity: finding.severity.word().to_owned(),
            tier: finding.tier.word().to_owned(),
            confidence: finding.confidence.word().to_owned(),
            path: STANDARD.encode(finding.path.as_bytes()),
            place: [place.line, place.column, place.end_line, place.end_column],
            fingerprint: finding.fingerprint.to_string(),
            masked: finding.masked.clone(),
            lines: finding.excerpt.lines.iter().map(|line| (line.number, line.text.clone())).collect(),
            mark: finding.excerpt.mark,
            cwe: words(&finding.cwe),
            owasp: words(&finding.owasp),
            advice: [why, fix, rotate, reference].map(|text| text.clone().into_owned()),
            commit: finding.commit.clone(),
            author: finding.author.clone(),
            state: match finding.state {
                State::New => "new",
                State::Existing => "existing",
                State::Allowed => "allowed",
            }
            .to_owned(),
            reason: finding.reason.clone(),
            encoding: words(&finding.encoding),
            tools: words(&finding.tools),
            package: finding.package.as_ref().map(|one| (one.name.to_string(), one.version.to_string())),
        }
    }

    /// `None` where a word in it is not known.
    pub(super) fn read(self) -> Option<Finding> {
        let texts = |words: Vec<String>| words.into_iter().map(Text::from).collect::<Vec<_>>();
        let [why, fix, rotate, reference] = self.advice.map(Text::from);
        let [line, column, end_line, end_column] = self.place;
        let lines = self.lines.into_iter().map(|(number, text)| ExcerptLine { number, text }).collect();
        Some(Finding {
            rule: self.rule.into(),
            title: self.title.into(),
            stage: self.stage.into(),
            severity: self.severity.parse().ok()?,
            tier: self.tier.parse().ok()?,
            confidence: self.confidence.parse().ok()?,
            path: RepoPath::new(STANDARD.decode(self.path).ok()?),
            place: Place { line, column, end_line, end_column },
            fingerprint: Fingerprint::parse(&self.fingerprint)?,
            masked: self.masked,
            excerpt: Excerpt { lines, mark: self.mark },
            cwe: texts(self.cwe).into(),
            owasp: texts(self.owasp).into(),
            advice: Advice { why, fix, rotate, reference },
            commit: self.commit,
            author: self.author,
            state: match &self.state[..] {
                "new" => State::New,
                "existing" => State::Existing,
                "allowed" => State::Allowed,
                _ => return None,
            },
            reason: self.reason,
            encoding: texts(self.encoding),
            tools: texts(self.tools),
            package: self.package.map(|(name, version)| Package { name: name.into(), version: version.into() }),
        })
    }
}
