//! Objects of SHA-1 repositories without a child process: loose ones by an own reader, packed ones
//! through libgit2. One a thread.
//!
//! Hashes are not verified, as git itself does not when it reads. What cannot be had here is a
//! [`Fault`], and `git cat-file` is asked before anybody is told.

mod loose;
mod packed;
mod places;

pub(super) use places::places;

use std::path::PathBuf;

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
    loose: loose::Loose,
    packed: packed::Packed,
}

impl<'p> Objects<'p> {
    /// Over the object directories `places`. Nothing is opened yet.
    pub(super) fn new(places: &'p [PathBuf]) -> Self {
        Self { places, loose: loose::Loose::default(), packed: packed::Packed::default() }
    }

    /// Reads the object `id` of type `wanted`, at most `limit` bytes of it.
    pub(super) fn read(&mut self, id: Oid, wanted: Type, limit: u64) -> Result<Loaded, Fault> {
        match self.read_loose(id, wanted, limit) {
            Err(Fault::Missing) => self.packed.read(self.places, id, wanted, limit),
            other => other,
        }
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

/// The tree without entries, which git knows without having it.
pub(super) const EMPTY_TREE: Oid = Oid::sha1([
    0x4b, 0x82, 0x5d, 0xc6, 0x42, 0xcb, 0x6e, 0xb9, 0xa0, 0x60, 0xe5, 0x4b, 0xf8, 0xd6, 0x92, 0x88, 0xfb, 0xee, 0x49,
    0x04,
]);
