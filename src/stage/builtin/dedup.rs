//! One flaw, one finding: an insecure pattern that two rules describe is recognized by the stronger one.

use crate::engine::Match;
use crate::rules::{Rule, RuleSet};

/// Matches before another that may still overlap it, at most: more only means that one is reported twice.
const NEAR: usize = 16;

/// Drops of two overlapping matches of insecure patterns that name the same CWE the weaker one: the
/// lower tier, then severity, then confidence. Of equals the first rule stays.
pub(super) fn drop_weaker(rules: &RuleSet, matches: &mut Vec<Match>) {
    if matches.len() < 2 {
        return;
    }
    let mut order: Vec<usize> = (0..matches.len()).filter(|&at| matches[at].secret.is_none()).collect();
    order.sort_by_key(|&at| (matches[at].span.start, matches[at].rule));
    let mut weaker = vec![false; matches.len()];
    for (number, &at) in order.iter().enumerate() {
        for &before in &order[number.saturating_sub(NEAR)..number] {
            let (one, other) = (&matches[before], &matches[at]);
            let rules = (&rules[one.rule], &rules[other.rule]);
            if weaker[before] || weaker[at] || one.span.end <= other.span.start || !is_same(rules.0, rules.1) {
                continue;
            }
            weaker[if strength(rules.0) >= strength(rules.1) { at } else { before }] = true;
        }
    }
    let mut number = 0..;
    matches.retain(|_| number.next().is_none_or(|at: usize| !weaker[at]));
}

/// Whether two rules describe the same flaw. A rule says nothing twice of its own accord.
fn is_same(one: &Rule, other: &Rule) -> bool {
    one.id != other.id && one.cwe.iter().any(|cwe| other.cwe.contains(cwe))
}

fn strength(rule: &Rule) -> (impl Ord, impl Ord, impl Ord) {
    (rule.tier, rule.severity, rule.confidence)
}
