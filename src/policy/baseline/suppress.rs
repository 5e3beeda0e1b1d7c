//! A baseline applied to findings: what it covers is `existing`.

use std::collections::{HashMap, HashSet};

use super::{BaselineError, Line, lines};
use crate::config::Day;
use crate::finding::{Finding, Fingerprint, State};
use crate::text::escape;

/// Entries named in a note, at most.
const NAMED: usize = 3;

/// What the findings are out of.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    /// Today, for entries that expire.
    pub today: Day,
    /// Whether the findings are all that there are: then what covers none of them is left over.
    pub whole: bool,
}

/// Marks those of `findings` that `text` covers, and says which entries expired or are left over.
///
/// The text is gone through once and nothing of it is kept, so that ten thousand entries cost a gate
/// next to nothing. Of the whole tree, a value that stands in another file than its entry says, and no
/// longer there, was moved and is covered too.
pub fn suppress(findings: &mut [Finding], text: &[u8], scope: Scope) -> Result<Vec<String>, BaselineError> {
    let mut places: HashMap<Fingerprint, Vec<usize>> = HashMap::new();
    for (at, finding) in findings.iter().enumerate() {
        places.entry(finding.fingerprint).or_default().push(at);
    }
    let mut left = Vec::new();
    let mut covering: HashMap<usize, Line<'_>> = HashMap::new();
    for line in lines(text) {
        let line = line?;
        let Some(same) = places.get(&line.fingerprint) else {
            if scope.whole {
                left.push(line);
            }
            continue;
        };
        let path = line.path();
        let mut covers = false;
        for &at in same.iter().filter(|&&at| findings[at].path.as_bytes() == &path[..]) {
            covers = true;
            let first = covering.entry(at).or_insert(line);
            if line.weight() < first.weight() {
                *first = line;
            }
        }
        if scope.whole && !covers {
            left.push(line);
        }
    }
    let holds = |line: &Line<'_>| line.expires.is_none_or(|last| scope.today <= last);
    let (mut expired, mut told_of) = (Vec::new(), HashSet::new());
    for (at, finding) in findings.iter_mut().enumerate() {
        match covering.get(&at) {
            Some(line) if holds(line) => set(finding, line, ""),
            // A line says so once, for however many places.
            Some(line) if finding.state == State::New && told_of.insert((line.fingerprint, &finding.path)) => {
                expired.push(*line);
            }
            _ => {}
        }
    }
    left.retain(|line| {
        let moved = places.get(&line.fingerprint).filter(|_| holds(line));
        let moved = moved.and_then(|same| same.iter().find(|&&at| findings[at].state == State::New));
        if let Some(&at) = moved {
            set(&mut findings[at], line, &format!(", moved from {}", escape(&line.path())));
        }
        moved.is_none()
    });
    let mut notes = Vec::new();
    notes.extend(told(&expired, "expired and no longer hold", "expired and no longer holds"));
    notes.extend(
        told(&left, "cover nothing any more", "covers nothing any more")
            .map(|note| format!("{note}; `gatehook baseline update` takes out what is gone")),
    );
    Ok(notes)
}

fn set(finding: &mut Finding, line: &Line<'_>, more: &str) {
    if finding.state == State::New {
        finding.state = State::Existing;
        let reason = line.reason();
        let why = if reason.is_empty() { String::new() } else { format!(": {reason}") };
        finding.reason = Some(format!("baseline{more}{why}"));
    }
}

fn told(lines: &[Line<'_>], several: &str, one: &str) -> Option<String> {
    let named: Vec<String> =
        lines.iter().take(NAMED).map(|line| format!("{} in {}", line.rule, escape(&line.path()))).collect();
    let more = if lines.len() > NAMED { ", …" } else { "" };
    match lines.len() {
        0 => None,
        1 => Some(format!("a line of the baseline {one} ({})", named[0])),
        many => Some(format!("{many} lines of the baseline {several} ({}{more})", named.join(", "))),
    }
}
