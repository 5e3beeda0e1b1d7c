//! GitLab Code Quality: the part of the Code Climate format that GitLab reads.
//!
//! Source: <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>. Paths are
//! relative without `./`; entries with equal fingerprints are dropped, so each has its own. An empty
//! list reads as green, so what could not be looked at is an entry of the gravest kind.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::lacks::{self, Lack, Level};
use super::words::{self, Names, Weight};
use crate::finding::{Finding, Report, Severity};

/// Writes the array, an entry a line.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut separator = "[\n";
    let mut entry = |value: &Value, out: &mut dyn Write| {
        out.write_all(separator.as_bytes())?;
        separator = ",\n";
        serde_json::to_writer(out, value).map_err(io::Error::from)
    };
    for (number, lack) in lacks::lacks(report).iter().enumerate().filter(|(_, lack)| lack.level != Level::Note) {
        entry(&of_lack(lack, number), out)?;
    }
    let mut names = Names::default();
    for (finding, weight) in report.findings.iter().zip(words::weights(report)) {
        let name = names.next(finding);
        // What somebody allowed has no place here.
        if weight != Weight::Allowed {
            entry(&of_finding(finding, weight, name), out)?;
        }
    }
    out.write_all(if separator == "[\n" { b"[]\n" } else { b"\n]\n" })
}

fn of_finding(finding: &Finding, weight: Weight, name: [u8; 16]) -> Value {
    let path = words::path(finding);
    let severity = match (weight, finding.severity) {
        (Weight::Existing, _) => "info",
        (_, Severity::Low) => "minor",
        (_, Severity::Medium) => "major",
        (_, Severity::High) => "critical",
        (_, Severity::Critical) => "blocker",
    };
    json!({
        "type": "issue",
        "check_name": finding.rule,
        "description": words::message(finding),
        "content": { "body": words::advice(finding)
            .map(|(name, text)| format!("{name}: {}", words::sentence(text))).collect::<Vec<_>>().join("\n\n") },
        "categories": ["Security"],
        "severity": severity,
        "fingerprint": words::hex(&name),
        "location": {
            "path": if path.is_empty() { words::NOWHERE } else { &path },
            "lines": { "begin": finding.place.line.max(1), "end": finding.place.end_line.max(finding.place.line).max(1) },
        },
    })
}

fn of_lack(lack: &Lack<'_>, number: usize) -> Value {
    let path = lack.path.map(|path| String::from_utf8_lossy(path.as_bytes()));
    let sentence = lack.sentence();
    let name = blake3::hash(format!("{number} {sentence}").as_bytes());
    json!({
        "type": "issue",
        "check_name": Lack::ID,
        "description": format!("gatehook could not look: {sentence}"),
        "categories": ["Security"],
        "severity": if lack.level == Level::Error { "blocker" } else { "minor" },
        "fingerprint": words::hex(&name.as_bytes()[..16]),
        "location": { "path": path.as_deref().unwrap_or(words::NOWHERE), "lines": { "begin": 1 } },
    })
}
