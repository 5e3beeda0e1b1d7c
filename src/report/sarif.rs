//! SARIF 2.1.0 (OASIS Standard, 2020), within what GitHub code scanning takes: 25,000 results, 20
//! tags a rule, lines and columns from 1, relative percent-encoded URIs.
//!
//! Columns are code points (`columnKind`). Fingerprints stand under a key of our own: GitHub computes
//! `primaryLocationLineHash` itself and warns where another is given. The value itself is nowhere.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde_json::{Value, json};

use crate::finding::{Exit, Finding, GapKind, Report, Severity, State};
use crate::paths::RepoPath;

/// Results that GitHub takes in one run.
const MOST: usize = 25_000;

/// Writes the log: one run, one line.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut chosen: Vec<&Finding> = report.findings.iter().collect();
    if chosen.len() > MOST {
        chosen.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        chosen.truncate(MOST);
    }
    let mut rules: Vec<&Finding> = chosen.clone();
    rules.sort_by(|one, other| one.rule.cmp(&other.rule));
    rules.dedup_by(|one, other| one.rule == other.rule);
    let results: Vec<Value> = chosen
        .iter()
        .map(|finding| {
            let index = rules.partition_point(|rule| rule.rule < finding.rule);
            result(finding, index)
        })
        .collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "gatehook",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": "https://github.com/gatehook/gatehook",
                "rules": rules.iter().map(|finding| rule(finding)).collect::<Vec<_>>(),
            } },
            "automationDetails": { "id": format!("gatehook/{}/", report.gate) },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { "ROOT": { "description": { "text": "the root of the repository" } } },
            "invocations": [invocation(report, chosen.len())],
            "results": results,
            "properties": { "verdict": report.verdict.word() },
        }],
    });
    serde_json::to_writer(&mut *out, &log)?;
    out.write_all(b"\n")
}

fn rule(finding: &Finding) -> Value {
    let mut tags = vec!["security".to_owned(), finding.stage.to_string()];
    tags.extend(finding.cwe.iter().map(|cwe| format!("external/cwe/{}", cwe.to_ascii_lowercase())));
    tags.extend(finding.owasp.iter().map(|owasp| format!("owasp/{}", owasp.to_ascii_lowercase())));
    tags.truncate(20);
    let advice = &finding.advice;
    let mut help = format!("Why: {}.\n\nFix: {}.", advice.why, advice.fix);
    if !advice.rotate.is_empty() {
        let _ = write!(help, "\n\nRotate: {}.", advice.rotate);
    }
    let mut rule = json!({
        "id": finding.rule,
        "name": finding.rule,
        "shortDescription": { "text": finding.title },
        "fullDescription": { "text": or(&advice.why, &finding.title) },
        "help": { "text": help, "markdown": help },
        "defaultConfiguration": { "level": level(finding) },
        "properties": {
            "tags": tags,
            "precision": finding.confidence.word(),
            "security-severity": security_severity(finding.severity),
        },
    });
    if !advice.reference.is_empty() {
        rule["helpUri"] = advice.reference.clone().into();
    }
    rule
}

fn result(finding: &Finding, rule_index: usize) -> Value {
    let place = finding.place;
    let mut location = json!({ "artifactLocation": { "uri": uri(&finding.path), "uriBaseId": "ROOT" } });
    let line = place.line.max(1);
    location["region"] = if place.line == 0 {
        json!({ "startLine": 1 })
    } else {
        json!({
            "startLine": line, "startColumn": place.column.max(1),
            "endLine": place.end_line.max(line), "endColumn": place.end_column.max(1),
        })
    };
    if let Some(excerpt) = finding.excerpt.lines.first() {
        location["region"]["snippet"] = json!({ "text": excerpt.text });
    }
    let mut message = finding.title.to_string();
    if !finding.masked.is_empty() {
        let _ = write!(message, " ({})", finding.masked);
    }
    let mut result = json!({
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": level(finding),
        "message": { "text": message },
        "locations": [{ "physicalLocation": location }],
        "partialFingerprints": { "gatehookFingerprint/v1": finding.fingerprint.to_string() },
        "baselineState": if finding.state == State::Existing { "unchanged" } else { "new" },
        "properties": {
            "severity": finding.severity.word(), "tier": finding.tier.word(), "confidence": finding.confidence.word(),
            "commit": finding.commit, "encoding": finding.encoding,
        },
    });
    if finding.state == State::Allowed {
        let reason = finding.reason.as_deref().unwrap_or("allowed");
        result["suppressions"] = json!([{ "kind": "external", "status": "accepted", "justification": reason }]);
    }
    result
}

fn invocation(report: &Report, written: usize) -> Value {
    let mut notes: Vec<Value> = report
        .gaps
        .iter()
        .map(|gap| {
            let level = if gap.kind == GapKind::Elsewhere { "note" } else { "error" };
            let mut note = json!({ "level": level, "message": { "text": gap.reason } });
            if let Some(path) = &gap.path {
                note["locations"] =
                    json!([{ "physicalLocation": { "artifactLocation": { "uri": uri(path), "uriBaseId": "ROOT" } } }]);
            }
            note
        })
        .collect();
    if written < report.findings.len() {
        let left = report.findings.len() - written;
        notes.push(json!({ "level": "error", "message": { "text":
            format!("{left} findings of the lowest severities are left out: a run holds {MOST}") } }));
    }
    notes.extend(report.notes.iter().map(|note| json!({ "level": "note", "message": { "text": note } })));
    json!({
        "executionSuccessful": matches!(report.exit, Exit::Clean | Exit::Blocked),
        "exitCode": report.exit.code(),
        "toolExecutionNotifications": notes,
    })
}

/// `error` for what may block, by severity; existing findings are notes.
fn level(finding: &Finding) -> &'static str {
    if finding.state == State::Existing {
        return "note";
    }
    match (finding.tier.word(), finding.severity) {
        (_, Severity::Low) => "note",
        ("block", _) => "error",
        _ => "warning",
    }
}

/// GitHub sorts by this number: over 9 critical, over 7 high, over 4 medium.
const fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "2.0",
        Severity::Medium => "5.5",
        Severity::High => "8.0",
        Severity::Critical => "9.5",
    }
}

fn or<'t>(text: &'t str, fallback: &'t str) -> &'t str {
    if text.is_empty() { fallback } else { text }
}

/// A relative URI (RFC 3986): every byte that is not unreserved or `/` is percent-encoded.
fn uri(path: &RepoPath) -> String {
    path.as_bytes().iter().fold(String::new(), |mut uri, &byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
        uri
    })
}
