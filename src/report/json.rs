//! One JSON document, schema 1: the part that others may build on.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::finding::{Finding, Outcome, Report, State};

/// Writes the document, one line, with a line end.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let findings: Vec<Value> = report.findings.iter().map(finding).collect();
    let stages: Vec<Value> = report
        .stages
        .iter()
        .map(|stage| {
            let (outcome, reason) = outcome(&stage.outcome);
            json!({ "name": stage.name, "outcome": outcome, "reason": reason, "files": stage.files })
        })
        .collect();
    let scanned = &report.scanned;
    let document = json!({
        "schema": 1,
        "verdict": report.verdict.word(),
        "findings": findings,
        "stages": stages,
        "scanned": {
            "base": scanned.base, "head": scanned.head, "how": scanned.how, "commits": scanned.commits,
            "files": scanned.files, "added_lines": scanned.added_lines, "bytes": scanned.bytes,
        },
    });
    serde_json::to_writer(&mut *out, &document)?;
    out.write_all(b"\n")
}

/// One finding.
pub(super) fn finding(finding: &Finding) -> Value {
    let place = finding.place;
    json!({
        "rule": finding.rule, "title": finding.title, "stage": finding.stage,
        "severity": finding.severity.word(), "tier": finding.tier.word(), "confidence": finding.confidence.word(),
        "path": String::from_utf8_lossy(finding.path.as_bytes()),
        "line": place.line, "column": place.column, "end_line": place.end_line, "end_column": place.end_column,
        "fingerprint": finding.fingerprint.to_string(), "masked": finding.masked, "cwe": finding.cwe,
        "commit": finding.commit, "state": state(finding.state), "reason": finding.reason,
    })
}

const fn state(state: State) -> &'static str {
    match state {
        State::New => "new",
        State::Existing => "existing",
        State::Allowed => "allowed",
    }
}

fn outcome(outcome: &Outcome) -> (&'static str, Option<&str>) {
    match outcome {
        Outcome::Ran => ("ran", None),
        Outcome::Cached => ("cached", None),
        Outcome::Skipped(reason) => ("skipped", Some(reason)),
        Outcome::Failed(reason) => ("failed", Some(reason)),
        Outcome::TimedOut => ("timed-out", None),
    }
}
