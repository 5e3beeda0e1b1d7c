//! Rules as data: rule files are read once (at build time for the packs of this repository), and
//! become [`Rule`]s in a [`RuleSet`].
//!
//! Knows no engine: what a rule's `proof` or `matcher` names is looked up there.

pub mod automaton;
mod builtin;
mod compact;
pub mod placeholders;
pub mod keys;
mod kind;
mod language;
mod named;
mod raw;
mod rule;
mod set;

pub use compact::{Brief, briefs};
pub use language::{Language, LanguageSet};
pub use named::Named;
pub use raw::{RawFile, RawRule, is_month};
pub use rule::{Context, Gate, GateSet, Pack, Rule, RuleError, Tests, Window, from_raw};
pub use set::{BuildError, RuleId, RuleSet, builtin, digest, is_known};
