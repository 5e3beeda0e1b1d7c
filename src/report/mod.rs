//! Report -> bytes, one file a format. Knows findings and text, nothing else.

mod json;
mod jsonl;
mod sarif;
mod text;

use std::io::{self, Write};
use std::str::FromStr;

use crate::finding::Report;

/// A report format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people, on a terminal.
    #[default]
    Text,
    /// One JSON document.
    Json,
    /// A JSON object a line: each finding, then the rest of the report.
    Jsonl,
    /// SARIF 2.1.0.
    Sarif,
}

impl Format {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Text, Self::Json, Self::Jsonl, Self::Sarif];

    /// The word for it on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Sarif => "sarif",
        }
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL.iter().copied().find(|format| format.word() == word).ok_or_else(|| {
            let known: Vec<&str> = Self::ALL.iter().map(|format| format.word()).collect();
            format!("there is no format `{word}`; known are {}", known.join(", "))
        })
    }
}

/// How much a report for people says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// Findings only.
    Quiet,
    /// New findings, at most ten in full, and a summary.
    #[default]
    Usual,
    /// All of them, existing and allowed ones too, and how the scan was made.
    Verbose,
}

/// How a report for people is written.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// With terminal colours.
    pub color: bool,
    /// How much is said.
    pub detail: Detail,
    /// Columns of the terminal.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, detail: Detail::Usual, width: 140 }
    }
}

/// Writes `report` in that format.
pub fn write(report: &Report, format: Format, style: Style, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Text => text::write(report, style, out),
        Format::Json => json::write(report, out),
        Format::Jsonl => jsonl::write(report, out),
        Format::Sarif => sarif::write(report, out),
    }
}
