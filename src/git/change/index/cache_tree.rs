//! The cache tree: which directories of the index are trees that exist already, and their ids.

use crate::change::Oid;
use crate::git::repository::doubt::{Doubt, Sure};

/// A directory. Small, and its id left where it is: a large index has thousands of them.
#[derive(Clone, Copy, Debug)]
pub(in crate::git) struct Node {
    /// Where its name begins and ends.
    name: (u32, u32),
    /// Where the id of its tree is, and how many entries make it; 0 and 0 where that is not known.
    tree: (u32, u32),
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
        let mut tree = Self { bytes, nodes: Vec::with_capacity(bytes.len() / 32) };
        let mut at = 0;
        // Directories whose children are still to come, and how many.
        let mut open: Vec<(usize, usize)> = Vec::new();
        loop {
            let children = tree.node(&mut at)?;
            open.push((tree.nodes.len() - 1, children));
            while let Some((node, 0)) = open.last().copied() {
                tree.nodes[node].end = small(tree.nodes.len())?;
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
        // Names and numbers are so short that a search for their ends costs more than a look at each byte.
        let start = *at;
        let nul = start + self.bytes.get(start..).and_then(|rest| rest.iter().position(|&b| b == 0)).ok_or(WRONG)?;
        let line = &self.bytes[nul + 1..];
        let (mut tree, mut end) = ((0, 0), nul + 1);
        let known = line.first() != Some(&b'-');
        if !known {
            end += 1;
        }
        let count = self.digits(&mut end, b' ')?;
        let children = self.digits(&mut end, b'\n')?;
        if known {
            tree = (small(end)?, count);
            end += super::ID;
            if end > self.bytes.len() {
                return Err(WRONG);
            }
        }
        let name = (small(start)?, small(nul)?);
        if (name.0 == name.1) != self.nodes.is_empty() {
            return Err(WRONG);
        }
        self.nodes.push(Node { tree, name, end: 0 });
        *at = end;
        Ok(children as usize)
    }

    /// Reads a number that `behind` ends.
    fn digits(&self, at: &mut usize, behind: u8) -> Sure<u32> {
        let (mut number, start) = (0_u32, *at);
        loop {
            let byte = *self.bytes.get(*at).ok_or(WRONG)?;
            *at += 1;
            if byte == behind && *at > start + 1 {
                return Ok(number);
            }
            if !byte.is_ascii_digit() || *at > start + 9 {
                return Err(WRONG);
            }
            number = number * 10 + u32::from(byte - b'0');
        }
    }

    /// The top.
    pub(in crate::git) fn root(&self) -> Node {
        self.nodes[0]
    }

    /// The tree that the entries of `node` make, and how many they are; `None` where that is not known.
    pub(in crate::git) fn tree(&self, node: Node) -> Option<(Oid, usize)> {
        let (at, count) = (node.tree.0 as usize, node.tree.1 as usize);
        if at == 0 { None } else { Some((Oid::from_bytes(&self.bytes[at..at + super::ID])?, count)) }
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

fn small(number: usize) -> Sure<u32> {
    u32::try_from(number).map_err(|_| WRONG)
}
