//! `rules.as-of`: built-in rules that are younger than the month that a configuration pins only warn.

use crate::finding::{Finding, Text, Tier};
use crate::rules::briefs;

/// Whether a rule joined after `month` (`2026-11`). A user's own rules are as old as their configuration.
pub fn is_newer_than_pin(rule: &str, month: &str) -> bool {
    // Months compare as texts.
    briefs().any(|own| own.id() == rule && own.since() > month)
}

/// Puts the findings of rules that joined after `month` into the warn tier, and names these rules.
pub fn warn_if_newer(findings: &mut [Finding], month: &str) -> Vec<Text> {
    let mut names: Vec<Text> = findings.iter().map(|finding| finding.rule.clone()).collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|name| is_newer_than_pin(name, month));
    findings.iter_mut().filter(|finding| names.contains(&finding.rule)).for_each(|finding| finding.tier = Tier::Warn);
    names
}
