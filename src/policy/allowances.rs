//! `[[allow]]` tables applied to findings.

use crate::config::{Allow, Day, Rank};
use crate::finding::{Finding, State};
use crate::paths;

/// Whether a rule took part in a run, by its id.
pub type TookPart<'r> = &'r dyn Fn(&str) -> bool;

/// Marks the findings that an allowance covers, and says which allowances have expired.
///
/// Where the findings are all that there are, `whole` tells which rules took part: then allowances of
/// the repository that cover nothing are said too.
pub fn apply(findings: &mut [Finding], allow: &[Allow], today: Day, whole: Option<TookPart<'_>>) -> Vec<String> {
    let mut notes = Vec::new();
    for entry in allow {
        if is_past(entry, today) {
            continue;
        }
        let mut used = false;
        for finding in findings.iter_mut().filter(|finding| covers(entry, finding)) {
            used = true;
            if finding.state != State::Allowed {
                finding.state = State::Allowed;
                finding.reason = Some(entry.reason.clone());
            }
        }
        // A user's and an organisation's speak of many repositories.
        if !used
            && matches!(entry.rank, None | Some(Rank::Repository))
            && whole.is_some_and(|ran| entry.rules.iter().all(|rule| ran(rule)))
        {
            notes.push(format!("an allowance covers nothing: {}", entry.reason));
        }
    }
    for entry in allow.iter().filter(|entry| is_past(entry, today)) {
        // What another allowance covers by now is nobody's concern.
        if let Some(last) = entry.expires
            && findings.iter().any(|finding| finding.state != State::Allowed && covers(entry, finding))
        {
            notes.push(format!("an allowance expired on {last} and no longer holds: {}", entry.reason));
        }
    }
    notes
}

/// Whom findings are allowed by that a gate lets pass, as one line; `None` where nothing is.
pub fn allowed_by(findings: &[Finding], allow: &[Allow], today: Day) -> Option<String> {
    /// Named, at most.
    const NAMED: usize = 3;
    let mut by: Vec<(String, usize)> = Vec::new();
    for finding in findings.iter().filter(|finding| finding.state == State::Allowed) {
        let table = allow.iter().find(|entry| !is_past(entry, today) && covers(entry, finding));
        let reason = finding.reason.as_deref().unwrap_or_default();
        let who = match table {
            Some(entry) => format!("{} ({})", entry.file, entry.reason),
            None if reason.starts_with('`') => format!("{reason} ({}:{})", finding.path, finding.place.line),
            None => format!("a comment in {}:{} ({reason})", finding.path, finding.place.line),
        };
        match by.iter_mut().find(|(known, _)| *known == who) {
            Some((_, number)) => *number += 1,
            None => by.push((who, 1)),
        }
    }
    let all: usize = by.iter().map(|(_, number)| number).sum();
    let named: Vec<&str> = by.iter().take(NAMED).map(|(who, _)| who.as_str()).collect();
    let more = if by.len() > NAMED { format!(" and {} more", by.len() - NAMED) } else { String::new() };
    let plural = if all == 1 { "" } else { "s" };
    (all > 0).then(|| format!("{all} finding{plural} allowed by {}{more}", named.join(", ")))
}

fn is_past(entry: &Allow, today: Day) -> bool {
    entry.expires.is_some_and(|last| last < today)
}

/// Whether `entry` speaks of `finding`.
pub fn covers(entry: &Allow, finding: &Finding) -> bool {
    // Most entries name a rule or a path; only what is left is worth a fingerprint's digits.
    let any = |list: &[String], holds: &dyn Fn(&str) -> bool| list.is_empty() || list.iter().any(|own| holds(own));
    entry.stage.is_none_or(|stage| finding.stage == stage.word())
        && any(&entry.rules, &|rule| finding.rule == rule)
        && any(&entry.paths, &|glob| paths::matches(glob, finding.path.as_bytes()))
        && (entry.fingerprints.is_empty() || {
            let print = finding.fingerprint.to_string();
            entry.fingerprints.iter().any(|own| print.starts_with(own))
        })
}
