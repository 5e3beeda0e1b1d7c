//! JSON lines: `{"type":"finding",…}` each, then one `{"type":"report",…}` with the rest, so that a
//! reader knows whether it saw the end.

use std::io::{self, Write};

use serde_json::Value;

use super::json;
use crate::finding::Report;

/// Writes the lines.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for (finding, blocks) in json::with_blocking(report) {
        line("finding", json::finding(finding, blocks), out)?;
    }
    line("report", json::rest(report), out)
}

fn line(kind: &str, mut value: Value, out: &mut dyn Write) -> io::Result<()> {
    value["type"] = kind.into();
    serde_json::to_writer(&mut *out, &value)?;
    out.write_all(b"\n")
}
