//! `[gate.NAME]`: what one gate demands.

use std::time::Duration;

use serde::Deserialize;

use super::Config;
use super::allow::Day;
use super::ci::{self, RawCi, RawOnUnknownBase, RawPending, RawSteering};
use super::layer_merge::LayerMerge;
use super::mode::{self, Mode, RawMode, RawModes};
use super::words::{RawSeverity, RawTier, duration};
use crate::finding::{Severity, Tier};

/// What one gate demands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateConfig {
    /// Lowest severity that blocks.
    pub block: Severity,
    /// Lowest tier that blocks.
    pub tier: Tier,
    /// Stages to run.
    pub stages: Vec<String>,
    /// What a file over the limit means.
    pub on_limit: OnLimit,
    /// Whether it stops what it finds.
    pub mode: Mode,
    /// From which day on it stops in spite of [`Mode::Observe`].
    pub enforce_from: Option<Day>,
    /// How long all external stages together may take.
    pub timeout: Duration,
    /// Whether the first stage that blocks ends the others.
    pub fail_fast: bool,
    /// Stages that run at once, at most; by default as many as there are cores.
    pub parallel: Option<usize>,
}

impl Default for GateConfig {
    fn default() -> Self {
        Self {
            block: Severity::Medium,
            tier: Tier::Block,
            stages: vec!["secrets".to_owned(), "insecure".to_owned()],
            on_limit: OnLimit::Block,
            mode: Mode::Enforce,
            enforce_from: None,
            timeout: Duration::from_secs(300),
            fail_fast: false,
            parallel: None,
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
    ci: Option<RawCiGate>,
}

/// What the ci gate shares with the others, and what only it has.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawCiGate {
    block: Option<RawSeverity>,
    tier: Option<RawTier>,
    stages: Option<RawStages>,
    on_limit: Option<RawOnLimit>,
    mode: Option<RawMode>,
    enforce_from: Option<toml::value::Datetime>,
    timeout: Option<String>,
    fail_fast: Option<bool>,
    parallel: Option<usize>,
    on_unknown_base: Option<RawOnUnknownBase>,
    fetch_timeout: Option<String>,
    pending: Option<RawPending>,
    pending_up_to: Option<RawSeverity>,
    run_code_of_forks: Option<bool>,
    steering: Option<RawSteering>,
}

/// Stages by name, or those of another gate.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a list of stages, or the word for those of the push gate")]
enum RawStages {
    Names(Vec<String>),
    As(RawOther),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawOther {
    Push,
}

impl RawCiGate {
    fn split(self) -> (RawGate, RawCi) {
        let (stages, as_push) = match self.stages {
            Some(RawStages::Names(names)) => (Some(names), false),
            Some(RawStages::As(RawOther::Push)) => (None, true),
            None => (None, false),
        };
        let Self { block, tier, on_limit, mode, enforce_from, timeout, fail_fast, parallel, .. } = self;
        let Self { on_unknown_base, fetch_timeout, pending, pending_up_to, run_code_of_forks, steering, .. } = self;
        (
            RawGate { block, tier, stages, on_limit, mode, enforce_from, timeout, fail_fast, parallel },
            RawCi { as_push, on_unknown_base, fetch_timeout, pending, pending_up_to, run_code_of_forks, steering },
        )
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawGate {
    block: Option<RawSeverity>,
    tier: Option<RawTier>,
    stages: Option<Vec<String>>,
    on_limit: Option<RawOnLimit>,
    mode: Option<RawMode>,
    enforce_from: Option<toml::value::Datetime>,
    timeout: Option<String>,
    fail_fast: Option<bool>,
    parallel: Option<usize>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawOnLimit {
    Warn,
    Block,
}

/// Lays each gate; `all` is what the layer says of the mode of every gate.
pub(super) fn apply(config: &mut Config, raw: RawGates, all: RawModes, merge: &mut LayerMerge<'_>) {
    let (raw_ci, of_ci) = raw.ci.unwrap_or_default().split();
    for (name, raw, gate) in [
        ("commit", raw.commit.unwrap_or_default(), &mut config.commit),
        ("push", raw.push.unwrap_or_default(), &mut config.push),
        ("ci", raw_ci, &mut config.ci),
    ] {
        let own = RawModes { mode: raw.mode, enforce_from: raw.enforce_from };
        mode::apply(name, own.or(all), gate, merge);
        one(name, raw, gate, merge);
    }
    ci::apply(config, of_ci, merge);
}

fn one(name: &str, raw: RawGate, gate: &mut GateConfig, merge: &mut LayerMerge<'_>) {
    let key = |key: &str| format!("gate.{name}.{key}");
    if let Some(block) = raw.block {
        let block = Severity::from(block);
        merge.put(&key("block"), &mut gate.block, block, format!("\"{block}\""), |new, old| new > old);
    }
    if let Some(tier) = raw.tier {
        let tier = Tier::from(tier);
        merge.put(&key("tier"), &mut gate.tier, tier, format!("\"{tier}\""), |new, old| new > old);
    }
    if let Some(on_limit) = raw.on_limit {
        let (on_limit, shown) = match on_limit {
            RawOnLimit::Warn => (OnLimit::Warn, "\"warn\""),
            RawOnLimit::Block => (OnLimit::Block, "\"block\""),
        };
        merge.put(&key("on-limit"), &mut gate.on_limit, on_limit, shown, |new, old| {
            *new == OnLimit::Warn && *old == OnLimit::Block
        });
    }
    if let Some(stages) = raw.stages {
        lay_stages(&key("stages"), stages, &mut gate.stages, merge);
    }
    if let Some(text) = raw.timeout {
        match duration(&text) {
            Some(timeout) => {
                merge.put(&key("timeout"), &mut gate.timeout, timeout, format!("{text:?}"), |_, _| true);
            }
            None => merge.fault(format!("`gate.{name}.timeout` takes a time, as \"90s\" or \"5m\"")),
        }
    }
    if let Some(fail_fast) = raw.fail_fast {
        merge.put(&key("fail-fast"), &mut gate.fail_fast, fail_fast, fail_fast.to_string(), |_, _| true);
    }
    match raw.parallel {
        Some(0) => merge.fault(format!("`gate.{name}.parallel` is at least 1")),
        Some(most) => {
            merge.put(&key("parallel"), &mut gate.parallel, Some(most), most.to_string(), |_, _| true);
        }
        None => {}
    }
}

/// Of locked stages none can be left out, and others may be added.
fn lay_stages(key: &str, mut stages: Vec<String>, slot: &mut Vec<String>, merge: &mut LayerMerge<'_>) {
    if stages.is_empty() {
        merge.fault(format!("`{key}` is empty: a gate that looks at nothing never passes"));
    }
    let shown = format!("{stages:?}");
    if merge.is_locked(key) && slot.iter().any(|stage| !stages.contains(stage)) {
        merge.refuse(key, shown);
        let added: Vec<String> = stages.into_iter().filter(|stage| !slot.contains(stage)).collect();
        if added.is_empty() {
            return;
        }
        stages = slot.iter().cloned().chain(added).collect();
    }
    let shown = format!("{stages:?}");
    merge.put(key, slot, stages, shown, |_, _| false);
}
