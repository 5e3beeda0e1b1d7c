//! Flags of the commands that make, keep and look through exceptions.

use std::path::PathBuf;

use clap::{Args as Flags, Subcommand};
use gatehook::config::Day;

#[derive(Debug, Flags)]
pub(crate) struct Allow {
    /// Fingerprints as the report shows them, eight digits or more
    ///
    /// Each must belong to a finding of the staged changes or of the work tree.
    #[arg(value_name = "FINGERPRINT", required_unless_present_any = ["rules", "paths"])]
    pub(crate) fingerprints: Vec<String>,
    /// Why it may stay; asked for on a terminal
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// Who answers for it: a person or a team
    #[arg(long, value_name = "NAME")]
    pub(crate) owner: Option<String>,
    /// Last day on which it holds, as 2027-06-30; for ever by default
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) expires: Option<Day>,
    /// Allow findings of this rule only; may be given several times
    #[arg(long = "rule", value_name = "RULE")]
    pub(crate) rules: Vec<String>,
    /// Allow findings in files that this glob matches only; may be given several times
    #[arg(long = "path", value_name = "GLOB")]
    pub(crate) paths: Vec<String>,
    /// Write it although nothing here has that fingerprint: it is in a message or in an old commit
    #[arg(long, requires = "fingerprints")]
    pub(crate) unseen: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Baseline {
    /// Write down every finding of the tracked files, so that only new ones block
    Create(Create),
    /// Take out what is gone and follow what was moved
    Update(Update),
    /// Go through the entries that no one has decided on: keep, allow, fix later
    Audit(Audit),
}

#[derive(Debug, Flags)]
pub(crate) struct Create {
    /// Write down only what this revision holds too
    #[arg(long, value_name = "REF")]
    pub(crate) baseline_from: Option<String>,
    #[command(flatten)]
    pub(crate) file: BaselineFile,
}

#[derive(Debug, Flags)]
pub(crate) struct Update {
    /// Take in new findings as well
    #[arg(long)]
    pub(crate) add: bool,
    #[command(flatten)]
    pub(crate) file: BaselineFile,
}

#[derive(Debug, Flags)]
pub(crate) struct Audit {
    /// Go through all entries again, also those that somebody has decided on
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) file: BaselineFile,
}

#[derive(Debug, Flags)]
pub(crate) struct BaselineFile {
    /// The baseline; by default what the configuration names, else .gatehook-baseline
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
}

fn day(word: &str) -> Result<Day, String> {
    Day::parse(word).ok_or_else(|| "write it as 2027-06-30".to_owned())
}
