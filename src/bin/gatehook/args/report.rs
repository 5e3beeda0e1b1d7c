//! Flags of the commands that work with reports and with the record.

use gatehook::session::clock;
use std::path::PathBuf;

use clap::{Args as Flags, Subcommand};

use super::output::Reports;

#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// Write a JSON report in other formats; exits as the run that made it
    Convert(Convert),
    /// Join the JSON reports of all shards of a run into one, with one verdict
    ///
    /// A shard that is missing, is there twice, cannot be read or was made by another version, under other
    /// rules or for another head makes the whole incomplete: exit code 3. The findings of all are shown.
    Merge(Merge),
    /// Write a JSON report as one self-contained page
    Html(Page),
    /// Sum up what was let through in this repository: skips, overrides, observed blocks, bypasses
    ///
    /// Reads `gatehook/record.jsonl` in the git directory that all work trees share. Nothing is sent
    /// anywhere, and no found value is in it.
    Record(Record),
}

#[derive(Debug, Flags)]
pub(crate) struct Convert {
    /// The JSON report, `-` for standard input
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) reports: Reports,
}

#[derive(Debug, Flags)]
pub(crate) struct Merge {
    /// The JSON reports of the shards
    #[arg(required = true, value_name = "FILE")]
    pub(crate) shards: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) reports: Reports,
}

#[derive(Debug, Flags)]
pub(crate) struct Page {
    /// The JSON report, `-` for standard input
    pub(crate) file: PathBuf,
    /// Where the page goes, `-` for standard output
    #[arg(short, long, value_name = "FILE", default_value = "gatehook-report.html")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Flags)]
pub(crate) struct Record {
    /// `text` or `json`
    #[arg(long, default_value = "text", value_parser = ["text", "json"])]
    pub(crate) format: String,
    /// Only what is not older: a day such as 2026-11-24, a time such as 2026-11-24T08:00:00Z, or an age such
    /// as 12h, 30d or 2w
    #[arg(long, value_name = "WHEN", value_parser = since)]
    pub(crate) since: Option<String>,
    /// How many of the newest entries to show
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) last: usize,
    /// The repository; by default the one around the current directory
    #[arg(long, value_name = "DIR")]
    pub(crate) repo: Option<PathBuf>,
}

/// The beginning of a time in RFC 3339 and UTC.
fn since(word: &str) -> Result<String, String> {
    let age = || {
        let unit = match word.chars().last()? {
            'h' => 3600,
            'd' => 86_400,
            'w' => 7 * 86_400,
            _ => return None,
        };
        word[..word.len() - 1].parse::<u64>().ok()?.checked_mul(unit)
    };
    if let Some(age) = age() {
        return Ok(clock::ago(age));
    }
    let form = b"0000-00-00T00:00:00Z";
    let fits = |(byte, form): (u8, &u8)| if *form == b'0' { byte.is_ascii_digit() } else { byte == *form };
    if matches!(word.len(), 10 | 20) && word.bytes().zip(form).all(fits) {
        return Ok(word.to_owned());
    }
    Err("write it as 2026-11-24, as 2026-11-24T08:00:00Z, or as an age: 12h, 30d, 2w".to_owned())
}
