//! One JSON document, schema 1: the part that others may build on, described by
//! `docs/schema/report.schema.json`. [`super::read`] takes it back.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::words;
use crate::finding::model::{FindingModel, path_text};
use crate::finding::{Finding, GapKind, Report};
use crate::paths::RepoPath;

/// Writes the document, one line, with a line end; the findings one by one.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut rest = rest(report);
    // What the run came to stands first.
    let first = ["schema", "gate", "verdict", "mode", "exit"].map(|key| (key, rest[key].take()));
    let mut separator = '{';
    for (key, value) in first {
        write!(out, "{separator}\"{key}\":{value}")?;
        separator = ',';
        if let Some(fields) = rest.as_object_mut() {
            fields.remove(key);
        }
    }
    out.write_all(b",\"findings\":[")?;
    for (number, (finding, blocks)) in with_blocking(report).enumerate() {
        if number > 0 {
            out.write_all(b",")?;
        }
        serde_json::to_writer(&mut *out, &self::finding(finding, blocks))?;
    }
    out.write_all(b"],")?;
    let rest = serde_json::to_vec(&rest)?;
    out.write_all(&rest[1..])?;
    out.write_all(b"\n")
}

/// The findings, and whether each blocks.
pub(super) fn with_blocking(report: &Report) -> impl Iterator<Item = (&Finding, bool)> {
    let mut blocking = report.blocking().iter().copied().peekable();
    report.findings.iter().enumerate().map(move |(at, finding)| (finding, blocking.next_if_eq(&at).is_some()))
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
                "required": stage.required, "hole": outcome.is_hole(),
            })
        })
        .collect();
    let gaps: Vec<Value> = report
        .gaps
        .iter()
        .map(|gap| {
            let mut value = json!({
                "path": null, "kind": words::gap(gap.kind), "tolerated": gap.kind == GapKind::Tolerated,
                "reason": gap.reason, "hint": gap.hint,
            });
            if let Some(path) = &gap.path {
                set_path(&mut value, path);
            }
            value
        })
        .collect();
    let scanned = &report.scanned;
    let terms = &report.terms;
    let mut rest = json!({
        "schema": 1,
        "gate": report.gate,
        "verdict": report.verdict().word(),
        "mode": if report.observes { "observe" } else { "enforce" },
        "exit": report.exit().code(),
        "stages": stages,
        "scanned": {
            "base": scanned.base, "head": scanned.head, "how": scanned.how, "commits": scanned.commits,
            "files": scanned.files, "added_lines": scanned.added_lines, "bytes": scanned.bytes,
            "unproven": scanned.unproven,
        },
        "gaps": gaps,
        "notes": report.notes,
        "terms": {
            "version": terms.version, "rules": terms.rules,
            "block": terms.demand.block.word(), "tier": terms.demand.tier.word(), "younger": terms.demand.younger,
            "shard": terms.shard.map(|shard| shard.to_string()),
        },
    });
    // Times are said where they are evidence: elsewhere the same content gives the same bytes.
    for (key, time) in [("made", &terms.made), ("advisories", &terms.advisories)] {
        if let Some(time) = time {
            rest["terms"][key] = time.as_str().into();
        }
    }
    rest
}

/// One finding.
pub(super) fn finding(finding: &Finding, blocks: bool) -> Value {
    // Texts and numbers only: nothing in it can fail.
    serde_json::to_value(FindingModel::of(finding, blocks)).unwrap_or_default()
}

fn set_path(value: &mut Value, path: &RepoPath) {
    let (text, base64) = path_text(path);
    value["path"] = text.into();
    if let Some(base64) = base64 {
        value["path_b64"] = base64.into();
    }
}
