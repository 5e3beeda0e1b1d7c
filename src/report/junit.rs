//! JUnit XML: what CircleCI, Jenkins, Azure Pipelines, GitLab and Bitbucket read test results from.
//!
//! A document without tests reads as green, so the first test is always there: that all was looked
//! at. Each stage is a test, and each finding: what the gate stops for fails, the rest is skipped with
//! its reason. Shape: `testsuites` > `testsuite` > `testcase` > `failure`, `error` or `skipped`.

use std::io::{self, Write};

use super::lacks::{self, Level};
use super::words::{self, Weight};
use super::xml::Xml;
use crate::finding::{Finding, Outcome, Report, StageRun};
use crate::text::escape;

/// Writes the document.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let lacks = lacks::lacks(report);
    // Notes are no lack: what was skipped is recognized by its stage.
    let lacks: Vec<_> = lacks.iter().filter(|lack| lack.level != Level::Note).collect();
    // A stage that did not do its work is among them.
    let stages: Vec<_> = report.stages.iter().filter(|stage| !stage.outcome.is_hole()).collect();
    let errors = lacks.iter().filter(|lack| lack.level == Level::Error).count();
    let [blocks, ..] = words::counts(report);
    let skipped = report.findings.len() - blocks + lacks.len() - errors
        + stages.iter().filter(|stage| matches!(stage.outcome, Outcome::Skipped(_))).count();
    let tests = lacks.len() + usize::from(errors == 0) + stages.len() + report.findings.len();
    let counts = format!("tests=\"{tests}\" failures=\"{blocks}\" errors=\"{errors}\"");
    let (seconds, rest) = (report.millis / 1000, report.millis % 1000);
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"gatehook\" {counts} time=\"{seconds}.{rest:03}\">")?;
    writeln!(
        out,
        "<testsuite name=\"gatehook {}\" {counts} skipped=\"{skipped}\" time=\"{seconds}.{rest:03}\">",
        Xml(escape(report.gate.as_bytes()))
    )?;
    properties(report, out)?;
    if errors == 0 {
        writeln!(
            out,
            "<testcase classname=\"gatehook\" name=\"all was looked at: {}\"/>",
            Xml(words::looked_at(report))
        )?;
    }
    for lack in lacks {
        let sentence = lack.sentence();
        let path = lack.path.map(|path| format!(" at {path}")).unwrap_or_default();
        let name = Xml(words::cut(&path, 300));
        writeln!(out, "<testcase classname=\"gatehook\" name=\"gatehook could not look{name}\">")?;
        let sentence = Xml(sentence);
        if lack.level == Level::Error {
            writeln!(out, "<error type=\"could-not-look\" message=\"{sentence}\">{sentence}</error>")?;
        } else {
            writeln!(out, "<skipped message=\"{sentence}\"/>")?;
        }
        writeln!(out, "</testcase>")?;
    }
    for stage in stages {
        of_stage(stage, out)?;
    }
    for (finding, weight) in report.findings.iter().zip(words::weights(report)) {
        of_finding(finding, weight, out)?;
    }
    writeln!(out, "</testsuite>\n</testsuites>")
}

fn properties(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let scanned = &report.scanned;
    writeln!(out, "<properties>")?;
    let numbers = [scanned.commits, scanned.files, scanned.added_lines].map(|number| number.to_string());
    let pairs = [
        ("verdict", report.verdict().word()),
        ("base", scanned.base.as_deref().unwrap_or_default()),
        ("head", scanned.head.as_deref().unwrap_or_default()),
        ("how", &scanned.how),
        ("commits", &numbers[0]),
        ("files", &numbers[1]),
        ("added-lines", &numbers[2]),
        ("gatehook-version", &report.terms.version),
        ("rules", &report.terms.rules),
    ];
    for (name, value) in pairs.into_iter().chain(report.notes.iter().map(|note| ("note", note.as_str()))) {
        writeln!(out, "<property name=\"{name}\" value=\"{}\"/>", Xml(escape(value.as_bytes())))?;
    }
    writeln!(out, "</properties>")
}

fn of_stage(stage: &StageRun, out: &mut dyn Write) -> io::Result<()> {
    let name = Xml(escape(stage.name.as_bytes()));
    match &stage.outcome {
        Outcome::Skipped(reason) => writeln!(
            out,
            "<testcase classname=\"gatehook.stage\" name=\"{name}\"><skipped message=\"{}\"/></testcase>",
            Xml(escape(reason.as_bytes()))
        ),
        _ => writeln!(out, "<testcase classname=\"gatehook.stage\" name=\"{name}\"/>"),
    }
}

fn of_finding(finding: &Finding, weight: Weight, out: &mut dyn Write) -> io::Result<()> {
    let place = finding.place;
    let rule = Xml(escape(finding.rule.as_bytes()));
    write!(out, "<testcase classname=\"{rule}\" name=\"{}", Xml(&finding.path))?;
    if place.line > 0 {
        write!(out, ":{}:{}", place.line, place.column)?;
    }
    if let Some(commit) = &finding.commit {
        write!(out, " in {}", Xml(words::cut(&escape(commit.as_bytes()).to_string(), 12)))?;
    }
    writeln!(out, "\" file=\"{}\" line=\"{}\">", Xml(&finding.path), place.line.max(1))?;
    let message = words::message(finding);
    if weight == Weight::Blocks {
        write!(out, "<failure type=\"{}\" message=\"{}\">", finding.severity, Xml(&message))?;
        writeln!(out, "{}: {}", Xml(&finding.path), Xml(&message))?;
        for line in &finding.excerpt.lines {
            writeln!(out, "{} | {}", line.number, Xml(escape(line.text.as_bytes())))?;
        }
        for (name, text) in words::advice(finding) {
            writeln!(out, "{name}: {}", Xml(words::sentence(text)))?;
        }
        writeln!(out, "</failure>")?;
    } else {
        let why = match (weight, &finding.reason) {
            (Weight::Warns, _) => "a warning: it does not block".to_owned(),
            (_, None) => weight.word().to_owned(),
            (_, Some(reason)) => format!("{}: {}", weight.word(), escape(reason.as_bytes())),
        };
        writeln!(out, "<skipped message=\"{}: {}\"/>", Xml(&message), Xml(why))?;
    }
    writeln!(out, "</testcase>")
}
