//! Flags of `gatehook init`.

use clap::Args as Flags;

#[derive(Debug, Flags)]
pub(crate) struct Init {
    /// Add the ready-made stage for this tool to gatehook.toml, and nothing else
    #[arg(long, value_name = "NAME")]
    pub(crate) stage: Option<String>,
    /// Leave the hooks out; `gatehook install` puts them in later
    #[arg(long, conflicts_with = "stage")]
    pub(crate) no_hooks: bool,
}
