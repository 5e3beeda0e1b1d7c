//! Waist 1: what changed. Every source narrows to [`Change`]; nothing here knows git or rules. What a
//! source could not list is a gap of the [`Listing`].
//!
//! Content is fetched on demand through a [`Reader`], one a thread, so that listing changes stays
//! cheap and both cores can read.

mod listing;
mod snapshot;

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

pub use listing::Listing;
pub use snapshot::{Listed, Snapshot, TreeFile};

use crate::paths::RepoPath;

/// The name of an object: 20 bytes in SHA-1 repositories, 32 in SHA-256 ones.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oid {
    bytes: [u8; 32],
    len: u8,
}

impl Oid {
    /// From raw bytes: 20 or 32 of them, `None` otherwise.
    pub fn from_bytes(raw: &[u8]) -> Option<Self> {
        let len = match raw.len() {
            20 => 20_u8,
            32 => 32,
            _ => return None,
        };
        let mut bytes = [0; 32];
        bytes[..raw.len()].copy_from_slice(raw);
        Some(Self { bytes, len })
    }

    /// A SHA-1 name.
    pub const fn sha1(raw: [u8; 20]) -> Self {
        let mut bytes = [0; 32];
        let mut at = 0;
        while at < raw.len() {
            bytes[at] = raw[at];
            at += 1;
        }
        Self { bytes, len: 20 }
    }

    /// From 40 or 64 hexadecimal digits.
    pub fn from_hex(hex: &[u8]) -> Option<Self> {
        let mut raw = [0_u8; 32];
        if hex.len() != 40 && hex.len() != 64 {
            return None;
        }
        for (slot, pair) in raw.iter_mut().zip(hex.chunks_exact(2)) {
            let high = char::from(pair[0]).to_digit(16)?;
            let low = char::from(pair[1]).to_digit(16)?;
            *slot = u8::try_from(high * 16 + low).ok()?;
        }
        Self::from_bytes(&raw[..hex.len() / 2])
    }

    /// The raw bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    /// Whether it is all zeros: git's way to say "none".
    pub fn is_null(&self) -> bool {
        self.bytes == [0; 32]
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.as_bytes() {
            write!(out, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self}")
    }
}

/// Where the bytes of one side of a change are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blob {
    /// In the object store of the source.
    Object(Oid),
    /// A file on disk, outside any object store.
    File(PathBuf),
    /// At hand already: a message, a symlink's target.
    Text(Arc<[u8]>),
}

/// What happened to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// New in this change, or all of it is looked at (a work-tree scan).
    Added,
    /// Stood there before, with other content.
    Modified,
    /// Gone.
    Deleted,
}

/// What stands at the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A regular file.
    File,
    /// A regular file with the executable bit.
    Executable,
    /// A symbolic link: its content is the target.
    Symlink,
    /// A commit of a submodule: no content here.
    Gitlink,
    /// The message of a commit or annotated tag: the path is a label, not a file.
    Message,
}

/// The commit that made a change, where one did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its id.
    pub id: Oid,
    /// Author as `Name <mail>`, raw bytes.
    pub author: Vec<u8>,
    /// First line of its message, raw bytes.
    pub subject: Vec<u8>,
}

/// A piece of text with the parts that the change added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// The text: a whole file, or a hunk's added and context lines. Shared, and taken over from its
    /// reader without a copy.
    pub text: Arc<Vec<u8>>,
    /// Number of its first line in the file, from 1.
    pub first_line: u32,
    /// Byte ranges of whole added lines, ascending, not overlapping.
    pub added: Vec<Range<usize>>,
}

/// How the two sides are given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Blobs on both sides. `old` holds the path's blob in every parent that has it: none for a
    /// new path, two or more for a merge. A line counts as added where no parent has it.
    Blobs {
        /// The new side; `None` for a deletion.
        new: Option<Blob>,
        /// The old sides.
        old: Vec<Blob>,
    },
    /// Hunks only, as in a patch.
    Fragments(Vec<Fragment>),
}

/// One path's change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The path on the new side (the old one for a deletion).
    pub path: RepoPath,
    /// What happened.
    pub kind: Kind,
    /// What stands there now.
    pub entry: Entry,
    /// Both sides.
    pub content: Content,
    /// The commit that made it; `None` for the index and the work tree.
    pub commit: Option<Arc<Commit>>,
}

impl Change {
    /// Whether it is headers of commits and tags, or names of refs: looked at, and no lines of anybody's text.
    pub fn is_header(&self) -> bool {
        let path = self.path.as_bytes();
        self.entry == Entry::Message && (path.ends_with(b" headers") || path == REF_NAMES.as_bytes())
    }
}

/// What the names of pushed refs are looked at as.
pub const REF_NAMES: &str = "names of branches and tags";

/// What a read gave.
#[derive(Debug)]
pub struct Loaded {
    /// The bytes, at most as many as the limit allowed.
    pub bytes: Vec<u8>,
    /// Size of the whole, in bytes; larger than `bytes.len()` where the limit cut it.
    pub size: u64,
}

/// Why bytes could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The object is not in the store.
    #[error("object `{0}` is missing")]
    Missing(Oid),
    /// The object is there but cannot be decoded.
    #[error("object `{id}` is unreadable: {reason}")]
    Corrupt {
        /// Its name.
        id: Oid,
        /// What the store said.
        reason: String,
    },
    /// A file on disk could not be read.
    #[error("cannot read `{path}`")]
    File {
        /// Its path.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The files of a tree or of the index cannot be listed.
    #[error("cannot list the files: {0}")]
    Unlisted(String),
    /// The source does not hold blobs of this kind.
    #[error("this source cannot read that")]
    Unsupported,
}

/// Reads blobs. Each thread has its own.
pub trait Reader {
    /// Reads `blob`, at most `limit` bytes of it.
    fn read(&mut self, blob: &Blob, limit: u64) -> Result<Loaded, ReadError>;

    /// Whether a tree before the change holds `blob` under any path: then an added file with it is a copy. Of a
    /// `commit` these are its parents' trees. Asked only when something was found in such a file.
    fn stood_before(&mut self, blob: Oid, commit: Option<Oid>) -> bool {
        let _ = (blob, commit);
        false
    }
}

/// Gives each thread a reader of its own.
pub trait Store: Sync {
    /// Opens a reader.
    fn reader(&self) -> Result<Box<dyn Reader + '_>, ReadError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oids_of_both_lengths_round_trip() {
        for hex in ["4b825dc642cb6eb9a060e54bf8d69288fbee4904", &"6e".repeat(32)] {
            assert_eq!(Oid::from_hex(hex.as_bytes()).map(|oid| oid.to_string()).as_deref(), Some(hex));
        }
        assert_eq!(Oid::from_hex(b"123"), None);
        assert_eq!(Oid::from_hex(&[b'x'; 40]), None);
    }
}
