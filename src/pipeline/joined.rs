//! What several tools say of the same place and the same weakness is one finding that names them all.

use std::collections::HashMap;

use crate::finding::{Finding, State, Text};
use crate::paths::RepoPath;

/// Joins `findings`, which are sorted by path and place: those that stand in the same line of the same file
/// and share a CWE become the first of them.
pub(super) fn join(findings: Vec<Finding>) -> Vec<Finding> {
    let mut all: Vec<Finding> = Vec::with_capacity(findings.len());
    let mut at: HashMap<(RepoPath, u32), Vec<usize>> = HashMap::new();
    for finding in findings {
        if finding.cwe.is_empty() || finding.place.line == 0 {
            all.push(finding);
            continue;
        }
        let places = at.entry((finding.path.clone(), finding.place.line)).or_default();
        // A value is what it is, and in each commit by itself.
        let same = places.iter().copied().find(|&other| are_one(&all[other], &finding));
        match same {
            Some(other) => {
                // What gatehook found itself says why and how to mend it.
                let (first, second) = if finding.tools.is_empty() && !all[other].tools.is_empty() {
                    let second = std::mem::replace(&mut all[other], finding);
                    (&mut all[other], second)
                } else {
                    (&mut all[other], finding)
                };
                absorb(first, second);
            }
            None => {
                places.push(all.len());
                all.push(finding);
            }
        }
    }
    all
}

fn are_one(one: &Finding, other: &Finding) -> bool {
    let tools =
        |finding: &Finding| if finding.tools.is_empty() { vec![finding.stage.clone()] } else { finding.tools.clone() };
    let several = tools(other).iter().any(|tool| !tools(one).contains(tool));
    several
        && one.commit == other.commit
        && one.masked.is_empty()
        && other.masked.is_empty()
        && one.cwe.iter().any(|cwe| other.cwe.contains(cwe))
}

/// The stronger of both in all that counts.
fn absorb(one: &mut Finding, other: Finding) {
    let own: Vec<Text> = if one.tools.is_empty() { vec![one.stage.clone()] } else { one.tools.clone() };
    let others = if other.tools.is_empty() { vec![other.stage.clone()] } else { other.tools };
    one.tools = own;
    for tool in others {
        if !one.tools.contains(&tool) {
            one.tools.push(tool);
        }
    }
    one.severity = one.severity.max(other.severity);
    one.tier = one.tier.max(other.tier);
    one.confidence = one.confidence.max(other.confidence);
    // New wins: what one tool calls old may have become worse for the other. What is allowed by name is
    // allowed under that name only.
    if one.state != State::New && other.state == State::New {
        one.state = State::New;
        one.reason = None;
    }
    if one.excerpt.lines.is_empty() {
        one.excerpt = other.excerpt;
    }
    let mut cwe = one.cwe.to_vec();
    cwe.extend(other.cwe.iter().filter(|id| !one.cwe.contains(id)).cloned());
    one.cwe = cwe.into();
    for (mine, theirs) in [
        (&mut one.advice.why, other.advice.why),
        (&mut one.advice.fix, other.advice.fix),
        (&mut one.advice.reference, other.advice.reference),
    ] {
        if mine.is_empty() {
            *mine = theirs;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Confidence, Fingerprint, Place, Salt, Severity};

    fn finding(stage: &'static str, line: u32, cwe: &[&'static str], edit: impl FnOnce(&mut Finding)) -> Finding {
        let fingerprint = Fingerprint::of_code(&Salt::default(), stage, b"a.py", b"x");
        let mut finding = Finding {
            title: stage.into(),
            severity: Severity::Low,
            confidence: Confidence::Low,
            place: Place { line, column: 1, end_line: line, end_column: 2 },
            cwe: cwe.iter().map(|id| Text::from(*id)).collect(),
            state: State::Existing,
            reason: Some("old".to_owned()),
            tools: if stage == "insecure" { Vec::new() } else { vec![stage.into()] },
            ..Finding::new(stage, stage, RepoPath::from("a.py"), fingerprint)
        };
        edit(&mut finding);
        finding
    }

    #[test]
    fn the_stronger_of_two_holds_and_our_own_speaks() {
        let new = |one: &mut Finding| {
            one.state = State::New;
            one.severity = Severity::High;
            one.advice.fix = "mend it".into();
        };
        let joined = join(vec![
            finding("bandit", 3, &["CWE-95", "CWE-78"], new),
            finding("insecure", 3, &["CWE-95"], |_| {}),
            finding("semgrep", 3, &["CWE-78"], |_| {}),
        ]);
        assert_eq!(joined.len(), 1);
        let one = &joined[0];
        assert_eq!((&one.rule[..], one.state, one.severity), ("insecure", State::New, Severity::High));
        assert_eq!(one.tools, ["insecure", "bandit", "semgrep"]);
        assert_eq!((&one.advice.fix[..], one.cwe.len(), &one.reason), ("mend it", 2, &None));
    }

    #[test]
    fn what_differs_in_place_weakness_commit_or_value_stays_apart() {
        let all = vec![
            finding("a", 3, &["CWE-1"], |_| {}),
            finding("b", 4, &["CWE-1"], |_| {}),
            finding("c", 3, &["CWE-2"], |_| {}),
            finding("d", 3, &["CWE-1"], |one| one.commit = Some("1".to_owned())),
            finding("e", 3, &["CWE-1"], |one| one.masked = "****".to_owned()),
            finding("f", 0, &["CWE-1"], |_| {}),
            finding("g", 3, &[], |_| {}),
            // Two of one tool are two.
            finding("a", 3, &["CWE-1"], |_| {}),
        ];
        assert_eq!(join(all.clone()).len(), all.len());
    }
}
