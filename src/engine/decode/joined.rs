//! Strings that a program puts together: `"ab" + "cd"`, literals side by side over lines, lines that end in a backslash.
//!
//! Only where both ends look like parts of one value: sentences are broken at blanks, values are not.

use std::ops::Range;

use super::{Map, Piece};
use crate::text::line_bounds;

/// Bytes between two literals, at most.
const GAP: usize = 80;
/// Literals in a chain, at most.
const PARTS: usize = 64;
/// Bytes of a piece, at most.
const LONGEST: usize = 8192;
/// Bytes of a line either side that go with a chain.
const AROUND: usize = 256;

/// Adds the pieces of `range`.
pub(super) fn find(text: &[u8], range: &Range<usize>, budget: &mut usize, found: &mut Vec<Piece>) {
    let mut free_from = range.start;
    for at in memchr::memchr3_iter(b'"', b'\'', b'\\', &text[range.clone()]).map(|at| range.start + at) {
        if at <= free_from || !joins(text[at - 1]) {
            continue;
        }
        let mut cuts = Vec::new();
        let mut end = at;
        while let Some(cut) = gap(text, end, range.end) {
            let quote = text[end];
            let close = if quote == b'\\' { None } else { closing(text, cut.end, quote) };
            end = close.unwrap_or(cut.end);
            cuts.push(cut);
            if close.is_none() || cuts.len() == PARTS || !joins(text[end - 1]) {
                break;
            }
        }
        let (Some(first), Some(last)) = (cuts.first(), cuts.last()) else { continue };
        // The name may stand on the line above.
        let line = line_bounds(text, first.start).start;
        let above = line_bounds(text, line.saturating_sub(1)).start;
        let start = above.max(first.start.saturating_sub(AROUND));
        let stop = line_bounds(text, last.end.max(end)).end.min(end.max(last.end) + AROUND);
        free_from = end;
        if stop - start <= LONGEST && stop - start <= *budget {
            *budget -= stop - start;
            found.push(without(text, start..stop, &cuts));
        }
    }
}

/// Whether a value may go on at `byte`.
const fn joins(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'_' | b'-')
}

/// From the quote at `at`, which ends a literal, to behind the one that begins the next; or a backslash with the line
/// break behind it, and the blanks that the next line begins with.
fn gap(text: &[u8], at: usize, end: usize) -> Option<Range<usize>> {
    let last = end.min(at + GAP);
    let mut here = at + 1;
    if text[at] == b'\\' {
        here += usize::from(text.get(here) == Some(&b'\r'));
        if text.get(here) != Some(&b'\n') {
            return None;
        }
        let next = (here + 1..last).find(|&next| !matches!(text[next], b' ' | b'\t'))?;
        return joins(text[next]).then_some(at..next);
    }
    let mut operators = 0;
    let mut breaks = 0;
    while here < last {
        match text[here] {
            b' ' | b'\t' | b'\r' => {}
            b'\n' => breaks += 1,
            b'+' | b'.' | b'&' | b'~' | b'<' | b'>' => operators += 1,
            b'\\' | b'_' if matches!(text.get(here + 1), Some(b'\n' | b'\r')) => {}
            _ => break,
        }
        here += 1;
    }
    // `b"…"`, `f"…"`, `@"…"`.
    here += usize::from(here < last && matches!(text[here], b'b' | b'f' | b'r' | b'u' | b'L' | b'@' | b'$'));
    let is_next = here < last && text[here] == text[at] && text.get(here + 1).is_some_and(|&byte| joins(byte));
    (is_next && operators <= 2 && breaks <= 2 && (operators > 0 || breaks == 1)).then_some(at..here + 1)
}

/// The quote that ends the literal at `from`, on the same line.
fn closing(text: &[u8], from: usize, quote: u8) -> Option<usize> {
    let rest = &text[from..text.len().min(from + 1024)];
    let close = memchr::memchr3(quote, b'\n', b'\\', rest)?;
    (rest[close] == quote && close > 0).then_some(from + close)
}

fn without(text: &[u8], range: Range<usize>, cuts: &[Range<usize>]) -> Piece {
    let (mut joined, mut offsets) = (Vec::with_capacity(range.len()), Vec::with_capacity(range.len() + 1));
    let mut at = range.start;
    for cut in cuts.iter().chain(std::iter::once(&(range.end..range.end))) {
        for (here, &byte) in text.iter().enumerate().take(cut.start).skip(at) {
            joined.push(byte);
            offsets.push(u32::try_from(here - range.start).unwrap_or(u32::MAX));
        }
        at = cut.end;
    }
    offsets.push(u32::try_from(range.len()).unwrap_or(u32::MAX));
    Piece { kind: "joined", from: range, text: joined, map: Map::Each(offsets), languages: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let (mut budget, mut found) = (10_000, Vec::new());
        find(text.as_bytes(), &(0..text.len()), &mut budget, &mut found);
        found.into_iter().map(|piece| String::from_utf8(piece.text).unwrap()).collect()
    }

    #[test]
    fn parts_of_one_value_are_put_together() {
        for (text, whole) in [
            ("a = \"ab\" + \"cd\";", "a = \"abcd\";"),
            ("a = 'ab' +\n    'cd' . 'ef'\n", "a = 'abcdef'"),
            ("x\na = (\n  \"ab\"\n  \"cd\"\n)", "a = (\n  \"abcd\""),
            ("a = b\"ab\" \\\n  b\"cd\"", "a = b\"abcd\""),
            ("a = \"ab\\\n   cd\"", "a = \"abcd\""),
        ] {
            assert_eq!(all(text), [whole], "{text}");
        }
    }

    #[test]
    fn sentences_lists_and_calls_are_left_alone() {
        for text in [
            "say(\"one \" + \"two\")",
            "[\"ab\", \"cd\"]",
            "\"ab\" \"cd\"",
            "'ab'\n\n\n'cd'",
            "\"a\" + b + \"c\"",
            "\\\n",
        ] {
            assert!(all(text).is_empty(), "{text}");
        }
    }
}
