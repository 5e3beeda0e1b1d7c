//! Report -> bytes, one file a format, and our own JSON back. Knows findings and text, nothing else.

mod checkstyle;
mod codequality;
mod github;
mod gitlab;
mod html;
mod json;
mod jsonl;
mod junit;
mod lacks;
mod markdown;
mod rdjson;
mod read;
mod sarif;
mod text;
mod words;
mod xml;

use std::io::{self, Write};
use std::str::FromStr;

pub use read::{MOST, ReadError, read};

use crate::finding::Report;

macro_rules! formats {
    ($($(#[$doc:meta])* $name:ident = $word:literal),+ $(,)?) => {
        /// A report format.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum Format { $($(#[$doc])* $name),+ }

        impl Format {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The word for it on the command line.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }
        }
    };
}

formats! {
    /// For people, on a terminal.
    #[default]
    Text = "text",
    /// One JSON document.
    Json = "json",
    /// A JSON object a line: each finding, then the rest of the report.
    Jsonl = "jsonl",
    /// SARIF 2.1.0.
    Sarif = "sarif",
    /// GitLab secret detection.
    GitlabSecrets = "gitlab-secrets",
    /// GitLab SAST.
    GitlabSast = "gitlab-sast",
    /// GitLab dependency scanning.
    GitlabDependencies = "gitlab-dependencies",
    /// GitLab Code Quality.
    CodeQuality = "codequality",
    /// JUnit XML.
    Junit = "junit",
    /// Checkstyle XML.
    Checkstyle = "checkstyle",
    /// GitHub workflow commands.
    Github = "github",
    /// GitHub's step summary.
    GithubSummary = "github-summary",
    /// reviewdog's diagnostics, one document.
    Rdjson = "rdjson",
    /// reviewdog's diagnostics, one a line.
    Rdjsonl = "rdjsonl",
    /// Markdown for a review comment.
    Markdown = "markdown",
    /// One self-contained page.
    Html = "html",
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

/// How a report is written, as far as the report itself does not say.
#[derive(Clone, Debug)]
pub struct Style {
    /// With terminal colours.
    pub color: bool,
    /// How much a report for people says.
    pub detail: Detail,
    /// Columns of the terminal.
    pub width: usize,
    /// When the run began, in UTC: `2026-11-24T08:00:00`. Only formats that demand times have them.
    pub started: String,
    /// When it ended.
    pub ended: String,
}

impl Default for Style {
    fn default() -> Self {
        let epoch = || "1970-01-01T00:00:00".to_owned();
        Self { color: false, detail: Detail::Usual, width: 0, started: epoch(), ended: epoch() }
    }
}

/// Writes `report` in that format. `out` is written to in small pieces: buffer it.
pub fn write(report: &Report, format: Format, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Text => text::write(report, style, out),
        Format::Json => json::write(report, out),
        Format::Jsonl => jsonl::write(report, out),
        Format::Sarif => sarif::write(report, out),
        Format::GitlabSecrets => gitlab::write(report, words::Kind::Secret, style, out),
        Format::GitlabSast => gitlab::write(report, words::Kind::Code, style, out),
        Format::GitlabDependencies => gitlab::write(report, words::Kind::Dependency, style, out),
        Format::CodeQuality => codequality::write(report, out),
        Format::Junit => junit::write(report, out),
        Format::Checkstyle => checkstyle::write(report, out),
        Format::Github => github::write(report, out),
        Format::GithubSummary => markdown::write(report, markdown::SUMMARY, out),
        Format::Rdjson => rdjson::write(report, out),
        Format::Rdjsonl => rdjson::write_lines(report, out),
        Format::Markdown => markdown::write(report, markdown::COMMENT, out),
        Format::Html => html::write(report, style, out),
    }
}
