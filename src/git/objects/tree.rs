//! Tree objects: the entries of one directory.

use crate::change::Oid;
use crate::git::repository::doubt::{Doubt, Sure};

/// One entry of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::git) struct TreeEntry<'b> {
    /// Its mode, made one of those that the index knows, as git does.
    pub(in crate::git) mode: u32,
    /// Its name, without a slash.
    pub(in crate::git) name: &'b [u8],
    /// The blob, tree or commit.
    pub(in crate::git) id: Oid,
}

/// Mode of a directory.
pub(in crate::git) const DIRECTORY: u32 = 0o040_000;

/// The entries of a SHA-1 repository's tree object.
#[derive(Clone, Debug)]
pub(in crate::git) struct TreeEntries<'b>(&'b [u8]);

impl<'b> TreeEntries<'b> {
    pub(in crate::git) const fn new(bytes: &'b [u8]) -> Self {
        Self(bytes)
    }
}

impl<'b> Iterator for TreeEntries<'b> {
    type Item = Sure<TreeEntry<'b>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let entry = take(&mut self.0);
        if entry.is_none() {
            self.0 = b"";
        }
        Some(entry.ok_or(Doubt::new("a tree object is corrupt")))
    }
}

/// Takes `<octal mode> SP <name> NUL <20 bytes>`.
fn take<'b>(bytes: &mut &'b [u8]) -> Option<TreeEntry<'b>> {
    let space = memchr::memchr(b' ', &bytes[..bytes.len().min(8)])?;
    let octal = |mode: u32, digit: &u8| (b'0'..=b'7').contains(digit).then(|| mode * 8 + u32::from(digit - b'0'));
    let mode = bytes[..space].iter().try_fold(0, octal)?;
    let rest = &bytes[space + 1..];
    let nul = memchr::memchr(0, rest)?;
    let name = &rest[..nul];
    let id = Oid::from_bytes(rest.get(nul + 1..nul + 21)?)?;
    if name.is_empty() || name.contains(&b'/') {
        return None;
    }
    *bytes = &rest[nul + 21..];
    Some(TreeEntry { mode: canonical(mode), name, id })
}

/// git's `canon_mode`: old repositories hold `100664` and the like.
const fn canonical(mode: u32) -> u32 {
    match mode & 0o170_000 {
        0o100_000 if mode & 0o100 == 0 => 0o100_644,
        0o100_000 => 0o100_755,
        0o120_000 => 0o120_000,
        DIRECTORY => DIRECTORY,
        _ => 0o160_000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_and_their_modes() {
        let id = [7_u8; 20];
        let bytes = [&b"40000 d\0"[..], &id, b"100664 f\0", &id, b"100775 x\0", &id, b"160000 s\0", &id].concat();
        let read: Vec<_> = TreeEntries::new(&bytes).flatten().map(|e| (e.mode, e.name)).collect();
        assert_eq!(read, [(DIRECTORY, &b"d"[..]), (0o100_644, b"f"), (0o100_755, b"x"), (0o160_000, b"s")]);
        for cut in 1..bytes.len() {
            let good = TreeEntries::new(&bytes[..cut]).flatten().count();
            assert!(good < 4);
        }
    }
}
