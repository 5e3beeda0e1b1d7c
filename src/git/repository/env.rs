//! What the environment says to git, taken once.
//!
//! Kept as a value, so that discovery is a function of a directory and this.

use std::ffi::{OsStr, OsString};

use crate::change::Oid;

/// The `GIT…` variables of a process.
#[derive(Clone, Debug, Default)]
pub struct Env(Vec<(OsString, OsString)>);

impl Env {
    /// Those of this process.
    pub fn of_process() -> Self {
        Self(std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"GIT")).collect())
    }

    /// The value of `name`, where it is set.
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_os_str())
    }

    /// Sets `name`.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.0.retain(|(own, _)| own != name);
        self.0.push((name.into(), value.into()));
        self
    }

    /// Whether variables configure something whose name holds one of `parts`: `git -c NAME=VALUE` and its kin.
    pub(in crate::git) fn configures(&self, parts: &[&str]) -> bool {
        self.0.iter().any(|(name, value)| {
            let name = name.as_encoded_bytes();
            // Whatever replaces all of the configuration may hold anything.
            name == b"GIT_CONFIG"
                || ((name == b"GIT_CONFIG_PARAMETERS" || name.starts_with(b"GIT_CONFIG_KEY_"))
                    && parts.iter().any(|part| value.to_ascii_lowercase().to_string_lossy().contains(part)))
        })
    }

    /// The commits that `git merge` names to its hooks as `GITHEAD_<oid>`: the parents of a merge
    /// that has no `MERGE_HEAD` yet. Sorted.
    pub(in crate::git) fn merge_heads(&self) -> Vec<Oid> {
        let hex = |name: &OsString| Oid::from_hex(name.as_encoded_bytes().strip_prefix(b"GITHEAD_")?);
        let mut heads: Vec<Oid> = self.0.iter().filter_map(|(name, _)| hex(name)).collect();
        heads.sort();
        heads
    }
}
