//! Rule files as their authors write them.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A file under `rules/sast/`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawFile {
    #[serde(default)]
    pub(super) model: Vec<RawModel>,
    #[serde(default)]
    pub(super) rule: Vec<RawRule>,
}

/// What a framework brings in, cleans and passes on.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct RawModel {
    /// What the values of `source` are, in words; the label by which rules choose is `from`.
    pub(super) what: String,
    pub(super) from: String,
    /// Paths whose value comes from outside.
    pub(super) source: Vec<String>,
    /// Annotations of parameters, and decorators of functions, whose values come from outside.
    pub(super) source_param: Vec<String>,
    pub(super) source_function: Vec<String>,
    /// Calls whose result is safe for `kinds`; without kinds, for all.
    pub(super) clean: Vec<String>,
    pub(super) kinds: Vec<String>,
    /// Tests after which what the argument selects is safe for `kinds`, if they hold or fail.
    pub(super) guard: Vec<String>,
    pub(super) guard_false: Vec<String>,
    /// Paths that are another path.
    pub(super) types: BTreeMap<String, String>,
    /// What calls do to values: operation to paths.
    pub(super) ops: BTreeMap<String, Vec<String>>,
    /// Calls that set a field of their object: path to field.
    pub(super) setters: BTreeMap<String, String>,
    /// Values that stand for a constant: path to text.
    pub(super) constants: BTreeMap<String, toml::Value>,
}

/// A rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawRule {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) severity: String,
    #[serde(default)]
    pub(super) confidence: String,
    #[serde(default)]
    pub(super) tier: String,
    #[serde(default)]
    pub(super) kind: String,
    pub(super) cwe: Vec<String>,
    pub(super) owasp: Vec<String>,
    pub(super) why: String,
    pub(super) fix: String,
    #[serde(default)]
    pub(super) reference: String,
    #[serde(default)]
    pub(super) from: Vec<String>,
    #[serde(default)]
    pub(super) flow: Vec<String>,
    #[serde(default)]
    pub(super) flow_write: Vec<String>,
    #[serde(default)]
    pub(super) flow_return: Vec<String>,
    #[serde(default)]
    pub(super) call: Vec<String>,
    #[serde(default)]
    pub(super) write: Vec<String>,
    #[serde(default)]
    pub(super) read: Vec<String>,
    #[serde(default)]
    pub(super) import: Vec<String>,
    #[serde(default)]
    pub(super) mark: Vec<String>,
    #[serde(default)]
    pub(super) method: Vec<String>,
    #[serde(default)]
    pub(super) hits: Vec<String>,
    #[serde(default)]
    pub(super) misses: Vec<String>,
}
