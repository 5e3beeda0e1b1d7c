//! Flags of `gatehook init`.

use clap::Args as Flags;

#[derive(Debug, Flags)]
pub(crate) struct Init {
    /// Add the ready-made stage for this tool
    #[arg(long, value_name = "NAME")]
    pub(crate) stage: String,
}
