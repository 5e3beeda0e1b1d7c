//! A JSON report, which `gitleaks --baseline-path` takes as a baseline.

use std::collections::BTreeSet;

use super::ignore::fingerprint;
use crate::document::{Node, Value};
use crate::foreign::plan::{Became, Known, Plan, Spot};
use crate::foreign::{ForeignError, names};
use crate::text::Secret;

/// Keys of a finding: those that are used, and those that have no counterpart in a baseline.
const KEYS: &[&str] = &[
    "RuleID",
    "Description",
    "StartLine",
    "EndLine",
    "StartColumn",
    "EndColumn",
    "Match",
    "Secret",
    "File",
    "SymlinkFile",
    "Commit",
    "Link",
    "Entropy",
    "Author",
    "Email",
    "Date",
    "Message",
    "Tags",
    "Fingerprint",
    "Line",
];

/// Reads a report.
pub(in crate::foreign) fn report(text: &str) -> Result<Plan, ForeignError> {
    let root = Node::from_json(text)?;
    if !matches!(root.value, Value::List(_) | Value::Null) {
        return Err(ForeignError::Form { line: 1, message: "no list of findings, as gitleaks writes it".to_owned() });
    }
    let mut plan = Plan::default();
    let mut unknown = BTreeSet::new();
    for (number, node) in (1..).zip(root.members()) {
        unknown.extend(node.pairs().iter().map(|(key, _)| key.as_str()).filter(|key| !KEYS.contains(key)));
        let (rule, file) = (node.text_of("RuleID"), node.text_of("File"));
        let line: Option<u32> = node.number_of("StartLine");
        let (Some(line), false) = (line, file.is_empty()) else {
            let why = "it has no `File` or no `StartLine`: no finding of gitleaks 8";
            plan.add(format!("finding {number}"), 0, Became::refused(why, ""));
            continue;
        };
        let place = format!("`{rule}` at {file}:{line}");
        let named = fingerprint(node.text_of("Fingerprint"));
        let commit = node.text_of("Commit").to_ascii_lowercase();
        let commit = Some(commit).filter(|id| id.len() >= 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
        plan.add(
            place,
            0,
            Became::Accepted(Box::new(Spot {
                commit: commit.or_else(|| named.and_then(|spot| spot.commit)),
                path: Some(file.replace('\\', "/")),
                line: Some(line),
                rules: names::of_gitleaks(rule),
                only: Vec::new(),
                value: value(node.text_of("Secret")),
                settled: false,
            })),
        );
    }
    for key in unknown {
        plan.unknown(key, 0);
    }
    Ok(plan)
}

/// What the report tells of the value: nothing where it was redacted.
fn value(secret: &str) -> Known {
    let redacted = secret.is_empty() || secret.contains("REDACTED") || secret.ends_with("...");
    if redacted { Known::Nothing } else { Known::Text(Secret::new(secret.as_bytes())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_are_places_with_or_without_their_value() {
        let text = r#"[{"RuleID":"github-pat","File":"a.py","StartLine":3,"Secret":"hunter2","Commit":""},
            {"RuleID":"x","File":"b.py","StartLine":1,"Secret":"REDACTED","Novelty":1}, {"rule":"old"}]"#;
        let plan = report(text).unwrap();
        let spots: Vec<&Box<Spot>> = plan
            .entries
            .iter()
            .filter_map(|entry| match &entry.became {
                Became::Accepted(spot) => Some(spot),
                _ => None,
            })
            .collect();
        assert!(matches!(spots[0].value, Known::Text(_)) && matches!(spots[1].value, Known::Nothing));
        assert_eq!(spots[0].rules, ["github-personal-access-token"]);
        assert_eq!(plan.entries.len(), 2 + 1 + 2, "an odd finding, two unknown keys");
        assert!(!format!("{plan:?}").contains("hunter2"));
        assert!(report("{}").is_err() && report("[").is_err() && report("[]").unwrap().entries.is_empty());
    }
}
