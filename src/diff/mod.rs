//! Old and new bytes to added line ranges.
//!
//! Pure, and linear but for a bounded search: knows no path, no git, no rule.

mod lines;
mod myers;
mod numbers;
mod patch;

use std::ops::Range;

pub use patch::{Fault, Lack, Patch, patch};

/// The byte ranges of the lines of `new` that no text of `olds` has at that point: whole lines, line
/// ends included, ascending, neighbours joined. With no old text, all of it.
///
/// With several old texts (a merge) a line counts as added only where it is added against each.
pub fn added_ranges(new: &[u8], olds: &[&[u8]]) -> Vec<Range<usize>> {
    if new.is_empty() {
        return Vec::new();
    }
    let Some((first, rest)) = olds.split_first() else {
        return std::iter::once(0..new.len()).collect();
    };
    let mut ranges = lines::added_against(new, first);
    for old in rest {
        if ranges.is_empty() {
            break;
        }
        ranges = intersect(&ranges, &lines::added_against(new, old));
    }
    ranges
}

/// Lines in `ranges` of `text`.
pub fn count_lines(text: &[u8], ranges: &[Range<usize>]) -> usize {
    ranges
        .iter()
        .map(|range| {
            let part = &text[range.clone()];
            memchr::memchr_iter(b'\n', part).count() + usize::from(part.last().is_some_and(|&last| last != b'\n'))
        })
        .sum()
}

fn intersect(left: &[Range<usize>], right: &[Range<usize>]) -> Vec<Range<usize>> {
    let (mut out, mut right_from) = (Vec::new(), 0);
    for one in left {
        while right.get(right_from).is_some_and(|other| other.end <= one.start) {
            right_from += 1;
        }
        for other in right[right_from..].iter().take_while(|other| other.start < one.end) {
            out.push(one.start.max(other.start)..one.end.min(other.end));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added<'t>(new: &'t str, olds: &[&str]) -> Vec<&'t str> {
        let olds: Vec<&[u8]> = olds.iter().map(|old| old.as_bytes()).collect();
        added_ranges(new.as_bytes(), &olds).into_iter().map(|range| &new[range]).collect()
    }

    #[test]
    fn added_lines_are_those_of_a_line_diff() {
        assert_eq!(added("a\nb\nc\n", &[]), ["a\nb\nc\n"]);
        assert_eq!(added("a\nx\nc\n", &["a\nb\nc\n"]), ["x\n"]);
        assert_eq!(added("a\nb\n", &["a\nb"]), ["b\n"]);
        assert_eq!(added("1\na\n2\nb\n3\n", &["a\nb\n"]), ["1\n", "2\n", "3\n"]);
        assert_eq!(added("a\n", &["a\nb\n"]), Vec::<&str>::new());
        assert_eq!(added("a\na\n", &["a\n"]), ["a\n"]);
    }

    #[test]
    fn a_merge_adds_only_what_no_parent_has() {
        assert_eq!(added("a\nb\nc\nd\n", &["a\nb\n", "a\nc\n"]), ["d\n"]);
    }

    #[test]
    fn as_few_lines_are_added_as_can_be() {
        let mut state = 9_u32;
        let mut random = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % below
        };
        let mut text = |letters: u32| -> Vec<String> {
            let length = random(14);
            (0..length).map(|_| format!("{}\n", "x".repeat(random(letters) as usize * 7))).collect()
        };
        for round in 0..3000 {
            let (old, new) = (text(2 + round % 9), text(2 + round % 9));
            // The length of a longest common subsequence, by the textbook table.
            let mut row = vec![0; new.len() + 1];
            for one in &old {
                let mut diagonal = 0;
                for (at, other) in new.iter().enumerate() {
                    let above = row[at + 1];
                    row[at + 1] = if one == other { diagonal + 1 } else { row[at].max(above) };
                    diagonal = above;
                }
            }
            let text = new.concat();
            let ranges = added_ranges(text.as_bytes(), &[old.concat().as_bytes()]);
            assert_eq!(count_lines(text.as_bytes(), &ranges), new.len() - row[new.len()], "{old:?} {new:?}");
        }
    }

    #[test]
    fn large_rewrites_stay_fast_and_keep_every_new_line() {
        let lines = |word: &str| (0..20_000).map(|n| format!("{word} {n}\n")).collect::<Vec<_>>().concat();
        let (old, new) = (lines("old"), lines("new"));
        assert_eq!(added(&new, &[&old]), [new.as_str()]);
    }
}
