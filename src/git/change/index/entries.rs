//! The entries of an index, one after the other.

use super::{BEFORE_FLAGS, CUT, HEADER, ID, Index};
use crate::change::Oid;
use crate::git::repository::doubt::{Doubt, Sure};

/// The flag that says that two more bytes of flags follow.
pub(super) const EXTENDED: u16 = 0x4000;
/// The part of the flags that holds the name's length; all ones for names as long or longer.
pub(super) const NAME_LENGTH: u16 = 0x0fff;
const STAGE: u16 = 0x3000;
const SKIP_WORKTREE: u16 = 0x4000;
const INTENT_TO_ADD: u16 = 0x2000;

/// What the index says of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::git) struct IndexEntry {
    /// The file mode, as in trees: `0o100644` and so on.
    pub(in crate::git) mode: u32,
    /// The blob, or the submodule's commit.
    pub(in crate::git) id: Oid,
    /// 0, or 1 to 3 for a side of an unresolved merge.
    pub(in crate::git) stage: u8,
    /// Announced by `git add --intent-to-add`, without content.
    pub(in crate::git) intent_to_add: bool,
}

/// A walk over the entries. Stands on one entry, or behind the last.
#[derive(Debug)]
pub(in crate::git) struct Entries<'b> {
    index: Index<'b>,
    /// Number of the entry it stands on.
    at: usize,
    /// Where that entry begins, and the next.
    from: usize,
    to: usize,
    entry: Option<IndexEntry>,
    name: Name<'b>,
}

/// An entry's name: where it lies, or, in version 4, put together from the ones before.
#[derive(Debug)]
enum Name<'b> {
    Plain(&'b [u8]),
    Compressed(Vec<u8>),
}

impl<'b> Entries<'b> {
    pub(super) fn new(index: Index<'b>) -> Self {
        let name = if index.layout.version == 4 { Name::Compressed(Vec::new()) } else { Name::Plain(b"") };
        Self { index, at: 0, from: HEADER, to: HEADER, entry: None, name }
    }

    /// Goes to the first entry. To be called once, before everything else.
    pub(in crate::git) fn start(&mut self) -> Sure<()> {
        self.load(None)
    }

    /// Goes to the entry of that number, instead of [`Entries::start`]. Only 0 in version 4.
    pub(super) fn start_at(&mut self, number: usize) -> Sure<()> {
        self.from = self.index.hop(0, HEADER, number)?;
        self.at = number;
        self.load(None)
    }

    /// The entry it stands on and its name; `None` behind the last.
    pub(in crate::git) fn current(&self) -> Option<(IndexEntry, &[u8])> {
        self.entry.map(|entry| (entry, self.name()))
    }

    /// What the system said of the file of the entry it stands on, as the index keeps it.
    pub(super) fn stat(&self) -> &'b [u8] {
        self.index.bytes.get(self.from..self.from + BEFORE_FLAGS).unwrap_or_default()
    }

    /// The name of the entry it stands on.
    pub(in crate::git) fn name(&self) -> &[u8] {
        match &self.name {
            Name::Plain(name) => name,
            Name::Compressed(name) => name,
        }
    }

    /// Goes to the next entry.
    pub(in crate::git) fn advance(&mut self) -> Sure<()> {
        let Some(entry) = self.entry else { return Ok(()) };
        self.at += 1;
        self.from = self.to;
        self.load(Some(entry.stage))
    }

    /// Goes `count` entries on, all of which must have names that begin with `prefix`, while the one
    /// then stood on must not: what a cache tree says of its directory is held against the entries.
    pub(in crate::git) fn skip(&mut self, count: usize, prefix: &[u8]) -> Sure<()> {
        let wrong = Doubt::new("the cache tree does not fit the index");
        if count == 0 || count > self.index.len() - self.at || !self.name().starts_with(prefix) {
            return Err(wrong);
        }
        if let Name::Compressed(_) = self.name {
            for _ in 1..count {
                self.advance()?;
            }
        } else if count > 1 {
            self.from = self.index.hop(self.at, self.from, self.at + count - 1)?;
            self.at += count - 1;
            self.load(None)?;
        }
        let inside = self.name().starts_with(prefix);
        self.advance()?;
        if inside && (self.entry.is_none() || !self.name().starts_with(prefix)) { Ok(()) } else { Err(wrong) }
    }

    /// Reads the entry at `from`. `before` is the stage of the one whose name is still held: the new
    /// one must come behind it.
    fn load(&mut self, before: Option<u8>) -> Sure<()> {
        if self.at >= self.index.len() {
            self.entry = None;
            return Ok(());
        }
        let bytes = self.index.bytes;
        let (name, flags) = self.index.name_starts(self.from)?;
        let fixed = bytes.get(self.from..self.from + BEFORE_FLAGS).ok_or(CUT)?;
        let extended = if flags & EXTENDED == 0 { 0 } else { u16::from_be_bytes([bytes[name - 2], bytes[name - 1]]) };
        if extended & !(SKIP_WORKTREE | INTENT_TO_ADD) != 0 {
            return Err(Doubt::new("an index entry has unknown flags"));
        }
        let stage = ((flags & STAGE) >> 12) as u8;
        let order = match &mut self.name {
            Name::Plain(held) => {
                let next = &bytes[name..self.index.name_ends(name, flags)?];
                let order = next.cmp(*held);
                *held = next;
                order
            }
            Name::Compressed(held) => decompress(held, bytes, name)?,
        };
        if let Some(before) = before
            && (order, stage.cmp(&before)) <= (std::cmp::Ordering::Equal, std::cmp::Ordering::Equal)
        {
            return Err(Doubt::new("the index is not in order"));
        }
        self.to = self.index.next(self.from)?;
        let mode = u32::from_be_bytes([fixed[24], fixed[25], fixed[26], fixed[27]]);
        let id = Oid::from_bytes(&fixed[BEFORE_FLAGS - ID..]).ok_or(CUT)?;
        // A directory: git then and now leaves the extension that announces these away.
        if mode == 0o040_000 {
            return Err(Doubt::new("sparse index"));
        }
        if !matches!(mode, 0o100_644 | 0o100_755 | 0o120_000 | 0o160_000) || self.name().is_empty() {
            return Err(Doubt::of(format!("an index entry of mode {mode:o}")));
        }
        self.entry = Some(IndexEntry { mode, id, stage, intent_to_add: extended & INTENT_TO_ADD != 0 });
        Ok(())
    }
}

/// Makes the name at `at` from the one before in `held`: cut off as many bytes as the number says,
/// append what follows up to the NUL. Gives the order of the new name against the old.
fn decompress(held: &mut Vec<u8>, bytes: &[u8], mut at: usize) -> Sure<std::cmp::Ordering> {
    let mut byte = *bytes.get(at).ok_or(CUT)?;
    let mut cut = usize::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        at += 1;
        byte = *bytes.get(at).ok_or(CUT)?;
        cut = cut.checked_add(1).and_then(|cut| cut.checked_mul(128)).ok_or(CUT)? + usize::from(byte & 0x7f);
    }
    let rest = bytes.get(at + 1..).ok_or(CUT)?;
    let tail = &rest[..memchr::memchr(0, rest).ok_or(CUT)?];
    let keep = held.len().checked_sub(cut).ok_or(Doubt::new("an index entry's name does not fit the one before"))?;
    let order = tail.cmp(&held[keep..]);
    held.truncate(keep);
    held.extend_from_slice(tail);
    Ok(order)
}
