//! `gatehook.toml` as it is written. Unknown keys are errors. The raw form of each table stands in the
//! table's own file.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::allow::RawAllow;
use super::fingerprint::RawFingerprint;
use super::gate::RawGates;
use super::limit::RawLimit;
use super::mode::RawMode;
use super::rules::RawRules;
use super::sca::RawSca;
use super::stage::RawStage;
use crate::rules::RawRule;

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawConfig {
    /// Looked at before the rest is read.
    pub(super) required_version: Option<String>,
    pub(super) extends: Option<toml::Value>,
    #[serde(default)]
    pub(super) locked: Vec<String>,
    pub(super) mode: Option<RawMode>,
    pub(super) enforce_from: Option<toml::value::Datetime>,
    pub(super) baseline: Option<String>,
    #[serde(default)]
    pub(super) gate: RawGates,
    #[serde(default)]
    pub(super) rules: RawRules,
    #[serde(default)]
    pub(super) allow: Vec<RawAllow>,
    #[serde(default)]
    pub(super) rule: Vec<RawRule>,
    #[serde(default)]
    pub(super) fingerprint: RawFingerprint,
    #[serde(default)]
    pub(super) limit: RawLimit,
    #[serde(default)]
    pub(super) sca: RawSca,
    #[serde(default)]
    pub(super) stage: BTreeMap<String, RawStage>,
}

/// One word or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    pub(super) fn into_vec(self) -> Vec<String> {
        match self {
            Self::One(one) => vec![one],
            Self::Many(many) => many,
        }
    }
}
