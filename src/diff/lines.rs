//! Two texts to added line ranges: trims what is equal at both ends, then searches the middle.

use std::collections::HashMap;
use std::ops::Range;

use super::myers;

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
    let new_lines = split(&new[new_middle.clone()]);
    let old_lines = split(&old[old_middle]);
    let mut numbers: HashMap<&[u8], u32> = HashMap::with_capacity(old_lines.len());
    for line in &old_lines {
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        numbers.entry(line).or_insert(next);
    }
    let old_numbers: Vec<u32> = old_lines.iter().map(|line| numbers[line]).collect();
    let new_numbers: Vec<u32> = new_lines.iter().map(|line| numbers.get(line).copied().unwrap_or(u32::MAX)).collect();
    let kept = myers::kept(&old_numbers, &new_numbers);

    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut at = new_middle.start;
    for (line, kept) in new_lines.iter().zip(kept) {
        let end = at + line.len();
        if !kept {
            match ranges.last_mut() {
                Some(last) if last.end == at => last.end = end,
                _ => ranges.push(at..end),
            }
        }
        at = end;
    }
    ranges
}

/// Bytes of equal whole lines at the start.
fn common_head(new: &[u8], old: &[u8]) -> usize {
    let equal = new.iter().zip(old).take_while(|(one, other)| one == other).count();
    if equal == new.len() && equal == old.len() {
        return equal;
    }
    memchr::memrchr(b'\n', &new[..equal]).map_or(0, |newline| newline + 1)
}

/// Bytes of equal whole lines at the end.
fn common_tail(new: &[u8], old: &[u8]) -> usize {
    let equal = new.iter().rev().zip(old.iter().rev()).take_while(|(one, other)| one == other).count();
    let start = new.len() - equal;
    let at_line = |text: &[u8], tail: usize| tail == text.len() || text[text.len() - tail - 1] == b'\n';
    if at_line(new, equal) && at_line(old, equal) {
        return equal;
    }
    memchr::memchr(b'\n', &new[start..]).map_or(0, |newline| equal - newline - 1)
}

fn split(text: &[u8]) -> Vec<&[u8]> {
    let mut lines = Vec::new();
    let mut from = 0;
    for newline in memchr::memchr_iter(b'\n', text) {
        lines.push(&text[from..=newline]);
        from = newline + 1;
    }
    if from < text.len() {
        lines.push(&text[from..]);
    }
    lines
}
