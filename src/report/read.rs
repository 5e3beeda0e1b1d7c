//! Our own JSON report -> [`Report`]: what `gatehook report` begins with.
//!
//! The bytes come from outside. What is not understood is refused, never left out: a report that was cut
//! off, has fields of another version or names no verdict would read as green.

use serde::Deserialize;
use thiserror::Error;

use crate::finding::model::{BadField, FindingModel, read_path};
use crate::finding::{Decision, Demand, Exit, Gap, GapKind, Outcome, Report, Scanned, StageRun, Terms, Text, Verdict};
use crate::text::escape;

/// Bytes that a report may have.
pub const MOST: u64 = 1 << 30;

/// Why a report was refused.
#[derive(Debug, Error)]
pub enum ReadError {
    /// It is not JSON report of this schema, or was cut off.
    #[error("it is not a complete JSON report of gatehook: {reason}")]
    Form {
        /// What the JSON reader says, escaped, with line and column.
        reason: String,
    },
    /// It has another schema.
    #[error("its schema is {schema}, this gatehook reads 1")]
    Schema {
        /// The number it names.
        schema: u64,
    },
    /// A field holds what it cannot hold.
    #[error("`{field}` cannot be `{found}`")]
    Value {
        /// The field.
        field: &'static str,
        /// What stands there, escaped and cut.
        found: String,
    },
}

/// Reads what [`super::Format::Json`] writes. Times and the repository's root are not in it.
pub fn read(bytes: &[u8]) -> Result<Report, ReadError> {
    #[derive(Deserialize)]
    struct Head {
        schema: u64,
    }
    let form = |error: serde_json::Error| ReadError::Form { reason: escape(error.to_string().as_bytes()).to_string() };
    // The number first: another schema has other fields.
    let head: Head = serde_json::from_slice(bytes).map_err(form)?;
    if head.schema != 1 {
        return Err(ReadError::Schema { schema: head.schema });
    }
    serde_json::from_slice::<Raw>(bytes).map_err(form)?.report()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[allow(dead_code, reason = "read before all else")]
    schema: u64,
    gate: String,
    verdict: String,
    mode: String,
    exit: u8,
    findings: Vec<FindingModel>,
    stages: Vec<RawStage>,
    scanned: RawScanned,
    gaps: Vec<RawGap>,
    notes: Vec<String>,
    terms: RawTerms,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStage {
    name: String,
    outcome: String,
    reason: Option<String>,
    files: usize,
    required: bool,
    hole: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawScanned {
    base: Option<String>,
    head: Option<String>,
    how: String,
    commits: usize,
    files: usize,
    added_lines: usize,
    bytes: u64,
    unproven: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGap {
    path: Option<String>,
    path_b64: Option<String>,
    kind: String,
    tolerated: bool,
    reason: String,
    hint: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTerms {
    version: String,
    rules: String,
    block: String,
    tier: String,
    younger: Vec<String>,
    shard: Option<String>,
    made: Option<String>,
    advisories: Option<String>,
}

impl Raw {
    fn report(self) -> Result<Report, ReadError> {
        let verdict = [Verdict::Pass, Verdict::Block, Verdict::Incomplete];
        let verdict = among(&verdict, Verdict::word, "verdict", &self.verdict)?;
        let observes =
            among(&[false, true], |observes| ["enforce", "observe"][usize::from(observes)], "mode", &self.mode)?;
        let exit = Exit::from_code(self.exit).ok_or_else(|| wrong("exit", &self.exit.to_string()))?;
        let blocking = (0..self.findings.len()).filter(|&at| self.findings[at].blocks).collect();
        let findings = self.findings.into_iter().map(FindingModel::finding).collect::<Result<_, _>>()?;
        let stages = self.stages.into_iter().map(RawStage::stage).collect::<Result<_, _>>()?;
        let gaps = self.gaps.into_iter().map(RawGap::gap).collect::<Result<_, _>>()?;
        let RawScanned { base, head, how, commits, files, added_lines, bytes, unproven } = self.scanned;
        Ok(Report {
            decision: Decision::new(verdict, exit, blocking),
            gate: self.gate.into(),
            findings,
            stages,
            scanned: Scanned { base, head, how, commits, files, added_lines, bytes, unproven, ..Scanned::default() },
            gaps,
            notes: self.notes,
            millis: 0,
            root: None,
            observes,
            terms: self.terms.terms(observes)?,
        })
    }
}

impl RawTerms {
    fn terms(self, observe: bool) -> Result<Terms, ReadError> {
        let demand = Demand {
            block: level("block", &self.block)?,
            tier: level("tier", &self.tier)?,
            observe,
            younger: texts(self.younger),
        };
        let shard = self.shard.map(|shard| shard.parse().map_err(|()| wrong("shard", &shard))).transpose()?;
        let Self { version, rules, made, advisories, .. } = self;
        Ok(Terms { version: version.into(), rules, demand, shard, made, advisories })
    }
}

impl From<BadField> for ReadError {
    fn from(bad: BadField) -> Self {
        wrong(bad.field, &bad.found)
    }
}

impl RawStage {
    fn stage(self) -> Result<StageRun, ReadError> {
        let reason = self.reason.unwrap_or_default();
        let outcome = match (self.outcome.as_str(), self.hole) {
            ("ran", false) => Outcome::Ran,
            ("cached", false) => Outcome::Cached,
            ("skipped", false) => Outcome::Skipped(reason),
            ("skipped", true) => Outcome::Missing(reason),
            ("failed", true) => Outcome::Failed(reason),
            ("timed-out", true) => Outcome::TimedOut,
            (other, _) => return Err(wrong("outcome", other)),
        };
        Ok(StageRun { name: self.name.into(), outcome, files: self.files, required: self.required })
    }
}

impl RawGap {
    fn gap(self) -> Result<Gap, ReadError> {
        let kind = match (self.kind.as_str(), self.tolerated) {
            ("unread", false) => GapKind::Unread,
            ("partial", false) => GapKind::Partial,
            ("partial", true) => GapKind::Tolerated,
            ("elsewhere", false) => GapKind::Elsewhere,
            (other, _) => return Err(wrong("kind", other)),
        };
        let path = self.path.map(|text| read_path(text, self.path_b64)).transpose()?;
        Ok(Gap { path, kind, reason: self.reason, hint: self.hint })
    }
}

fn texts(list: Vec<String>) -> Vec<Text> {
    list.into_iter().map(Text::from).collect()
}

fn level<T: std::str::FromStr>(field: &'static str, word: &str) -> Result<T, ReadError> {
    word.parse().map_err(|_| wrong(field, word))
}

fn among<T: Copy>(
    all: &[T],
    name: impl Fn(T) -> &'static str,
    field: &'static str,
    word: &str,
) -> Result<T, ReadError> {
    all.iter().copied().find(|&one| name(one) == word).ok_or_else(|| wrong(field, word))
}

fn wrong(field: &'static str, found: &str) -> ReadError {
    let found = super::words::cut(found, 60);
    ReadError::Value { field, found: escape(found.as_bytes()).to_string() }
}
