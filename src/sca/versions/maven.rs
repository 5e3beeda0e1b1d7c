//! Maven's versions, after `org.apache.maven.artifact.versioning.ComparableVersion`
//! (<https://maven.apache.org/pom.html#version-order-specification>): a tree of numbers and words, known words before and after the release.

use std::cmp::Ordering;

use super::by_value;

/// The words that Maven knows, oldest first; the empty one is the release.
const QUALIFIERS: [&str; 7] = ["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"];
const RELEASE: usize = 5;
/// Deepest nesting that is followed.
const DEEPEST: usize = 64;

#[derive(Debug)]
enum Part {
    Number(String),
    Word(String),
    /// A word with a number directly behind it, as `rc1`.
    Both(String, String),
    List(Vec<Self>),
}

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    if a.trim().is_empty() || b.trim().is_empty() {
        return None;
    }
    Some(lists(&read(a.trim())?, &read(b.trim())?))
}

/// How words are ordered: known ones by their place, unknown ones behind all of them by their letters.
fn rank(word: &str) -> (usize, &str) {
    if matches!(word, "ga" | "final" | "release") {
        return (RELEASE, "");
    }
    match QUALIFIERS.iter().position(|known| *known == word) {
        Some(at) => (at, ""),
        None => (QUALIFIERS.len(), word),
    }
}

fn lists(a: &[Part], b: &[Part]) -> Ordering {
    for at in 0..a.len().max(b.len()) {
        let order = match (a.get(at), b.get(at)) {
            (Some(a), Some(b)) => parts(a, b),
            (Some(a), None) => beyond(a),
            (None, Some(b)) => beyond(b).reverse(),
            (None, None) => Ordering::Equal,
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

/// How a part stands to nothing at all.
fn beyond(part: &Part) -> Ordering {
    match part {
        Part::Number(number) => by_value(number, "0"),
        Part::Word(word) | Part::Both(word, _) => rank(word).cmp(&(RELEASE, "")),
        Part::List(list) => list.iter().map(beyond).find(|order| *order != Ordering::Equal).unwrap_or(Ordering::Equal),
    }
}

fn parts(a: &Part, b: &Part) -> Ordering {
    use Part::{Both, List, Number, Word};
    match (a, b) {
        (Number(a), Number(b)) => by_value(a, b),
        (Number(_), _) => Ordering::Greater,
        (_, Number(_)) => Ordering::Less,
        (List(a), List(b)) => lists(a, b),
        (List(_), _) => Ordering::Greater,
        (_, List(_)) => Ordering::Less,
        (Word(a), Word(b)) => rank(a).cmp(&rank(b)),
        (Word(a), Both(b, _)) => rank(a).cmp(&rank(b)).then(Ordering::Less),
        (Both(a, _), Word(b)) => rank(a).cmp(&rank(b)).then(Ordering::Greater),
        (Both(a, number_a), Both(b, number_b)) => rank(a).cmp(&rank(b)).then_with(|| by_value(number_a, number_b)),
    }
}

fn word(text: &str, before_number: bool) -> String {
    match text {
        "a" if before_number => "alpha",
        "b" if before_number => "beta",
        "m" if before_number => "milestone",
        "cr" => "rc",
        text => text,
    }
    .to_owned()
}

fn part(both: bool, digits: bool, text: &str) -> Part {
    if both {
        let text = text.replace('-', "");
        let at = text.bytes().position(|byte| byte.is_ascii_digit()).unwrap_or(0);
        return Part::Both(word(&text[..at], true), text[at..].to_owned());
    }
    if digits { Part::Number(text.trim_start_matches('0').to_owned()) } else { Part::Word(word(text, false)) }
}

fn read(text: &str) -> Option<Vec<Part>> {
    let text = text.to_lowercase();
    // The lists that are open, outermost first; a list is put into the one before it when it ends.
    let mut open: Vec<Vec<Part>> = vec![Vec::new()];
    let (mut digits, mut both, mut start) = (false, false, 0);
    let push = |open: &mut Vec<Vec<Part>>, part| {
        if let Some(last) = open.last_mut() {
            last.push(part);
        }
    };
    let filled = |open: &[Vec<Part>]| open.last().is_some_and(|list| !list.is_empty());
    for (at, character) in text.char_indices() {
        match character {
            '.' => {
                let item = if at == start { Part::Number(String::new()) } else { part(both, digits, &text[start..at]) };
                push(&mut open, item);
                both = false;
                start = at + 1;
            }
            '-' => {
                if at == start {
                    push(&mut open, Part::Number(String::new()));
                } else {
                    if !digits && text.as_bytes().get(at + 1).is_some_and(u8::is_ascii_digit) {
                        both = true;
                        continue;
                    }
                    push(&mut open, part(both, digits, &text[start..at]));
                }
                start = at + 1;
                if filled(&open) {
                    open.push(Vec::new());
                }
                both = false;
            }
            '0'..='9' => {
                if !digits && at > start {
                    both = true;
                    if filled(&open) {
                        open.push(Vec::new());
                    }
                }
                digits = true;
            }
            _ => {
                if digits && at > start {
                    push(&mut open, part(both, true, &text[start..at]));
                    start = at;
                    open.push(Vec::new());
                    both = false;
                }
                digits = false;
            }
        }
        if open.len() > DEEPEST {
            return None;
        }
    }
    if text.len() > start {
        if !digits && filled(&open) {
            open.push(Vec::new());
        }
        push(&mut open, part(both, digits, &text[start..]));
    }
    while open.len() > 1 {
        let list = normalised(open.pop()?);
        push(&mut open, Part::List(list));
    }
    open.pop().map(normalised)
}

/// Drops zeros and empty parts at the end of a list and before words.
fn normalised(mut list: Vec<Part>) -> Vec<Part> {
    for at in (0..list.len()).rev() {
        let null = match &list[at] {
            Part::Number(number) => number.is_empty(),
            Part::Word(word) => word.is_empty(),
            Part::Both(..) => false,
            Part::List(list) => list.is_empty(),
        };
        let droppable = match list.get(at + 1) {
            None | Some(Part::Word(_)) => true,
            Some(Part::List(inner)) => matches!(inner.first(), Some(Part::Word(_) | Part::Both(..))),
            Some(_) => false,
        };
        if null && droppable {
            list.remove(at);
        }
    }
    list
}
