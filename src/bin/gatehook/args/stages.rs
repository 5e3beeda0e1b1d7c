//! Flags of the commands about stages.

use clap::{Args as Flags, Subcommand, ValueEnum};

use super::Output;

/// A moment at which a gate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Event {
    /// What is staged
    Commit,
    /// What the remote lacks
    Push,
    /// What the remote lacks, as the ci gate would look at it
    Ci,
}

#[derive(Debug, Flags)]
pub(crate) struct Plan {
    /// The event
    #[arg(value_enum)]
    pub(crate) event: Event,
    /// The remote; by default the one that a plain `git push` goes to
    #[arg(long, value_name = "NAME")]
    pub(crate) remote: Option<String>,
    /// `text` or `json`
    #[arg(long, default_value = "text", value_parser = ["text", "json"])]
    pub(crate) format: String,
    /// Read this file instead of the repository's gatehook.toml
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<std::path::PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum StageCommand {
    /// List all stages, what they run and whether they could
    List {
        /// `text` or `json`
        #[arg(long, default_value = "text", value_parser = ["text", "json"])]
        format: String,
    },
    /// Run one stage over what the remote lacks, and report as a push would
    Run(StageRun),
}

#[derive(Debug, Flags)]
pub(crate) struct StageRun {
    /// The stage
    pub(crate) name: String,
    /// Run it over all files of HEAD, each line of which counts as new
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Flags)]
pub(crate) struct Trust {
    /// Show what the stages would start and whether they are trusted; change nothing
    #[arg(long, conflicts_with = "revoke")]
    pub(crate) show: bool,
    /// Trust them without a question, as a script does that has looked at them with `--show`
    #[arg(long, conflicts_with_all = ["revoke", "show"])]
    pub(crate) yes: bool,
    /// Trust none of this repository's stages any more
    #[arg(long)]
    pub(crate) revoke: bool,
}
