//! rdjson and rdjsonl: reviewdog's diagnostics, as one document or one a line.
//!
//! Source: `proto/rdf/jsonschema/` in reviewdog/reviewdog. Columns count bytes of UTF-8 there and code
//! points here, so a column is given only where the excerpt holds the line from its beginning. reviewdog
//! shows only what touches the diff unless told `-filter-mode=nofilter`, so what could not be looked at
//! must be taken from the exit code too.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::lacks::{self, Lack, Level};
use super::words::{self, Weight};
use crate::finding::{Finding, Report};
use crate::text::escape;

/// Writes one `DiagnosticResult`.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"{\"source\":")?;
    serde_json::to_writer(&mut *out, &source())?;
    out.write_all(b",\"diagnostics\":[")?;
    let mut first = true;
    each(report, |diagnostic| {
        if !first {
            out.write_all(b",")?;
        }
        first = false;
        serde_json::to_writer(&mut *out, &diagnostic).map_err(io::Error::from)
    })?;
    out.write_all(b"]}\n")
}

/// Writes a `Diagnostic` a line.
pub(super) fn write_lines(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    each(report, |mut diagnostic| {
        diagnostic["source"] = source();
        serde_json::to_writer(&mut *out, &diagnostic)?;
        out.write_all(b"\n")
    })
}

fn source() -> Value {
    json!({ "name": "gatehook", "url": words::HOME })
}

fn each(report: &Report, mut take: impl FnMut(Value) -> io::Result<()>) -> io::Result<()> {
    for lack in lacks::lacks(report).iter().filter(|lack| lack.level != Level::Note) {
        let path = lack.path.map(|path| String::from_utf8_lossy(path.as_bytes()));
        take(json!({
            "message": format!("gatehook could not look: {}", lack.sentence()),
            "location": { "path": path.as_deref().unwrap_or(words::NOWHERE) },
            "severity": if lack.level == Level::Error { "ERROR" } else { "WARNING" },
            "code": { "value": Lack::ID },
        }))?;
    }
    for (finding, weight) in report.findings.iter().zip(words::weights(report)) {
        if weight != Weight::Allowed {
            take(diagnostic(finding, weight))?;
        }
    }
    Ok(())
}

fn diagnostic(finding: &Finding, weight: Weight) -> Value {
    let mut message = words::message(finding);
    for (name, text) in words::advice(finding) {
        message.extend(["\n", name, ": ", &words::sentence(text)]);
    }
    let mut code = json!({ "value": escape(finding.rule.as_bytes()).to_string() });
    if let Some(address) = words::reference(finding) {
        code["url"] = address.into();
    }
    let mut location = json!({ "path": words::path(finding) });
    if finding.place.line > 0 {
        location["range"] = range(finding);
    }
    json!({
        "message": message,
        "location": location,
        "severity": match weight {
            Weight::Blocks => "ERROR",
            Weight::Warns => "WARNING",
            Weight::Existing | Weight::Allowed => "INFO",
        },
        "code": code,
    })
}

/// Without columns both lines belong to the range; with them the end is exclusive.
fn range(finding: &Finding) -> Value {
    let place = finding.place;
    let whole = json!({ "start": { "line": place.line }, "end": { "line": place.end_line.max(place.line) } });
    let (start, end) = finding.excerpt.mark;
    let Some(line) = finding.excerpt.lines.first().filter(|line| line.number == place.line) else { return whole };
    let same = place.end_line == place.line
        && end.checked_sub(start) == Some((place.end_column - place.column.min(place.end_column)) as usize);
    if start + 1 != place.column as usize || !same {
        return whole;
    }
    let byte = |character: usize| line.text.char_indices().nth(character).map_or(line.text.len(), |(at, _)| at) + 1;
    json!({
        "start": { "line": place.line, "column": byte(start) },
        "end": { "line": place.line, "column": byte(end) },
    })
}
