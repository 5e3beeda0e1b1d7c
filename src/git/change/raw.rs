//! The records of `diff-index --raw -z` and `diff-tree -c --raw -z`, and changes made of them.

use std::sync::Arc;

use crate::change::{Blob, Change, Commit, Content, Entry, Kind, Oid};
use crate::git::repository::error::GitError;
use crate::git::repository::repo::unexpected;
use crate::paths::RepoPath;

/// One side of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Side {
    /// File mode: `0o100644`, `0o100755`, `0o120000` or `0o160000`; 0 where the path is not there.
    pub mode: u32,
    /// The blob, or the submodule's commit.
    pub id: Oid,
}

impl Side {
    /// The side that does not have the path.
    pub(in crate::git) const NONE: Self = Self { mode: 0, id: Oid::sha1([0; 20]) };

    /// Whether the path is there.
    pub(in crate::git) const fn stands(self) -> bool {
        self.mode != 0
    }

    pub(in crate::git) fn entry(self) -> Option<Entry> {
        match self.mode {
            0o100_755 => Some(Entry::Executable),
            0o120_000 => Some(Entry::Symlink),
            0o160_000 => Some(Entry::Gitlink),
            mode if mode & 0o170_000 == 0o100_000 => Some(Entry::File),
            _ => None,
        }
    }
}

fn mode(octal: &[u8]) -> Option<u32> {
    u32::from_str_radix(std::str::from_utf8(octal).ok()?, 8).ok()
}

/// One path's record: `:` once a parent, then modes, ids and status.
#[derive(Clone, Debug)]
pub(in crate::git) struct Record<'a> {
    /// The path in each parent.
    pub(in crate::git) old: Vec<Side>,
    /// The path now.
    pub(in crate::git) new: Side,
    /// The first status letter.
    pub(in crate::git) status: u8,
    /// The path.
    pub(in crate::git) path: &'a [u8],
}

impl<'a> Record<'a> {
    /// Reads `meta`, which begins with `:`.
    pub(in crate::git) fn parse(meta: &'a [u8], path: &'a [u8]) -> Result<Self, GitError> {
        let bad = || unexpected("diff", &String::from_utf8_lossy(meta));
        let parents = meta.iter().take_while(|&&byte| byte == b':').count();
        let parts: Vec<&[u8]> = meta[parents..].split(|&byte| byte == b' ').collect();
        let sides = parents + 1;
        if parents == 0 || parts.len() != 2 * sides + 1 {
            return Err(bad());
        }
        let side = |at: usize| Some(Side { mode: mode(parts[at])?, id: Oid::from_hex(parts[sides + at])? });
        let old = (0..parents).map(side).collect::<Option<Vec<_>>>().ok_or_else(bad)?;
        let new = side(parents).ok_or_else(bad)?;
        let status = parts[2 * sides].first().copied().ok_or_else(bad)?;
        Ok(Self { old, new, status, path })
    }

    /// A path's record as it is reported without git.
    pub(in crate::git) fn told(old: Vec<Side>, new: Side, path: &'a [u8]) -> Self {
        let status = if !new.stands() {
            b'D'
        } else if old.iter().any(|old| old.stands()) {
            b'M'
        } else {
            b'A'
        };
        Self { old, new, status, path }
    }

    /// The change it tells of. `None` where neither side is anything git keeps.
    pub(in crate::git) fn change(&self, commit: Option<&Arc<Commit>>) -> Option<Change> {
        let before: Vec<(Entry, Oid)> = self.old.iter().filter_map(|side| Some((side.entry()?, side.id))).collect();
        let change = |kind, entry, new, old| Change {
            path: RepoPath::new(self.path),
            kind,
            entry,
            content: Content::Blobs { new, old },
            commit: commit.cloned(),
        };
        let blobs = |wanted: Entry| {
            let same =
                |entry: Entry| (entry == Entry::Symlink) == (wanted == Entry::Symlink) && entry != Entry::Gitlink;
            before.iter().filter(|(entry, _)| same(*entry)).map(|&(_, id)| Blob::Object(id)).collect::<Vec<_>>()
        };
        let Some(entry) = self.new.entry() else {
            let &(entry, _) = before.first()?;
            let old = if entry == Entry::Gitlink { Vec::new() } else { blobs(entry) };
            return Some(change(Kind::Deleted, entry, None, old));
        };
        let kind = if before.is_empty() { Kind::Added } else { Kind::Modified };
        if entry == Entry::Gitlink {
            return Some(change(kind, entry, None, Vec::new()));
        }
        // Another type of entry is a deletion and an addition: nothing of the old side counts.
        Some(change(kind, entry, Some(Blob::Object(self.new.id)), blobs(entry)))
    }
}

/// A line of `ls-tree -r -z` (`MODE TYPE ID<TAB>PATH`) as an added file.
pub(in crate::git) fn tree_entry(line: &[u8]) -> Result<Option<Change>, GitError> {
    let bad = || unexpected("ls-tree", &String::from_utf8_lossy(line));
    let tab = memchr::memchr(b'\t', line).ok_or_else(bad)?;
    let parts: Vec<&[u8]> = line[..tab].split(|&byte| byte == b' ').collect();
    let [octal, _, id] = parts[..] else { return Err(bad()) };
    let new = Side { mode: mode(octal).ok_or_else(bad)?, id: Oid::from_hex(id).ok_or_else(bad)? };
    Ok(Record { old: Vec::new(), new, status: b'A', path: &line[tab + 1..] }.change(None))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(meta: &str) -> (Kind, Entry, usize) {
        let meta = meta.replace('A', &"a".repeat(40)).replace('B', &"b".repeat(40)).replace('0', &"0".repeat(40));
        let meta = meta.replace("none", "000000").replace("file", "100644").replace("exec", "100755");
        let meta = meta.replace("link", "120000").replace("sub", "160000");
        let change = Record::parse(meta.as_bytes(), b"p").unwrap().change(None).unwrap();
        let Content::Blobs { old, .. } = change.content else { panic!("blobs") };
        (change.kind, change.entry, old.len())
    }

    #[test]
    fn records_of_one_and_of_many_parents_become_changes() {
        assert_eq!(told(":none file 0 A X"), (Kind::Added, Entry::File, 0));
        assert_eq!(told(":file exec A B M"), (Kind::Modified, Entry::Executable, 1));
        assert_eq!(told(":file link A B T"), (Kind::Modified, Entry::Symlink, 0));
        assert_eq!(told(":file none A 0 D"), (Kind::Deleted, Entry::File, 1));
        assert_eq!(told(":sub sub A B M"), (Kind::Modified, Entry::Gitlink, 0));
        assert_eq!(told("::file none file A 0 B MX"), (Kind::Modified, Entry::File, 1));
        assert_eq!(told("::file file file A A B MM"), (Kind::Modified, Entry::File, 2));
        assert_eq!(told("::none none file 0 0 B XX"), (Kind::Added, Entry::File, 0));
    }

    #[test]
    fn what_is_no_record_is_an_error() {
        assert!(Record::parse(b":100644 100644 12 34 M", b"p").is_err());
        assert!(Record::parse(b"100644", b"p").is_err());
        assert!(Record::parse(b":", b"p").is_err());
    }
}
