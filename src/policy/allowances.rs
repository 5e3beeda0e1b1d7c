//! `[[allow]]` tables applied to findings.

use crate::config::{Allow, Day};
use crate::finding::{Finding, State};
use crate::paths;

/// Marks the findings that an allowance covers, and says which allowances have expired.
pub fn apply(findings: &mut [Finding], allow: &[Allow], today: Day) -> Vec<String> {
    let mut notes = Vec::new();
    for entry in allow {
        if let Some(expires) = entry.expires.filter(|&last| last < today) {
            let covered = findings.iter().filter(|finding| covers(entry, finding)).count();
            if covered > 0 {
                notes.push(format!("an allowance expired on {expires} and no longer holds: {}", entry.reason));
            }
            continue;
        }
        for finding in findings.iter_mut().filter(|finding| finding.state != State::Allowed && covers(entry, finding)) {
            finding.state = State::Allowed;
            finding.reason = Some(entry.reason.clone());
        }
    }
    notes
}

fn covers(entry: &Allow, finding: &Finding) -> bool {
    let print = finding.fingerprint.to_string();
    let any = |list: &[String], holds: &dyn Fn(&str) -> bool| list.is_empty() || list.iter().any(|own| holds(own));
    any(&entry.rules, &|rule| finding.rule == rule)
        && any(&entry.paths, &|glob| paths::matches(glob, finding.path.as_bytes()))
        && any(&entry.fingerprints, &|own| print.starts_with(own))
}
