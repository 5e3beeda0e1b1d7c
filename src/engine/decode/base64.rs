//! Base64 runs (RFC 4648, both alphabets, with or without padding, also wrapped over lines), what is compressed in them,
//! and hexadecimal ones on the way.

use std::io::Read as _;
use std::ops::Range;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{Map, Piece, hex, is_text};
use crate::engine::unicode;

/// Shortest run that is looked at: eighteen bytes, less than any credential with something around it.
const SHORTEST: usize = 24;
/// Shortest line that the next one may go on.
const WRAPPED: usize = 40;
/// Bytes that come out of what is compressed, at most.
const INFLATED: u64 = 64 * 1024;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Which bytes may stand in a run.
static IN_RUN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        #[allow(clippy::cast_possible_truncation, reason = "counted up to 255")]
        let here = byte as u8;
        table[byte] = here.is_ascii_alphanumeric() || matches!(here, b'+' | b'/' | b'-' | b'_');
        byte += 1;
    }
    table
};

/// Adds the pieces of `range`. A run of `SHORTEST` bytes covers every so many-th byte, so the others
/// need no look.
pub(super) fn find(text: &[u8], range: &Range<usize>, budget: &mut usize, found: &mut Vec<Piece>) {
    let in_run = |at: usize| IN_RUN[usize::from(text[at])];
    let mut at = range.start + SHORTEST - 1;
    let mut free_from = range.start;
    while at < range.end {
        if !in_run(at) {
            at += SHORTEST;
            continue;
        }
        let mut start = at;
        while start > free_from && in_run(start - 1) {
            start -= 1;
        }
        let mut end = at + 1;
        while end < range.end && in_run(end) {
            end += 1;
        }
        if end - start >= SHORTEST
            && let Some(piece) = decode(text, start..end, range.end, budget)
        {
            end = end.max(piece.from.end);
            found.push(piece);
        }
        free_from = end;
        at = end + SHORTEST;
    }
}

fn decode(text: &[u8], from: Range<usize>, last: usize, budget: &mut usize) -> Option<Piece> {
    let run = &text[from.clone()];
    if run.iter().all(u8::is_ascii_hexdigit) {
        return hex::decode(run, from, budget);
    }
    // A first look at sixteen characters spares nearly all identifiers, paths and hashes the rest.
    let engine = if run.iter().any(|byte| matches!(byte, b'-' | b'_')) { &URL_SAFE } else { &STANDARD };
    let mut first = [0_u8; 12];
    engine.decode_slice(&run[..16], &mut first).ok()?;
    let wide = first[1] == 0 && first[3] == 0;
    let is_packed = matches!(first, [0x1f, 0x8b, 8, ..] | [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..]);
    if (!wide && !is_packed && !is_text(&first)) || run.len() / 4 * 3 > *budget {
        return None;
    }
    let lines = if run.len() >= WRAPPED && !wide { lines(text, &from, last) } else { None };
    if let Some((joined, offsets, end)) = lines
        && joined.len() <= *budget
    {
        let bytes = engine.decode(without_rest(&joined)).ok()?;
        let from = from.start..end;
        if is_packed {
            return unpacked(&bytes, from, budget);
        }
        // A byte begins at the character that holds its first bits.
        let mut each: Vec<u32> = (0..bytes.len()).map(|at| offsets[at * 4 / 3]).collect();
        each.push(u32::try_from(from.len()).unwrap_or(u32::MAX));
        return keep(bytes, from, Map::Each(each), budget);
    }
    let bytes = engine.decode(without_rest(run)).ok()?;
    if wide {
        let decoded = unicode::to_utf8(bytes);
        return keep(decoded, from, Map::Ratio { encoded: 8, decoded: 3 }, budget);
    }
    if is_packed {
        return unpacked(&bytes, from, budget);
    }
    keep(bytes, from, Map::Ratio { encoded: 4, decoded: 3 }, budget)
}

/// A length of one over a multiple of four cannot be: the last character belongs to something else.
fn without_rest(run: &[u8]) -> &[u8] {
    if run.len() % 4 == 1 { &run[..run.len() - 1] } else { run }
}

/// The run `from` with the lines that go on with it: as long as it, but for the last. The offset of each character
/// from the start of the run, and where they end.
fn lines(text: &[u8], from: &Range<usize>, last: usize) -> Option<(Vec<u8>, Vec<u32>, usize)> {
    let (mut joined, mut at) = (text[from.clone()].to_vec(), from.end);
    let mut offsets: Vec<u32> = (0..u32::try_from(joined.len()).ok()?).collect();
    loop {
        let rest = &text[at..last];
        let rest = rest.strip_prefix(b"\r").unwrap_or(rest);
        let Some(rest) = rest.strip_prefix(b"\n") else { break };
        let start = last - rest.trim_ascii_start().len();
        let length =
            text[start..last].iter().take(from.len() + 1).take_while(|&&byte| IN_RUN[usize::from(byte)]).count();
        if length == 0 || length > from.len() || start - at > 64 {
            break;
        }
        at = start + length;
        joined.extend_from_slice(&text[start..at]);
        offsets.extend((start..at).map(|at| u32::try_from(at - from.start).unwrap_or(u32::MAX)));
        if length < from.len() {
            break;
        }
    }
    (joined.len() > from.len()).then_some((joined, offsets, at))
}

/// What is compressed in `bytes` with gzip (RFC 1952) or zlib (RFC 1950).
fn unpacked(bytes: &[u8], from: Range<usize>, budget: &mut usize) -> Option<Piece> {
    let mut text = Vec::new();
    let limit = INFLATED.min(u64::try_from(*budget).ok()?);
    let read = if bytes.starts_with(&[0x1f]) {
        flate2::read::GzDecoder::new(bytes).take(limit).read_to_end(&mut text)
    } else {
        flate2::read::ZlibDecoder::new(bytes).take(limit).read_to_end(&mut text)
    };
    // What a broken stream gave before it broke is text as well.
    if read.is_err() && text.len() < SHORTEST {
        return None;
    }
    let mut piece = keep(text, from, Map::Whole, budget)?;
    piece.kind = "gzip";
    Some(piece)
}

fn keep(text: Vec<u8>, from: Range<usize>, map: Map, budget: &mut usize) -> Option<Piece> {
    if !is_text(&text) || text.len() > *budget {
        return None;
    }
    *budget -= text.len();
    Some(Piece { kind: "base64", from, text, map, languages: None })
}
