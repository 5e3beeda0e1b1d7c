//! A change to gatehook's own files, which is a finding of its own: who reviews the change sees that it
//! also changes what is looked at.

use crate::config;
use crate::finding::{Advice, Confidence, Excerpt, Finding, Fingerprint, Place, Salt, Severity, State, Tier};
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
    Finding {
        rule: OWN_FILES.into(),
        title: "the change also changes what gatehook looks at".into(),
        stage: "ci".into(),
        severity: Severity::Medium,
        tier: Tier::Warn,
        confidence: Confidence::High,
        path: path.clone(),
        place: Place::default(),
        fingerprint: Fingerprint::of_code(salt, OWN_FILES, path.as_bytes(), b""),
        masked: String::new(),
        excerpt: Excerpt::default(),
        cwe: Vec::new().into(),
        owasp: Vec::new().into(),
        advice: Advice {
            why: "once merged, it decides what later changes are allowed; this run took the base's".into(),
            fix: "have somebody who answers for the configuration review it".into(),
            ..Advice::default()
        },
        commit: None,
        author: None,
        state: State::New,
        reason: None,
        encoding: Vec::new(),
        tools: Vec::new(),
        package: None,
    }
}
