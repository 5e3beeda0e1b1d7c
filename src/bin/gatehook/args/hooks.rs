//! Flags of the commands that install, remove and run hooks.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args as Flags, ValueEnum};

use super::Output;

#[derive(Debug, Flags)]
pub(crate) struct Install {
    /// Hooks to install
    ///
    /// By default pre-commit, pre-merge-commit, commit-msg and pre-push; in a bare repository
    /// pre-receive. What stands there already is kept and runs after gatehook.
    #[arg(long = "hook", value_name = "NAME", num_args = 1.., value_delimiter = ',')]
    pub(crate) hooks: Vec<String>,
    /// Install for all of your repositories, through core.hooksPath in your git configuration
    ///
    /// Every repository's own hooks still run. `gatehook uninstall --global` takes it back.
    #[arg(long, conflicts_with_all = ["into", "repo"])]
    pub(crate) global: bool,
    /// Add the call to the scripts in this directory instead, such as .husky
    #[arg(long, value_name = "DIR", conflicts_with = "config_hooks")]
    pub(crate) into: Option<PathBuf>,
    /// Name the hooks in git's configuration instead; needs git 2.54
    #[arg(long)]
    pub(crate) config_hooks: bool,
    #[command(flatten)]
    pub(crate) which: Which,
}

#[derive(Debug, Flags)]
pub(crate) struct Uninstall {
    /// Hooks to take out; all by default
    #[arg(long = "hook", value_name = "NAME", num_args = 1.., value_delimiter = ',')]
    pub(crate) hooks: Vec<String>,
    /// Take out what `install --global` put in
    #[arg(long, conflicts_with_all = ["hooks", "into", "repo"])]
    pub(crate) global: bool,
    /// Take the calls out of the scripts in this directory
    #[arg(long, value_name = "DIR")]
    pub(crate) into: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) which: Which,
}

#[derive(Debug, Flags)]
pub(crate) struct Which {
    /// The repository; by default the one around the current directory
    #[arg(long, value_name = "DIR")]
    pub(crate) repo: Option<PathBuf>,
    /// Show what would be done and do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Flags)]
pub(crate) struct Status {
    /// The repository; by default the one around the current directory
    #[arg(long, value_name = "DIR")]
    pub(crate) repo: Option<PathBuf>,
}

/// What `pre-receive` does once its time is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnBudget {
    /// Refuse the push: not all of it was looked at
    Block,
    /// Take the push, and say so
    Allow,
}

#[derive(Clone, Debug, Flags)]
pub(crate) struct Hook {
    /// Directory of the shim that calls, where the hook that it chains is kept
    #[arg(long, value_name = "DIR")]
    pub(crate) hooks_dir: Option<PathBuf>,
    /// The shim stands in front of all repositories: run the repository's own hook afterwards
    #[arg(long, requires = "hooks_dir")]
    pub(crate) everywhere: bool,
    /// git's configuration calls: leave the work to a shim where there is one
    #[arg(long)]
    pub(crate) configured: bool,
    /// How long `pre-receive` may take, such as 4s or 800ms
    ///
    /// Some servers end a hook after five seconds and then take the push.
    #[arg(long, value_name = "TIME", default_value = "4s", value_parser = time)]
    pub(crate) budget: Duration,
    /// What `pre-receive` does once its time is up
    #[arg(long, value_name = "VERDICT", default_value = "block", value_enum)]
    pub(crate) on_budget: OnBudget,
    #[command(flatten)]
    pub(crate) output: Output,
    /// pre-commit, pre-merge-commit, commit-msg, pre-push or pre-receive
    pub(crate) name: String,
    /// What git gave the hook
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) args: Vec<OsString>,
}

impl Hook {
    /// What a shim calls, without any flag of a person's. `None` where the flags do not go together, or a word that
    /// git gave looks like one.
    pub(super) fn plain(name: &str, hooks_dir: Option<PathBuf>, everywhere: bool, args: &[OsString]) -> Option<Self> {
        let odd = |word: &OsString| word.is_empty() || word.as_encoded_bytes().starts_with(b"-");
        let is_flag = hooks_dir.as_ref().is_some_and(|dir| odd(&dir.as_os_str().to_owned()));
        if everywhere && hooks_dir.is_none() || is_flag || args.iter().any(odd) {
            return None;
        }
        Some(Self {
            hooks_dir,
            everywhere,
            configured: false,
            budget: Duration::from_secs(4),
            on_budget: OnBudget::Block,
            output: Output::default(),
            name: name.to_owned(),
            args: args.to_vec(),
        })
    }
}

/// A number with `ms`, `s` or `m` behind it.
fn time(word: &str) -> Result<Duration, String> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let wrong = || "write it as 800ms, 4s or 1m".to_owned();
    let number: u64 = digits.parse().map_err(|_| wrong())?;
    match &word[digits.len()..] {
        "ms" => Ok(Duration::from_millis(number)),
        "s" => Ok(Duration::from_secs(number)),
        "m" => Ok(Duration::from_secs(number.saturating_mul(60))),
        _ => Err(wrong()),
    }
}
