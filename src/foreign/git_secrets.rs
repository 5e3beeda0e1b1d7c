//! git-secrets: `secrets.*` in git's configuration, and `.gitallowed`.
//!
//! Format: the README of <https://github.com/awslabs/git-secrets>. Patterns are those of `grep -E`.

use super::NO_VALUES;
use super::own_rule::{Foreign, own_rule};
use super::pattern::Dialect;
use super::plan::{Became, Plan, Write};

/// Reads what `git config --null --get-regexp '^secrets\.'` prints: a key, a line feed, its value, NUL.
pub(super) fn read(text: &str) -> Plan {
    let mut plan = Plan::default();
    let (mut patterns, mut allows) = (0, 0);
    for entry in text.split('\0').filter(|entry| !entry.is_empty()) {
        let (key, value) = entry.split_once('\n').unwrap_or((entry, ""));
        match key.to_ascii_lowercase().as_str() {
            "secrets.patterns" => {
                patterns += 1;
                pattern(patterns, value, &mut plan);
            }
            "secrets.allowed" => {
                allows += 1;
                allowed(&format!("secrets.allowed {allows}"), 0, value, &mut plan);
            }
            "secrets.providers" => {
                let became =
                    if value.contains("git secrets --aws-provider") || value.contains("git-secrets --aws-provider") {
                        Became::covered("gatehook's AWS rules look for keys of every account")
                    } else {
                        Became::refused(
                            "it is a command, and gatehook runs none that a configuration names",
                            "run it yourself and write what it prints as a [[rule]]: rules/README.md",
                        )
                    };
                plan.add("secrets.providers", 0, became);
            }
            key => plan.unknown(key, 0),
        }
    }
    plan
}

/// Reads `.gitallowed`: a pattern a line, `#` begins a comment.
pub(super) fn allowed_file(text: &str) -> Plan {
    let mut plan = Plan::default();
    for (number, line) in (1..).zip(text.lines()) {
        if !line.trim().is_empty() && !line.starts_with('#') {
            allowed(&format!("pattern in line {number}"), number, line, &mut plan);
        }
    }
    plan
}

/// The patterns that `git secrets --register-aws` adds are known by what the README says of them.
fn of_aws(pattern: &str) -> Option<&'static str> {
    if pattern.contains("AKIA") && pattern.contains("[A-Z0-9]{16}") {
        Some("aws-access-key-id")
    } else if pattern.contains("{40}") && pattern.to_ascii_lowercase().contains("aws") {
        Some("aws-secret-access-key")
    } else {
        None
    }
}

fn pattern(number: usize, value: &str, plan: &mut Plan) {
    let what = format!("secrets.patterns {number}");
    if let Some(ours) = of_aws(value) {
        return plan.add(what, 0, Became::covered(format!("gatehook's own `{ours}` looks for it")));
    }
    let id = format!("git-secrets-pattern-{number}");
    let description = format!("Prohibited pattern {number} of git-secrets");
    let foreign =
        Foreign { tool: "git-secrets", id: &id, description: &description, regex: value, ..Foreign::default() };
    match own_rule(&foreign, Dialect::Posix) {
        Ok((rule, notes)) => plan.noted(what, 0, Became::Written(vec![Write::Rule(Box::new(rule))]), notes),
        Err(became) => plan.add(what, 0, became),
    }
}

/// They are matched against `file:line:text` of each finding.
fn allowed(what: &str, line: u32, value: &str, plan: &mut Plan) {
    // The two keys that AWS's documentation shows, which `--register-aws` allows.
    let example = value.ends_with("EXAMPLE") || value.ends_with("EXAMPLEKEY");
    let became = if example {
        Became::covered("gatehook knows the keys of AWS's documentation")
    } else {
        Became::refused(NO_VALUES.0, NO_VALUES.1)
    };
    plan.add(what, line, became);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_become_rules_and_providers_are_never_run() {
        let text = "secrets.providers\ngit secrets --aws-provider\0secrets.patterns\n(A3T[A-Z0-9]|AKIA|ASIA)[A-Z0-9]{16}\0secrets.patterns\nacme[-_]token=[[:alnum:]]{20}\0secrets.allowed\nXEXAMPLE\0secrets.providers\ncat x\0secrets.allowed\nfoo\0";
        let plan = read(text);
        let told: Vec<&str> = plan
            .entries
            .iter()
            .map(|entry| match entry.became {
                Became::Written(_) => "written",
                Became::Covered(_) => "covered",
                Became::Refused { .. } => "refused",
                Became::Accepted(_) => "accepted",
            })
            .collect();
        assert_eq!(told, ["covered", "covered", "written", "covered", "refused", "refused"]);
        assert_eq!(allowed_file("# x\n\nfoo\r\n").entries[0].line, 3);
    }
}
