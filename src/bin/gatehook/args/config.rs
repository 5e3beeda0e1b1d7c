//! Flags of `gatehook config`.

use std::path::PathBuf;

use clap::{Args as Flags, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print every key with its value, defaults included
    Show(Show),
    /// Print the JSON Schema for editors
    Schema {
        /// Of which file
        #[arg(value_enum, default_value = "config", value_name = "FILE")]
        of: SchemaOf,
    },
}

#[derive(Debug, Flags)]
pub(crate) struct Show {
    /// Say where each value comes from, and which were refused because an organisation locks them
    #[arg(long)]
    pub(crate) origin: bool,
    /// Read this file instead of the repository's gatehook.toml
    #[arg(long, value_name = "FILE", conflicts_with_all = ["staged", "at"])]
    pub(crate) config: Option<PathBuf>,
    /// Read it from the index, as the commit gate does, instead of from the work tree
    #[arg(long, conflicts_with = "at")]
    pub(crate) staged: bool,
    /// Read it from this commit, as the push gate does from the tip and CI from the base
    #[arg(long, value_name = "COMMIT")]
    pub(crate) at: Option<String>,
    /// Form of the output
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    pub(crate) format: ShowFormat,
}

/// Form of `config show`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShowFormat {
    /// Lines as they would stand in the file
    Text,
    /// One JSON document, with origins and refused values
    Json,
}

/// A file that there is a schema of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// gatehook.toml
    Config,
    /// A file of `[[rule]]` tables
    Rules,
}
