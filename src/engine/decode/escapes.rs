//! Percent-encoding (RFC 3986) and the `\xNN` and `\uNNNN` escapes of string literals (RFC 8259).

use std::ops::Range;

use super::hex::digit;
use super::{Map, Piece, is_text};

/// Escapes that a run must have: one alone hides nothing.
const FEWEST: usize = 3;
/// Longest run that is looked at.
const LONGEST: usize = 4096;

/// Adds the pieces of `range`: runs without white space or quotes that carry escapes.
pub(super) fn find(text: &[u8], range: &Range<usize>, budget: &mut usize, found: &mut Vec<Piece>) {
    let mut free_from = range.start;
    for at in memchr::memchr2_iter(b'%', b'\\', &text[range.clone()]).map(|at| range.start + at) {
        if at < free_from || escape(&text[at..range.end]).is_none() {
            continue;
        }
        let low = free_from.max(at.saturating_sub(LONGEST));
        let start = text[low..at].iter().rposition(|&byte| ends_run(byte)).map_or(low, |before| low + before + 1);
        let high = range.end.min(at + LONGEST);
        let end = text[at..high].iter().position(|&byte| ends_run(byte)).map_or(high, |after| at + after);
        free_from = end;
        let (decoded, offsets, escapes) = decode(&text[start..end]);
        if escapes >= FEWEST && is_text(&decoded) && decoded.len() <= *budget {
            *budget -= decoded.len();
            let kind = if text[at] == b'%' { "percent" } else { "escapes" };
            found.push(Piece { kind, from: start..end, text: decoded, map: Map::Each(offsets), languages: None });
        }
    }
}

const fn ends_run(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>')
}

/// The character that `rest` begins with an escape of, and the escape's length.
fn escape(rest: &[u8]) -> Option<(char, usize)> {
    let number = |digits: &[u8]| digits.iter().try_fold(0_u32, |sum, &byte| Some(sum * 16 + u32::from(digit(byte)?)));
    let (code, length) = match rest {
        [b'%', high, low, ..] => (number(&[*high, *low])?, 3),
        [b'\\', b'x', high, low, ..] => (number(&[*high, *low])?, 4),
        [b'\\', b'u', digits @ ..] if digits.len() >= 4 => (number(&digits[..4])?, 6),
        _ => return None,
    };
    Some((char::from_u32(code)?, length))
}

/// The text with its escapes replaced, the offset of each of its bytes, and how many escapes there were.
fn decode(run: &[u8]) -> (Vec<u8>, Vec<u32>, usize) {
    let (mut text, mut offsets, mut escapes) = (Vec::with_capacity(run.len()), Vec::new(), 0);
    let mut at = 0;
    while at < run.len() {
        let offset = u32::try_from(at).unwrap_or(u32::MAX);
        if let Some((character, length)) = escape(&run[at..]) {
            let from = text.len();
            let mut buffer = [0; 4];
            text.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
            offsets.resize(offsets.len() + text.len() - from, offset);
            escapes += 1;
            at += length;
        } else {
            text.push(run[at]);
            offsets.push(offset);
            at += 1;
        }
    }
    offsets.push(u32::try_from(run.len()).unwrap_or(u32::MAX));
    (text, offsets, escapes)
}
