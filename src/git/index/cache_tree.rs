//! The cache tree: which directories of the index are trees that exist already, and their ids.

use crate::change::Oid;
use crate::git::doubt::{Doubt, Sure};

/// A directory.
#[derive(Clone, Copy, Debug)]
pub(in crate::git) struct Node {
    /// The tree that its entries make, and how many they are; `None` where that is not known.
    pub(in crate::git) tree: Option<(Oid, usize)>,
    name: (u32, u32),
    /// Number of the node that follows all those below it.
    end: u32,
}

/// All directories, a parent before its children.
#[derive(Debug)]
pub(in crate::git) struct CacheTree<'b> {
    bytes: &'b [u8],
    nodes: Vec<Node>,
}

impl<'b> CacheTree<'b> {
    pub(super) fn parse(bytes: &'b [u8]) -> Sure<Self> {
        let mut tree = Self { bytes, nodes: Vec::with_capacity(bytes.len() / 40) };
        let mut at = 0;
        // Directories whose children are still to come, and how many.
        let mut open: Vec<(usize, usize)> = Vec::new();
        loop {
            let children = tree.node(&mut at)?;
            open.push((tree.nodes.len() - 1, children));
            while let Some((node, 0)) = open.last().copied() {
                tree.nodes[node].end = u32::try_from(tree.nodes.len()).map_err(|_| WRONG)?;
                open.pop();
            }
            match open.last_mut() {
                Some((_, left)) => *left -= 1,
                None if at == bytes.len() => return Ok(tree),
                None => return Err(WRONG),
            }
        }
    }

    /// Reads `name NUL count SP children LF [id]`, and gives the number of children.
    fn node(&mut self, at: &mut usize) -> Sure<usize> {
        let start = *at;
        let rest = self.bytes.get(start..).ok_or(WRONG)?;
        let nul = memchr::memchr(0, rest).ok_or(WRONG)?;
        let line = &rest[nul + 1..];
        let newline = memchr::memchr(b'\n', &line[..line.len().min(32)]).ok_or(WRONG)?;
        let space = memchr::memchr(b' ', &line[..newline]).ok_or(WRONG)?;
        let children = digits(&line[space + 1..newline])?;
        let mut end = start + nul + 1 + newline + 1;
        let tree = if line[0] == b'-' {
            None
        } else {
            let id = self.bytes.get(end..end + super::ID).and_then(Oid::from_bytes).ok_or(WRONG)?;
            end += super::ID;
            Some((id, digits(&line[..space])?))
        };
        let name = (u32::try_from(start).map_err(|_| WRONG)?, u32::try_from(start + nul).map_err(|_| WRONG)?);
        if (name.0 == name.1) != self.nodes.is_empty() {
            return Err(WRONG);
        }
        self.nodes.push(Node { tree, name, end: 0 });
        *at = end;
        Ok(children)
    }

    /// The top.
    pub(in crate::git) fn root(&self) -> Node {
        self.nodes[0]
    }

    /// The directories right in `node`, by name. Empty for `None`.
    pub(in crate::git) fn children(&self, node: Option<Node>) -> Vec<(&'b [u8], Node)> {
        let Some(node) = node else { return Vec::new() };
        let mut children = Vec::new();
        let mut at = self.place(node) + 1;
        while at < node.end as usize {
            let child = self.nodes[at];
            children.push((self.name(child), child));
            at = child.end as usize;
        }
        children.sort_unstable_by_key(|(name, _)| *name);
        children
    }

    fn name(&self, node: Node) -> &'b [u8] {
        &self.bytes[node.name.0 as usize..node.name.1 as usize]
    }

    /// The number of a node: nodes are in the order of their names' places.
    fn place(&self, node: Node) -> usize {
        self.nodes.partition_point(|other| other.name < node.name)
    }
}

const WRONG: Doubt = Doubt::new("the cache tree is corrupt");

fn digits(text: &[u8]) -> Sure<usize> {
    if text.is_empty() || text.len() > 9 || !text.iter().all(u8::is_ascii_digit) {
        return Err(WRONG);
    }
    Ok(text.iter().fold(0, |number, digit| number * 10 + usize::from(digit - b'0')))
}
