//! The keyword automaton: one pass over a text finds every keyword of every rule.
//!
//! A complete Aho-Corasick automaton (Aho and Corasick 1975) over byte classes, as a table that the
//! build script prepares, so that nothing is built or checked when the program starts. ASCII case is
//! folded into the classes. Also compiled into the build script: uses nothing of the crate.

/// The prepared tables.
#[derive(Debug)]
pub struct Automaton {
    /// The class of each byte; 0 is "in no keyword".
    pub classes: &'static [u8; 256],
    /// Classes there are: states are so many table cells apart.
    pub stride: usize,
    /// The next state, by state and class, each as little-endian bytes, as the build script wrote them.
    pub next: &'static [[u8; 2]],
    /// States from this one on end a keyword.
    pub first_match: u16,
    /// For each such state, where its keywords begin in `list`; one more cell ends the last.
    pub starts: &'static [u32],
    /// Keyword numbers.
    pub list: &'static [u16],
    /// Bytes of the longest keyword.
    pub longest: usize,
}

/// Blocks of a text that are walked at once. A walk waits for memory at every byte; they wait together.
const LANES: usize = 4;
/// Bytes that a lane takes at a time, at most: what it has seen is reported when all have come to their end.
const LONGEST_LANE: usize = 8 * 1024;
/// A lane this short costs more than it gains: each begins a keyword's length before its block.
const SHORTEST_LANE: usize = 512;

impl Automaton {
    /// Calls `hit(keyword, end)` for each keyword that ends at `end` in `text`, in ascending order
    /// of `end`. Linear in the text's length.
    pub fn find(&self, text: &[u8], mut hit: impl FnMut(u16, usize)) {
        let mut at = 0;
        // What the lanes see is kept and told lane by lane, so that the order holds.
        let mut seen: [Vec<(u16, usize)>; LANES] = Default::default();
        loop {
            let lane = ((text.len() - at) / LANES).min(LONGEST_LANE);
            if lane < SHORTEST_LANE {
                break;
            }
            self.lanes(text, at, lane, &mut seen);
            for lane in &mut seen {
                for (state, end) in lane.drain(..) {
                    self.tell(state, end, &mut hit);
                }
            }
            at += LANES * lane;
        }
        // A keyword that ends from here on begins at most its length before.
        let from = at.saturating_sub(self.longest.saturating_sub(1));
        let mut state = 0;
        for (offset, &byte) in text[from..].iter().enumerate() {
            state = self.step(state, byte);
            if state >= self.first_match && from + offset >= at {
                self.tell(state, from + offset + 1, &mut hit);
            }
        }
    }

    /// Walks four neighbouring blocks of `length` bytes from `at` at once and notes where a keyword ends.
    fn lanes(&self, text: &[u8], at: usize, length: usize, seen: &mut [Vec<(u16, usize)>; LANES]) {
        let back = self.longest.saturating_sub(1);
        let mut states = [0_u16; LANES];
        for (lane, state) in states.iter_mut().enumerate() {
            let start = at + lane * length;
            for &byte in &text[start.saturating_sub(back)..start] {
                *state = self.step(*state, byte);
            }
        }
        let [mut one, mut two, mut three, mut four] = states;
        let (first, rest) = text[at..at + LANES * length].split_at(length);
        let (second, rest) = rest.split_at(length);
        let (third, fourth) = rest.split_at(length);
        for (offset, (((&a, &b), &c), &d)) in first.iter().zip(second).zip(third).zip(fourth).enumerate() {
            one = self.step(one, a);
            two = self.step(two, b);
            three = self.step(three, c);
            four = self.step(four, d);
            if one.max(two).max(three).max(four) >= self.first_match {
                for (lane, state) in [one, two, three, four].into_iter().enumerate() {
                    if state >= self.first_match {
                        seen[lane].push((state, at + lane * length + offset + 1));
                    }
                }
            }
        }
    }

    #[inline]
    fn step(&self, state: u16, byte: u8) -> u16 {
        u16::from_le_bytes(self.next[usize::from(state) * self.stride + usize::from(self.classes[usize::from(byte)])])
    }

    fn tell(&self, state: u16, end: usize, hit: &mut impl FnMut(u16, usize)) {
        let row = usize::from(state - self.first_match);
        let (from, to) = (self.starts[row] as usize, self.starts[row + 1] as usize);
        for &keyword in &self.list[from..to] {
            hit(keyword, end);
        }
    }
}
