//! User and password as two arguments: `HTTPBasicAuth("u", "p")`, `auth=("u", "p")`,
//! `new NetworkCredential("u", "p")`.

use std::ops::Range;

use super::Candidate;
use super::literal;
use crate::engine::facts::FileFacts;
use crate::engine::validate::{Kind, Place, grade};

/// Ends of names that take a user and a password.
const NAMES: &[&[u8]] = &[
    b"auth",
    b"authentication",
    b"authenticationtoken",
    b"authenticator",
    b"credential",
    b"credentials",
    b"creds",
    b"authenticate",
    b"basic_auth",
    b"credentials.basic",
];

/// The candidate behind the name that ends at `end`; its value begins at `at`, behind an operator.
pub(super) fn read(text: &[u8], name: &Range<usize>, at: usize, facts: &FileFacts) -> Option<Candidate> {
    let start = name.start;
    let mut at = blanks(text, at);
    // Ruby: `basic_auth 'u', 'p'`.
    let is_command = matches!(text.get(at), Some(b'"' | b'\'')) && text[..name.end].ends_with(b"basic_auth");
    if text[at - 1] != b'(' && !is_command {
        if !matches!(text.get(at), Some(b'(' | b'[')) {
            return None;
        }
        at = blanks(text, at + 1);
    }
    let lower = text[name.start.max(name.end.saturating_sub(24))..name.end].to_ascii_lowercase();
    if !NAMES.iter().any(|end| lower.ends_with(end)) {
        return None;
    }
    let user = literal::quoted(text, at)?;
    let mut behind = user.value.end + 1;
    behind = blanks(text, behind);
    if text.get(behind) != Some(&b',') {
        return None;
    }
    let password = literal::quoted(text, blanks(text, behind + 1))?;
    let closes = blanks(text, password.value.end + 1);
    let ends = if is_command {
        matches!(text.get(closes), None | Some(b'\n' | b'\r'))
    } else {
        matches!(text.get(closes), Some(b')' | b']'))
    };
    if !ends || text[user.value.clone()] == text[password.value.clone()] {
        return None;
    }
    let (name, at) = (&text[name.clone()], password.value.start);
    let place =
        Place { kind: Kind::Password, name, facts, style: password.style, compares: false, passes: false, text, at };
    let judged = grade(&text[password.value.clone()], &place)?;
    Some(Candidate::judged(start..password.value.end, password.value, Kind::Password, judged))
}

fn blanks(text: &[u8], from: usize) -> usize {
    let mut at = from;
    while matches!(text.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) && at < from + 64 {
        at += 1;
    }
    at
}
