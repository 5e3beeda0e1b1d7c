//! `mode` and `enforce-from`: a gate that only tells what it would have blocked, and until when.

use serde::Deserialize;

use super::allow::Day;
use super::gate::GateConfig;
use super::layer_merge::LayerMerge;

/// Whether a gate stops what it finds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// It stops.
    #[default]
    Enforce,
    /// It tells and records what it would have stopped.
    Observe,
}

impl Mode {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Observe => "observe",
        }
    }
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawMode {
    Enforce,
    Observe,
}

/// What a layer says, of all gates or of one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RawModes {
    pub(super) mode: Option<RawMode>,
    pub(super) enforce_from: Option<toml::value::Datetime>,
}

impl RawModes {
    /// What holds for one gate: its own word, else that for all.
    pub(super) fn or(self, all: Self) -> Self {
        Self { mode: self.mode.or(all.mode), enforce_from: self.enforce_from.or(all.enforce_from) }
    }
}

impl GateConfig {
    /// Whether the gate only observes on that day.
    pub fn observes(&self, today: Day) -> bool {
        self.mode == Mode::Observe && self.enforce_from.is_none_or(|from| today < from)
    }
}

pub(super) fn apply(gate_name: &str, raw: RawModes, gate: &mut GateConfig, merge: &mut LayerMerge<'_>) {
    if let Some(mode) = raw.mode {
        let mode = match mode {
            RawMode::Enforce => Mode::Enforce,
            RawMode::Observe => Mode::Observe,
        };
        let looser = |new: &Mode, old: &Mode| *new == Mode::Observe && *old == Mode::Enforce;
        merge.put(&format!("gate.{gate_name}.mode"), &mut gate.mode, mode, format!("\"{}\"", mode.word()), looser);
    }
    if let Some(from) = raw.enforce_from {
        let Some(date) = from.date else {
            return merge.fault("`enforce-from` takes a date, as 2027-01-01");
        };
        let day = Day { year: date.year, month: date.month, day: date.day };
        // A later day is looser, and no day at all is the loosest.
        let looser = |new: &Option<Day>, old: &Option<Day>| old.is_some_and(|old| new.is_none_or(|new| new > old));
        merge.put(
            &format!("gate.{gate_name}.enforce-from"),
            &mut gate.enforce_from,
            Some(day),
            day.to_string(),
            looser,
        );
    }
}
