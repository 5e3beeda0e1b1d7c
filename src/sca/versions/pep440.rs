//! Python's versions: PEP 440 (<https://packaging.python.org/en/latest/specifications/version-specifiers/>), and for what it
//! does not read the order of setuptools' `parse_version` before PEP 440, all of it below every version that PEP 440 reads.

use std::cmp::Ordering;

use super::by_value;

#[derive(Default)]
struct Version<'a> {
    epoch: &'a str,
    release: Vec<&'a str>,
    /// 0 alpha, 1 beta, 2 candidate.
    pre: Option<(u8, &'a str)>,
    post: Option<&'a str>,
    dev: Option<&'a str>,
    local: Vec<&'a str>,
}

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (low_a, low_b) = (a.trim().to_ascii_lowercase(), b.trim().to_ascii_lowercase());
    if low_a.is_empty() || low_b.is_empty() {
        return None;
    }
    Some(match (read(&low_a), read(&low_b)) {
        (Some(a), Some(b)) => ordered(&a, &b),
        (Some(_), None) => Ordering::Greater,
        (None, Some(_)) => Ordering::Less,
        (None, None) => legacy(&low_a).cmp(&legacy(&low_b)),
    })
}

pub(super) fn is_prerelease(text: &str) -> bool {
    let low = text.trim().to_ascii_lowercase();
    read(&low).is_some_and(|version| version.pre.is_some() || version.dev.is_some())
}

fn ordered(a: &Version<'_>, b: &Version<'_>) -> Ordering {
    by_value(a.epoch, b.epoch)
        .then_with(|| {
            (0..a.release.len().max(b.release.len()))
                .map(|at| by_value(a.release.get(at).unwrap_or(&""), b.release.get(at).unwrap_or(&"")))
                .find(|order| *order != Ordering::Equal)
                .unwrap_or(Ordering::Equal)
        })
        .then_with(|| {
            // Below every pre-release stands a bare development release, above all of them the release.
            let rank = |version: &Version<'_>| match version.pre {
                Some((kind, _)) => 1 + kind,
                None if version.post.is_none() && version.dev.is_some() => 0,
                None => 4,
            };
            rank(a).cmp(&rank(b)).then_with(|| by_value(a.pre.map_or("", |pre| pre.1), b.pre.map_or("", |pre| pre.1)))
        })
        .then_with(|| match (a.post, b.post) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a), Some(b)) => by_value(a, b),
        })
        .then_with(|| match (a.dev, b.dev) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(a), Some(b)) => by_value(a, b),
        })
        .then_with(|| {
            let (mut left, mut right) = (a.local.iter(), b.local.iter());
            loop {
                let order = match (left.next(), right.next()) {
                    (None, None) => return Ordering::Equal,
                    (None, Some(_)) => return Ordering::Less,
                    (Some(_), None) => return Ordering::Greater,
                    (Some(a), Some(b)) => match (super::is_digits(a), super::is_digits(b)) {
                        (true, true) => by_value(a, b),
                        (true, false) => Ordering::Greater,
                        (false, true) => Ordering::Less,
                        (false, false) => a.cmp(b),
                    },
                };
                if order != Ordering::Equal {
                    return order;
                }
            }
        })
}

/// The digits that `text` begins with, and the rest.
fn digits(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

/// A word of `words`, perhaps behind one separator, and a number behind it, perhaps behind one separator.
fn labelled<'a>(text: &'a str, words: &[(&str, u8)]) -> Option<(u8, &'a str, &'a str)> {
    let bare = text.strip_prefix(['.', '-', '_']).unwrap_or(text);
    let (word, kind) = words.iter().find(|(word, _)| bare.starts_with(word))?;
    let rest = &bare[word.len()..];
    // A separator that no number follows belongs to the word all the same: PEP 440's expression reads it so.
    let (number, after) = digits(rest.strip_prefix(['.', '-', '_']).unwrap_or(rest));
    Some((*kind, if number.is_empty() { "0" } else { number }, after))
}

fn read(text: &str) -> Option<Version<'_>> {
    let mut rest = text.strip_prefix('v').unwrap_or(text);
    let mut version = Version::default();
    let (first, after) = digits(rest);
    if let (false, Some(after)) = (first.is_empty(), after.strip_prefix('!')) {
        version.epoch = first;
        rest = after;
    }
    loop {
        let (number, after) = digits(rest);
        if number.is_empty() {
            return None;
        }
        version.release.push(number);
        rest = after;
        match rest.strip_prefix('.') {
            Some(next) if next.starts_with(|c: char| c.is_ascii_digit()) => rest = next,
            _ => break,
        }
    }
    let pre = [("alpha", 0), ("a", 0), ("beta", 1), ("b", 1), ("preview", 2), ("pre", 2), ("rc", 2), ("c", 2)];
    if let Some((kind, number, after)) = labelled(rest, &pre) {
        version.pre = Some((kind, number));
        rest = after;
    }
    let bare = rest.strip_prefix('-').map(digits).filter(|(number, _)| !number.is_empty());
    if let Some((number, after)) = bare {
        version.post = Some(number);
        rest = after;
    } else if let Some((_, number, after)) = labelled(rest, &[("post", 0), ("rev", 0), ("r", 0)]) {
        version.post = Some(number);
        rest = after;
    }
    if let Some((_, number, after)) = labelled(rest, &[("dev", 0)]) {
        version.dev = Some(number);
        rest = after;
    }
    if let Some(local) = rest.strip_prefix('+') {
        version.local = local.split(['.', '-', '_']).collect();
        if version.local.iter().any(|part| part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
            return None;
        }
        rest = "";
    }
    rest.is_empty().then_some(version)
}

/// The key of setuptools' old order: numbers padded, words behind a star, zeros before a word dropped.
fn legacy(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut push = |part: &str| {
        let part = match part {
            "" | "." => return,
            "pre" | "preview" | "rc" => "c",
            "-" => "final-",
            "dev" => "@",
            part => part,
        };
        let key =
            if part.starts_with(|c: char| c.is_ascii_digit()) { format!("{part:0>8}") } else { format!("*{part}") };
        if key.starts_with('*') {
            if key.as_str() < "*final" {
                while parts.last().is_some_and(|last| last == "*final-") {
                    parts.pop();
                }
            }
            while parts.last().is_some_and(|last| last == "00000000") {
                parts.pop();
            }
        }
        parts.push(key);
    };
    let kind = |c: char| match c {
        '0'..='9' => 0,
        'a'..='z' => 1,
        '.' => 2,
        '-' => 3,
        _ => 4,
    };
    let mut start = 0;
    let mut last = None;
    for (at, character) in text.char_indices() {
        let this = kind(character);
        if last.is_some_and(|last| last != this || this == 2 || this == 3) {
            push(&text[start..at]);
            start = at;
        }
        last = Some(this);
    }
    push(&text[start..]);
    push("final");
    parts
}
