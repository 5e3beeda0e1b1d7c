//! Values of a Kubernetes `Secret`: base64 under `data:`, which hides nothing.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Candidate;
use crate::engine::facts::FileFacts;
use crate::engine::validate::{Grade, Kind, certain, is_placeholder};
use crate::text::line_bounds;

/// Bytes of a manifest that are looked at, either side.
const REACH: usize = 8 * 1024;

/// The most telling value under the `data:` at `hit`.
pub(super) fn read(text: &[u8], hit: &Range<usize>, facts: &FileFacts) -> Option<Candidate> {
    let line = line_bounds(text, hit.start);
    let indent = hit.start - line.start;
    if !text[line.start..hit.start].iter().all(|&byte| byte == b' ' || byte == b'\t')
        || !text[hit.end..line.end].trim_ascii().is_empty()
    {
        return None;
    }
    let last = text.len().min(hit.end + REACH);
    let mut best: Option<Candidate> = None;
    let mut at = line.end + 1;
    while at < last {
        let line = line_bounds(text, at);
        let content = text[line.clone()].trim_ascii_start();
        let here = line.len() - content.len();
        at = line.end + 1;
        if content.is_empty() || content.starts_with(b"#") {
            continue;
        }
        if here <= indent {
            break;
        }
        let value = value(text, &line);
        let Some(grade) = graded(&text[value.clone()], facts) else { continue };
        if best.as_ref().is_none_or(|best| best.grade == Some(Grade::Weak) && grade == Grade::Strong) {
            best = Some(Candidate::certain(hit.start..value.end, value, Kind::Secret, grade));
        }
    }
    // Last, for it reads all of the document.
    best.filter(|_| is_secret(text, hit))
}

/// Whether the document around `hit` says `kind: Secret`.
fn is_secret(text: &[u8], hit: &Range<usize>) -> bool {
    let low = hit.start.saturating_sub(REACH);
    let high = text.len().min(hit.end + REACH);
    let start = memchr::memmem::rfind(&text[low..hit.start], b"\n---").map_or(low, |found| low + found);
    let end = memchr::memmem::find(&text[hit.end..high], b"\n---").map_or(high, |found| hit.end + found);
    text[start..end].split(|&byte| byte == b'\n').any(|line| {
        let Some(kind) = line.trim_ascii().strip_prefix(b"kind:") else { return false };
        let kind = kind.trim_ascii();
        let bare = kind.strip_prefix(b"\"").or_else(|| kind.strip_prefix(b"'")).unwrap_or(kind);
        bare.len() >= 6
            && bare[..6].eq_ignore_ascii_case(b"secret")
            && !bare.get(6).is_some_and(u8::is_ascii_alphabetic)
    })
}

/// What stands behind the colon of a line, or the whole of a line in a block.
fn value(text: &[u8], line: &Range<usize>) -> Range<usize> {
    let colon = memchr::memmem::find(&text[line.clone()], b": ").map_or(line.start, |colon| line.start + colon + 2);
    let skip = |byte: &u8| matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'\r');
    let start = colon + text[colon..line.end].iter().take_while(|byte| skip(byte)).count();
    let end = line.end - text[start..line.end].iter().rev().take_while(|byte| skip(byte)).count();
    start..end
}

fn graded(value: &[u8], facts: &FileFacts) -> Option<Grade> {
    if value.len() < 8 {
        return None;
    }
    let decoded = STANDARD.decode(value).ok()?;
    let decoded = decoded.trim_ascii_end();
    let is_text = decoded.iter().all(|byte| (b' '..=b'~').contains(byte) || byte.is_ascii_whitespace());
    if !is_text {
        return (decoded.len() >= 12).then_some(Grade::Strong);
    }
    if decoded.len() < 8 || is_placeholder(decoded) {
        return None;
    }
    Some(if facts.test { Grade::Weak } else { certain(decoded, facts).unwrap_or(Grade::Weak) })
}
