//! Base64 runs (RFC 4648, both alphabets, with or without padding), and hexadecimal ones on the way.

use std::ops::Range;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{Map, Piece, hex, is_text};
use crate::engine::unicode;

/// Shortest run that is looked at: eighteen bytes, less than any credential with something around it.
const SHORTEST: usize = 24;

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
        if end - start >= SHORTEST {
            found.extend(decode(text, start..end, budget));
        }
        free_from = end;
        at = end + SHORTEST;
    }
}

fn decode(text: &[u8], from: Range<usize>, budget: &mut usize) -> Option<Piece> {
    let run = &text[from.clone()];
    if run.iter().all(u8::is_ascii_hexdigit) {
        return hex::decode(run, from, budget);
    }
    // A first look at sixteen characters spares nearly all identifiers, paths and hashes the rest.
    let engine = if run.iter().any(|byte| matches!(byte, b'-' | b'_')) { &URL_SAFE } else { &STANDARD };
    let mut first = [0_u8; 12];
    engine.decode_slice(&run[..16], &mut first).ok()?;
    let wide = first[1] == 0 && first[3] == 0;
    if (!wide && !is_text(&first)) || run.len() / 4 * 3 > *budget {
        return None;
    }
    // A length of one over a multiple of four cannot be: the last character belongs to something else.
    let whole = if run.len() % 4 == 1 { &run[..run.len() - 1] } else { run };
    let bytes = engine.decode(whole).ok()?;
    if wide {
        let decoded = unicode::to_utf8(bytes);
        return keep(decoded, from, Map::Ratio { encoded: 8, decoded: 3 }, budget);
    }
    keep(bytes, from, Map::Ratio { encoded: 4, decoded: 3 }, budget)
}

fn keep(text: Vec<u8>, from: Range<usize>, map: Map, budget: &mut usize) -> Option<Piece> {
    if !is_text(&text) || text.len() > *budget {
        return None;
    }
    *budget -= text.len();
    Some(Piece { kind: "base64", from, text, map })
}
