//! What only `[gate.ci]` has: what a CI job does where the change is not fully known, and whose allowances hold there.

use std::time::Duration;

use serde::Deserialize;

use super::Config;
use super::layer_merge::LayerMerge;
use super::words::{RawSeverity, duration};
use crate::finding::Severity;

/// What `gatehook ci` does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CiConfig {
    /// What an unknown base means.
    pub on_unknown_base: OnUnknownBase,
    /// How long fetching missing history may take in all.
    pub fetch_timeout: Duration,
    /// Whose allowances hold before they are merged.
    pub pending: Pending,
    /// Highest severity of findings that such an allowance may cover.
    pub pending_up_to: Severity,
    /// Whether stages that execute code of the change run for requests from forks.
    pub run_code_of_forks: bool,
    /// Whose files steer the stages' tools.
    pub steering: Steering,
}

impl Default for CiConfig {
    fn default() -> Self {
        Self {
            on_unknown_base: OnUnknownBase::Full,
            fetch_timeout: Duration::from_secs(60),
            pending: Pending::Own,
            pending_up_to: Severity::Critical,
            run_code_of_forks: false,
            steering: Steering::Base,
        }
    }
}

/// What is done where no base can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnUnknownBase {
    /// Everything is looked at: each commit that the head reaches, and its whole tree.
    Full,
    /// The gate does not pass.
    Fail,
}

/// Whose allowances hold while the change that brings them is under review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pending {
    /// Those of changes from the repository itself, never of a fork's.
    Own,
    /// No one's.
    None,
}

/// Whose files steer the tools that look at a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Steering {
    /// Those of the commit before the change; none where it has none.
    Base,
    /// Those that the change itself brings.
    Change,
}

#[derive(Debug, Default)]
pub(super) struct RawCi {
    /// `stages = "push"`
    pub(super) as_push: bool,
    pub(super) on_unknown_base: Option<RawOnUnknownBase>,
    pub(super) fetch_timeout: Option<String>,
    pub(super) pending: Option<RawPending>,
    pub(super) pending_up_to: Option<RawSeverity>,
    pub(super) run_code_of_forks: Option<bool>,
    pub(super) steering: Option<RawSteering>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawOnUnknownBase {
    Full,
    Fail,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawPending {
    Own,
    None,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawSteering {
    Base,
    Change,
}

pub(super) fn apply(config: &mut Config, raw: RawCi, merge: &mut LayerMerge<'_>) {
    if raw.as_push && merge.may_set("gate.ci.stages", "\"push\"") {
        // None of its own; once all layers are laid it takes the push gate's.
        config.ci.stages.clear();
    }
    let ci = &mut config.of_ci;
    if let Some(what) = raw.on_unknown_base {
        let (what, shown) = match what {
            RawOnUnknownBase::Full => (OnUnknownBase::Full, "\"full\""),
            RawOnUnknownBase::Fail => (OnUnknownBase::Fail, "\"fail\""),
        };
        merge.put("gate.ci.on-unknown-base", &mut ci.on_unknown_base, what, shown, |new, old| {
            *new == OnUnknownBase::Full && *old == OnUnknownBase::Fail
        });
    }
    if let Some(text) = raw.fetch_timeout {
        match duration(&text) {
            Some(time) => {
                merge.put("gate.ci.fetch-timeout", &mut ci.fetch_timeout, time, format!("{text:?}"), |_, _| true);
            }
            None => merge.fault("`gate.ci.fetch-timeout` takes a time, as \"90s\" or \"5m\""),
        }
    }
    if let Some(whose) = raw.pending {
        let (whose, shown) = match whose {
            RawPending::Own => (Pending::Own, "\"own\""),
            RawPending::None => (Pending::None, "\"none\""),
        };
        merge.put("gate.ci.pending", &mut ci.pending, whose, shown, |new, old| {
            *new == Pending::Own && *old == Pending::None
        });
    }
    if let Some(run) = raw.run_code_of_forks {
        merge.put("gate.ci.run-code-of-forks", &mut ci.run_code_of_forks, run, run.to_string(), |new, _| *new);
    }
    if let Some(whose) = raw.steering {
        let (whose, shown) = match whose {
            RawSteering::Base => (Steering::Base, "\"base\""),
            RawSteering::Change => (Steering::Change, "\"change\""),
        };
        merge.put("gate.ci.steering", &mut ci.steering, whose, shown, |new, _| *new == Steering::Change);
    }
    if let Some(most) = raw.pending_up_to {
        let most = Severity::from(most);
        merge.put("gate.ci.pending-up-to", &mut ci.pending_up_to, most, format!("\"{most}\""), |new, old| new > old);
    }
}
