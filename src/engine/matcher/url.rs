//! A password in an address: `scheme://user:password@host`.
//!
//! Reads from `://` to the end of the authority: in nearly every address there is no `@`.

use std::ops::Range;

use super::Candidate;
use crate::engine::facts::FileFacts;
use crate::engine::validate::{Grade, Kind, certain};

/// Bytes that user and password may have.
const REACH: usize = 256;

/// The candidate whose address has `://` at `hit`.
pub(super) fn read(text: &[u8], hit: &Range<usize>, facts: &FileFacts) -> Option<Candidate> {
    let last = text.len().min(hit.end + REACH);
    let mut end = hit.end;
    let mut at_sign = None;
    while end < last {
        match text[end] {
            b'@' => at_sign = Some(end),
            b'/' | b'?' | b'#' | b'"' | b'\'' | b'`' | b'<' | b'>' | b'|' | b'\\' => break,
            byte if !(b'!'..=b'~').contains(&byte) => break,
            _ => {}
        }
        end += 1;
    }
    let at_sign = at_sign?;
    let colon = hit.end + memchr::memchr(b':', &text[hit.end..at_sign])?;
    let (user, value, host) = (&text[hit.end..colon], &text[colon + 1..at_sign], &text[at_sign + 1..end]);
    // A port and a path that holds an `@` are no password.
    if value.is_empty() || host.is_empty() || value.iter().all(|byte| byte.is_ascii_digit() && host.len() < 3) {
        return None;
    }
    let first = *host.first()?;
    if !(first.is_ascii_alphanumeric() || matches!(first, b'[' | b'$' | b'{' | b'%' | b'_' | b'(' | b'-')) {
        return None;
    }
    let mut start = hit.start;
    while start > 0
        && (text[start - 1].is_ascii_alphanumeric() || matches!(text[start - 1], b'+' | b'-' | b'.'))
        && hit.start - start < 24
    {
        start -= 1;
    }
    if start == hit.start {
        return None;
    }
    let grade = graded(user, value, host, &text[end..text.len().min(end + REACH)], facts)?;
    Some(Candidate::certain(start..end, colon + 1..at_sign, Kind::Password, grade))
}

fn graded(user: &[u8], value: &[u8], host: &[u8], rest: &[u8], facts: &FileFacts) -> Option<Grade> {
    if value == user || memchr::memchr2(b'{', b'$', host).is_some() && memchr::memchr2(b'{', b'$', value).is_some() {
        return None;
    }
    let grade = certain(value, facts)?;
    // Nobody has an account there (RFC 2606), but names of hosts are also changed where passwords are not.
    let lower = host.to_ascii_lowercase();
    let is_nowhere =
        memchr::memmem::find(&lower, b"example.").is_some() || lower.starts_with(b"my-") || lower.starts_with(b"your");
    if is_nowhere && (grade == Grade::Weak || value.contains(&b'%')) {
        return None;
    }
    // `postgres:airflow@postgres/airflow`: named after what it opens.
    let is_named = value.len() >= 4 && memchr::memmem::find(host, value).is_some()
        || rest.len() > value.len() && rest[1..].starts_with(value);
    Some(if is_nowhere || is_sample(host) || is_named || facts.test || facts.prose || facts.locale {
        Grade::Weak
    } else {
        grade
    })
}

/// Hosts that stand in examples.
fn is_sample(host: &[u8]) -> bool {
    let lower = host.to_ascii_lowercase();
    [
        &b"example"[..],
        b"localhost",
        b"127.0.0.1",
        b"host",
        b"server",
        b"domain",
        b"foo",
        b"bar",
        b"test",
        b"0.0.0.0",
        b"[::1]",
        b"some",
        b"xxx",
        b"x.com",
        b"a.com",
        b"abc.",
    ]
    .iter()
    .any(|word| lower.starts_with(word))
}
