//! Stages: changes -> findings and an outcome.
//!
//! An in-process stage is a folder here and a line in [`ALL`]: its name, the gates at which it runs where the
//! configuration names no stages, what it looks at, and the look itself. Everything else (configuration,
//! `--stage`, plans, reports) goes by that list. External tools are tables of the configuration ([`external`],
//! [`ready`]).

pub mod builtin;
pub mod external;
mod iac;
pub mod patterns;
pub mod ready;
mod sca;
pub mod sast;
mod source;

pub use sca::advisories_made;
pub use source::annotate;

use std::time::Instant;

use crate::change::{Change, Snapshot, Store};
use crate::config::{Config, Day, Program, ProgramStage};
use crate::finding::{Finding, Gap, Outcome, Salt};
use crate::rules::{Gate, GateSet, Pack};
use crate::store::Dirs;

/// Every in-process stage, in the order in which they run and are reported.
pub const ALL: &[&dyn Stage] = &[&patterns::Secrets, &patterns::Insecure, &sast::Sast, &sca::Sca, &iac::Iac];

/// What a stage looks at where a change has several commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Every commit by itself: what was added and taken away again stays in the history.
    EveryCommit,
    /// The net change of each head: what is there in the end and was not before.
    NetChange,
}

/// A stage that is part of this program.
pub trait Stage: Sync {
    /// What it is called in configuration, flags and reports.
    fn name(&self) -> &'static str;

    /// The gates at which it runs where the configuration names no stages.
    fn usual(&self) -> GateSet;

    /// What it looks at.
    fn needs(&self) -> Needs {
        Needs::NetChange
    }

    /// The pack that holds its rules where these are patterns: the engine looks for the patterns of all such
    /// stages in one pass, and [`Stage::look`] is not called.
    fn pack(&self) -> Option<Pack> {
        None
    }

    /// Whether `change` gives it something to do. A change without such a path costs it nothing.
    fn is_for(&self, change: &Change, config: &Config) -> bool {
        let _ = (change, config);
        true
    }

    /// Ids of its rules that stand outside the packs.
    fn rule_ids(&self) -> Vec<&'static str> {
        Vec::new()
    }

    /// What there is to say of each of them. Reads all of their texts.
    fn rule_cards(&self) -> Vec<RuleCard> {
        Vec::new()
    }

    /// Looks. Never fails: what it could not do is its outcome, what it could not look at a gap.
    fn look(&self, task: &Task<'_>) -> Looked;
}

/// What a stage is given.
pub struct Task<'t> {
    /// The gate.
    pub gate: Gate,
    /// The configuration that counts.
    pub config: &'t Config,
    /// Whether the configuration or the command line names this stage: then what it lacks is a hole. A stage
    /// that runs by default and has nothing to work with leaves a note.
    pub is_named: bool,
    /// The net change; of a whole scan every file, as an added one.
    pub changes: &'t [Change],
    /// Where their bytes are.
    pub store: &'t dyn Store,
    /// The sides that the change is judged against, more than one for a merge. None where all there is counts.
    pub bases: &'t [&'t dyn Snapshot],
    /// The side that is judged.
    pub head: &'t dyn Snapshot,
    /// Key of the fingerprints.
    pub salt: &'t Salt,
    /// Bytes of a file that are looked at, at most.
    pub limit: u64,
    /// Today, for what becomes stale.
    pub today: Day,
    /// When it has to be over; `None` where the gate sets no time.
    pub until: Option<Instant>,
    /// This user's own directories; `None` where nothing is kept for a user.
    pub dirs: Option<&'t Dirs>,
}

/// What an in-process stage gives.
#[derive(Debug)]
pub struct Looked {
    /// What became of it.
    pub outcome: Outcome,
    /// What it found, unsorted.
    pub findings: Vec<Finding>,
    /// What could not be looked at, or only in part.
    pub gaps: Vec<Gap>,
    /// Remarks for the reader.
    pub notes: Vec<String>,
    /// Files that it looked at.
    pub files: usize,
}

impl Looked {
    /// Of a stage that looked at nothing, for the reason that `outcome` holds.
    pub const fn not(outcome: Outcome) -> Self {
        Self { outcome, findings: Vec::new(), gaps: Vec::new(), notes: Vec::new(), files: 0 }
    }
}

/// The in-process stage of that name.
pub fn named(name: &str) -> Option<&'static dyn Stage> {
    ALL.iter().copied().find(|stage| stage.name() == name)
}

/// The names of all in-process stages, in order.
pub fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|stage| stage.name())
}

/// What a configuration has to know of this program.
pub fn program() -> Program {
    let stages = ALL.iter().map(|stage| ProgramStage { name: stage.name(), usual: stage.usual() }).collect();
    Program { version: env!("CARGO_PKG_VERSION"), stages, has_rule }
}

/// What there is to say of a rule that stands outside the packs.
#[derive(Clone, Debug)]
pub struct RuleCard {
    /// The stage that it belongs to.
    pub stage: &'static str,
    /// Its id.
    pub id: String,
    /// One line.
    pub title: String,
    /// Its severity.
    pub severity: String,
    /// Its tier.
    pub tier: String,
    /// As `CWE-89`.
    pub cwe: Vec<String>,
    /// Why it matters.
    pub why: String,
    /// How to mend it.
    pub fix: String,
    /// A page on it.
    pub reference: String,
    /// Code that it finds; empty where there is none to show.
    pub hit: String,
    /// Code that it leaves alone.
    pub miss: String,
}

/// Whether a stage has a rule of that id outside the packs.
pub fn has_rule(id: &str) -> bool {
    ALL.iter().any(|stage| stage.rule_ids().contains(&id))
}

/// What there is to say of every such rule.
pub fn rule_cards() -> impl Iterator<Item = RuleCard> {
    ALL.iter().flat_map(|stage| stage.rule_cards())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_stands_twice_and_none_is_a_ready_made_tool_s() {
        for (at, name) in names().enumerate() {
            assert_eq!(names().position(|other| other == name), Some(at));
            assert!(ready::named(name).is_none(), "`{name}` is a ready-made stage as well");
        }
    }

    #[test]
    fn every_pack_of_patterns_has_its_stage() {
        for pack in Pack::ALL {
            assert_eq!(named(pack.word()).and_then(Stage::pack), Some(pack));
        }
    }
}
