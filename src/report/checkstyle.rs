//! Checkstyle XML, as Jenkins' warnings-ng, reviewdog and many editors read it.
//!
//! There is no schema but the reader's: `checkstyle` > `file name` > `error line column severity message
//! source`. What the gate stops for is `error`, other new findings `warning`, existing ones `info`.

use std::io::{self, Write};

use super::lacks::{self, Lack, Level};
use super::words::{self, Weight};
use super::xml::Xml;
use crate::finding::Report;

/// Writes the document, an element a line.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">")?;
    for lack in lacks::lacks(report).iter().filter(|lack| lack.level != Level::Note) {
        let severity = if lack.level == Level::Error { "error" } else { "warning" };
        match lack.path {
            Some(path) => writeln!(out, "<file name=\"{}\">", Xml(path))?,
            None => writeln!(out, "<file name=\"{}\">", words::NOWHERE)?,
        }
        let message = format!("gatehook could not look: {}", lack.sentence());
        writeln!(
            out,
            "<error line=\"1\" severity=\"{severity}\" message=\"{}\" source=\"gatehook.{}\"/>\n</file>",
            Xml(message),
            Lack::ID
        )?;
    }
    let mut open = None;
    for (finding, weight) in report.findings.iter().zip(words::weights(report)) {
        let severity = match weight {
            Weight::Blocks => "error",
            Weight::Warns => "warning",
            Weight::Existing => "info",
            Weight::Allowed => continue,
        };
        if open != Some(&finding.path) {
            if open.is_some() {
                writeln!(out, "</file>")?;
            }
            writeln!(out, "<file name=\"{}\">", Xml(&finding.path))?;
            open = Some(&finding.path);
        }
        let mut message = words::message(finding);
        for (name, text) in words::advice(finding) {
            message.extend([". ", name, ": ", words::sentence(text).trim_end_matches('.')]);
        }
        writeln!(
            out,
            "<error line=\"{}\" column=\"{}\" severity=\"{severity}\" message=\"{}\" source=\"gatehook.{}\"/>",
            finding.place.line.max(1),
            finding.place.column.max(1),
            Xml(message),
            Xml(&finding.rule)
        )?;
    }
    if open.is_some() {
        writeln!(out, "</file>")?;
    }
    writeln!(out, "</checkstyle>")
}
