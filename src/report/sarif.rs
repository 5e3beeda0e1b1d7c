//! SARIF 2.1.0 (OASIS Standard, 2020), within what GitHub code scanning takes: 25,000 results, 20
//! tags a rule, 10 MB compressed, lines and columns from 1, relative percent-encoded URIs.
//!
//! Limits: <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>.
//! Columns are code points (`columnKind`). Fingerprints stand under a key of our own: GitHub computes
//! `primaryLocationLineHash` itself and warns where another is given. The value itself is nowhere.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::lacks::{self, Level};
use super::markdown::plain;
use super::words::{self, Weight};
use crate::finding::{Finding, Related, Report, Severity, Tier};
use crate::paths::RepoPath;
use crate::text::escape;

/// Results that GitHub takes in one run. Of them it keeps the 5,000 gravest.
const MOST: usize = 25_000;
/// Bytes that a compressed log may have, with a margin.
const MOST_BYTES: usize = 9_500_000;
/// What a result takes compressed, beside its path and its line: names and numbers of JSON.
const RESULT_BYTES: usize = 90;

/// Writes the log: one run, one line.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let chosen = chosen(report);
    let mut rules: Vec<&Finding> = chosen.iter().map(|(finding, _)| *finding).collect();
    rules.sort_by(|one, other| one.rule.cmp(&other.rule));
    rules.dedup_by(|one, other| one.rule == other.rule);
    let driver = json!({
        "name": "gatehook",
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "informationUri": words::HOME,
        "rules": rules.iter().map(|finding| rule(finding, report.observes)).collect::<Vec<_>>(),
    });
    let head = json!({
        "tool": { "driver": driver },
        "automationDetails": { "id": format!("gatehook/{}/", report.gate) },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": { "ROOT": { "description": { "text": "the root of the repository" } } },
        "invocations": [invocation(report, chosen.len())],
        "properties": { "verdict": report.verdict().word() },
    });
    // The results are written one by one: a log of all of them in memory would take ten times their bytes.
    out.write_all(br#"{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":["#)?;
    let mut head = serde_json::to_vec(&head)?;
    head.pop();
    out.write_all(&head)?;
    out.write_all(br#","results":["#)?;
    for (number, (finding, weight)) in chosen.iter().enumerate() {
        if number > 0 {
            out.write_all(b",")?;
        }
        let index = rules.partition_point(|rule| rule.rule < finding.rule);
        serde_json::to_writer(&mut *out, &result(finding, *weight, index, report.observes))?;
    }
    out.write_all(b"]}]}\n")
}

/// The findings that fit: all of them in their order, or the heaviest.
fn chosen(report: &Report) -> Vec<(&Finding, Weight)> {
    let all: Vec<_> = report.findings.iter().zip(words::weights(report)).collect();
    let fits = |findings: &[(&Finding, Weight)]| {
        let mut room = MOST_BYTES;
        let mut last = None;
        let takes = |finding: &Finding, last: Option<&RepoPath>| {
            let path = if last == Some(&finding.path) { 0 } else { finding.path.as_bytes().len() };
            RESULT_BYTES + path + finding.excerpt.lines.first().map_or(0, |line| line.text.len())
        };
        let within = findings.iter().take(MOST).take_while(|(finding, _)| {
            let rest = room.checked_sub(takes(finding, last.replace(&finding.path)));
            room = rest.unwrap_or(room);
            rest.is_some()
        });
        within.count()
    };
    if fits(&all) == all.len() {
        return all;
    }
    let mut heaviest = words::by_weight(report);
    heaviest.truncate(fits(&heaviest));
    heaviest
}

fn rule(finding: &Finding, observes: bool) -> Value {
    let mut tags = vec!["security".to_owned(), finding.stage.to_string()];
    tags.extend(finding.cwe.iter().map(|cwe| format!("external/cwe/{}", cwe.to_ascii_lowercase())));
    tags.extend(finding.owasp.iter().map(|owasp| format!("owasp/{}", owasp.to_ascii_lowercase())));
    tags.truncate(20);
    let (mut text, mut markdown) = (String::new(), String::new());
    for (name, advice) in words::advice(finding) {
        let gap = if text.is_empty() { "" } else { "\n\n" };
        let advice = words::sentence(advice);
        let _ = write!(text, "{gap}{name}: {advice}");
        let _ = write!(markdown, "{gap}**{name}:** {}", plain(&advice));
    }
    let title = words::title(finding);
    let mut rule = json!({
        "id": finding.rule,
        "name": finding.rule,
        "shortDescription": { "text": words::cut(&title, 1024) },
        "fullDescription": { "text": words::cut(or(&escape(finding.advice.why.as_bytes()).to_string(), &title), 1024) },
        "help": { "text": or(&text, &title), "markdown": or(&markdown, &plain(&title)) },
        "defaultConfiguration": { "level": level(finding, Weight::Blocks, observes) },
        "properties": {
            "tags": tags,
            "precision": finding.confidence.word(),
            "security-severity": words::security_severity(finding.severity),
        },
    });
    if let Some(address) = words::reference(finding) {
        rule["helpUri"] = address.into();
    }
    rule
}

fn result(finding: &Finding, weight: Weight, rule_index: usize, observes: bool) -> Value {
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
        location["region"]["snippet"] = json!({ "text": escape(excerpt.text.as_bytes()).to_string() });
    }
    let mut result = json!({
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": level(finding, weight, observes),
        // In a message `[text](target)` is a link.
        "message": { "text": words::message(finding).replace("](", "] (") },
        "locations": [{ "physicalLocation": location }],
        "partialFingerprints": { "gatehookFingerprint/v1": finding.fingerprint.to_string() },
        "baselineState": if weight == Weight::Existing { "unchanged" } else { "new" },
        "properties": {
            "severity": finding.severity.word(), "tier": finding.tier.word(), "confidence": finding.confidence.word(),
            "commit": finding.commit, "encoding": finding.encoding,
        },
    });
    if let Some(package) = &finding.package {
        result["properties"]["package"] = json!({
            "ecosystem": package.ecosystem, "name": package.name, "version": package.version, "purl": package.purl,
            "fixed": package.fixed,
        });
        result["properties"]["ids"] = json!(finding.ids);
    }
    let way = words::way(finding);
    if !way.is_empty() {
        let locations: Vec<Value> = way.into_iter().map(|step| json!({ "location": place_of(step) })).collect();
        result["codeFlows"] = json!([{ "threadFlows": [{ "locations": locations }] }]);
    }
    if weight == Weight::Allowed {
        let reason = finding.reason.as_deref().unwrap_or("allowed");
        result["suppressions"] = json!([{ "kind": "external", "status": "accepted", "justification": reason }]);
    }
    result
}

fn place_of(step: &Related) -> Value {
    let place = step.place;
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&step.path), "uriBaseId": "ROOT" },
            "region": { "startLine": place.line.max(1), "startColumn": place.column.max(1) },
        },
        "message": { "text": step.message.replace("](", "] (") },
    })
}

fn invocation(report: &Report, written: usize) -> Value {
    let lacks = lacks::lacks(report);
    let mut notes: Vec<Value> = lacks
        .iter()
        .map(|lack| {
            let level = match lack.level {
                Level::Error => "error",
                Level::Warning => "warning",
                Level::Note => "note",
            };
            let mut note = json!({ "level": level, "message": { "text": lack.sentence() } });
            if let Some(path) = lack.path {
                note["locations"] =
                    json!([{ "physicalLocation": { "artifactLocation": { "uri": uri(path), "uriBaseId": "ROOT" } } }]);
            }
            note
        })
        .collect();
    if written < report.findings.len() {
        let left = report.findings.len() - written;
        notes.push(json!({ "level": "error", "message": { "text":
            format!("{left} findings of the least weight are left out: a log holds {MOST}, and {MOST_BYTES} bytes") } }));
    }
    notes.extend(report.notes.iter().map(|note| json!({ "level": "note", "message": { "text": note } })));
    json!({
        "executionSuccessful": lacks::is_whole(&lacks),
        "exitCode": report.exit().code(),
        "toolExecutionNotifications": notes,
    })
}

/// `error` for what may block, by severity; existing findings are notes. Code scanning stops a review
/// for an `error`, so a gate that only observes has none.
fn level(finding: &Finding, weight: Weight, observes: bool) -> &'static str {
    match (weight, finding.tier, finding.severity) {
        (Weight::Existing, ..) | (_, _, Severity::Low) => "note",
        (_, Tier::Block, _) if !observes => "error",
        _ => "warning",
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
