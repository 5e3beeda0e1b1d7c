//! Hexadecimal runs.

use std::ops::Range;

use super::{Map, Piece, is_text};

/// Decodes `run`, which has hexadecimal digits only.
pub(super) fn decode(run: &[u8], from: Range<usize>, budget: &mut usize) -> Option<Piece> {
    if !run.len().is_multiple_of(2) || run.len() / 2 > *budget {
        return None;
    }
    let pair = |pair: &[u8]| Some(digit(pair[0])? * 16 + digit(pair[1])?);
    let first: Vec<u8> = run.chunks_exact(2).take(8).map(pair).collect::<Option<_>>()?;
    if !is_text(&first) {
        return None;
    }
    let text: Vec<u8> = run.chunks_exact(2).map(pair).collect::<Option<_>>()?;
    if !is_text(&text) {
        return None;
    }
    *budget -= text.len();
    Some(Piece { kind: "hex", from, text, map: Map::Ratio { encoded: 2, decoded: 1 }, languages: None })
}

/// The value of a hexadecimal digit.
pub(super) fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
