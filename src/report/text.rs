//! For people: in the style of rustc, no banner, nothing where all is clean.

use std::io::{self, Write};

use super::Style;
use crate::finding::{Finding, Report, State};

/// Findings shown in full, at most.
const FULL: usize = 10;

/// Writes the report.
pub(super) fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let shown: Vec<&Finding> = report.findings.iter().filter(|one| style.verbose || one.state == State::New).collect();
    for finding in shown.iter().take(FULL) {
        block(finding, out)?;
    }
    for gap in &report.gaps {
        let path = gap.path.as_ref().map(|path| format!("{path}: ")).unwrap_or_default();
        writeln!(out, "warning: {path}{}", gap.reason)?;
    }
    if shown.len() > FULL {
        writeln!(out, "… and {} more", shown.len() - FULL)?;
    }
    Ok(())
}

fn block(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let level = if finding.tier.word() == "block" { "error" } else { "warning" };
    let place = finding.place;
    writeln!(out, "{level}[{}]: {}", finding.rule, finding.title)?;
    writeln!(out, "  --> {}:{}:{}", finding.path, place.line, place.column)?;
    for line in &finding.excerpt.lines {
        writeln!(out, "{} | {}", line.number, line.text)?;
    }
    writeln!(out, "  = why: {}\n  = fix: {}\n", finding.advice.why, finding.advice.fix)
}
