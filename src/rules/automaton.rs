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
    /// The next state, by state and class.
    pub next: &'static [u16],
    /// States from this one on end a keyword.
    pub first_match: u16,
    /// For each such state, where its keywords begin in `list`; one more cell ends the last.
    pub starts: &'static [u32],
    /// Keyword numbers.
    pub list: &'static [u16],
    /// Bytes of the longest keyword.
    pub longest: usize,
}

/// Texts that are walked at once. A walk waits for memory at every byte; four of them wait together.
const LANES: usize = 4;
/// Bytes a lane takes at a time.
const LANE: usize = 8 * 1024;

impl Automaton {
    /// Calls `hit(keyword, end)` for each keyword that ends at `end` in `text`, in ascending order
    /// of `end`. Linear in the text's length.
    pub fn find(&self, text: &[u8], mut hit: impl FnMut(u16, usize)) {
        let mut at = 0;
        // The lanes' states and ends are kept and told lane by lane, so that the order holds.
        let mut seen: [Vec<(u16, usize)>; LANES] = Default::default();
        while text.len() - at >= LANES * LANE {
            self.lanes(text, at, &mut seen);
            for lane in &mut seen {
                for (state, end) in lane.drain(..) {
                    self.tell(state, end, &mut hit);
                }
            }
            at += LANES * LANE;
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

    /// Walks four neighbouring blocks from `at` at once and notes where a keyword ends.
    fn lanes(&self, text: &[u8], at: usize, seen: &mut [Vec<(u16, usize)>; LANES]) {
        let back = self.longest.saturating_sub(1);
        let mut states = [0_u16; LANES];
        for (lane, state) in states.iter_mut().enumerate() {
            let start = at + lane * LANE;
            for &byte in &text[start.saturating_sub(back)..start] {
                *state = self.step(*state, byte);
            }
        }
        let block = &text[at..at + LANES * LANE];
        let (first, rest) = block.split_at(LANE);
        let (second, rest) = rest.split_at(LANE);
        let (third, fourth) = rest.split_at(LANE);
        for (offset, (((&one, &two), &three), &four)) in first.iter().zip(second).zip(third).zip(fourth).enumerate() {
            states = [
                self.step(states[0], one),
                self.step(states[1], two),
                self.step(states[2], three),
                self.step(states[3], four),
            ];
            if states.iter().any(|&state| state >= self.first_match) {
                for (lane, &state) in states.iter().enumerate().filter(|&(_, &state)| state >= self.first_match) {
                    seen[lane].push((state, at + lane * LANE + offset + 1));
                }
            }
        }
    }

    #[inline]
    fn step(&self, state: u16, byte: u8) -> u16 {
        self.next[usize::from(state) * self.stride + usize::from(self.classes[usize::from(byte)])]
    }

    fn tell(&self, state: u16, end: usize, hit: &mut impl FnMut(u16, usize)) {
        let row = usize::from(state - self.first_match);
        let (from, to) = (self.starts[row] as usize, self.starts[row + 1] as usize);
        for &keyword in &self.list[from..to] {
            hit(keyword, end);
        }
    }
}
