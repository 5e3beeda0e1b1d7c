//! Objects of SHA-1 repositories without a child process: loose ones by an own reader, packed ones
//! by another, through libgit2 where that does not understand them. One a thread.
//!
//! Hashes are not verified, as git itself does not when it reads. What cannot be had here is a
//! [`Fault`], and `git cat-file` is asked before anybody is told.

mod bases;
mod delta;
mod loose;
mod pack;
mod packed;
mod places;

pub(super) use pack::Packs;
pub(super) use places::places;

use std::path::PathBuf;
use std::sync::OnceLock;

use super::doubt::{Doubt, Sure};
use crate::change::{Loaded, Oid};

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Blob,
    Tree,
    Commit,
}

impl Type {
    const fn word(self) -> &'static str {
        match self {
            Self::Blob => "blob",
            Self::Tree => "tree",
            Self::Commit => "commit",
        }
    }
}

/// Why an object is not to be had here.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// No place has it.
    Missing,
    /// It is there, but is not what it should be, or is larger than can be read here.
    Unfit(&'static str),
}

/// Reads objects.
pub(super) struct Objects<'p> {
    places: &'p [PathBuf],
    packs: &'p OnceLock<Packs>,
    loose: loose::Loose,
    unpack: pack::Unpack,
    packed: packed::Packed,
}

impl<'p> Objects<'p> {
    /// Over the object directories `places`, whose `packs` are opened by whoever asks first.
    pub(super) fn new(places: &'p [PathBuf], packs: &'p OnceLock<Packs>) -> Self {
        let (loose, unpack, packed) = Default::default();
        Self { places, packs, loose, unpack, packed }
    }

    fn packs(&self) -> &'p Packs {
        self.packs.get_or_init(|| Packs::open(self.places))
    }

    /// Reads the object `id` of type `wanted`, at most `limit` bytes of it.
    pub(super) fn read(&mut self, id: Oid, wanted: Type, limit: u64) -> Result<Loaded, Fault> {
        match self.read_loose(id, wanted, limit) {
            Err(Fault::Missing) => match self.read_packed(id, wanted, limit) {
                // Another pack may have come since, or be of a kind that only git's own library knows.
                Err(_) => self.packed.read(self.places, id, wanted, limit),
                loaded => loaded,
            },
            other => other,
        }
    }

    /// The same, of objects in packs that were there when the first was asked for.
    pub(super) fn read_packed(&mut self, id: Oid, wanted: Type, limit: u64) -> Result<Loaded, Fault> {
        let packs = self.packs();
        self.unpack.read(packs, id, wanted, limit)
    }

    /// What `parse` makes of a commit: of its beginning first, and where that is not enough of all of it.
    pub(super) fn commit<T>(&mut self, id: Oid, parse: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
        let mut beginning = [0; COMMIT];
        let packs = self.packs();
        let length = self.unpack.beginning(packs, id, &mut beginning);
        length.and_then(|length| parse(&beginning[..length])).or_else(|| {
            let loaded = self.read(id, Type::Commit, u64::MAX).ok()?;
            parse(&loaded.bytes)
        })
    }

    /// The same, of objects that stand in a file of their own: what is staged nearly always does.
    pub(super) fn read_loose(&mut self, id: Oid, wanted: Type, limit: u64) -> Result<Loaded, Fault> {
        for place in self.places {
            match self.loose.read(place, id, wanted, limit) {
                Err(Fault::Missing) => {}
                other => return other,
            }
        }
        Err(Fault::Missing)
    }

    /// The bytes of a tree.
    pub(super) fn tree(&mut self, id: Oid) -> Sure<Vec<u8>> {
        if id == EMPTY_TREE {
            return Ok(Vec::new());
        }
        self.whole(id, Type::Tree)
    }

    /// The bytes of a blob.
    pub(super) fn blob(&mut self, id: Oid) -> Sure<Vec<u8>> {
        self.whole(id, Type::Blob)
    }

    /// The tree of a commit.
    pub(super) fn tree_of(&mut self, commit: Oid) -> Sure<Oid> {
        let bytes = self.whole(commit, Type::Commit)?;
        let hex = bytes.strip_prefix(b"tree ").and_then(|rest| rest.get(..40)).unwrap_or_default();
        Oid::from_hex(hex).ok_or(Doubt::new("a commit names no tree"))
    }

    fn whole(&mut self, id: Oid, wanted: Type) -> Sure<Vec<u8>> {
        match self.read(id, wanted, u64::MAX) {
            Ok(loaded) => Ok(loaded.bytes),
            Err(Fault::Missing) => Err(Doubt::of(format!("{} {id} is not found", wanted.word()))),
            Err(Fault::Unfit(reason)) => Err(Doubt::of(format!("{} {id}: {reason}", wanted.word()))),
        }
    }
}

/// Bytes of a commit that hold its tree, parents, author and committer, and room to unpack them fast.
const COMMIT: usize = 1024;

/// The tree without entries, which git knows without having it.
pub(super) const EMPTY_TREE: Oid = Oid::sha1([
    0x4b, 0x82, 0x5d, 0xc6, 0x42, 0xcb, 0x6e, 0xb9, 0xa0, 0x60, 0xe5, 0x4b, 0xf8, 0xd6, 0x92, 0x88, 0xfb, 0xee, 0x49,
    0x04,
]);
