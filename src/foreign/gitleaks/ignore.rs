//! `.gitleaksignore`: a fingerprint a line, `commit:file:rule:line` or `file:rule:line`.

use crate::foreign::names;
use crate::foreign::plan::{Became, Known, Plan, Spot};

/// Reads an ignore file.
pub(in crate::foreign) fn ignore(text: &str) -> Plan {
    let mut plan = Plan::default();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.split(" #").next().unwrap_or_default().trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let became = match fingerprint(line) {
            Some(spot) => Became::Accepted(Box::new(spot)),
            None => Became::refused("it is no fingerprint of gitleaks, as `commit:file:rule:line`", ""),
        };
        plan.add(format!("`{}`", line.chars().take(200).collect::<String>()), number, became);
    }
    plan
}

/// The place that a fingerprint names. Read from its end: a path may hold colons.
pub(super) fn fingerprint(text: &str) -> Option<Spot> {
    let (rest, line) = text.rsplit_once(':')?;
    let (rest, rule) = rest.rsplit_once(':')?;
    let line: u32 = line.parse().ok().filter(|&line| line > 0)?;
    let is_id = |text: &&str| (40..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let (commit, path) = match rest.split_once(':').filter(|(id, _)| is_id(id)) {
        Some((commit, path)) => (Some(commit.to_ascii_lowercase()), path),
        None => (None, rest),
    };
    let path = path.strip_prefix("./").unwrap_or(path);
    (!path.is_empty() && !rule.is_empty()).then(|| Spot {
        commit,
        path: Some(path.to_owned()),
        line: Some(line),
        rules: names::of_gitleaks(rule),
        only: Vec::new(),
        value: Known::Nothing,
        settled: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_fingerprint_are_read() {
        let id = "cd5226711335c68be1e720b318b7bc3135a30eb2";
        let long = fingerprint(&format!("{id}:cmd/a:b.go:github-pat:37")).unwrap();
        assert_eq!((long.commit.as_deref(), long.path.as_deref(), long.line), (Some(id), Some("cmd/a:b.go"), Some(37)));
        assert_eq!(long.rules, ["github-personal-access-token"]);
        let short = fingerprint("config.yml:acme:3").unwrap();
        assert!(short.commit.is_none() && short.rules.is_empty());
        for wrong in ["", "a", "a:b", "a:b:c", "::1", "a:b:0", ":b:1"] {
            assert!(fingerprint(wrong).is_none(), "{wrong}");
        }
        let plan = ignore("# why\n\na.py:aws-access-token:1 # old\r\nnonsense\n");
        assert_eq!(plan.entries.len(), 2);
        assert_eq!(plan.entries[1].line, 4);
        assert!(matches!(plan.entries[1].became, Became::Refused { .. }));
    }
}
