//! A change to gatehook's own files, which is a finding of its own: who reviews the change sees that it
//! also changes what is looked at.

use crate::config;
use crate::finding::{Advice, Confidence, Finding, Fingerprint, Salt};
use crate::paths::RepoPath;

/// Id of its findings.
pub const OWN_FILES: &str = "gatehook-configuration-changed";

/// One finding for each of `paths` that is a `gatehook.toml`, the baseline, or one of `others`.
pub fn own_files<'p>(
    paths: impl Iterator<Item = &'p RepoPath>,
    baseline: &str,
    others: &[String],
    salt: &Salt,
) -> Vec<Finding> {
    let is_own = |path: &RepoPath| {
        let bytes = path.as_bytes();
        let name = bytes.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
        name == config::FILE.as_bytes()
            || bytes == baseline.as_bytes()
            || others.iter().any(|other| bytes == other.as_bytes())
    };
    paths.filter(|path| is_own(path)).map(|path| finding(path, salt)).collect()
}

fn finding(path: &RepoPath, salt: &Salt) -> Finding {
    let fingerprint = Fingerprint::of_code(salt, OWN_FILES, path.as_bytes(), b"");
    Finding {
        title: "the change also changes what gatehook looks at".into(),
        confidence: Confidence::High,
        advice: Advice {
            why: "once merged, it decides what later changes are allowed; this run took the base's".into(),
            fix: "have somebody who answers for the configuration review it".into(),
            ..Advice::default()
        },
        ..Finding::new("ci", OWN_FILES, path.clone(), fingerprint)
    }
}
