//! git's index, read where it lies (gitformat-index(5)): versions 2, 3 and 4 of SHA-1 repositories.
//!
//! Nothing is decoded before it is asked for: [`Layout::of`] hops over the entries to find the
//! extensions, [`Entries`] walks them with a name at a time. Knows no objects and no HEAD. Bytes are
//! hostile: whatever does not fit is a [`Doubt`], never a panic, and nothing is allocated by a count
//! that the file merely claims.

mod cache_tree;
mod entries;
mod stat;

pub(in crate::git) use cache_tree::{CacheTree, Node};
pub(in crate::git) use entries::{Entries, IndexEntry};
pub(in crate::git) use stat::Stat;

use std::ops::Range;

use crate::git::repository::doubt::{Doubt, Sure};
use crate::sys::Map;

/// Bytes of an object id; SHA-256 repositories are never read here.
const ID: usize = 20;
/// Bytes of an entry before its flags: stat data, mode, sizes, and the id.
const BEFORE_FLAGS: usize = 40 + ID;
const HEADER: usize = 12;

/// What a pass over an index's bytes has learnt of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::git) struct Layout {
    version: u32,
    count: usize,
    tree: Option<Range<usize>>,
    /// Where every [`STRIDE`]th entry begins. Not kept for version 4, whose names hang on each other.
    marks: Vec<u32>,
}

/// Entries from one mark to the next.
const STRIDE: usize = 64;

impl Layout {
    /// Checks the header and hops over all entries to the extensions. No bytes at all are an index
    /// without entries: what a missing file stands for.
    pub(in crate::git) fn of(bytes: &[u8]) -> Sure<Self> {
        if bytes.is_empty() {
            return Ok(Self { version: 2, ..Self::default() });
        }
        if bytes.len() < HEADER + ID || !bytes.starts_with(b"DIRC") {
            return Err(Doubt::new("the index has no header"));
        }
        let version = number(bytes, 4)?;
        if !(2..=4).contains(&version) {
            return Err(Doubt::of(format!("index version {version}")));
        }
        let count = number(bytes, 8)? as usize;
        let mut layout = Self { version, count, tree: None, marks: Vec::new() };
        let index = Index { bytes: &bytes[..bytes.len() - ID], layout: &layout };
        let (mut at, mut marks) = (HEADER, Vec::with_capacity(bytes.len() / (STRIDE * 64)));
        for entry in 0..count {
            if version < 4 && entry % STRIDE == 0 {
                marks.push(u32::try_from(at).map_err(|_| CUT)?);
            }
            at = index.next(at)?;
        }
        let tree = extensions(index.bytes, at)?;
        (layout.tree, layout.marks) = (tree, marks);
        Ok(layout)
    }
}

/// An index file.
#[derive(Debug)]
pub(in crate::git) struct MappedIndex {
    map: Map,
    layout: Layout,
}

impl MappedIndex {
    /// Over the file in `map`.
    pub(in crate::git) fn new(map: Map) -> Sure<Self> {
        Ok(Self { layout: Layout::of(&map)?, map })
    }

    /// A doubt where the file was cut short meanwhile: to be asked for behind what was concluded from it.
    pub(in crate::git) fn sure(&self) -> Sure<()> {
        if self.map.is_whole() { Ok(()) } else { Err(Doubt::new("the index changes while it is read")) }
    }

    /// What is in it.
    pub(in crate::git) fn get(&self) -> Index<'_> {
        Index::new(&self.map, &self.layout)
    }
}

/// An index: its bytes, and what is known of them.
#[derive(Clone, Copy, Debug)]
pub(in crate::git) struct Index<'b> {
    bytes: &'b [u8],
    layout: &'b Layout,
}

impl<'b> Index<'b> {
    /// `layout` is that of these `bytes`.
    pub(in crate::git) fn new(bytes: &'b [u8], layout: &'b Layout) -> Self {
        Self { bytes: &bytes[..bytes.len().saturating_sub(ID)], layout }
    }

    /// The entries, from the first.
    pub(in crate::git) fn entries(&self) -> Entries<'b> {
        Entries::new(*self)
    }

    /// How many entries there are.
    pub(in crate::git) const fn len(&self) -> usize {
        self.layout.count
    }

    /// The entry of `path`: the first of its stages.
    pub(in crate::git) fn find(&self, path: &[u8]) -> Sure<Option<IndexEntry>> {
        Ok(self.find_with_stat(path)?.map(|(entry, _)| entry))
    }

    /// The same, with what the system said of the file when it was staged.
    pub(in crate::git) fn find_with_stat(&self, path: &[u8]) -> Sure<Option<(IndexEntry, &'b [u8])>> {
        let mut entries = self.entries();
        // Entries are in order: the last mark whose name is not behind the path is near it.
        let name_at = |mark: usize| {
            let (name, flags) = self.name_starts(self.layout.marks[mark] as usize)?;
            Sure::Ok(&self.bytes[name..self.name_ends(name, flags)?])
        };
        let (mut low, mut high) = (0, self.layout.marks.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if name_at(middle)? < path { low = middle + 1 } else { high = middle }
        }
        entries.start_at(low.saturating_sub(1) * STRIDE)?;
        while let Some((entry, name)) = entries.current() {
            if name >= path {
                let stat = entries.stat();
                return Ok((name == path).then_some((entry, stat)));
            }
            entries.advance()?;
        }
        Ok(None)
    }

    /// The cache tree, where the index has one.
    pub(in crate::git) fn cache_tree(&self) -> Sure<Option<CacheTree<'b>>> {
        self.layout.tree.clone().map(|tree| CacheTree::parse(&self.bytes[tree])).transpose()
    }

    /// Where the entry `to` begins, going on from the entry `from`, which begins at `at`.
    fn hop(&self, from: usize, at: usize, to: usize) -> Sure<usize> {
        let (mut entry, mut at) = (from, at);
        if to / STRIDE > from / STRIDE
            && let Some(&mark) = self.layout.marks.get(to / STRIDE)
        {
            (entry, at) = (to / STRIDE * STRIDE, mark as usize);
        }
        for _ in entry..to {
            at = self.next(at)?;
        }
        Ok(at)
    }

    /// Where the entry behind the one at `at` begins.
    fn next(&self, at: usize) -> Sure<usize> {
        let (name, flags) = self.name_starts(at)?;
        if self.layout.version == 4 {
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
        if self.layout.version < 3 {
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
}

/// Goes over the extensions from `at` on. Gives where the cache tree is.
fn extensions(bytes: &[u8], mut at: usize) -> Sure<Option<Range<usize>>> {
    let mut tree = None;
    while at < bytes.len() {
        let name = bytes.get(at..at + 4).ok_or(CUT)?;
        let len = number(bytes, at + 4)? as usize;
        let data = at + 8;
        let end = data.checked_add(len).filter(|&end| end <= bytes.len()).ok_or(CUT)?;
        match name {
            b"TREE" if tree.is_none() => tree = Some(data..end),
            b"TREE" => return Err(Doubt::new("the index has two cache trees")),
            b"link" => return Err(Doubt::new("split index")),
            b"sdir" => return Err(Doubt::new("sparse index")),
            _ if name[0].is_ascii_uppercase() => {}
            _ => return Err(Doubt::of(format!("index extension {}", name.escape_ascii()))),
        }
        at = end;
    }
    Ok(tree)
}

/// Reads all that the readers of this module would read of the index `bytes`, for fuzzing: how many
/// entries were read.
pub fn read_all(bytes: &[u8]) -> Result<usize, Doubt> {
    let layout = Layout::of(bytes)?;
    let index = Index::new(bytes, &layout);
    if let Some(tree) = index.cache_tree()? {
        tree.children(Some(tree.root()));
    }
    let mut entries = index.entries();
    entries.start()?;
    let mut count = 0;
    while let Some((_, name)) = entries.current() {
        if count % 16 == 0 {
            index.find(name)?;
        }
        count += 1;
        entries.advance()?;
    }
    Ok(count)
}

const CUT: Doubt = Doubt::new("the index is cut off");

fn number(bytes: &[u8], at: usize) -> Sure<u32> {
    let bytes: [u8; 4] = bytes.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).ok_or(CUT)?;
    Ok(u32::from_be_bytes(bytes))
}

#[cfg(test)]
mod tests;
