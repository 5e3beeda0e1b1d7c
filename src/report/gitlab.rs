//! GitLab's security reports, schema 15.2.4: secret detection, SAST, dependency scanning.
//!
//! Sources: the schemas in gitlab-org/security-products/security-report-schemas (`dist/`). GitLab drops a
//! report whole where it does not fit, so every text is cut to its limit and every address checked.
//! What is allowed has no place there and is reported as a message; a gate that could not look has the
//! status `failure`.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::Style;
use super::lacks::{self, Level};
use super::words::{self, Kind, Names, Weight};
use crate::finding::{Finding, Report, Severity};
use crate::text::escape;

/// The schema that the reports follow.
const VERSION: &str = "15.2.4";

/// Writes the report of that kind of finding.
pub(super) fn write(report: &Report, kind: Kind, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let name = match kind {
        Kind::Secret => "secret-detection",
        Kind::Code => "sast",
        Kind::Dependency => "dependency-scanning",
    };
    write!(
        out,
        "{{\"schema\":\"https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/raw/v{VERSION}/dist/{name}-report-format.json\",\"version\":\"{VERSION}\",\"scan\":"
    )?;
    serde_json::to_writer(&mut *out, &scan(report, kind, style))?;
    out.write_all(b",\"vulnerabilities\":[")?;
    let mut names = Names::default();
    let mut first = true;
    for (finding, weight) in report.findings.iter().zip(words::weights(report)) {
        // Numbered before any is left out: a name must not depend on what is allowed.
        let id = names.next(finding);
        if words::kind(finding) != kind || weight == Weight::Allowed {
            continue;
        }
        if !first {
            out.write_all(b",")?;
        }
        first = false;
        serde_json::to_writer(&mut *out, &vulnerability(report, finding, weight, id))?;
    }
    out.write_all(b"]}\n")
}

fn scan(report: &Report, kind: Kind, style: &Style) -> Value {
    let lacks = lacks::lacks(report);
    let mut messages: Vec<Value> = lacks
        .iter()
        .map(|lack| {
            let level = match lack.level {
                Level::Error => "fatal",
                Level::Warning => "warn",
                Level::Note => "info",
            };
            json!({ "level": level, "value": lack.sentence() })
        })
        .collect();
    let notes = report.notes.iter().filter(|note| !note.is_empty());
    messages.extend(notes.map(|note| json!({ "level": "info", "value": escape(note.as_bytes()).to_string() })));
    messages.push(json!({ "level": "info", "value":
        format!("gatehook {}: {}; {}", words::heading(report), words::found(report), words::looked_at(report)) }));
    let tool = json!({
        "id": "gatehook", "name": "gatehook", "url": words::HOME,
        "vendor": { "name": "gatehook" }, "version": or_unknown(&report.terms.version),
    });
    let mut scan = json!({
        "analyzer": tool, "scanner": tool,
        "start_time": style.started, "end_time": style.ended,
        "status": if lacks::is_whole(&lacks) { "success" } else { "failure" },
        "type": match kind {
            Kind::Secret => "secret_detection",
            Kind::Code => "sast",
            Kind::Dependency => "dependency_scanning",
        },
        "messages": messages,
    });
    if report.scanned.base.is_some() {
        // Only the change was looked at: what is not listed is not gone.
        scan["partial_scan"] = json!({ "mode": "differential" });
    }
    scan
}

fn vulnerability(report: &Report, finding: &Finding, weight: Weight, id: [u8; 16]) -> Value {
    let mut solution: Vec<String> = Vec::new();
    let mut description = words::message(finding);
    for (name, text) in words::advice(finding) {
        if name == "Why" {
            description = format!("{description}. {}", words::sentence(text));
        } else {
            solution.push(words::sentence(text));
        }
    }
    let mut value = json!({
        "id": uuid(id),
        "name": words::cut(&words::title(finding), 255),
        "description": words::cut(&description, 10_000),
        "severity": severity(finding.severity),
        "solution": words::cut(&solution.join(" "), 7000),
        "identifiers": identifiers(finding),
        "location": location(report, finding),
        "tracking": { "type": "source", "items": [{
            "file": words::path(finding), "start_line": finding.place.line.max(1),
            "end_line": finding.place.end_line.max(finding.place.line).max(1),
            "signatures": [{ "algorithm": "hash", "value": words::hex(&id) }],
        }] },
        "details": { "state": { "name": "State", "type": "text", "value": match weight {
            Weight::Blocks => "new, blocks",
            Weight::Warns => "new, does not block",
            Weight::Existing | Weight::Allowed => weight.word(),
        } } },
    });
    if let Some(address) = words::reference(finding) {
        value["links"] = json!([{ "url": address }]);
    }
    if let Some(line) = finding.excerpt.lines.first().filter(|_| words::kind(finding) != Kind::Dependency) {
        value["raw_source_code_extract"] = escape(line.text.as_bytes()).to_string().into();
    }
    value
}

/// The rule first: GitLab takes the first identifier for the vulnerability's own.
fn identifiers(finding: &Finding) -> Vec<Value> {
    let rule = escape(finding.rule.as_bytes()).to_string();
    let mut list = vec![json!({
        "type": "gatehook_rule_id", "name": format!("gatehook rule {rule}"), "value": or_unknown(&rule),
    })];
    for id in finding.ids.iter().filter(|id| !id.is_empty()) {
        let shown = words::cut(&escape(id.as_bytes()).to_string(), 255).into_owned();
        let (kind, url) = match shown.split('-').next() {
            Some("CVE") => ("cve", format!("https://nvd.nist.gov/vuln/detail/{shown}")),
            Some("GHSA") => ("ghsa", format!("https://github.com/advisories/{shown}")),
            Some("RUSTSEC") => ("rustsec", format!("https://rustsec.org/advisories/{shown}.html")),
            _ => ("osv", format!("https://osv.dev/vulnerability/{shown}")),
        };
        let plain = shown.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let mut identifier = json!({ "type": kind, "name": shown, "value": or_unknown(&shown) });
        if plain {
            identifier["url"] = url.into();
        }
        list.push(identifier);
    }
    for cwe in finding.cwe.iter() {
        if let Some(number) = cwe.strip_prefix("CWE-").filter(|rest| rest.parse::<u32>().is_ok()) {
            list.push(json!({
                "type": "cwe", "name": cwe, "value": number,
                "url": format!("https://cwe.mitre.org/data/definitions/{number}.html"),
            }));
        }
    }
    for owasp in finding.owasp.iter().filter(|owasp| !owasp.is_empty()) {
        let owasp = escape(owasp.as_bytes()).to_string();
        list.push(json!({ "type": "owasp", "name": format!("{owasp}:2021"), "value": format!("{owasp}:2021") }));
    }
    // More than twenty are refused.
    list.truncate(20);
    list
}

fn location(report: &Report, finding: &Finding) -> Value {
    let path = words::path(finding);
    let file = if path.is_empty() { words::NOWHERE } else { &path };
    let place = finding.place;
    if let Some(package) = &finding.package {
        return json!({
            "file": file,
            "dependency": { "package": { "name": escape(package.name.as_bytes()).to_string() },
                            "version": escape(package.version.as_bytes()).to_string() },
        });
    }
    let mut location = json!({ "file": file });
    if place.line > 0 {
        location["start_line"] = place.line.into();
        location["end_line"] = place.end_line.max(place.line).into();
    }
    if words::kind(finding) == Kind::Secret {
        let id = finding.commit.as_deref().or(report.scanned.head.as_deref()).filter(|id| is_object_id(id));
        // What GitLab's own analyzer writes where there is no commit.
        location["commit"] = json!({ "sha": id.unwrap_or("0000000") });
        if let Some(author) = &finding.author {
            location["commit"]["author"] = author.clone().into();
        }
    }
    location
}

fn is_object_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "Low",
        Severity::Medium => "Medium",
        Severity::High => "High",
        Severity::Critical => "Critical",
    }
}

fn or_unknown(text: &str) -> &str {
    if text.is_empty() { "unknown" } else { text }
}

/// A name-based UUID of the free form, version 8 of RFC 9562.
fn uuid(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits = words::hex(&bytes);
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}
