//! Which lines two sequences share, after Myers, "An O(ND) Difference Algorithm and Its Variations"
//! (1986), bounded: past a number of differences each line of the old text may stand in for one equal
//! line of the new, wherever it is.

/// Differences that are searched for exactly; the trace takes at most two megabytes.
const EXACT: usize = 700;

/// What one search after the other is made with.
#[derive(Default)]
pub(super) struct Search {
    reach: Vec<u32>,
    /// What was reached before each round: of round D its 2 D + 1 diagonals, from D squared on.
    trace: Vec<u32>,
    left: Vec<u32>,
}

/// Tells `keep` of each element of `new` that is kept from `old`.
pub(super) fn kept(old: &[u32], new: &[u32], search: &mut Search, mut keep: impl FnMut(usize)) {
    let head = old.iter().zip(new).take_while(|(one, other)| one == other).count();
    let (old, rest) = (&old[head..], &new[head..]);
    let tail = old.iter().rev().zip(rest.iter().rev()).take_while(|(one, other)| one == other).count();
    (0..head).chain(new.len() - tail..new.len()).for_each(&mut keep);
    let (old, rest) = (&old[..old.len() - tail], &rest[..rest.len() - tail]);
    if old.is_empty() || rest.is_empty() {
        return;
    }
    match search.exact(old, rest) {
        Some(differences) => search.walk_back(differences, old.len(), rest.len(), |at| keep(head + at)),
        None => search.by_count(old, rest, |at| keep(head + at)),
    }
}

#[allow(clippy::cast_possible_truncation, reason = "texts of more lines than 32 bits count are not searched")]
impl Search {
    /// In how many differences the end is reached.
    fn exact(&mut self, old: &[u32], new: &[u32]) -> Option<usize> {
        let bound = EXACT.min(old.len() + new.len());
        self.reach.clear();
        self.reach.resize(2 * bound + 3, 0);
        self.trace.clear();
        let centre = bound + 1;
        for differences in 0..=bound {
            self.trace.extend_from_slice(&self.reach[centre - differences..=centre + differences]);
            for step in 0..=differences {
                // Diagonal k = 2 * step - differences, kept as an offset into `reach`.
                let slot = centre + 2 * step - differences;
                let down = step == 0 || (step != differences && self.reach[slot - 1] < self.reach[slot + 1]);
                let mut x = if down { self.reach[slot + 1] } else { self.reach[slot - 1] + 1 } as usize;
                if differences == 0 {
                    x = 0;
                }
                let Some(mut y) = (x + centre).checked_sub(slot) else { continue };
                while x < old.len() && y < new.len() && old[x] == new[y] {
                    x += 1;
                    y += 1;
                }
                self.reach[slot] = x as u32;
                if x >= old.len() && y >= new.len() {
                    return Some(differences);
                }
            }
        }
        None
    }

    /// Follows the trace from the end; every diagonal step keeps an element.
    fn walk_back(&self, differences: usize, old_len: usize, new_len: usize, mut keep: impl FnMut(usize)) {
        let (mut x, mut y) = (old_len, new_len);
        for centre in (0..=differences).rev() {
            // Diagonals -centre..=centre of the round before.
            let reach = &self.trace[centre * centre..(centre + 1) * (centre + 1)];
            if centre == 0 {
                while x > 0 && y > 0 {
                    x -= 1;
                    y -= 1;
                    keep(y);
                }
                break;
            }
            let slot = centre + x - y.min(centre + x);
            let lowest = slot == 0;
            let highest = slot == 2 * centre;
            let down = lowest || (!highest && reach[slot - 1] < reach[slot + 1]);
            let from_slot = if down { slot + 1 } else { slot - 1 };
            let from_x = reach[from_slot] as usize;
            let from_y = (from_x + centre).saturating_sub(from_slot);
            let (start_x, start_y) = if down { (from_x, from_y + 1) } else { (from_x + 1, from_y) };
            while x > start_x && y > start_y {
                x -= 1;
                y -= 1;
                keep(y);
            }
            (x, y) = (from_x, from_y);
        }
    }

    fn by_count(&mut self, old: &[u32], new: &[u32], mut keep: impl FnMut(usize)) {
        let highest = old.iter().chain(new).max().map_or(0, |highest| *highest as usize);
        self.left.clear();
        self.left.resize(highest + 1, 0);
        for &number in old {
            self.left[number as usize] += 1;
        }
        for (at, &number) in new.iter().enumerate() {
            let left = &mut self.left[number as usize];
            if *left > 0 {
                *left -= 1;
                keep(at);
            }
        }
    }
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
        let mut search = Search::default();
        for round in 0..2000 {
            let (old_len, new_len, letters) = (random(12), random(12), 1 + random(5));
            let old: Vec<u32> = (0..old_len).map(|_| random(letters)).collect();
            let new: Vec<u32> = (0..new_len).map(|_| random(letters)).collect();
            let mut marks = vec![false; new.len()];
            kept(&old, &new, &mut search, |at| marks[at] = true);
            let common: Vec<u32> = new.iter().zip(&marks).filter(|(_, kept)| **kept).map(|(n, _)| *n).collect();
            assert_eq!(common.len(), longest(&old, &new), "round {round}: {old:?} {new:?}");
            let mut rest = old.iter();
            assert!(common.iter().all(|n| rest.any(|o| o == n)), "round {round}: {old:?} {new:?} {common:?}");
        }
    }
}
