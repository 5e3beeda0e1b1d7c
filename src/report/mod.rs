//! Report -> bytes, one file a format. Knows findings and text, nothing else.

mod json;
mod text;

use std::io::{self, Write};
use std::str::FromStr;

use crate::finding::Report;

/// A report format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people, on a terminal.
    Text,
    /// One JSON document.
    Json,
}

impl Format {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Text, Self::Json];

    /// The word for it on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }
}

impl FromStr for Format {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|format| format.word() == word).ok_or(())
    }
}

/// How a report is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// With terminal colours.
    pub color: bool,
    /// Existing and allowed findings, every finding in full, and how the scan was made.
    pub verbose: bool,
    /// Nothing but the findings.
    pub quiet: bool,
}

/// Writes `report` in that format.
pub fn write(report: &Report, format: Format, style: Style, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Text => text::write(report, style, out),
        Format::Json => json::write(report, out),
    }
}
