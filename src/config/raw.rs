//! `gatehook.toml` as it is written. Unknown keys are errors.

use serde::Deserialize;

use crate::rules::RawRule;

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawConfig {
    /// Looked at before the rest is read.
    #[serde(rename = "required-version")]
    pub(super) _required_version: Option<String>,
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
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawGates {
    pub(super) commit: Option<RawGate>,
    pub(super) push: Option<RawGate>,
    pub(super) ci: Option<RawGate>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawGate {
    pub(super) block: Option<RawSeverity>,
    pub(super) tier: Option<RawTier>,
    pub(super) stages: Option<Vec<RawStage>>,
    pub(super) on_limit: Option<RawOnLimit>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawSeverity {
    Low,
    Medium,
    High,
    Critical,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawTier {
    Warn,
    Block,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawStage {
    Secrets,
    Insecure,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawOnLimit {
    Warn,
    Block,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawRules {
    #[serde(default)]
    pub(super) disable: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawFingerprint {
    pub(super) salt: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawLimit {
    /// In MiB.
    pub(super) file: Option<u64>,
}

/// One rule or several.
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

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawAllow {
    pub(super) rule: Option<OneOrMany>,
    #[serde(default)]
    pub(super) paths: Vec<String>,
    pub(super) fingerprint: Option<OneOrMany>,
    #[serde(default)]
    pub(super) reason: String,
    #[serde(default)]
    pub(super) owner: String,
    pub(super) expires: Option<toml::value::Datetime>,
}
