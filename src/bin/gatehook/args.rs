//! Flags and subcommands, as the user reads them.

mod agents;
mod dependencies;
mod exceptions;
mod gate;
mod ci;
mod config;
mod hooks;
mod init;
mod stages;
mod import;
mod output;
mod report;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args as Flags, Parser, Subcommand};
use gatehook::rules::Named;

pub(crate) use self::agents::{AgentCommand, AgentEvent, AgentInstall};
pub(crate) use self::ci::Ci;
pub(crate) use self::config::{ConfigCommand, SchemaOf, Show, ShowFormat};
pub(crate) use self::dependencies::{
    Advisories, Compare, ImportAdvisories, IndexStatus, Sbom, SbomFormat, UpdateAdvisories,
};
pub(crate) use self::exceptions::{Allow, Audit, Baseline};
pub(crate) use self::gate::{GateCommand, ReleaseGate, VerifyEnvelope};
pub(crate) use self::hooks::{Hook, Install, OnBudget, Status, Uninstall, Which};
pub(crate) use self::import::{Import, Tool};
pub(crate) use self::init::Init;
pub(crate) use self::output::{Color, Output, Reports, is_stdout};
pub(crate) use self::report::{Merge, Record, ReportCommand};
pub(crate) use self::stages::{Event, Plan, StageCommand, StageRun, Trust};

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
    /// Check exactly the change under review, in a CI job
    ///
    /// Finds base and head by itself on GitHub Actions, GitLab CI, CircleCI, Jenkins, Azure Pipelines,
    /// Bitbucket, Buildkite, Travis and Drone, fetches history that a shallow clone lacks, and takes
    /// configuration, allowances and stages from the base. Where no base can be found everything is looked
    /// at, or the job fails, as `gate.ci.on-unknown-base` says: it never passes for having looked at nothing.
    Ci(Ci),
    /// Say what a rule finds or an advisory says, why it matters and how to mend it
    Explain(Explain),
    /// List and check rules
    Rules {
        #[command(subcommand)]
        command: Rules,
    },
    /// Let a finding stand, with a reason, in gatehook.toml
    Allow(Allow),
    /// Keep what was found before the gate was switched on from blocking
    Baseline {
        #[command(subcommand)]
        command: Baseline,
    },
    /// Take over what other secret scanners were told here: rules, exceptions, baselines
    ///
    /// Reads the files of gitleaks, detect-secrets, talisman, git-secrets and pre-commit, writes what they say
    /// into gatehook.toml and the baseline, and tells of each entry what it became, or why it could not be
    /// honoured. What is there already stays as it is: a second import changes nothing. Exits with 3 where an
    /// entry could not be honoured, unless `--partial` says that this is known.
    Import(Import),
    /// Keep the index of known vulnerable and malicious packages that the stage `sca` asks
    Advisories {
        #[command(subcommand)]
        command: Advisories,
    },
    /// Write an SBOM of what the lock files say
    ///
    /// Reads lock files, manifests and SBOMs below the given paths, by default below this directory, without any
    /// package manager or network. The same files give the same bytes. Exits with 3 where a file cannot be read
    /// as what its name says, and then writes nothing.
    Sbom(Sbom),
    /// Show the configuration and its schema
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Write JSON reports in other formats, join those of shards, sum up what was let through
    Report {
        #[command(subcommand)]
        command: ReportCommand,
    },
    /// Decide over a release by what CI reported of its commit, and check that decision before a deploy
    Gate {
        #[command(subcommand)]
        command: GateCommand,
    },
    /// Say which stages would run, over which files, and why the others would not; run nothing
    Plan(Plan),
    /// List the stages that the configuration knows, or run one
    Stage {
        #[command(subcommand)]
        command: StageCommand,
    },
    /// Write a commented gatehook.toml and install the hooks, or add a ready-made stage
    ///
    /// Without `--stage` it writes a gatehook.toml in which every key is explained, with a random salt for the
    /// fingerprints, installs the hooks, and names the ready-made stages that fit the repository; a file that
    /// is there already is left alone. With `--stage` it adds that `[stage.NAME]` table and its name to
    /// `gate.push.stages`. Everything else in the file stays as it is, and a stage that is there already is never
    /// replaced.
    Init(Init),
    /// Let the stages of this repository start their programs
    Trust(Trust),
    /// Put gatehook in front of git's hooks, keeping what is there
    Install(Install),
    /// Take gatehook's hooks out and bring back what was there before
    Uninstall(Uninstall),
    /// Tell which hooks are in force; exits with 1 where one is not
    Status(Status),
    /// Judge what a coding agent is about to do, and install that among its hooks
    Agent {
        #[command(subcommand)]
        command: AgentCommand,
    },
    /// Run a git hook; the installed shims call this
    Hook(Hook),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

#[derive(Debug, Flags)]
pub(crate) struct Scan {
    /// Files and directories to scan; the whole work tree by default
    pub(crate) paths: Vec<PathBuf>,
    /// Scan what is staged: the index against HEAD
    #[arg(long, conflicts_with = "paths")]
    pub(crate) staged: bool,
    /// Scan every commit of a range, such as `main..HEAD`, each against its parents
    #[arg(long, value_name = "A..B", conflicts_with_all = ["staged", "paths"], allow_hyphen_values = true)]
    pub(crate) range: Option<String>,
    /// Scan every commit that any ref reaches
    #[arg(long, conflicts_with_all = ["staged", "range", "paths"])]
    pub(crate) history: bool,
    /// Scan a patch from a file, or from standard input with `-`
    ///
    /// Takes what `git diff`, `git log -p`, `git format-patch` and `diff -u` print. An input without any
    /// diff in it is an error.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["staged", "range", "history", "paths"])]
    pub(crate) patch: Option<PathBuf>,
    /// Count as existing what the tree of this revision holds already
    #[arg(long, value_name = "REF")]
    pub(crate) baseline_from: Option<String>,
    /// Run only this in-process stage, such as `secrets`; may be given several times
    ///
    /// Without it every in-process stage runs that the configuration names for the commit or the push gate, by
    /// default all. `gatehook stage list` names them.
    #[arg(long = "stage", value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(gatehook::stage::names()))]
    pub(crate) stages: Vec<String>,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Clone, Debug, Flags)]
pub(crate) struct Explain {
    /// Id or former id of the rule, as the report shows it; the fingerprint of a finding, a tool's rule as `TOOL/RULE`, or an
    /// advisory: `GHSA-…`, `CVE-…`
    pub(crate) rule: String,
    /// Colour the text
    #[arg(long, value_name = "WHEN", default_value = "auto", value_enum)]
    pub(crate) color: Color,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Rules {
    /// List all rules
    List {
        /// `text` or `json`
        #[arg(long, default_value = "text", value_parser = ["text", "json"])]
        format: String,
        /// Only those of this set, as `rules.sets` names it: `block-tier`, `python`, `owasp-a03`, …
        #[arg(long, value_name = "NAME", value_parser = set)]
        set: Option<Named>,
    },
    /// Run every example of every rule through the real scan
    Check {
        /// Only rules whose id begins with this
        prefix: Option<String>,
    },
}

fn set(name: &str) -> Result<Named, String> {
    Named::from_name(name)
        .ok_or_else(|| "there is no set of rules of that name; docs/config.md names them all".to_owned())
}

/// Reads the command line; ends the program where it is wrong, or asks for help.
pub(crate) fn read() -> Args {
    let words: Vec<OsString> = std::env::args_os().collect();
    match plain(words.get(1..).unwrap_or_default()) {
        Some(args) => {
            debug_assert_eq!(format!("{args:?}"), format!("{:?}", Args::parse_from(&words)), "both read the same");
            args
        }
        None => Args::parse(),
    }
}

/// The call of a shim, read without the tree of all commands and flags, whose making costs more than the look at a
/// small commit. `None` for all other calls.
fn plain(words: &[OsString]) -> Option<Args> {
    let (command, mut rest) = words.split_first()?;
    if command != "hook" {
        return None;
    }
    let mut everywhere = false;
    let mut hooks_dir = None;
    loop {
        let (word, more) = rest.split_first()?;
        rest = more;
        match word.to_str()? {
            "--everywhere" if !everywhere => everywhere = true,
            "--hooks-dir" if hooks_dir.is_none() => {
                let (dir, more) = rest.split_first()?;
                (hooks_dir, rest) = (Some(PathBuf::from(dir)), more);
            }
            name if name.starts_with('-') || name.is_empty() => return None,
            name => {
                return Hook::plain(name, hooks_dir, everywhere, rest)
                    .map(|hook| Args { command: Command::Hook(hook) });
            }
        }
    }
}

impl Command {
    /// The reports that the command ends in.
    pub(crate) const fn reports(&self) -> Option<&Reports> {
        match self {
            Self::Scan(scan) => Some(&scan.output.reports),
            Self::Hook(hook) => Some(&hook.output.reports),
            Self::Ci(args) => Some(&args.output.reports),
            Self::Report { command: ReportCommand::Convert(convert) } => Some(&convert.reports),
            Self::Report { command: ReportCommand::Merge(merge) } => Some(&merge.reports),
            _ => None,
        }
    }
}
