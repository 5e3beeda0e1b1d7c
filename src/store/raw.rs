//! Findings as they are kept: JSON that only this version of gatehook reads.

use serde::{Deserialize, Serialize};

use crate::finding::model::FindingModel;

/// What is kept of a result. Whether a finding blocks is decided anew each time.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawKept {
    pub(super) files: usize,
    pub(super) findings: Vec<FindingModel>,
}
