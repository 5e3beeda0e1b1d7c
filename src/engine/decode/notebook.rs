//! Cells of a notebook (`.ipynb`): the lines of a cell are strings of a JSON list. Code is read as code, what it printed
//! as text.

use std::ops::Range;

use super::{Map, Piece};
use crate::rules::{Language, LanguageSet};

/// Lists of lines, by the key before them, and whether they hold code.
const KEYS: &[(&[u8], bool)] = &[(b"\"source\":", true), (b"\"text\":", false), (b"\"text/plain\":", false)];

/// Adds the cells of `range`.
pub(super) fn find(text: &[u8], range: &Range<usize>, budget: &mut usize, found: &mut Vec<Piece>) {
    for &(key, is_code) in KEYS {
        for at in memchr::memmem::find_iter(&text[range.clone()], key).map(|at| range.start + at) {
            let (cell, offsets, end) = lines(text, at, at + key.len(), range.end);
            if cell.is_empty() || cell.len() > *budget {
                continue;
            }
            *budget -= cell.len();
            let languages = LanguageSet::default();
            let languages = Some(if is_code { languages.with(Language::Python) } else { languages });
            found.push(Piece { kind: "notebook", from: at..end, text: cell, map: Map::Each(offsets), languages });
        }
    }
}

/// The strings of the list at `from`, unescaped and joined, the offset of each byte from `base`, and where they end.
fn lines(text: &[u8], base: usize, from: usize, last: usize) -> (Vec<u8>, Vec<u32>, usize) {
    let (mut cell, mut offsets) = (Vec::new(), Vec::new());
    let (mut at, mut in_string, mut in_list) = (from, false, false);
    let mut push = |byte: u8, at: usize| {
        cell.push(byte);
        offsets.push(u32::try_from(at - base).unwrap_or(u32::MAX));
    };
    while at < last {
        match (in_string, text[at]) {
            (false, b'"') => in_string = true,
            (false, b'[') if !in_list => in_list = true,
            (false, byte) if byte.is_ascii_whitespace() || byte == b',' && in_list => {}
            (false, _) => break,
            (true, b'"') => {
                in_string = false;
                if !in_list {
                    at += 1;
                    break;
                }
            }
            (true, b'\\') => {
                at += 1;
                let byte = match text.get(at) {
                    Some(b'n' | b'r') => b'\n',
                    Some(b't') => b'\t',
                    Some(b'u') => {
                        at += 4;
                        b'?'
                    }
                    Some(&byte) => byte,
                    None => break,
                };
                push(byte, at.min(last));
            }
            (true, byte) => push(byte, at),
        }
        at += 1;
    }
    let end = at.min(last);
    offsets.push(u32::try_from(end - base).unwrap_or(u32::MAX));
    (cell, offsets, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_its_lines() {
        let text = br#"{"cells": [{"source": ["a = \"x\"\n", "b = 1"], "outputs": [{"text": "k\n"}]}]}"#;
        let (mut budget, mut found) = (1000, Vec::new());
        find(text, &(0..text.len()), &mut budget, &mut found);
        let texts: Vec<&[u8]> = found.iter().map(|piece| &*piece.text).collect();
        assert_eq!(texts, [&b"a = \"x\"\nb = 1"[..], b"k\n"]);
        let span = found[0].original(&(5..6));
        assert_eq!(&text[span.start..=span.start], b"x");
        for cut in 0..text.len() {
            find(&text[..cut], &(0..cut), &mut 1000, &mut Vec::new());
        }
    }
}
