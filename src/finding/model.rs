//! A finding as JSON: one form for reports and for what is kept, both ways.
//!
//! Reading refuses what it does not understand: a field of another version would be lost in silence. The form is
//! described by `docs/schema/report.schema.json`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::{Advice, Excerpt, ExcerptLine, Finding, Fingerprint, Package, Place, Related, State, Text};
use crate::paths::RepoPath;

/// Why a finding cannot be read back: a field holds what it cannot hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadField {
    /// The field.
    pub field: &'static str,
    /// What stands there, raw.
    pub found: String,
}

/// The fields of a finding.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindingModel {
    rule: Text,
    title: Text,
    stage: Text,
    severity: String,
    tier: String,
    confidence: String,
    path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path_b64: Option<String>,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    fingerprint: String,
    masked: String,
    cwe: Vec<Text>,
    owasp: Vec<Text>,
    encoding: Vec<Text>,
    tools: Vec<Text>,
    commit: Option<String>,
    author: Option<String>,
    state: String,
    reason: Option<String>,
    /// Whether it blocks: what a report says of it, not the finding itself.
    pub blocks: bool,
    why: Text,
    fix: Text,
    rotate: Text,
    reference: Text,
    excerpt: Option<ExcerptModel>,
    package: Option<PackageModel>,
    ids: Vec<Text>,
    related: Vec<RelatedModel>,
    logical: Text,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExcerptModel {
    lines: Vec<LineModel>,
    mark: (usize, usize),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LineModel {
    number: u32,
    text: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PackageModel {
    ecosystem: Text,
    name: Text,
    version: Text,
    purl: Text,
    fixed: Text,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RelatedModel {
    path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path_b64: Option<String>,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    message: Text,
}

impl FindingModel {
    /// The fields of `finding`, which blocks or not.
    pub fn of(finding: &Finding, blocks: bool) -> Self {
        let Place { line, column, end_line, end_column } = finding.place;
        let (path, path_b64) = path_text(&finding.path);
        let Advice { why, fix, rotate, reference } = finding.advice.clone();
        let excerpt = (!finding.excerpt.lines.is_empty()).then(|| ExcerptModel {
            lines: finding
                .excerpt
                .lines
                .iter()
                .map(|line| LineModel { number: line.number, text: line.text.clone() })
                .collect(),
            mark: finding.excerpt.mark,
        });
        let package = finding.package.clone().map(|package| {
            let Package { ecosystem, name, version, purl, fixed } = package;
            PackageModel { ecosystem, name, version, purl, fixed }
        });
        Self {
            rule: finding.rule.clone(),
            title: finding.title.clone(),
            stage: finding.stage.clone(),
            severity: finding.severity.word().to_owned(),
            tier: finding.tier.word().to_owned(),
            confidence: finding.confidence.word().to_owned(),
            path,
            path_b64,
            line,
            column,
            end_line,
            end_column,
            fingerprint: finding.fingerprint.to_string(),
            masked: finding.masked.clone(),
            cwe: finding.cwe.to_vec(),
            owasp: finding.owasp.to_vec(),
            encoding: finding.encoding.clone(),
            tools: finding.tools.clone(),
            commit: finding.commit.clone(),
            author: finding.author.clone(),
            state: finding.state.word().to_owned(),
            reason: finding.reason.clone(),
            blocks,
            why,
            fix,
            rotate,
            reference,
            excerpt,
            package,
            ids: finding.ids.clone(),
            related: finding.related.iter().map(RelatedModel::of).collect(),
            logical: finding.logical.clone(),
        }
    }

    /// The finding.
    pub fn finding(self) -> Result<Finding, BadField> {
        let state = State::ALL.into_iter().find(|state| state.word() == self.state);
        let lines = |excerpt: ExcerptModel| Excerpt {
            lines: excerpt.lines.into_iter().map(|line| ExcerptLine { number: line.number, text: line.text }).collect(),
            mark: excerpt.mark,
        };
        let (line, column, end_line, end_column) = (self.line, self.column, self.end_line, self.end_column);
        let Self { why, fix, rotate, reference, .. } = self;
        Ok(Finding {
            rule: self.rule,
            title: self.title,
            stage: self.stage,
            severity: level("severity", &self.severity)?,
            tier: level("tier", &self.tier)?,
            confidence: level("confidence", &self.confidence)?,
            path: read_path(self.path, self.path_b64)?,
            place: Place { line, column, end_line, end_column },
            fingerprint: Fingerprint::parse(&self.fingerprint).ok_or_else(|| bad("fingerprint", &self.fingerprint))?,
            kept: None,
            masked: self.masked,
            excerpt: self.excerpt.map(lines).unwrap_or_default(),
            cwe: self.cwe.into(),
            owasp: self.owasp.into(),
            advice: Advice { why, fix, rotate, reference },
            commit: self.commit,
            author: self.author,
            state: state.ok_or_else(|| bad("state", &self.state))?,
            reason: self.reason,
            encoding: self.encoding,
            because: Vec::new(),
            tools: self.tools,
            package: self.package.map(|package| {
                let PackageModel { ecosystem, name, version, purl, fixed } = package;
                Package { ecosystem, name, version, purl, fixed }
            }),
            ids: self.ids,
            related: self.related.into_iter().map(RelatedModel::related).collect::<Result<_, _>>()?,
            logical: self.logical,
        })
    }
}

impl RelatedModel {
    fn of(related: &Related) -> Self {
        let Place { line, column, end_line, end_column } = related.place;
        let (path, path_b64) = path_text(&related.path);
        Self { path, path_b64, line, column, end_line, end_column, message: related.message.clone() }
    }

    fn related(self) -> Result<Related, BadField> {
        let (line, column, end_line, end_column) = (self.line, self.column, self.end_line, self.end_column);
        let place = Place { line, column, end_line, end_column };
        Ok(Related { path: read_path(self.path, self.path_b64)?, place, message: self.message })
    }
}

/// A path as text, and in base64 as well where it is not UTF-8.
pub fn path_text(path: &RepoPath) -> (String, Option<String>) {
    let bytes = path.as_bytes();
    let base64 = std::str::from_utf8(bytes).is_err().then(|| STANDARD.encode(bytes));
    (String::from_utf8_lossy(bytes).into_owned(), base64)
}

/// The path that [`path_text`] gave.
pub fn read_path(text: String, base64: Option<String>) -> Result<RepoPath, BadField> {
    match base64 {
        None => Ok(RepoPath::new(text.into_bytes())),
        Some(digits) => STANDARD.decode(&digits).map(RepoPath::new).map_err(|_| bad("path_b64", &digits)),
    }
}

fn level<T: std::str::FromStr>(field: &'static str, word: &str) -> Result<T, BadField> {
    word.parse().map_err(|_| bad(field, word))
}

fn bad(field: &'static str, found: &str) -> BadField {
    BadField { field, found: found.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Salt;

    #[test]
    fn a_finding_comes_back_as_it_went_with_a_path_that_is_no_text() {
        let print = Fingerprint::of_code(&Salt::default(), "r", b"a", b"b");
        let place = Place { line: 3, column: 1, end_line: 4, end_column: 2 };
        let path = RepoPath::new(&b"a/\xff.py"[..]);
        let finding = Finding {
            title: "a flow".into(),
            place,
            state: State::Allowed,
            excerpt: Excerpt { lines: vec![ExcerptLine { number: 3, text: "x".to_owned() }], mark: (0, 1) },
            package: Some(Package { name: "p".into(), version: "1".into(), ..Package::default() }),
            ids: vec!["CVE-2024-1".into()],
            related: vec![Related { path: path.clone(), place, message: "read here".into() }],
            logical: "aws_s3_bucket.logs".into(),
            ..Finding::new("sast", "r", path, print)
        };
        let json = serde_json::to_string(&FindingModel::of(&finding, true)).unwrap();
        let back: FindingModel = serde_json::from_str(&json).unwrap();
        assert!(back.blocks);
        assert_eq!(back.finding().unwrap(), finding);
        let more = json.replacen('{', "{\"more\":1,", 1);
        assert!(serde_json::from_str::<FindingModel>(&more).is_err(), "a field that is not known is not dropped");
    }
}
