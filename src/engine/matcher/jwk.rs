//! Private keys as JSON Web Keys (RFC 7517, RFC 7518 section 6): on one line or several, in strings, in code.
//!
//! Reads the object around `kty`, and in it the member that only a private key has: `d`, or `k` of a key of bytes.

use std::ops::Range;

use super::Candidate;
use crate::engine::validate::{Grade, Kind, is_placeholder, published};

/// Bytes either side of `kty` that are looked at.
const REACH: usize = 4096;
/// Characters without which a member is not a key: 128 bits.
const LEAST: usize = 22;

/// The candidate whose `kty` is at `hit`.
pub(super) fn read(text: &[u8], hit: &Range<usize>) -> Option<Candidate> {
    let open = opening(text, hit.start)?;
    let close = closing(text, hit.end)?;
    // `kty: "oct"`: all of the key is secret, and `d` means nothing.
    let behind = &text[hit.end..close.min(hit.end + 16)];
    let name = if memchr::memmem::find(behind, b"oct").is_some() { b'k' } else { b'd' };
    let value = member(text, open..close, name)?;
    let found = &text[value.clone()];
    if is_placeholder(found) || published::is_key(found) || distinct(found) < 12 {
        return None;
    }
    Some(Candidate::certain(open..close, value, Kind::Secret, Grade::Strong))
}

/// The digests of the private members in `text`, for `published-keys.txt`.
pub(in crate::engine) fn digests(text: &[u8]) -> Vec<String> {
    memchr::memmem::find_iter(text, b"kty")
        .filter_map(|at| {
            let (open, close) = (opening(text, at)?, closing(text, at)?);
            member(text, open..close, b'd').or_else(|| member(text, open..close, b'k'))
        })
        .map(|value| published::digest(&text[value]))
        .collect()
}

/// The brace that opens the object around `at`.
fn opening(text: &[u8], at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for here in (at.saturating_sub(REACH)..at).rev() {
        match text[here] {
            b'}' => depth += 1,
            b'{' if depth == 0 => return Some(here),
            b'{' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn closing(text: &[u8], at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (here, &byte) in text.iter().enumerate().take(at + REACH).skip(at) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(here),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The base64url value of the member called `name`.
fn member(text: &[u8], object: Range<usize>, name: u8) -> Option<Range<usize>> {
    for at in memchr::memchr_iter(name, &text[object.clone()]).map(|at| object.start + at) {
        if text[at - 1].is_ascii_alphanumeric() || matches!(text[at - 1], b'_' | b'-') {
            continue;
        }
        let Some(colon) = skip(text, at + 1, object.end, b"\"'\\ ") else { continue };
        if text[colon] != b':' {
            continue;
        }
        let Some(start) = skip(text, colon + 1, object.end, b"\"'\\ \n\t") else { continue };
        let length = text[start..object.end]
            .iter()
            .take_while(|&&byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            .count();
        let closes = text.get(start + length).is_some_and(|byte| matches!(byte, b'"' | b'\'' | b'\\' | b'='));
        if length >= LEAST && closes && matches!(text[start - 1], b'"' | b'\'') {
            return Some(start..start + length);
        }
    }
    None
}

/// The first of `from..to` that is none of `bytes`.
fn skip(text: &[u8], from: usize, to: usize, bytes: &[u8]) -> Option<usize> {
    (from..to.min(from + 64)).find(|&at| !bytes.contains(&text[at]))
}

fn distinct(value: &[u8]) -> usize {
    let mut seen = [false; 256];
    for &byte in value {
        seen[usize::from(byte)] = true;
    }
    seen.iter().filter(|&&here| here).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::placeholders::fill;

    fn value(text: &str) -> Option<&str> {
        let at = text.find("kty").expect("a type");
        read(text.as_bytes(), &(at..at + 3)).map(|found| &text[found.value])
    }

    #[test]
    fn private_members_are_read_and_public_keys_are_none() {
        let (d, x) = (fill("{base64url:43}", 1), fill("{base64url:43}", 2));
        for text in [
            format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","d":"{d}"}}"#),
            format!("{{\n  d: '{d}',\n  kty: 'OKP',\n  x: '{x}'\n}}"),
            format!(r#""{{\"kty\": \"EC\", \"d\": \"{d}\"}}""#),
            format!(r#"{{"use": {{"a": 1}}, "kty":"oct","k":"{d}"}}"#),
        ] {
            assert_eq!(value(&text), Some(&*d), "{text}");
        }
        for text in [
            format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{d}"}}"#),
            format!(r#"{{"kty":"oct","kid":"{x}","d":"{d}"}}"#),
            r#"{"kty":"EC","d":"..."}"#.to_owned(),
            format!(r#"kty = "EC", d = "{d}""#),
        ] {
            assert_eq!(value(&text), None, "{text}");
        }
    }
}
