//! Marks in comments by which other tools leave something out, for what they name where we know the counterpart.

use super::Resource;
use super::rules::Rule;

/// What stands before the names, for each tool.
const MARKS: [&str; 7] = [
    "checkov:skip=",
    "trivy:ignore:",
    "tfsec:ignore:",
    "hadolint ignore=",
    "kics-scan ignore",
    "zizmor: ignore[",
    "cfn-lint-ignore:",
];

/// Whether there is a mark in `text` at all.
pub(super) fn has_mark(text: &str) -> bool {
    MARKS.iter().any(|mark| text.contains(mark))
}

/// The mark that stands in the resource, or in the line above it or above the place, and names `rule`.
pub(super) fn mark(text: &str, resource: &Resource, line: u32, rule: &Rule) -> Option<String> {
    if rule.aka.is_empty() {
        return None;
    }
    let head = resource.node.spot().0.min(line);
    let (first, last) = (head.saturating_sub(1), resource.end.max(line));
    let lines = text.lines().zip(1_u32..).skip_while(|(_, number)| *number < first);
    for (text, _) in lines.take_while(|(_, number)| *number <= last) {
        let Some(comment) = text.find(['#', '/']).map(|at| &text[at..]) else { continue };
        for mark in MARKS {
            let Some((_, names)) = comment.split_once(mark) else { continue };
            let is = |name: &str| rule.aka.iter().any(|aka| aka.eq_ignore_ascii_case(name.trim()));
            let ends = |c: char| c == ',' || c == ']' || c == ':' || c.is_whitespace();
            if names.split(ends).any(is) {
                let said: String = comment.trim_start_matches(['#', '/', ' ']).chars().take(120).collect();
                return Some(said);
            }
        }
    }
    None
}
