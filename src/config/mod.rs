//! `gatehook.toml` -> configuration. Having none is the good default.
//!
//! Takes text, reads no file: who calls decides from where it comes (the index, the work tree, a
//! commit). Unknown keys are errors with file, line and column. Each table of the file has a room of
//! its own (`gate`, `rules`, `allow`, …): its raw form, its real one, and the way between them.

mod allow;
mod baseline;
pub mod edit;
mod error;
mod extends;
mod fingerprint;
mod gate;
mod insertion;
pub mod keys;
mod layer;
mod layer_merge;
mod ci;
mod limit;
mod locked;
mod loosened;
mod mode;
mod raw;
mod read;
mod resolve;
mod rules;
mod sca;
pub mod schema;
mod show;
mod stage;
mod subdirectory;
mod version;
mod words;

pub use allow::{Allow, Day};
pub use ci::{CiConfig, OnUnknownBase, Pending, Steering};
pub use error::ConfigError;
pub use extends::{Place, Shelf, Unread};
pub use gate::{GateConfig, OnLimit};
pub use layer::{Layer, Origin, Rank, Refusal, Setting};
pub use loosened::{EVERY_GATE, Hides, Holding, Loosening};
pub use mode::Mode;
pub use read::MOST;
pub use rules::{OF_DEPENDENCIES, takes_part};
pub use sca::ScaConfig;
pub use show::Shown;
pub use stage::{Export, Format, Need, OnTrouble, Pointers, Reach, StageConfig};
pub use subdirectory::Subdirectory;
pub use version::{Program, ProgramStage};
pub use words::duration;

use crate::rules::{Gate, Named, Rule};

/// Name of the file at a repository's root.
pub const FILE: &str = "gatehook.toml";

/// The configuration of a run.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The commit gate; also `scan`.
    pub commit: GateConfig,
    /// The push gate.
    pub push: GateConfig,
    /// The CI gate, and `pre-receive`.
    pub ci: GateConfig,
    /// What a CI job does where the change is not fully known.
    pub of_ci: CiConfig,
    /// Sets of built-in rules of which those of any take part; empty for all rules.
    pub sets: Vec<Named>,
    /// Rules that take no part.
    pub disabled: Vec<String>,
    /// Allowances.
    pub allow: Vec<Allow>,
    /// The repository's or user's own rules.
    pub own_rules: Vec<Rule>,
    /// The baseline's path in the repository, where the configuration names one; empty for none at all.
    pub baseline: Option<String>,
    /// Stages that run another program.
    pub stages: Vec<StageConfig>,
    /// Text that the fingerprints are keyed with.
    pub salt: Option<String>,
    /// Bytes of a file that are looked at, where the configuration says so.
    pub limit: Option<u64>,
    /// How dependencies are judged.
    pub sca: ScaConfig,
    /// Month of the youngest built-in rules that may block, as `2026-11`; `None` where all may.
    pub as_of: Option<String>,
    /// Where each value that is not a default comes from.
    pub settings: Vec<Setting>,
    /// Keys and tables that an organisation locks, and the layer that does.
    pub locks: Vec<(String, Origin)>,
    /// Values that would have loosened what is locked.
    pub refused: Vec<Refusal>,
    /// What it loosens, where it was held against an older one: see [`Config::after`].
    pub loosened: Vec<Loosening>,
}

impl Config {
    /// The configuration of `layers` and of what they extend, read from `shelf`. They are laid by
    /// [`Rank`], and in the order in which they are given where that is the same: each overrides what
    /// stands before it unless that is locked, lists are joined. `program` is the one that reads it.
    pub fn load(layers: &[Layer], program: &Program, shelf: &dyn Shelf) -> Result<Self, ConfigError> {
        resolve::resolve(layers, program, shelf)
    }

    /// The same of layers that stand alone.
    pub fn from_layers(layers: &[Layer], program: &Program) -> Result<Self, ConfigError> {
        Self::load(layers, program, &extends::Empty)
    }

    /// This configuration with what the files of subdirectories add to it, as far as that holds `against` those that
    /// stood there before; without these all of it holds. A file that stood there and cannot be read held nothing.
    pub fn with_subdirectories(
        &self,
        files: &[Subdirectory],
        against: Option<(&[Subdirectory], Holding)>,
        program: &Program,
    ) -> Result<Self, ConfigError> {
        subdirectory::with(self, files, against, program)
    }

    /// What `gate` demands.
    pub const fn gate(&self, gate: Gate) -> &GateConfig {
        match gate.like() {
            Gate::Commit => &self.commit,
            Gate::Push => &self.push,
            _ => &self.ci,
        }
    }

    /// Whether a file names the stages of `gate`; else they are the usual ones.
    pub fn names_stages(&self, gate: Gate) -> bool {
        let is_set = |key: &str| self.settings.iter().any(|setting| setting.key == key);
        match gate.like() {
            Gate::Commit => is_set("gate.commit.stages"),
            Gate::Push => is_set("gate.push.stages"),
            _ => is_set("gate.ci.stages") || is_set("gate.push.stages"),
        }
    }
}
