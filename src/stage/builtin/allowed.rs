//! Allowances in the source: which findings a comment covers, and comments that allow nothing.

use crate::engine::Match;
use crate::finding::{Finding, State};
use crate::policy;
use crate::rules::RuleSet;
use crate::text::line_bounds;

/// The rule for a `gatehook:allow` that names no rule there is. Its pattern finds every name; only
/// here is it known which exist.
const UNKNOWN: &str = "allow-unknown-rule";

/// Marks the `findings` (one a match) that a comment on their line or the line above allows.
pub(super) fn inline(text: &[u8], rules: &RuleSet, matches: &[Match], findings: &mut [Finding]) {
    for (found, finding) in matches.iter().zip(findings) {
        let line = line_bounds(text, found.at.start);
        let above = line.start.checked_sub(1).map(|newline| &text[line_bounds(text, newline)]);
        let rule = &rules[found.rule];
        if finding.rule.starts_with("allow-") {
            continue;
        }
        if let Some(mark) = policy::marks(&text[line], above).into_iter().find(|mark| mark.covers(rule)) {
            finding.state = State::Allowed;
            finding.reason = Some(mark.reason.unwrap_or_else(|| policy::NO_REASON.to_owned()));
        }
    }
}

/// Drops the matches of [`UNKNOWN`] whose every name is a rule.
pub(super) fn check_marks(text: &[u8], rules: &RuleSet, matches: &mut Vec<Match>) {
    matches.retain(|found| {
        if rules[found.rule].id != UNKNOWN {
            return true;
        }
        let line = &text[line_bounds(text, found.span.start)];
        let named = policy::marks(line, None).into_iter().filter(|mark| mark.pack.is_none());
        // `stage/RULE` is the name of an external tool's rule, which only that tool knows.
        named.flat_map(|mark| mark.rules).any(|id| rules.find(&id).is_none() && !id.contains('/'))
    });
}
