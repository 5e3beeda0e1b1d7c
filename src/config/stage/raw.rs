//! `[stage.NAME]` as it is written.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::config::raw::OneOrMany;
use crate::config::words::{RawSeverity, RawTier};

/// `[stage.NAME]` as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::config) struct RawStage {
    pub(super) command: Option<Vec<String>>,
    pub(super) shell: Option<String>,
    pub(super) files: Option<Vec<String>>,
    pub(super) exclude: Option<Vec<String>>,
    pub(super) export: Option<RawExport>,
    pub(super) export_with: Option<Vec<String>>,
    pub(super) format: Option<RawFormat>,
    pub(super) pattern: Option<String>,
    pub(super) map: Option<RawPointers>,
    pub(super) needs: Option<Vec<String>>,
    pub(super) env: Option<Vec<String>>,
    pub(super) set_env: Option<BTreeMap<String, String>>,
    pub(super) steered_by: Option<Vec<String>>,
    pub(super) runs_code: Option<bool>,
    pub(super) home: Option<bool>,
    pub(super) network: Option<bool>,
    pub(super) confine: Option<bool>,
    pub(super) timeout: Option<String>,
    pub(super) on_missing: Option<RawTrouble>,
    pub(super) on_error: Option<RawTrouble>,
    pub(super) on_timeout: Option<RawTrouble>,
    pub(super) after: Option<Vec<String>>,
    pub(super) priority: Option<i32>,
    pub(super) ok_exit_codes: Option<Vec<i32>>,
    pub(super) findings_exit_codes: Option<Vec<i32>>,
    pub(super) expect_report: Option<bool>,
    pub(super) failed_if: Option<OneOrMany>,
    pub(super) looked_if: Option<OneOrMany>,
    pub(super) failed_rules: Option<Vec<String>>,
    pub(super) looked_at: Option<OneOrMany>,
    pub(super) looked_with: Option<OneOrMany>,
    pub(super) skipped_at: Option<OneOrMany>,
    pub(super) looked_at_files: Option<OneOrMany>,
    pub(super) severity: Option<RawSeverity>,
    pub(super) severities: Option<BTreeMap<String, RawSeverity>>,
    pub(super) tier: Option<RawTier>,
    pub(super) kind: Option<RawKind>,
    pub(super) max_output: Option<u64>,
    pub(super) memory: Option<u64>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawExport {
    Tree,
    Files,
    None,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawFormat {
    Sarif,
    Json,
    JsonLines,
    Junit,
    Checkstyle,
    Regex,
    ExitCode,
    Plugin,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawTrouble {
    Warn,
    Block,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawKind {
    Code,
    Secrets,
}

/// JSON pointers, relative to a finding.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawPointers {
    #[serde(default)]
    pub(super) findings: String,
    pub(super) path: Option<OneOrMany>,
    pub(super) line: Option<OneOrMany>,
    pub(super) column: Option<OneOrMany>,
    pub(super) end_line: Option<OneOrMany>,
    pub(super) end_column: Option<OneOrMany>,
    pub(super) rule: Option<OneOrMany>,
    pub(super) message: Option<OneOrMany>,
    pub(super) severity: Option<OneOrMany>,
    pub(super) cwe: Option<OneOrMany>,
    pub(super) reference: Option<OneOrMany>,
    pub(super) fix: Option<OneOrMany>,
    pub(super) package: Option<OneOrMany>,
    pub(super) version: Option<OneOrMany>,
    pub(super) ecosystem: Option<OneOrMany>,
    pub(super) ids: Option<OneOrMany>,
}
