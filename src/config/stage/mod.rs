//! `[stage.NAME]`: a stage that runs somebody else's program.

mod raw;
mod read;

use std::collections::BTreeMap;
use std::time::Duration;

pub(super) use raw::RawStage;
pub(super) use read::{apply, check_names};

use crate::finding::{Severity, Tier};

/// What is done where a stage could not do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnTrouble {
    /// The verdict is incomplete, the gate passes.
    Warn,
    /// The gate does not pass.
    Block,
}

/// What the program is given to work in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Export {
    /// All files of the commit.
    #[default]
    Tree,
    /// The files that the stage is for and have changed, and those that [`StageConfig::with`] names.
    Files,
    /// Nothing: the program runs in the repository itself, over whatever stands there.
    None,
}

/// How the program's answer is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    /// SARIF 2.1.0.
    Sarif,
    /// A JSON document.
    Json(Box<Pointers>),
    /// A JSON document a line.
    JsonLines(Box<Pointers>),
    /// JUnit's XML: a failed or broken test case is a finding.
    Junit,
    /// Checkstyle's XML.
    Checkstyle,
    /// Lines that a pattern with named groups matches.
    Regex(String),
    /// Nothing is read: the exit code says it.
    ExitCode,
    /// gatehook's own protocol for plugins.
    Plugin,
}

/// Where in a JSON document a finding's fields stand: JSON pointers, relative to the finding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pointers {
    /// From the document's root to the findings; `*` stands for every member.
    pub findings: String,
    /// The file.
    pub path: Vec<String>,
    /// Its line.
    pub line: Vec<String>,
    /// Its column.
    pub column: Vec<String>,
    /// The last line.
    pub end_line: Vec<String>,
    /// The column behind the end.
    pub end_column: Vec<String>,
    /// The tool's name for the kind of finding.
    pub rule: Vec<String>,
    /// What is wrong; several are joined by a blank.
    pub message: Vec<String>,
    /// How bad.
    pub severity: Vec<String>,
    /// CWE ids, in whatever form.
    pub cwe: Vec<String>,
    /// A page about it.
    pub reference: Vec<String>,
    /// How to fix it.
    pub fix: Vec<String>,
    /// The package that it is about: its name or package URL.
    pub package: Vec<String>,
    /// The version of the package.
    pub version: Vec<String>,
    /// The ecosystem of the package, in whatever word.
    pub ecosystem: Vec<String>,
    /// Where ids of advisories stand: lists, addresses, texts.
    pub ids: Vec<String>,
}

/// An external stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageConfig {
    /// Its name.
    pub name: String,
    /// Program and arguments, with their placeholders.
    pub command: Vec<String>,
    /// Globs of the files that it is for; none: it runs on every change.
    pub files: Vec<String>,
    /// Globs of files that it is not for.
    pub exclude: Vec<String>,
    /// What it works in.
    pub export: Export,
    /// Globs of further files that are exported where only files are.
    pub with: Vec<String>,
    /// How its answer is read.
    pub format: Format,
    /// Programs that must be there, with their least version.
    pub needs: Vec<Need>,
    /// Names of environment variables that it may see beyond the usual ones; `*` at the end.
    pub env: Vec<String>,
    /// Variables that are set for it.
    pub set_env: BTreeMap<String, String>,
    /// Globs of files that say how its tool works: configuration, plugins, lists of what to ignore, registries.
    pub steered_by: Vec<String>,
    /// Whether it executes code of what it looks at.
    pub runs_code: bool,
    /// What it may reach of this machine.
    pub reach: Reach,
    /// How long it may take.
    pub timeout: Duration,
    /// The program is not there.
    pub on_missing: Option<OnTrouble>,
    /// It failed.
    pub on_error: Option<OnTrouble>,
    /// It did not end in time.
    pub on_timeout: Option<OnTrouble>,
    /// Stages that run before it.
    pub after: Vec<String>,
    /// Higher ones start first.
    pub priority: i32,
    /// Exit codes that mean it looked and found nothing wrong, or says so in its report.
    pub ok_exit_codes: Vec<i32>,
    /// Exit codes that mean it found something; empty: any other (`exit-code` only).
    pub findings_exit_codes: Vec<i32>,
    /// Whether an empty answer is a failure, where that is said.
    pub expect_report: Option<bool>,
    /// Patterns of lines, on standard error or among the answer, that mean it failed.
    pub failed_if: Vec<String>,
    /// Patterns of lines, in the same places, of which one says that it looked at something.
    pub looked_if: Vec<String>,
    /// The tool's names for findings that mean it could not look.
    pub failed_rules: Vec<String>,
    /// JSON pointers into the report of which one must give something: a number above zero, a list or
    /// table with members.
    pub looked_at: Vec<String>,
    /// JSON pointers into the report that must all give such a thing.
    pub looked_with: Vec<String>,
    /// JSON pointers into the report that must give nothing.
    pub skipped_at: Vec<String>,
    /// JSON pointers that lead to the files that it looked at.
    pub looked_at_files: Vec<String>,
    /// Severity of findings that come without one, or with a word that is not known.
    pub severity: Severity,
    /// Severities by the tool's own words.
    pub severities: BTreeMap<String, Severity>,
    /// Tier of its findings.
    pub tier: Tier,
    /// Whether what it finds are values that must not be shown.
    pub secrets: bool,
    /// MiB that it may print.
    pub max_output: u64,
    /// MiB of memory that it may take.
    pub memory: Option<u64>,
    /// Whether every layer that says something about it is the user's own.
    pub own: bool,
}

/// What a stage's program may reach of this machine besides what it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Whether it sees the user's own home directory; otherwise an empty one.
    pub home: bool,
    /// Whether it may reach the network.
    pub network: bool,
    /// Whether it is held to that, where the system can do it.
    pub confine: bool,
}

/// A program that must be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// Its name.
    pub tool: String,
    /// Its least version.
    pub least: Option<String>,
}

impl StageConfig {
    /// A stage of that name that says no more than its command.
    pub fn new(name: &str, command: Vec<String>) -> Self {
        Self {
            name: name.to_owned(),
            command,
            files: Vec::new(),
            exclude: Vec::new(),
            export: Export::Tree,
            with: Vec::new(),
            format: Format::ExitCode,
            needs: Vec::new(),
            env: Vec::new(),
            set_env: BTreeMap::new(),
            steered_by: Vec::new(),
            runs_code: false,
            reach: Reach { home: false, network: false, confine: true },
            timeout: Duration::from_secs(60),
            on_missing: None,
            on_error: None,
            on_timeout: None,
            after: Vec::new(),
            priority: 0,
            ok_exit_codes: vec![0],
            findings_exit_codes: Vec::new(),
            expect_report: None,
            failed_if: Vec::new(),
            looked_if: Vec::new(),
            failed_rules: Vec::new(),
            looked_at: Vec::new(),
            looked_with: Vec::new(),
            skipped_at: Vec::new(),
            looked_at_files: Vec::new(),
            severity: Severity::Medium,
            severities: BTreeMap::new(),
            tier: Tier::Block,
            secrets: false,
            max_output: 64,
            memory: None,
            own: true,
        }
    }

    /// Whether an empty answer is a failure: in formats that always have something to say.
    pub fn expects_report(&self) -> bool {
        let always = !matches!(self.format, Format::ExitCode | Format::Regex(_) | Format::JsonLines(_));
        self.expect_report.unwrap_or(always)
    }

    /// Whether what it looks at may have its own code executed: it says so, or it runs in the repository itself,
    /// where no other files can be put in place of those that steer it.
    pub fn executes(&self) -> bool {
        self.runs_code || self.export == Export::None
    }

    /// Whether its program is given the names of files.
    pub fn takes_files(&self) -> bool {
        self.command.iter().any(|word| word == "{files}")
    }
}

impl Format {
    /// The word for it in the configuration.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Sarif => "sarif",
            Self::Json(_) => "json",
            Self::JsonLines(_) => "json-lines",
            Self::Junit => "junit",
            Self::Checkstyle => "checkstyle",
            Self::Regex(_) => "regex",
            Self::ExitCode => "exit-code",
            Self::Plugin => "plugin",
        }
    }

    /// Whether an answer is needed that can be read.
    pub const fn has_report(&self) -> bool {
        !matches!(self, Self::ExitCode)
    }
}
