//! Two texts to added line ranges: trims what is equal at both ends, leaves out the lines that only one of them has,
//! then searches what is left.

use std::cell::RefCell;
use std::ops::Range;

use super::myers::{self, Search};
use super::numbers::{Numbers, each_line};

/// What one diff after the other is made with.
#[derive(Default)]
struct Buffers {
    numbers: Numbers,
    search: Search,
    /// Where the lines of the new text end.
    ends: Vec<u32>,
    /// Whether each of them is kept from the old one.
    kept: Vec<bool>,
}

thread_local! {
    static BUFFERS: RefCell<Buffers> = RefCell::default();
}

/// Bytes of a text above which its buffers are not kept for the next.
const LARGE: usize = 16 << 20;

/// Whole lines of `new` that are not in a longest common subsequence with `old`.
pub(super) fn added_against(new: &[u8], old: &[u8]) -> Vec<Range<usize>> {
    let head = common_head(new, old);
    let tail = common_tail(&new[head..], &old[head..]);
    let (new_middle, old_middle) = (head..new.len() - tail, head..old.len() - tail);
    if new_middle.is_empty() {
        return Vec::new();
    }
    if old_middle.is_empty() {
        return std::iter::once(new_middle).collect();
    }
    let (text, before) = (&new[new_middle.clone()], &old[old_middle]);
    let mut ranges = BUFFERS
        .with_borrow_mut(|buffers| buffers.added(text, before))
        .unwrap_or_else(|| std::iter::once(0..text.len()).collect());
    if new.len().max(old.len()) > LARGE {
        BUFFERS.set(Buffers::default());
    }
    for range in &mut ranges {
        *range = range.start + head..range.end + head;
    }
    ranges
}

impl Buffers {
    /// `None` where the texts are too large to be told line by line.
    fn added(&mut self, new: &[u8], old: &[u8]) -> Option<Vec<Range<usize>>> {
        let Self { numbers, search, ends, kept } = self;
        ends.clear();
        u32::try_from(new.len()).ok()?;
        each_line(new, |line| ends.push(u32::try_from(line.end).unwrap_or(u32::MAX)));
        numbers.fill(old, new, ends)?;
        kept.clear();
        kept.resize(ends.len(), false);
        myers::kept(&numbers.old, &numbers.new, search, |at| kept[numbers.places[at] as usize] = true);

        let mut ranges: Vec<Range<usize>> = Vec::new();
        let mut at = 0;
        for (&end, &kept) in ends.iter().zip(&*kept) {
            let end = end as usize;
            if !kept {
                match ranges.last_mut() {
                    Some(last) if last.end == at => last.end = end,
                    _ => ranges.push(at..end),
                }
            }
            at = end;
        }
        Some(ranges)
    }
}

/// Bytes that are compared at a time.
const BLOCK: usize = 64;

/// Bytes of equal whole lines at the start.
fn common_head(new: &[u8], old: &[u8]) -> usize {
    let blocks = new.chunks_exact(BLOCK).zip(old.chunks_exact(BLOCK)).take_while(|(one, other)| one == other).count();
    let from = blocks * BLOCK;
    let equal = from + new[from..].iter().zip(&old[from..]).take_while(|(one, other)| one == other).count();
    if equal == new.len() && equal == old.len() {
        return equal;
    }
    memchr::memrchr(b'\n', &new[..equal]).map_or(0, |newline| newline + 1)
}

/// Bytes of equal whole lines at the end.
fn common_tail(new: &[u8], old: &[u8]) -> usize {
    let blocks = new.rchunks_exact(BLOCK).zip(old.rchunks_exact(BLOCK)).take_while(|(one, other)| one == other).count();
    let from = blocks * BLOCK;
    let (new_rest, old_rest) = (&new[..new.len() - from], &old[..old.len() - from]);
    let equal = from + new_rest.iter().rev().zip(old_rest.iter().rev()).take_while(|(one, other)| one == other).count();
    let start = new.len() - equal;
    let at_line = |text: &[u8], tail: usize| tail == text.len() || text[text.len() - tail - 1] == b'\n';
    if at_line(new, equal) && at_line(old, equal) {
        return equal;
    }
    memchr::memchr(b'\n', &new[start..]).map_or(0, |newline| equal - newline - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_trimmed_at_whole_lines_whatever_their_length() {
        for length in 0..200 {
            let same = "x\n".repeat(length);
            for (new, old, head, tail) in
                [("a\n", "b\n", 0, 0), ("", "b\n", 0, 0), ("xa\n", "xb\n", 0, 0), ("a\n", "a\n", 2, 0)]
            {
                let (before, after) = ([&same, new].concat(), [&same, old].concat());
                let found = common_head(before.as_bytes(), after.as_bytes());
                assert_eq!(found, same.len() + head, "{length} {new:?} {old:?}");
                let (before, after) = ([new, &same].concat(), [old, &same].concat());
                let wanted = if new == old { before.len() } else { same.len() + tail };
                assert_eq!(common_tail(before.as_bytes(), after.as_bytes()), wanted, "{length} {new:?} {old:?}");
            }
        }
    }
}
