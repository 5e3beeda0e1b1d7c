//! `gatehook.toml` -> configuration. Having none is the good default.

use crate::finding::{Severity, Tier};

/// What one gate demands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateConfig {
    /// Lowest severity that blocks.
    pub block: Severity,
    /// Lowest tier that blocks.
    pub tier: Tier,
}

impl Default for GateConfig {
    fn default() -> Self {
        Self { block: Severity::Medium, tier: Tier::Block }
    }
}

/// The configuration of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The commit gate; also `scan`.
    pub commit: GateConfig,
    /// The push gate.
    pub push: GateConfig,
    /// The CI gate, and `pre-receive`.
    pub ci: GateConfig,
}
