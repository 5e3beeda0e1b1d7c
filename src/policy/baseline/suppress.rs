//! A baseline applied to findings: what it covers is `existing`.

use std::collections::HashMap;

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
    let (mut expired, mut left) = (Vec::new(), Vec::new());
    for line in lines(text) {
        let line = line?;
        let held = line.expires.is_none_or(|last| scope.today <= last);
        let Some(same) = places.get(&line.fingerprint) else {
            if scope.whole {
                left.push(line);
            }
            continue;
        };
        let path = line.path();
        let mut covers = false;
        for &at in same {
            let finding = &mut findings[at];
            if finding.path.as_bytes() == &path[..] {
                covers = true;
                if held {
                    set(finding, &line, "");
                }
            }
        }
        match (covers, held) {
            (true, false) => expired.push(line),
            (false, _) if scope.whole => left.push(line),
            _ => {}
        }
    }
    left.retain(|line| {
        let held = line.expires.is_none_or(|last| scope.today <= last);
        let moved = places.get(&line.fingerprint).filter(|_| held);
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
