//! Flags of every command that ends in a report.

use std::path::{Path, PathBuf};

use clap::{Args as Flags, ValueEnum};
use gatehook::report::Format;
use gatehook::session::Overrides;

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The reports of a run, and where its configuration stands.
#[derive(Clone, Debug, Default, Flags)]
#[command(next_help_heading = "Output")]
pub(crate) struct Output {
    #[command(flatten)]
    pub(crate) reports: Reports,
    /// Read this file instead of the repository's gatehook.toml
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Read this baseline instead of the one that the configuration names, by default .gatehook-baseline
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
}

impl Output {
    /// The files that the flags name in place of the repository's own.
    pub(crate) fn overrides(&self) -> Overrides {
        Overrides { config: self.config.clone(), baseline: self.baseline.clone() }
    }
}

/// Which reports are written, and where.
#[derive(Clone, Debug, Default, Flags)]
#[command(next_help_heading = "Output")]
pub(crate) struct Reports {
    /// Format of the report that is printed
    ///
    /// One of text, json, jsonl, sarif, gitlab-secrets, gitlab-sast, gitlab-dependencies, codequality, junit,
    /// checkstyle, github, github-summary, rdjson, rdjsonl, markdown, html. With github the step summary is
    /// written too, where `GITHUB_STEP_SUMMARY` names its file.
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = format, hide_default_value = false)]
    pub(crate) format: Format,
    /// Write a further report to a file; may be given several times
    ///
    /// FORMAT is one of those above. The file is put in place when it is whole. With `-` the report goes to
    /// standard output, and the one for people to standard error.
    #[arg(long = "report", value_name = "FORMAT=FILE", value_parser = report)]
    pub(crate) files: Vec<(Format, PathBuf)>,
    /// Exit with 0 instead of 1 where findings block; every other exit code stays
    #[arg(long)]
    pub(crate) exit_zero: bool,
    /// Colour the text
    #[arg(long, value_name = "WHEN", default_value = "auto", value_enum)]
    pub(crate) color: Color,
    /// Print findings only, without the summary
    #[arg(short, long, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Print all findings, also existing and allowed ones, and how the scan was made
    #[arg(short, long)]
    pub(crate) verbose: bool,
}

impl Reports {
    /// Whether a further report takes standard output.
    pub(crate) fn takes_stdout(&self) -> bool {
        self.files.iter().any(|(_, path)| is_stdout(path))
    }
}

/// Whether that name stands for standard output.
pub(crate) fn is_stdout(path: &Path) -> bool {
    path == Path::new("-")
}

fn format(word: &str) -> Result<Format, String> {
    word.parse()
}

fn report(word: &str) -> Result<(Format, PathBuf), String> {
    let (name, path) = word.split_once('=').ok_or("write it as FORMAT=FILE, for instance sarif=out.sarif")?;
    if path.is_empty() {
        return Err("a file name is missing after the `=`".to_owned());
    }
    Ok((name.parse()?, PathBuf::from(path)))
}
