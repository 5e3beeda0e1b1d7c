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
    /// States are `1 << shift` table cells apart.
    pub shift: u32,
    /// The next state, by state and class.
    pub next: &'static [u16],
    /// States from this one on end a keyword.
    pub first_match: u16,
    /// For each such state, where its keywords begin in `list`; one more cell ends the last.
    pub starts: &'static [u32],
    /// Keyword numbers.
    pub list: &'static [u16],
}

impl Automaton {
    /// Calls `hit(keyword, end)` for each keyword that ends at `end` in `text`, in ascending order
    /// of `end`. Linear in the text's length.
    pub fn find(&self, text: &[u8], mut hit: impl FnMut(u16, usize)) {
        let mut state = 0_u16;
        for (at, &byte) in text.iter().enumerate() {
            let cell = (usize::from(state) << self.shift) | usize::from(self.classes[usize::from(byte)]);
            state = self.next[cell];
            if state >= self.first_match {
                let row = usize::from(state - self.first_match);
                let (from, to) = (self.starts[row] as usize, self.starts[row + 1] as usize);
                for &keyword in &self.list[from..to] {
                    hit(keyword, at + 1);
                }
            }
        }
    }
}
