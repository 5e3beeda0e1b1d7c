//! Which lines two sequences share, after Myers, "An O(ND) Difference Algorithm and Its Variations"
//! (1986), bounded: past a number of differences each line of the old text may stand in for one equal
//! line of the new, wherever it is.

use std::collections::HashMap;

/// Differences that are searched for exactly; the trace takes at most two megabytes.
const EXACT: usize = 700;

/// For each element of `new`, whether it is kept from `old`. `u32::MAX` equals nothing.
pub(super) fn kept(old: &[u32], new: &[u32]) -> Vec<bool> {
    exact(old, new).unwrap_or_else(|| by_count(old, new))
}

fn exact(old: &[u32], new: &[u32]) -> Option<Vec<bool>> {
    let equal = |x: usize, y: usize| new[y] != u32::MAX && old[x] == new[y];
    let bound = EXACT.min(old.len() + new.len());
    let mut reach = vec![0_usize; 2 * bound + 3];
    let centre = bound + 1;
    let mut trace: Vec<Vec<usize>> = Vec::new();
    for differences in 0..=bound {
        trace.push(reach[centre - differences..=centre + differences].to_vec());
        for step in 0..=differences {
            // Diagonal k = 2 * step - differences, kept as an offset into `reach`.
            let slot = centre + 2 * step - differences;
            let down = step == 0 || (step != differences && reach[slot - 1] < reach[slot + 1]);
            let mut x = if down { reach[slot + 1] } else { reach[slot - 1] + 1 };
            if differences == 0 {
                x = 0;
            }
            let Some(mut y) = (x + centre).checked_sub(slot) else { continue };
            while x < old.len() && y < new.len() && equal(x, y) {
                x += 1;
                y += 1;
            }
            reach[slot] = x;
            if x >= old.len() && y >= new.len() {
                return Some(walk_back(&trace, old.len(), new.len()));
            }
        }
    }
    None
}

/// Follows the trace from the end; every diagonal step keeps a line.
fn walk_back(trace: &[Vec<usize>], old_len: usize, new_len: usize) -> Vec<bool> {
    let mut kept = vec![false; new_len];
    let (mut x, mut y) = (old_len, new_len);
    for (differences, reach) in trace.iter().enumerate().rev() {
        // `reach` holds diagonals -differences..=differences of the round before.
        let centre = differences;
        if differences == 0 {
            while x > 0 && y > 0 {
                x -= 1;
                y -= 1;
                kept[y] = true;
            }
            break;
        }
        let slot = centre + x - y.min(centre + x);
        let lowest = slot == 0;
        let highest = slot == 2 * differences;
        let down = lowest || (!highest && reach[slot - 1] < reach[slot + 1]);
        let from_slot = if down { slot + 1 } else { slot - 1 };
        let from_x = reach[from_slot];
        let from_y = (from_x + centre).saturating_sub(from_slot);
        let (start_x, start_y) = if down { (from_x, from_y + 1) } else { (from_x + 1, from_y) };
        while x > start_x && y > start_y {
            x -= 1;
            y -= 1;
            kept[y] = true;
        }
        (x, y) = (from_x, from_y);
    }
    kept
}

fn by_count(old: &[u32], new: &[u32]) -> Vec<bool> {
    let mut left: HashMap<u32, usize> = HashMap::new();
    for &number in old {
        *left.entry(number).or_default() += 1;
    }
    let mut take = |number: u32| match left.get_mut(&number) {
        Some(count) if *count > 0 && number != u32::MAX => {
            *count -= 1;
            true
        }
        _ => false,
    };
    new.iter().map(|&number| take(number)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The length of a longest common subsequence, by the textbook table.
    fn longest(old: &[u32], new: &[u32]) -> usize {
        let mut row = vec![0; new.len() + 1];
        for &x in old {
            let mut diagonal = 0;
            for (at, &y) in new.iter().enumerate() {
                let above = row[at + 1];
                row[at + 1] = if x == y { diagonal + 1 } else { row[at].max(above) };
                diagonal = above;
            }
        }
        row[new.len()]
    }

    #[test]
    fn as_many_lines_are_kept_as_a_longest_common_subsequence_has() {
        let mut state = 7_u32;
        let mut random = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % below
        };
        for round in 0..2000 {
            let (old_len, new_len, letters) = (random(12), random(12), 1 + random(5));
            let old: Vec<u32> = (0..old_len).map(|_| random(letters)).collect();
            let new: Vec<u32> = (0..new_len).map(|_| random(letters)).collect();
            let kept = kept(&old, &new);
            let common: Vec<u32> = new.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(n, _)| *n).collect();
            assert_eq!(common.len(), longest(&old, &new), "round {round}: {old:?} {new:?}");
            let mut rest = old.iter();
            assert!(common.iter().all(|n| rest.any(|o| o == n)), "round {round}: {old:?} {new:?} {common:?}");
        }
    }
}
