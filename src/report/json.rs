//! One JSON document, schema 1: the part that others may build on.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::finding::{Finding, GapKind, Report, State};

/// Writes the document, one line, with a line end.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut document = rest(report);
    document["findings"] = report.findings.iter().map(finding).collect();
    serde_json::to_writer(&mut *out, &document)?;
    out.write_all(b"\n")
}

/// All but the findings.
pub(super) fn rest(report: &Report) -> Value {
    let stages: Vec<Value> = report
        .stages
        .iter()
        .map(|stage| {
            let outcome = &stage.outcome;
            json!({
                "name": stage.name, "outcome": outcome.word(), "reason": outcome.reason(), "files": stage.files,
                "required": stage.required,
            })
        })
        .collect();
    let gaps: Vec<Value> = report
        .gaps
        .iter()
        .map(|gap| {
            let path = gap.path.as_ref().map(|path| String::from_utf8_lossy(path.as_bytes()));
            json!({ "path": path, "kind": kind(gap.kind), "reason": gap.reason, "hint": gap.hint })
        })
        .collect();
    let scanned = &report.scanned;
    json!({
        "schema": 1,
        "gate": report.gate,
        "verdict": report.verdict.word(),
        "mode": if report.observes { "observe" } else { "enforce" },
        "stages": stages,
        "scanned": {
            "base": scanned.base, "head": scanned.head, "how": scanned.how, "commits": scanned.commits,
            "files": scanned.files, "added_lines": scanned.added_lines, "bytes": scanned.bytes,
        },
        "gaps": gaps,
        "notes": report.notes,
    })
}

/// One finding. A path that is not UTF-8 comes as base64 too.
pub(super) fn finding(finding: &Finding) -> Value {
    let place = finding.place;
    let mut value = json!({
        "rule": finding.rule, "title": finding.title, "stage": finding.stage,
        "severity": finding.severity.word(), "tier": finding.tier.word(), "confidence": finding.confidence.word(),
        "path": String::from_utf8_lossy(finding.path.as_bytes()),
        "line": place.line, "column": place.column, "end_line": place.end_line, "end_column": place.end_column,
        "fingerprint": finding.fingerprint.to_string(), "masked": finding.masked,
        "cwe": finding.cwe, "owasp": finding.owasp, "encoding": finding.encoding, "tools": finding.tools,
        "commit": finding.commit, "author": finding.author,
        "state": state(finding.state), "reason": finding.reason,
        "why": finding.advice.why, "fix": finding.advice.fix, "rotate": finding.advice.rotate,
        "reference": finding.advice.reference,
    });
    if std::str::from_utf8(finding.path.as_bytes()).is_err() {
        value["path_b64"] = STANDARD.encode(finding.path.as_bytes()).into();
    }
    value
}

const fn kind(kind: GapKind) -> &'static str {
    match kind {
        GapKind::Unread => "unread",
        GapKind::Partial | GapKind::Tolerated => "partial",
        GapKind::Elsewhere => "elsewhere",
    }
}

const fn state(state: State) -> &'static str {
    match state {
        State::New => "new",
        State::Existing => "existing",
        State::Allowed => "allowed",
    }
}
