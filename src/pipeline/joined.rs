//! What several tools say of the same place and the same weakness is one finding that names them all; so is what they say of the
//! same package under the same advisory.

use std::collections::HashMap;

use crate::finding::{Finding, State, Text};
use crate::paths::RepoPath;

/// Joins `findings`, which are sorted by path and place: those that stand in the same line of the same file
/// and share a CWE become the first of them.
pub(super) fn join(findings: Vec<Finding>) -> Vec<Finding> {
    let findings = join_packages(findings);
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

/// Joins what several tools say of one package: the stage's own finding takes in the others'.
fn join_packages(findings: Vec<Finding>) -> Vec<Finding> {
    let (ours, theirs): (Vec<Finding>, Vec<Finding>) = findings
        .into_iter()
        .partition(|finding| finding.package.is_none() || finding.ids.is_empty() || finding.tools.is_empty());
    if theirs.is_empty() {
        return ours;
    }
    let mut all = ours;
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, finding) in all.iter().enumerate() {
        if let Some(package) = finding.package.as_ref().filter(|_| !finding.ids.is_empty()) {
            by_name.entry(plain(&package.name)).or_default().push(at);
        }
    }
    for finding in theirs {
        let name = finding.package.as_ref().map(|package| plain(&package.name)).unwrap_or_default();
        let places = by_name.entry(name).or_default();
        let same = places.iter().copied().find(|at| are_one_package(&all[*at], &finding));
        match same {
            Some(at) => {
                let one = &mut all[at];
                for id in &finding.ids {
                    if !one.ids.contains(id) {
                        one.ids.push(id.clone());
                    }
                }
                // The stage `sca` knows both sides of the change: whether it is new, it says.
                let own = (one.tools.is_empty(), one.state, one.reason.clone(), one.severity, one.tier);
                absorb(one, finding);
                if own.0 {
                    (one.state, one.reason, one.severity, one.tier) = (own.1, own.2, own.3, own.4);
                }
            }
            None => {
                places.push(all.len());
                all.push(finding);
            }
        }
    }
    all.sort_by(super::gather::in_order);
    all
}

/// A package's name as all registries would compare it.
fn plain(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', '.'], "-")
}

/// The same advisory for the same package of the same project. What a tool leaves out (version, path) does not tell two apart.
fn are_one_package(one: &Finding, other: &Finding) -> bool {
    let (Some(first), Some(second)) = (&one.package, &other.package) else { return false };
    let same =
        |a: &str, b: &str| a.is_empty() || b.is_empty() || a.trim_start_matches('v') == b.trim_start_matches('v');
    let folder = |finding: &Finding| {
        let path = finding.path.as_bytes();
        // A tool that names no file has its own name there.
        (!path.starts_with(b"stage "))
            .then(|| path.rsplitn(2, |byte| *byte == b'/').nth(1).unwrap_or_default().to_vec())
    };
    let several = one.tools.is_empty() || other.tools.iter().any(|tool| !one.tools.contains(tool));
    several
        && one.ids.iter().any(|id| other.ids.iter().any(|own| own.eq_ignore_ascii_case(id)))
        && same(&first.ecosystem, &second.ecosystem)
        && same(&first.version, &second.version)
        && match (folder(one), folder(other)) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        }
}

/// Takes what `sast` says of a line into what a pattern of `insecure` says of it, where both name the same weakness: the
/// pattern keeps its name, its marks and its fingerprint, and gets the way and the higher tier.
pub(super) fn own(findings: Vec<Finding>) -> Vec<Finding> {
    if !findings.iter().any(|finding| finding.stage == "sast") {
        return findings;
    }
    let (flows, mut all): (Vec<Finding>, Vec<Finding>) =
        findings.into_iter().partition(|finding| finding.stage == "sast");
    let mut at: HashMap<(RepoPath, u32), Vec<usize>> = HashMap::new();
    for (number, finding) in all.iter().enumerate().filter(|(_, finding)| finding.stage == "insecure") {
        at.entry((finding.path.clone(), finding.place.line)).or_default().push(number);
    }
    for flow in flows {
        let near = at.get(&(flow.path.clone(), flow.place.line)).map_or(&[][..], Vec::as_slice);
        let same = |at: &&usize| all[**at].cwe.iter().any(|cwe| flow.cwe.contains(cwe));
        let Some(pattern) = near.iter().find(same).map(|at| &mut all[*at]) else {
            all.push(flow);
            continue;
        };
        if flow.state == State::New {
            pattern.tier = pattern.tier.max(flow.tier);
            pattern.severity = pattern.severity.max(flow.severity);
            pattern.confidence = pattern.confidence.max(flow.confidence);
        }
        if pattern.related.is_empty() {
            pattern.related = flow.related;
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
            one.advice.fix = "fix it".into();
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
        assert_eq!((&one.advice.fix[..], one.cwe.len(), &one.reason), ("fix it", 2, &None));
    }

    fn package(stage: &'static str, path: &str, version: &'static str, ids: &[&'static str]) -> Finding {
        let mut finding = finding(stage, 0, &[], |one| {
            one.ids = ids.iter().map(|id| Text::from(*id)).collect();
            one.package = Some(crate::finding::Package {
                ecosystem: "PyPI".into(),
                name: if stage == "sca" { "zope.interface" } else { "zope-interface" }.into(),
                version: version.into(),
                ..crate::finding::Package::default()
            });
        });
        finding.path = RepoPath::from(path);
        if stage == "sca" {
            finding.tools = Vec::new();
        }
        finding
    }

    #[test]
    fn one_package_under_one_advisory_is_one_finding() {
        let ids = ["GHSA-a", "CVE-1"];
        let joined = join(vec![
            package("pip-audit", "requirements.txt", "1.0", &["PYSEC-1", "CVE-1"]),
            package("sca", "poetry.lock", "1.0", &ids),
            package("grype", "stage grype", "", &["ghsa-A"]),
        ]);
        assert_eq!(joined.len(), 1);
        assert_eq!((&joined[0].stage[..], joined[0].ids.len()), ("sca", 4));
        assert_eq!(joined[0].tools, ["sca", "pip-audit", "grype"]);
        // Two tools without the stage are one too; another version, folder or advisory is another finding.
        let two = vec![package("pip-audit", "a", "1.0", &ids), package("safety", "b", "1.0", &["CVE-1"])];
        assert_eq!(join(two).len(), 1);
        let apart = vec![
            package("sca", "poetry.lock", "1.0", &ids),
            package("pip-audit", "requirements.txt", "2.0", &ids),
            package("safety", "docs/requirements.txt", "1.0", &ids),
            package("grype", "stage grype", "1.0", &["CVE-2"]),
        ];
        assert_eq!(join(apart).len(), 4);
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
