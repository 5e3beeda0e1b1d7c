//! What tools print -> what they report: a format a file.
//!
//! Readers take bytes from outside: they never panic, never take more than linear time, and say that
//! a report is none rather than find nothing in it.

mod checkstyle;
mod json;
mod junit;
mod lines;
mod plugin;
mod pointer;
mod sarif;
mod words;
mod xml;

use crate::config::{Format, StageConfig};
use crate::finding::Severity;

pub(super) use plugin::greeting;

/// One thing that a tool reports, in its own words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reported {
    /// The file, as the tool names it: relative, absolute or a URI that was decoded. Empty where none is.
    pub path: Vec<u8>,
    /// Where in it; 0 where that is not said.
    pub line: u32,
    /// Column, from 1; 0 where that is not said.
    pub column: u32,
    /// Last line; 0 where that is not said.
    pub end_line: u32,
    /// Column behind the end; 0 where that is not said.
    pub end_column: u32,
    /// The tool's name for it.
    pub rule: String,
    /// What is wrong.
    pub message: String,
    /// How bad; `None` where it is not said, or in words that are not known.
    pub severity: Option<Severity>,
    /// The word that it used for that.
    pub word: String,
    /// CWE numbers.
    pub cwe: Vec<u32>,
    /// A page about it.
    pub reference: String,
    /// How to fix it.
    pub fix: String,
    /// The package that it is about: a name or a package URL; empty where it is about none.
    pub package: String,
    /// The version of that package.
    pub version: String,
    /// The ecosystem, in the tool's word.
    pub ecosystem: String,
    /// Ids of the advisory.
    pub ids: Vec<String>,
    /// Why it does not count, where the tool says so itself.
    pub suppressed: Option<String>,
}

/// Files that a tool says it looked at, as it names them; `None` where it is not to say so.
pub(super) type Seen = Option<Vec<Vec<u8>>>;

/// A report that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What it reports.
    pub reported: Vec<Reported>,
    /// Files that it says it looked at, where it says so.
    pub files: Option<u64>,
    /// The files that it says it looked at, where the stage tells where that stands.
    pub seen: Seen,
    /// Why it is not the whole truth, where it says so itself.
    pub fault: Option<ParseError>,
}

/// Why a report is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// It is not in the format that was asked for.
    #[error("its {format} report cannot be read: {reason}")]
    Form {
        /// The format.
        format: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The tool says in it that it failed.
    #[error("it says that it failed: {0}")]
    Failed(String),
    /// It says that it looked at nothing.
    #[error("its report is about nothing: {0}")]
    Nothing(String),
    /// It says that it left something out.
    #[error("it left something out: {0}")]
    LeftOut(String),
}

/// Findings that one report may hold: more is no report but a mistake.
const MOST: usize = 100_000;

/// Characters that are kept of a text.
const LONGEST: usize = 2000;

/// What the report of a tool says went wrong, where it is JSON and the stage says where.
pub(super) fn trouble(stage: &StageConfig, text: &[u8]) -> Option<String> {
    json::trouble(stage, text)
}

/// Reads `text`, which the tool of `stage` printed.
pub fn read(stage: &StageConfig, text: &[u8]) -> Result<Report, ParseError> {
    // PowerShell and others write UTF-16 or begin with a byte order mark.
    let text = crate::engine::unicode::to_utf8(text.to_vec());
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
    let mut report = match &stage.format {
        Format::Sarif => sarif::read(text)?,
        Format::Json(map) => json::document(text, map)?,
        Format::JsonLines(map) => json::lines(text, map)?,
        Format::Junit => junit::read(text)?,
        Format::Checkstyle => checkstyle::read(text)?,
        Format::Regex(pattern) => lines::read(text, pattern)?,
        Format::Plugin => plugin::read(text)?,
        Format::ExitCode => Report::default(),
    };
    if matches!(stage.format, Format::Sarif | Format::Json(_)) {
        let (against, seen) = json::of_itself(stage, text)?;
        report.fault = report.fault.or(against);
        report.seen = seen;
    }
    if matches!(report.fault, Some(ParseError::Nothing(_))) {
        report.reported.clear();
    }
    if report.reported.len() > MOST {
        return Err(form(stage.format.word(), format!("more than {MOST} findings")));
    }
    for reported in &mut report.reported {
        for text in [&mut reported.rule, &mut reported.message, &mut reported.reference, &mut reported.fix] {
            if let Some((end, _)) = text.char_indices().nth(LONGEST) {
                text.truncate(end);
            }
        }
    }
    Ok(report)
}

fn form(format: &'static str, reason: impl Into<String>) -> ParseError {
    ParseError::Form { format, reason: reason.into() }
}

/// A JSON error without what it quotes of the text: a report may hold what no one should see.
fn json_form(format: &'static str, error: &serde_json::Error) -> ParseError {
    let what = match error.classify() {
        serde_json::error::Category::Eof => "it ends too early",
        serde_json::error::Category::Syntax => "it is not JSON",
        serde_json::error::Category::Data => "a value is not what it should be",
        serde_json::error::Category::Io => "it cannot be read",
    };
    form(format, format!("{what}, line {}, column {}", error.line(), error.column()))
}
