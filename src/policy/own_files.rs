//! A change to gatehook's own files, which is a finding of its own: who reviews the change sees that it
//! also changes what is looked at.

use crate::config;
use crate::finding::{Advice, Confidence, Finding, Fingerprint, Salt, Text};
use crate::paths::RepoPath;

/// Id of its findings.
pub const OWN_FILES: &str = "gatehook-configuration-changed";

/// Id of the findings over files that steer a stage's tool.
pub const STEERING: &str = "stage-settings-changed";

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
    let title = "the change also changes what gatehook looks at";
    let why = "once merged, it decides what later changes are allowed; this run took the base's";
    paths.filter(|path| is_own(path)).map(|path| finding(OWN_FILES, path, title.into(), why, salt)).collect()
}

/// The finding for `path`, which steers the tools of `stages`.
pub fn steering(path: &RepoPath, stages: &[String], salt: &Salt) -> Finding {
    let title = format!("the change also changes what steers {}", stages.join(", "));
    let why =
        "once merged, it decides what the tool looks at, or what it runs; this run took the base's, if there is one";
    finding(STEERING, path, title.into(), why, salt)
}

fn finding(rule: &'static str, path: &RepoPath, title: Text, why: &'static str, salt: &Salt) -> Finding {
    let fingerprint = Fingerprint::of_code(salt, rule, path.as_bytes(), b"");
    Finding {
        title,
        confidence: Confidence::High,
        advice: Advice {
            why: why.into(),
            fix: "have an owner of the configuration review it".into(),
            ..Advice::default()
        },
        ..Finding::new("ci", rule, path.clone(), fingerprint)
    }
}
