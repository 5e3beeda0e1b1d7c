//! Alpine's versions, after apk-package(5) and version 3 of apk-tools (<https://gitlab.alpinelinux.org/alpine/apk-tools>):
//! `number{.number}…{letter}{_suffix{number}}…{~hash}{-r#}`, as Gentoo orders them: a number behind a dot that begins with a zero
//! is compared as text, suffixes of pre-releases are older than the end.

use std::cmp::Ordering;

use super::by_value;

/// What may stand in a version. Where two versions differ in kind, the one whose kind comes first here is the newer one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    First,
    Number,
    Letter,
    Suffix,
    SuffixNumber,
    Hash,
    Revision,
    End,
}

/// Suffixes in order; those before `NONE` make a pre-release.
const SUFFIXES: [&str; 10] = ["alpha", "beta", "pre", "rc", "", "cvs", "svn", "git", "hg", "p"];
const NONE: usize = 4;

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (left, right) = (parts(a.trim())?, parts(b.trim())?);
    for (a, b) in left.iter().zip(&right) {
        let order = match (a.0, b.0) {
            (Kind::Suffix, kind) if kind != Kind::Suffix && suffix(a.1) < NONE => Ordering::Less,
            (kind, Kind::Suffix) if kind != Kind::Suffix && suffix(b.1) < NONE => Ordering::Greater,
            (x, y) if x != y => y.cmp(&x),
            (Kind::Number, _) if a.1.starts_with('0') || b.1.starts_with('0') => a.1.cmp(b.1),
            (Kind::First | Kind::Number | Kind::SuffixNumber | Kind::Revision, _) => by_value(a.1, b.1),
            (Kind::Suffix, _) => suffix(a.1).cmp(&suffix(b.1)),
            _ => a.1.cmp(b.1),
        };
        if order != Ordering::Equal {
            return Some(order);
        }
    }
    Some(Ordering::Equal)
}

fn suffix(word: &str) -> usize {
    SUFFIXES.iter().position(|known| *known == word).unwrap_or(NONE)
}

/// The run at the start of `text` whose bytes are all `of`, and the rest.
fn run(text: &str, of: fn(&u8) -> bool) -> Option<(&str, &str)> {
    let end = text.bytes().position(|byte| !of(&byte)).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// The parts of a version, an end behind the last; `None` where it is none.
fn parts(text: &str) -> Option<Vec<(Kind, &str)>> {
    let (first, mut rest) = run(text, u8::is_ascii_digit)?;
    let mut all = vec![(Kind::First, first)];
    let mut last = Kind::First;
    while let Some(next) = rest.bytes().next() {
        let (kind, value, after) = match next {
            b'a'..=b'z' if last <= Kind::Number => (Kind::Letter, &rest[..1], &rest[1..]),
            b'.' if last <= Kind::Number => {
                let (value, after) = run(&rest[1..], u8::is_ascii_digit)?;
                (Kind::Number, value, after)
            }
            b'_' if last <= Kind::SuffixNumber => {
                let (value, after) = run(&rest[1..], u8::is_ascii_lowercase)?;
                if !SUFFIXES.contains(&value) {
                    return None;
                }
                (Kind::Suffix, value, after)
            }
            b'0'..=b'9' if last == Kind::Suffix => {
                let (value, after) = run(rest, u8::is_ascii_digit)?;
                (Kind::SuffixNumber, value, after)
            }
            b'~' if last < Kind::Hash => {
                let (value, after) = run(&rest[1..], u8::is_ascii_hexdigit)?;
                (Kind::Hash, value, after)
            }
            b'-' if last < Kind::Revision => {
                let (value, after) = run(rest.strip_prefix("-r")?, u8::is_ascii_digit)?;
                (Kind::Revision, value, after)
            }
            _ => return None,
        };
        all.push((kind, value));
        last = kind;
        rest = after;
    }
    all.push((Kind::End, ""));
    Some(all)
}
