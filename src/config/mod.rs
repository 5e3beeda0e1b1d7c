//! `gatehook.toml` -> configuration. Having none is the good default.
//!
//! Takes text, reads no file: who calls decides from where it comes (the index, the work tree, a
//! commit). Unknown keys are errors with file, line and column.

mod layers;
mod raw;

use std::fmt;

pub use layers::{ConfigError, Layer, MOST, Origin, Setting};

use crate::finding::{Severity, Tier};
use crate::rules::Rule;

/// Name of the file at a repository's root.
pub const FILE: &str = "gatehook.toml";

/// What one gate demands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateConfig {
    /// Lowest severity that blocks.
    pub block: Severity,
    /// Lowest tier that blocks.
    pub tier: Tier,
    /// Built-in stages to run.
    pub stages: Vec<String>,
    /// What a file over the limit means.
    pub on_limit: OnLimit,
}

impl Default for GateConfig {
    fn default() -> Self {
        Self {
            block: Severity::Medium,
            tier: Tier::Block,
            stages: vec!["secrets".to_owned(), "insecure".to_owned()],
            on_limit: OnLimit::Block,
        }
    }
}

/// What a file that is looked at only in part means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnLimit {
    /// The gate does not pass.
    Block,
    /// The verdict is incomplete, the gate passes.
    Warn,
}

/// A calendar day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    /// Year.
    pub year: u16,
    /// Month, from 1.
    pub month: u8,
    /// Day of the month, from 1.
    pub day: u8,
}

impl fmt::Display for Day {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// An `[[allow]]` table: findings that somebody answers for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allow {
    /// Rule ids; none stands for any.
    pub rules: Vec<String>,
    /// Globs; none stands for any path.
    pub paths: Vec<String>,
    /// Fingerprints or their first eight digits and more; none stands for any.
    pub fingerprints: Vec<String>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// Last day on which it holds.
    pub expires: Option<Day>,
}

/// The configuration of a run.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The commit gate; also `scan`.
    pub commit: GateConfig,
    /// The push gate.
    pub push: GateConfig,
    /// The CI gate, and `pre-receive`.
    pub ci: GateConfig,
    /// Rules that take no part.
    pub disabled: Vec<String>,
    /// Allowances.
    pub allow: Vec<Allow>,
    /// The repository's or user's own rules.
    pub own_rules: Vec<Rule>,
    /// Text that the fingerprints are keyed with.
    pub salt: Option<String>,
    /// Bytes of a file that are looked at, where the configuration says so.
    pub limit: Option<u64>,
    /// Where each value that is not a default comes from.
    pub settings: Vec<Setting>,
}

impl Config {
    /// The configuration of `layers`, weakest first: each overrides what stands before it, lists are
    /// joined. `version` is this program's.
    pub fn from_layers(layers: &[Layer], version: &str) -> Result<Self, ConfigError> {
        layers::resolve(layers, version)
    }
}
