//! Private keys in PEM and its kin: on lines of their own, in strings, with `\n` written out, quoted
//! in comments.
//!
//! Reads the body behind `-----BEGIN … PRIVATE KEY-----` and looks at its first bytes: a header
//! alone, or one with anything else behind it, is not a key. RFC 7468, RFC 4880 section 4.2, and
//! OpenSSH's PROTOCOL.key.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::Candidate;
use crate::engine::validate::{Grade, Kind, published};

/// Bytes behind the header that are looked at.
const REACH: usize = 16 * 1024;
/// Base64 characters without which a body is none.
const LEAST: usize = 40;

/// The key whose header has `PRIVATE KEY` at `hit`.
pub(super) fn read(text: &[u8], hit: &Range<usize>) -> Option<Candidate> {
    let low = hit.start.saturating_sub(24);
    let head = &text[low..hit.start];
    let begin = memchr::memmem::rfind(head, b"BEGIN ")?;
    let mut start = low + begin;
    if head[begin + 6..].iter().any(|byte| !byte.is_ascii_uppercase() && *byte != b' ') {
        return None;
    }
    let dashes = text[..start].iter().rev().take(5).take_while(|&&byte| byte == b'-').count();
    if dashes < 4 {
        return None;
    }
    start -= dashes;
    let behind = &text[hit.end..text.len().min(hit.end + REACH)];
    let behind = behind.strip_prefix(b" BLOCK").unwrap_or(behind);
    let behind = behind.strip_prefix(b"----")?;
    let body_start = text.len().min(hit.end + REACH) - behind.len();
    let (body, end) = body(text, body_start);
    if body.len() < LEAST {
        return None;
    }
    let bytes = STANDARD_NO_PAD.decode(&body[..body.len().min(64) / 4 * 4]).ok()?;
    let is_encrypted = memchr::memmem::find(&text[start..end], b"ENCRYPTED").is_some();
    if !(begins_like_a_key(&bytes) || (is_encrypted && begins_at_random(&bytes))) {
        return None;
    }
    // `MIIE…` and dots, or a line of it in a sentence: shortened for show.
    let is_closed =
        matches!(text.get(end..), Some([] | [b'=' | b'\n' | b'\r' | b'\\' | b'"' | b'\'' | b' ' | b'-', ..]));
    let is_whole = body.len() >= declared(&bytes) * 4 / 3;
    if !is_closed || !is_whole && ends_in_dots(&text[end..text.len().min(end + 48)]) {
        return None;
    }
    // What everybody has opens nothing. Any other key blocks in a test too: real ones leak there most.
    if published::is_key(&body) {
        return None;
    }
    let is_sample = is_encrypted || !is_whole;
    let grade = if is_sample { Grade::Weak } else { Grade::Strong };
    Some(Candidate::certain(start..end, start..end, Kind::Secret, grade))
}

/// The digests of the private keys in `text`, for `published-keys.txt`.
pub(in crate::engine) fn digests(text: &[u8]) -> Vec<String> {
    memchr::memmem::find_iter(text, b"PRIVATE KEY")
        .filter_map(|at| {
            let behind = text[at..].strip_prefix(b"PRIVATE KEY")?;
            let behind = behind.strip_prefix(b" BLOCK").unwrap_or(behind).strip_prefix(b"----")?;
            let (body, _) = body(text, text.len() - behind.len());
            (body.len() >= LEAST).then(|| published::digest(&body))
        })
        .collect()
}

/// The base64 characters of the body at `at`, and where it ends: the closing dashes, or anything
/// that belongs to no notation of a key.
fn body(text: &[u8], from: usize) -> (Vec<u8>, usize) {
    let mut body = Vec::with_capacity(2048);
    let last = text.len().min(from + REACH);
    let mut at = from;
    // A whole dashed header may take six dashes in some texts.
    while text.get(at) == Some(&b'-') {
        at += 1;
    }
    let mut end = at;
    let mut fresh = true;
    while at < last {
        let rest = &text[at..last];
        match rest[0] {
            b'\\' => {
                let length = match rest.get(1) {
                    Some(b'n' | b'r') => 2,
                    Some(b'\\') if matches!(rest.get(2), Some(b'n' | b'r')) => 3,
                    _ => 1,
                };
                at += length;
                fresh = true;
            }
            b'\n' | b'\r' => {
                at += 1;
                fresh = true;
            }
            // Comment marks, quotes and concatenation around each line.
            b'/' if fresh && rest.starts_with(b"//") => at += 2,
            b'+' if fresh && rest.get(1) == Some(&b' ') => at += 2,
            b' ' | b'\t' | b'"' | b'\'' | b'#' | b'*' | b',' | b';' | b'>' | b'`' | b'(' | b')' => {
                if rest.starts_with(b" +") || rest.starts_with(b"\" +") {
                    at += 1;
                    while at < last && matches!(text[at], b' ' | b'+' | b'\t') {
                        at += 1;
                    }
                } else {
                    at += 1;
                }
            }
            b'=' => at += 1,
            b'-' => break,
            byte if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/') => {
                let run = rest
                    .iter()
                    .take_while(|&&byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
                    .count();
                // `Proc-Type: 4,ENCRYPTED`, `Version: GnuPG`.
                if fresh && let Some(header) = header(rest) {
                    at += header;
                    continue;
                }
                body.extend_from_slice(&rest[..run]);
                at += run;
                end = at;
                fresh = false;
            }
            _ => break,
        }
    }
    (body, end)
}

/// Length of the header line that `rest` begins with.
fn header(rest: &[u8]) -> Option<usize> {
    let name = rest.iter().take(24).take_while(|&&byte| byte.is_ascii_alphabetic() || byte == b'-').count();
    if !rest[name..].starts_with(b": ") {
        return None;
    }
    let end = memchr::memchr2(b'\n', b'\\', rest)?;
    (end < 200).then_some(end)
}

/// Bytes that a DER sequence says it has.
fn declared(bytes: &[u8]) -> usize {
    match bytes {
        [0x30, 0x82, high, low, ..] => usize::from(*high) << 8 | usize::from(*low),
        [0x30, 0x81, length, ..] | [0x30, length @ 0..=0x7f, ..] => usize::from(*length),
        _ => 0,
    }
}

fn ends_in_dots(rest: &[u8]) -> bool {
    let rest = rest.trim_ascii_start();
    rest.starts_with(b".") || rest.starts_with("…".as_bytes())
}

fn begins_like_a_key(bytes: &[u8]) -> bool {
    match bytes {
        // DER: a sequence.
        [0x30, length, 0x02 | 0x30, ..] if *length < 0x80 => *length > 0x20,
        // With a longer length, or OpenPGP: a secret-key packet, old and new form.
        [0x30, 0x80..=0x83, ..] | [0x94..=0x97 | 0xc5, ..] => true,
        _ => bytes.starts_with(b"openssh-key-v1"),
    }
}

/// Ciphertext: many different bytes.
fn begins_at_random(bytes: &[u8]) -> bool {
    let mut seen = [false; 256];
    for &byte in bytes {
        seen[usize::from(byte)] = true;
    }
    seen.iter().filter(|&&here| here).count() * 4 > bytes.len() * 3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::placeholders::fill;

    fn found(text: &str) -> bool {
        let at = text.find("PRIVATE KEY").expect("a header");
        read(text.as_bytes(), &(at..at + 11)).is_some()
    }

    #[test]
    fn keys_are_read_in_every_notation() {
        let pem = fill("{pem:RSA PRIVATE KEY}", 1);
        let lines: Vec<&str> = pem.lines().collect();
        assert!(found(&pem));
        assert!(found(&format!("key = \"{}\"", pem.replace('\n', "\\n"))));
        assert!(found(&format!("{{\"k\": \"{}\"}}", pem.replace('\n', "\\\\n"))));
        assert!(found(&lines.iter().map(|line| format!("  \"{line}\\n\" +\n")).collect::<String>()));
        assert!(found(&lines.iter().map(|line| format!("# {line}\n")).collect::<String>()));
        assert!(found(&lines.iter().map(|line| format!("// {line}\n")).collect::<String>()));
    }

    #[test]
    fn a_header_alone_is_no_key() {
        assert!(!found("if text.startswith('-----BEGIN RSA PRIVATE KEY-----'):\n    return load(text)\n"));
        assert!(!found("-----BEGIN PRIVATE KEY-----\nanything\n-----END PRIVATE KEY-----"));
        assert!(!found("-----BEGIN PRIVATE KEY-----\\n...\\n-----END PRIVATE KEY-----\\n"));
        assert!(!found("-----BEGIN OPENSSH PRIVATE KEY----------END OPENSSH PRIVATE KEY-----"));
    }
}
