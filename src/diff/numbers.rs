//! Lines to numbers: equal lines get equal ones. A table that is filled anew for each text, and allocated once a
//! thread.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::ops::Range;
use std::sync::OnceLock;

/// What equals no line of the other text.
pub(super) const ALONE: u32 = u32::MAX;

/// Numbers of the lines of two texts.
#[derive(Default)]
pub(super) struct Numbers {
    /// By the hash of a line: half of it, and one more than its number; 0 for a free place.
    table: Vec<(u32, u32)>,
    /// The first line of each number, as a range of the old text.
    first: Vec<(u32, u32)>,
    /// Whether the new text has the number.
    met: Vec<bool>,
    /// The numbers of the lines that both texts have, and where the new ones stand among its lines.
    pub(super) old: Vec<u32>,
    pub(super) new: Vec<u32>,
    pub(super) places: Vec<u32>,
}

impl Numbers {
    /// Numbers the lines of `old` and `new`, as far as both have them: a line that only one has is in no common
    /// subsequence. `ends` are where the lines of `new` end. `None` where there are more lines or bytes than 32 bits
    /// count.
    pub(super) fn fill(&mut self, old: &[u8], new: &[u8], ends: &[u32]) -> Option<()> {
        u32::try_from(old.len().max(new.len())).ok().filter(|length| *length < ALONE)?;
        self.old.clear();
        self.new.clear();
        self.places.clear();
        self.first.clear();
        self.met.clear();
        let lines = memchr::memchr_iter(b'\n', old).count() + 1;
        self.table.clear();
        self.table.resize((lines * 2).next_power_of_two(), (0, 0));
        let seed = seed();
        each_line(old, |line| {
            let number = self.put(old, line, seed);
            self.old.push(number);
        });
        self.met.resize(self.first.len(), false);
        let mut start = 0;
        for (place, &end) in (0..).zip(ends) {
            if let Some(number) = self.get(old, &new[start..end as usize], seed) {
                self.met[number as usize] = true;
                self.new.push(number);
                self.places.push(place);
            }
            start = end as usize;
        }
        let met = &self.met;
        self.old.retain(|number| met[*number as usize]);
        Some(())
    }

    #[allow(
        clippy::cast_possible_truncation,
        reason = "places were held against 32 bits, and of a hash any part will do"
    )]
    fn put(&mut self, old: &[u8], line: Range<usize>, seed: u64) -> u32 {
        let hash = hash(&old[line.clone()], seed);
        let mask = self.table.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let (half, number) = self.table[at];
            if number == 0 {
                self.first.push((line.start as u32, line.end as u32));
                self.table[at] = ((hash >> 32) as u32, self.first.len() as u32);
                return self.first.len() as u32 - 1;
            }
            if half == (hash >> 32) as u32 && self.line(old, number - 1) == &old[line.clone()] {
                return number - 1;
            }
            at = (at + 1) & mask;
        }
    }

    #[allow(clippy::cast_possible_truncation, reason = "of a hash any part will do")]
    fn get(&self, old: &[u8], line: &[u8], seed: u64) -> Option<u32> {
        let hash = hash(line, seed);
        let mask = self.table.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let (half, number) = self.table[at];
            if number == 0 {
                return None;
            }
            if half == (hash >> 32) as u32 && self.line(old, number - 1) == line {
                return Some(number - 1);
            }
            at = (at + 1) & mask;
        }
    }

    fn line<'t>(&self, old: &'t [u8], number: u32) -> &'t [u8] {
        let (start, end) = self.first[number as usize];
        &old[start as usize..end as usize]
    }
}

/// Gives each line of `text`, with its end, to `take`.
pub(super) fn each_line(text: &[u8], mut take: impl FnMut(Range<usize>)) {
    let mut from = 0;
    for newline in memchr::memchr_iter(b'\n', text) {
        take(from..newline + 1);
        from = newline + 1;
    }
    if from < text.len() {
        take(from..text.len());
    }
}

/// Other in each process: no text is made so that its lines meet in one place.
fn seed() -> u64 {
    static SEED: OnceLock<u64> = OnceLock::new();
    *SEED.get_or_init(|| RandomState::new().build_hasher().finish() | 1)
}

/// Eight bytes at a time, each folded in by a multiplication to 128 bits.
fn hash(line: &[u8], seed: u64) -> u64 {
    let fold = |one: u64, other: u64| {
        let wide = u128::from(one) * u128::from(other);
        #[allow(clippy::cast_possible_truncation, reason = "both halves are taken")]
        let halves = (wide as u64, (wide >> 64) as u64);
        halves.0 ^ halves.1
    };
    let mut hash = seed ^ (line.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let (words, rest) = line.as_chunks::<8>();
    for word in words {
        hash = fold(hash ^ u64::from_le_bytes(*word), 0xa076_1d64_78bd_642f);
    }
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    hash = fold(hash ^ u64::from_le_bytes(last), 0xe703_7ed1_a0b4_28db ^ seed);
    fold(hash, 0x8ebc_6af0_9c88_c6e3)
}
