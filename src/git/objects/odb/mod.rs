//! Objects of SHA-1 repositories without a child process: loose ones by one reader, packed ones by another.
//! One a thread. Bytes are hostile: no other library sees them.
//!
//! Hashes are not verified, as git itself does not when it reads. What cannot be had here is a [`Fault`]: of what is
//! missing or too large git is asked, what is broken is reported as broken.

mod bases;
mod delta;
mod loose;
mod pack;
mod places;

pub(in crate::git) use delta::apply;
pub(in crate::git) use loose::Loose;
pub(in crate::git) use pack::{Packs, Unpack};
pub(in crate::git) use places::places;

use std::path::PathBuf;
use std::sync::OnceLock;

use crate::change::{Loaded, Oid};
use crate::git::repository::doubt::{Doubt, Sure};

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::git) enum Type {
    Blob,
    Tree,
    Commit,
    Tag,
}

impl Type {
    const ALL: [Self; 4] = [Self::Blob, Self::Tree, Self::Commit, Self::Tag];

    /// git's word for it.
    pub(in crate::git) const fn word(self) -> &'static str {
        match self {
            Self::Blob => "blob",
            Self::Tree => "tree",
            Self::Commit => "commit",
            Self::Tag => "tag",
        }
    }

    /// What git's word stands for.
    pub(in crate::git) fn parse(word: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word().as_bytes() == word)
    }
}

/// Why an object is not available here.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::git) enum Fault {
    /// No place has it.
    Missing,
    /// It is there, and larger than is read here.
    Large,
    /// It is there, but is not what it should be.
    Unfit(&'static str),
}

/// Reads objects.
pub(in crate::git) struct Objects<'p> {
    places: &'p [PathBuf],
    packs: &'p OnceLock<Packs>,
    loose: Loose,
    unpack: Unpack,
}

impl<'p> Objects<'p> {
    /// Over the object directories `places`, whose `packs` are opened by whoever asks first.
    pub(in crate::git) fn new(places: &'p [PathBuf], packs: &'p OnceLock<Packs>) -> Self {
        let (loose, unpack) = Default::default();
        Self { places, packs, loose, unpack }
    }

    fn packs(&self) -> &'p Packs {
        self.packs.get_or_init(|| Packs::open(self.places))
    }

    /// Reads the object `id` of type `wanted`, at most `limit` bytes of it. What is broken in one place is looked for
    /// in the others, as git does.
    pub(in crate::git) fn read(&mut self, id: Oid, wanted: Type, limit: u64) -> Result<Loaded, Fault> {
        let loose = self.read_loose(id, wanted, limit);
        if loose.is_ok() { loose } else { either(loose, self.read_packed(id, wanted, limit)) }
    }

    /// The same, of objects in packs that were there when the first was asked for.
    pub(in crate::git) fn read_packed(&mut self, id: Oid, wanted: Type, limit: u64) -> Result<Loaded, Fault> {
        let packs = self.packs();
        self.unpack.read(packs, id, wanted, limit)
    }

    /// What the object `id` is; `None` where that is not told here.
    pub(in crate::git) fn kind(&mut self, id: Oid) -> Option<Type> {
        let packs = self.packs();
        let packed = self.unpack.kind(packs, id);
        packed.or_else(|| self.places.iter().find_map(|place| self.loose.kind(place, id)))
    }

    /// What `parse` makes of a commit: of its beginning first, and where that is not enough of all of it.
    pub(in crate::git) fn commit<T>(&mut self, id: Oid, parse: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
        let mut beginning = [0; COMMIT];
        let packs = self.packs();
        let length = self.unpack.beginning(packs, id, &mut beginning);
        length.and_then(|length| parse(&beginning[..length])).or_else(|| {
            let loaded = self.read(id, Type::Commit, u64::MAX).ok()?;
            parse(&loaded.bytes)
        })
    }

    /// The same, of objects that stand in a file of their own: what is staged nearly always does.
    fn read_loose(&mut self, id: Oid, wanted: Type, limit: u64) -> Result<Loaded, Fault> {
        let mut found = Err(Fault::Missing);
        for place in self.places {
            found = either(found, self.loose.read(place, id, wanted, limit));
            if found.is_ok() {
                break;
            }
        }
        found
    }

    /// The bytes of a tree.
    pub(in crate::git) fn tree(&mut self, id: Oid) -> Sure<Vec<u8>> {
        if id == EMPTY_TREE {
            return Ok(Vec::new());
        }
        self.whole(id, Type::Tree)
    }

    /// The bytes of a blob.
    pub(in crate::git) fn blob(&mut self, id: Oid) -> Sure<Vec<u8>> {
        self.whole(id, Type::Blob)
    }

    /// The tree of a commit.
    pub(in crate::git) fn tree_of(&mut self, commit: Oid) -> Sure<Oid> {
        let bytes = self.whole(commit, Type::Commit)?;
        let hex = bytes.strip_prefix(b"tree ").and_then(|rest| rest.get(..40)).unwrap_or_default();
        Oid::from_hex(hex).ok_or(Doubt::new("a commit names no tree"))
    }

    fn whole(&mut self, id: Oid, wanted: Type) -> Sure<Vec<u8>> {
        match self.read(id, wanted, u64::MAX) {
            Ok(loaded) => Ok(loaded.bytes),
            Err(Fault::Missing) => Err(Doubt::of(format!("{} {id} is not found", wanted.word()))),
            Err(Fault::Large) => Err(Doubt::of(format!("{} {id} is too large", wanted.word()))),
            Err(Fault::Unfit(reason)) => Err(Doubt::of(format!("{} {id}: {reason}", wanted.word()))),
        }
    }
}

/// The better of what two places gave: the object, else what tells most of why it is not available.
fn either(one: Result<Loaded, Fault>, other: Result<Loaded, Fault>) -> Result<Loaded, Fault> {
    match (one, other) {
        (Ok(loaded), _) | (_, Ok(loaded)) => Ok(loaded),
        (Err(Fault::Missing), fault) | (fault, Err(Fault::Missing)) => fault,
        // git may know how to read what is only large.
        (Err(Fault::Large), _) | (_, Err(Fault::Large)) => Err(Fault::Large),
        (fault, _) => fault,
    }
}

/// Bytes of a commit that hold its tree, parents, author and committer, and room to unpack them fast.
const COMMIT: usize = 1024;

/// The tree without entries, which git knows without having it.
pub(in crate::git) const EMPTY_TREE: Oid = Oid::sha1([
    0x4b, 0x82, 0x5d, 0xc6, 0x42, 0xcb, 0x6e, 0xb9, 0xa0, 0x60, 0xe5, 0x4b, 0xf8, 0xd6, 0x92, 0x88, 0xfb, 0xee, 0x49,
    0x04,
]);
