//! Flags and subcommands, as the user reads them.

use std::path::PathBuf;

use clap::{Args as Flags, Parser, Subcommand};

/// Stop hardcoded secrets and insecure patterns before they leave this machine
#[derive(Debug, Parser)]
#[command(name = "gatehook", version, max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Scan the work tree, the staged changes, a range of commits or a patch
    Scan(Scan),
    /// List, explain and check rules
    Rules {
        #[command(subcommand)]
        command: Rules,
    },
    /// Run a git hook; the installed shims call this
    Hook {
        /// Name of the hook
        name: String,
        /// What git gave the hook
        args: Vec<String>,
    },
}

#[derive(Debug, Flags)]
pub(crate) struct Scan {
    /// Files and directories to scan; the whole work tree by default
    pub(crate) paths: Vec<PathBuf>,
    /// Scan what is staged: the index against HEAD
    #[arg(long)]
    pub(crate) staged: bool,
    /// Stages to run; all built-in ones by default
    #[arg(long = "stage", value_name = "NAME")]
    pub(crate) stages: Vec<String>,
    /// Report format on standard output
    #[arg(long, default_value = "text")]
    pub(crate) format: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Rules {
    /// List all rules
    List {
        /// `text` or `json`
        #[arg(long, default_value = "text")]
        format: String,
    },
    /// Run every example of every rule through the real scan
    Check {
        /// Only rules whose id begins with this
        prefix: Option<String>,
    },
}
