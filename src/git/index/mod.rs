//! git's index, read where it lies (gitformat-index(5)): versions 2, 3 and 4 of SHA-1 repositories.
//!
//! Nothing is decoded before it is asked for: [`Index::parse`] hops over the entries to find the
//! extensions, [`Entries`] walks them with a name at a time. Knows no objects and no HEAD. Bytes are
//! hostile: whatever does not fit is a [`Doubt`], never a panic, and nothing is allocated by a count
//! that the file merely claims.

mod cache_tree;
mod entries;

pub(super) use cache_tree::{CacheTree, Node};
pub(super) use entries::{Entries, Entry};

use super::doubt::{Doubt, Sure};

/// Bytes of an object id; SHA-256 repositories are never read here.
const ID: usize = 20;
/// Bytes of an entry before its flags: stat data, mode, sizes, and the id.
const BEFORE_FLAGS: usize = 40 + ID;
const HEADER: usize = 12;

/// A mapped index whose header, hops and extensions fit.
#[derive(Clone, Copy, Debug)]
pub struct Index<'b> {
    bytes: &'b [u8],
    version: u32,
    count: usize,
    tree: Option<&'b [u8]>,
}

impl<'b> Index<'b> {
    /// Checks the header and hops over all entries to the extensions. No bytes at all are an index
    /// without entries: what a missing file stands for.
    pub fn parse(bytes: &'b [u8]) -> Result<Self, Doubt> {
        if bytes.is_empty() {
            return Ok(Self { bytes, version: 2, count: 0, tree: None });
        }
        if bytes.len() < HEADER + ID || !bytes.starts_with(b"DIRC") {
            return Err(Doubt::new("the index has no header"));
        }
        let version = number(bytes, 4)?;
        if !(2..=4).contains(&version) {
            return Err(Doubt::of(format!("index version {version}")));
        }
        let count = number(bytes, 8)? as usize;
        let end = bytes.len() - ID;
        let mut index = Self { bytes: &bytes[..end], version, count, tree: None };
        let mut at = HEADER;
        for _ in 0..count {
            at = index.next(at)?;
        }
        index.extensions(at)?;
        Ok(index)
    }

    /// The entries, from the first.
    pub(super) fn entries(&self) -> Entries<'b> {
        Entries::new(*self)
    }

    /// How many entries there are.
    pub(super) const fn len(&self) -> usize {
        self.count
    }

    /// The entry of `path`: the first of its stages.
    pub(super) fn find(&self, path: &[u8]) -> Sure<Option<Entry>> {
        let mut entries = self.entries();
        entries.start()?;
        while let Some((entry, name)) = entries.current() {
            if name >= path {
                return Ok((name == path).then_some(entry));
            }
            entries.advance()?;
        }
        Ok(None)
    }

    /// The cache tree, where the index has one.
    pub(super) fn cache_tree(&self) -> Sure<Option<CacheTree<'b>>> {
        self.tree.map(CacheTree::parse).transpose()
    }

    /// Where the entry behind the one at `at` begins.
    fn next(&self, at: usize) -> Sure<usize> {
        let (name, flags) = self.name_starts(at)?;
        if self.version == 4 {
            let mut name = name;
            while *self.bytes.get(name).ok_or(CUT)? & 0x80 != 0 {
                name += 1;
            }
            let rest = self.bytes.get(name + 1..).ok_or(CUT)?;
            return Ok(name + 1 + memchr::memchr(0, rest).ok_or(CUT)? + 1);
        }
        let end = self.name_ends(name, flags)?;
        // One to eight NULs pad the entry to a multiple of eight.
        let next = at + ((end - at + 8) & !7);
        if next > self.bytes.len() { Err(CUT) } else { Ok(next) }
    }

    /// Where the name of the entry at `at` begins, and the entry's flags.
    fn name_starts(&self, at: usize) -> Sure<(usize, u16)> {
        let flags = at + BEFORE_FLAGS;
        let bytes = self.bytes.get(flags..flags + 2).ok_or(CUT)?;
        let bits = u16::from_be_bytes([bytes[0], bytes[1]]);
        if bits & entries::EXTENDED == 0 {
            return Ok((flags + 2, bits));
        }
        if self.version < 3 {
            return Err(Doubt::new("an index entry has flags that its version does not know"));
        }
        Ok((flags + 4, bits))
    }

    /// Where a name that is not compressed ends: at its NUL.
    fn name_ends(&self, name: usize, flags: u16) -> Sure<usize> {
        let len = usize::from(flags & entries::NAME_LENGTH);
        let end = if flags & entries::NAME_LENGTH == entries::NAME_LENGTH {
            let rest = self.bytes.get(name + len..).ok_or(CUT)?;
            name + len + memchr::memchr(0, rest).ok_or(CUT)?
        } else {
            name + len
        };
        if self.bytes.get(end) == Some(&0) { Ok(end) } else { Err(Doubt::new("an index entry's name has no end")) }
    }

    fn extensions(&mut self, mut at: usize) -> Sure<()> {
        while at < self.bytes.len() {
            let name = self.bytes.get(at..at + 4).ok_or(CUT)?;
            let len = number(self.bytes, at + 4)? as usize;
            let data = at + 8;
            let end = data.checked_add(len).filter(|&end| end <= self.bytes.len()).ok_or(CUT)?;
            match name {
                b"TREE" if self.tree.is_none() => self.tree = Some(&self.bytes[data..end]),
                b"TREE" => return Err(Doubt::new("the index has two cache trees")),
                b"link" => return Err(Doubt::new("split index")),
                b"sdir" => return Err(Doubt::new("sparse index")),
                _ if name[0].is_ascii_uppercase() => {}
                _ => return Err(Doubt::of(format!("index extension {}", name.escape_ascii()))),
            }
            at = end;
        }
        Ok(())
    }
}

const CUT: Doubt = Doubt::new("the index is cut off");

fn number(bytes: &[u8], at: usize) -> Sure<u32> {
    let bytes: [u8; 4] = bytes.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).ok_or(CUT)?;
    Ok(u32::from_be_bytes(bytes))
}

#[cfg(test)]
mod tests;
