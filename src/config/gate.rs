//! `[gate.NAME]`: what one gate demands.

use serde::Deserialize;

use super::Config;
use super::laying::Laying;
use crate::finding::{Severity, Tier};

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

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawGates {
    commit: Option<RawGate>,
    push: Option<RawGate>,
    ci: Option<RawGate>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawGate {
    block: Option<RawSeverity>,
    tier: Option<RawTier>,
    stages: Option<Vec<RawStage>>,
    on_limit: Option<RawOnLimit>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawSeverity {
    Low,
    Medium,
    High,
    Critical,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawTier {
    Warn,
    Block,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawStage {
    Secrets,
    Insecure,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawOnLimit {
    Warn,
    Block,
}

pub(super) fn apply(config: &mut Config, raw: RawGates, laying: &mut Laying<'_>) {
    for (name, raw, gate) in [
        ("commit", raw.commit, &mut config.commit),
        ("push", raw.push, &mut config.push),
        ("ci", raw.ci, &mut config.ci),
    ] {
        one(name, raw.unwrap_or_default(), gate, laying);
    }
}

fn one(name: &str, raw: RawGate, gate: &mut GateConfig, laying: &mut Laying<'_>) {
    if let Some(block) = raw.block {
        let block = match block {
            RawSeverity::Low => Severity::Low,
            RawSeverity::Medium => Severity::Medium,
            RawSeverity::High => Severity::High,
            RawSeverity::Critical => Severity::Critical,
        };
        laying.put(&format!("gate.{name}.block"), &mut gate.block, block, format!("\"{block}\""));
    }
    if let Some(tier) = raw.tier {
        let tier = match tier {
            RawTier::Warn => Tier::Warn,
            RawTier::Block => Tier::Block,
        };
        laying.put(&format!("gate.{name}.tier"), &mut gate.tier, tier, format!("\"{tier}\""));
    }
    if let Some(on_limit) = raw.on_limit {
        let (on_limit, shown) = match on_limit {
            RawOnLimit::Warn => (OnLimit::Warn, "\"warn\""),
            RawOnLimit::Block => (OnLimit::Block, "\"block\""),
        };
        laying.put(&format!("gate.{name}.on-limit"), &mut gate.on_limit, on_limit, shown);
    }
    if let Some(stages) = raw.stages {
        let stages: Vec<String> = stages
            .iter()
            .map(|stage| match stage {
                RawStage::Secrets => "secrets".to_owned(),
                RawStage::Insecure => "insecure".to_owned(),
            })
            .collect();
        if stages.is_empty() {
            laying.fault(format!("`gate.{name}.stages` is empty: a gate that looks at nothing never passes"));
        }
        let shown = format!("{stages:?}");
        laying.put(&format!("gate.{name}.stages"), &mut gate.stages, stages, shown);
    }
}
