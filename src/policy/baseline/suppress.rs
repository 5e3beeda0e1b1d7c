//! A baseline applied to findings: what it covers is `existing`.

use std::collections::{HashMap, HashSet};

use super::{BaselineError, BaselineLine, lines};
use crate::config::Day;
use crate::finding::{Finding, Fingerprint, State, stretch_all};
use crate::text::escape;

/// Entries named in a note, at most.
const NAMED: usize = 3;

/// Values that are compared with lines though there are no more of these, at most.
const SPARE: usize = 64;

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
    stretch(findings, text)?;
    let mut places = places(findings);
    let mut left = Vec::new();
    let mut covering: HashMap<usize, BaselineLine<'_>> = HashMap::new();
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
    let holds = |line: &BaselineLine<'_>| line.expires.is_none_or(|last| scope.today <= last);
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
    if stretch_moved(findings, &left) {
        places = self::places(findings);
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
    let quick = |(at, line): &(&usize, &BaselineLine<'_>)| {
        findings[**at].is_chosen() && findings[**at].quick_name() == Some(line.fingerprint)
    };
    let quick: Vec<BaselineLine<'_>> = covering.iter().filter(quick).map(|(_, line)| *line).collect();
    notes.extend(
        told(&quick, "tell so much that the values can be guessed", "tells so much that the value can be guessed")
            .map(|note| format!("{note}; `gatehook baseline update` rewrites it")),
    );
    notes.extend(told(&expired, "expired and no longer hold", "expired and no longer holds"));
    notes.extend(
        told(&left, "cover nothing any more", "covers nothing any more")
            .map(|note| format!("{note}; `gatehook baseline update` takes out what is gone")),
    );
    Ok(notes)
}

/// Which findings have a name, of those names that are known so far.
fn places(findings: &[Finding]) -> HashMap<Fingerprint, Vec<usize>> {
    let mut places: HashMap<Fingerprint, Vec<usize>> = HashMap::new();
    for (at, finding) in findings.iter().enumerate() {
        for name in finding.names() {
            places.entry(name).or_default().push(at);
        }
    }
    places
}

/// Findings without a slow name, and lines that may know them by it.
type Open<'f> = (Vec<&'f Finding>, usize);

/// Makes the slow names of findings that a line of the baseline may know: those of its rule in its file, twice as many as
/// there are such lines, and some.
fn stretch(findings: &[Finding], text: &[u8]) -> Result<(), BaselineError> {
    let is_open = |finding: &&Finding| finding.state == State::New && finding.can_be_stretched();
    let mut open: HashMap<&str, HashMap<&[u8], Open<'_>>> = HashMap::new();
    for finding in findings.iter().filter(is_open) {
        let files = open.entry(&finding.rule).or_default();
        files.entry(finding.path.as_bytes()).or_default().0.push(finding);
    }
    if open.is_empty() {
        return Ok(());
    }
    // What is known without goes out: lines of tokens, and those of versions before 0.1.
    let known = places(findings);
    for line in lines(text) {
        let line = line?;
        if !known.contains_key(&line.fingerprint)
            && let Some(files) = open.get_mut(line.rule)
            && let Some((_, lines)) = files.get_mut(&line.path()[..])
        {
            *lines += 1;
        }
    }
    let due = open.into_values().flat_map(HashMap::into_values).filter(|(_, lines)| *lines > 0);
    stretch_all(due.flat_map(|(findings, lines)| findings.into_iter().take(SPARE + 2 * lines)));
    Ok(())
}

/// The same for lines that cover nothing where they say: what they name may stand in another file by now.
fn stretch_moved(findings: &[Finding], left: &[BaselineLine<'_>]) -> bool {
    let mut rules: HashMap<&str, usize> = HashMap::new();
    for line in left {
        *rules.entry(line.rule).or_default() += 1;
    }
    let mut due = Vec::new();
    for finding in findings.iter().filter(|finding| finding.state == State::New && finding.can_be_stretched()) {
        let Some(lines) = rules.get(&*finding.rule) else { continue };
        if due.len() < SPARE + 2 * lines {
            due.push(finding);
        }
    }
    stretch_all(due.iter().copied());
    !due.is_empty()
}

fn set(finding: &mut Finding, line: &BaselineLine<'_>, more: &str) {
    if finding.state == State::New {
        finding.state = State::Existing;
        let reason = line.reason();
        let why = if reason.is_empty() { String::new() } else { format!(": {reason}") };
        finding.reason = Some(format!("baseline{more}{why}"));
    }
}

fn told(lines: &[BaselineLine<'_>], several: &str, one: &str) -> Option<String> {
    let named: Vec<String> =
        lines.iter().take(NAMED).map(|line| format!("{} in {}", line.rule, escape(&line.path()))).collect();
    let more = if lines.len() > NAMED { ", …" } else { "" };
    match lines.len() {
        0 => None,
        1 => Some(format!("a line of the baseline {one} ({})", named[0])),
        many => Some(format!("{many} lines of the baseline {several} ({}{more})", named.join(", "))),
    }
}
