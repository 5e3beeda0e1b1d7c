//! `gatehook import`.

use std::path::PathBuf;

use clap::{Args as Flags, ValueEnum};

#[derive(Debug, Flags)]
pub(crate) struct Import {
    /// Files to take over; without any, those that are known at the repository's root, and git's configuration
    ///
    /// Known are `.gitleaks.toml`, `.gitleaksignore`, `.gitleaks-baseline.json`, `.secrets.baseline`,
    /// `.talismanrc`, `.gitallowed`, `.pre-commit-config.yaml`, and what `git secrets` wrote into git's
    /// configuration. A file of another name is known by its content.
    pub(crate) files: Vec<PathBuf>,
    /// Take over what belongs to this tool only
    #[arg(long, value_name = "TOOL", value_enum)]
    pub(crate) from: Option<Tool>,
    /// Say what would become of each entry, and write nothing
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
    /// Exit with 0 even where an entry could not be honoured; without this the exit code is then 3
    #[arg(long)]
    pub(crate) partial: bool,
    /// Put gatehook's hook into .pre-commit-config.yaml as well, before the others
    ///
    /// Nothing is taken out: the report names the hooks whose work it does.
    #[arg(long)]
    pub(crate) pre_commit: bool,
}

/// A tool that was there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Tool {
    /// .gitleaks.toml, .gitleaksignore, a report as baseline
    Gitleaks,
    /// .secrets.baseline
    DetectSecrets,
    /// .talismanrc
    Talisman,
    /// git's configuration, .gitallowed
    GitSecrets,
    /// .pre-commit-config.yaml
    PreCommit,
}
