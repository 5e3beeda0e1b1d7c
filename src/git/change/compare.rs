//! The index against a tree, by the cache tree: directories whose tree the index knows and that
//! equal the commit's are passed over without reading either side.
//!
//! git's `diff-index --cached` passes over the same directories (`cache_tree_matches_traversal`), so
//! both see the same. Knows no files: trees are read through a function.

use super::index::{CacheTree, Entries, Index, Node};
use super::pair::Pair;
use super::raw::Side;
use crate::change::Oid;
use crate::git::objects::tree::{DIRECTORY, TreeEntries};
use crate::git::repository::doubt::{Doubt, Sure};
use crate::paths::RepoPath;

/// Directories within each other, at most; deeper ones are left to git.
const DEEPEST: usize = 512;
/// Entries of trees that are read, at most: a few trees that hold each other many times name more than can be kept.
const MOST: usize = 8_000_000;

/// Where the index and the tree `top` differ, sorted by path. `read` gives a tree object's bytes;
/// `None` stands for the empty tree.
pub(in crate::git) fn compare(
    index: Index<'_>,
    top: Option<Oid>,
    read: &mut dyn FnMut(Oid) -> Sure<Vec<u8>>,
) -> Sure<Vec<Pair>> {
    let cached = index.cache_tree()?;
    if let (Some(top), Some(cached)) = (top, &cached)
        && cached.tree(cached.root()) == Some((top, index.len()))
    {
        return Ok(Vec::new());
    }
    let mut entries = index.entries();
    entries.start()?;
    let root = cached.as_ref().map(CacheTree::root);
    let mut walk = Walk { entries, cached, read, path: Vec::new(), pairs: Vec::new(), left: MOST };
    if let Some(top) = top {
        walk.directory(top, root, 0)?;
    }
    walk.added(|_, _| true)?;
    Ok(walk.pairs)
}

struct Walk<'w, 'b> {
    entries: Entries<'b>,
    cached: Option<CacheTree<'b>>,
    read: &'w mut dyn FnMut(Oid) -> Sure<Vec<u8>>,
    /// The directory stood in, with a slash behind it.
    path: Vec<u8>,
    pairs: Vec<Pair>,
    /// Entries of trees that may still be read.
    left: usize,
}

impl Walk<'_, '_> {
    fn directory(&mut self, id: Oid, node: Option<Node>, depth: usize) -> Sure<()> {
        if depth > DEEPEST {
            return Err(Doubt::new("directories are nested too deep"));
        }
        let bytes = (self.read)(id)?;
        let children = self.cached.as_ref().map(|cached| cached.children(node)).unwrap_or_default();
        let above = self.path.len();
        let mut before: Vec<u8> = Vec::new();
        for entry in TreeEntries::new(&bytes) {
            let entry = entry?;
            self.left = self.left.checked_sub(1).ok_or(Doubt::new("a tree has very many entries"))?;
            self.path.truncate(above);
            self.path.extend_from_slice(entry.name);
            if entry.mode == DIRECTORY {
                self.path.push(b'/');
            }
            if before[..] >= self.path[above..] {
                return Err(Doubt::new("a tree object is not in order"));
            }
            before.clear();
            before.extend_from_slice(&self.path[above..]);
            self.added(|name, path| name < path)?;
            if entry.mode != DIRECTORY {
                self.leaf(Side { mode: entry.mode, id: entry.id })?;
                continue;
            }
            let child = children.binary_search_by(|(name, _)| (*name).cmp(entry.name)).ok();
            let child = child.map(|at| children[at].1);
            match self.cached.as_ref().zip(child).and_then(|(cached, child)| cached.tree(child)) {
                Some((tree, count)) if tree == entry.id => self.entries.skip(count, &self.path)?,
                _ => self.directory(entry.id, child, depth + 1)?,
            }
        }
        self.path.truncate(above);
        Ok(())
    }

    /// A path that the tree holds and that is no directory.
    fn leaf(&mut self, old: Side) -> Sure<()> {
        let path = RepoPath::new(&self.path[..]);
        match self.entries.current().filter(|(_, name)| *name == self.path) {
            Some((entry, _)) if entry.stage > 0 => self.unmerged()?,
            Some((entry, _)) => {
                let new = Side { mode: entry.mode, id: entry.id };
                if entry.intent_to_add {
                    self.pairs.push(Pair { path, old: Some(old), new: None, unmerged: false });
                } else if new != old {
                    self.pairs.push(Pair { path, old: Some(old), new: Some(new), unmerged: false });
                }
                self.entries.advance()?;
            }
            None => self.pairs.push(Pair { path, old: Some(old), new: None, unmerged: false }),
        }
        Ok(())
    }

    /// All entries from here on that `before(name, path stood in)` holds for: the tree has none of them.
    fn added(&mut self, before: impl Fn(&[u8], &[u8]) -> bool) -> Sure<()> {
        while let Some((entry, name)) = self.entries.current().filter(|(_, name)| before(name, &self.path)) {
            if entry.stage > 0 {
                self.unmerged()?;
                continue;
            }
            if !entry.intent_to_add {
                let new = Side { mode: entry.mode, id: entry.id };
                self.pairs.push(Pair { path: RepoPath::new(name), old: None, new: Some(new), unmerged: false });
            }
            self.entries.advance()?;
        }
        Ok(())
    }

    /// The path stood on has conflicts: one pair for all its stages.
    fn unmerged(&mut self) -> Sure<()> {
        let path = RepoPath::new(self.entries.name());
        while self.entries.current().is_some_and(|(_, name)| name == path.as_bytes()) {
            self.entries.advance()?;
        }
        self.pairs.push(Pair { path, old: None, new: None, unmerged: true });
        Ok(())
    }
}
