//! Packs by an own reader: mapped files, and a memory of what deltas are made against that all threads
//! share, so that a history is unpacked once.
//!
//! Format after gitformat-pack(5): indexes of version 2, deltas against objects of the same pack. Bytes are hostile:
//! each place and size is held against what is there before anything is read or reserved, and what all threads make
//! of the packs has a bound. What is missing here is a [`Fault`].

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{self, AtomicU64};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use flate2::{Decompress, FlushDecompress, Status};

mod file;
mod many;

use self::file::{Pack, PackedEntry, PackedKind};
use self::many::ManyPacks;
use super::bases::{Bases, Held};
use super::delta;
use super::{Fault, Type};
use crate::change::{Loaded, Oid};
use crate::sys::Map;

/// Deltas upon deltas, at most: git makes no more than 4095.
const DEEPEST: usize = 4096;
/// Bytes from which on an object is not read here.
const LARGEST: u64 = 512 << 20;
/// The same of a tree or a commit.
const LARGEST_TREE: u64 = 64 << 20;
/// The most bytes that deflate makes of one.
const EXPANSION: usize = 1032;
/// Bytes that all threads together make of packs, at most, and how many more for each byte that the packs hold:
/// deltas of a few bytes may ask for gigabytes, over and over.
const BUDGET: u64 = 4 << 30;
const BUDGET_EACH: u64 = 2000;
/// What a look at an entry counts for.
const STEP: usize = 64;
/// Room behind an object, so that the end of its stream is reached, or is seen to be missing, and the last of it
/// is unpacked as fast as the rest.
const ROOM: usize = 320;
/// The packs of some object directories.
#[derive(Default)]
pub(in crate::git) struct Packs {
    #[allow(clippy::struct_field_names, reason = "what it has")]
    packs: Vec<Pack>,
    indexes: Vec<Placed>,
    bases: Mutex<Bases>,
    /// Bytes that were made of the packs so far, and the most that may be.
    made: AtomicU64,
    budget: u64,
}

/// An index over many packs.
struct Placed {
    index: ManyPacks,
    /// Which packs it is over: their numbers, by its own.
    packs: Vec<Option<usize>>,
}

/// What one thread unpacks with.
pub(in crate::git) struct Unpack {
    inflate: Decompress,
    /// The pack that had the last object.
    last: usize,
}

impl Default for Unpack {
    fn default() -> Self {
        Self { inflate: Decompress::new(true), last: 0 }
    }
}

impl Packs {
    /// Those in the object directories `places`, as they are now.
    pub(in crate::git) fn open(places: &[PathBuf]) -> Self {
        let listed = places.iter().flat_map(|place| std::fs::read_dir(place.join("pack")).into_iter().flatten());
        let mut files: Vec<PathBuf> = listed.flatten().map(|entry| entry.path()).collect();
        let indexes: Vec<(PathBuf, ManyPacks)> = files
            .iter()
            .filter(|file| file.ends_with("multi-pack-index"))
            .filter_map(|file| Some((file.clone(), ManyPacks::read(Map::open_sparse(file).ok()?)?)))
            .collect();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "idx"));
        files.sort();
        Self::new(files.iter().filter_map(|file| Pack::open(file)).collect(), indexes)
    }

    fn new(mut packs: Vec<Pack>, indexes: Vec<(PathBuf, ManyPacks)>) -> Self {
        let numbers: HashMap<&Path, usize> = packs.iter().enumerate().map(|(at, pack)| (&*pack.file, at)).collect();
        let placed = indexes.into_iter().map(|(file, index)| {
            let pack = |name: &str| numbers.get(&*file.with_file_name(name).with_extension("pack")).copied();
            Placed { packs: index.names().map(pack).collect(), index }
        });
        let indexes: Vec<Placed> = placed.collect();
        for number in indexes.iter().flat_map(|index| index.packs.iter().flatten()) {
            packs[*number].covered = true;
        }
        let held = packs.iter().map(|pack| pack.size).fold(0, u64::saturating_add);
        let budget = BUDGET.saturating_add(held.saturating_mul(BUDGET_EACH));
        Self { packs, indexes, bases: Mutex::default(), made: AtomicU64::new(0), budget }
    }

    /// One pack with its index, and an index over many packs with the same pack in it, for fuzzing.
    pub(in crate::git) fn of(index: &[u8], pack: &[u8], many: Option<&[u8]>) -> Option<Self> {
        let size = pack.len() as u64;
        let data = OnceLock::from(Some(Map::of(pack.to_vec())).filter(|map| map.starts_with(b"PACK")));
        let many = many.map(|many| ManyPacks::read(Map::of(many.to_vec())));
        let indexes = match many {
            None => Vec::new(),
            Some(many) => vec![("multi-pack-index".into(), many?)],
        };
        let name = indexes.first().and_then(|(_, many): &(PathBuf, ManyPacks)| many.names().next().map(PathBuf::from));
        let file = name.unwrap_or_default().with_extension("pack");
        Some(Self::new(vec![Pack::new(Map::of(index.to_vec()), file, size, data)?], indexes))
    }

    /// Every object that the indexes name.
    pub(in crate::git) fn ids(&self) -> Vec<Oid> {
        self.packs.iter().flat_map(Pack::ids).chain(self.indexes.iter().flat_map(|placed| placed.index.ids())).collect()
    }

    /// Takes `bytes` out of the budget.
    fn spend(&self, bytes: usize) -> Result<(), Fault> {
        let made = self.made.fetch_add(bytes as u64, atomic::Ordering::Relaxed);
        if made > self.budget { Err(Fault::Large) } else { Ok(()) }
    }

    /// Where the object is: the pack, and the place in it. As git does, what an index over many packs knows is
    /// not asked of these packs. Of the others the pack `last` comes first.
    fn find(&self, id: Oid, last: usize) -> impl Iterator<Item = (usize, usize)> {
        let known = self.indexes.iter().filter_map(move |placed| {
            let (pack, place) = placed.index.find(id)?;
            Some(((*placed.packs.get(pack)?)?, place))
        });
        let others = (0..self.packs.len()).filter(move |number| *number != last);
        let at = move |number: usize| {
            let pack = self.packs.get(number).filter(|pack| !pack.covered)?;
            Some((number, pack.find(id)?))
        };
        known.chain(std::iter::once(last).chain(others).filter_map(at))
    }

    fn held(&self, pack: usize, place: usize) -> Option<Held> {
        self.bases.lock().unwrap_or_else(PoisonError::into_inner).get((pack, place))
    }

    fn hold(&self, pack: usize, place: usize, held: &Held) {
        self.bases.lock().unwrap_or_else(PoisonError::into_inner).put((pack, place), held);
    }
}

impl Unpack {
    /// Reads the object `id`, from the first pack that gives it.
    pub(in crate::git) fn read(&mut self, packs: &Packs, id: Oid, wanted: Type, limit: u64) -> Result<Loaded, Fault> {
        let mut fault = Fault::Missing;
        let largest = if wanted == Type::Blob { LARGEST } else { LARGEST_TREE };
        for (pack, place) in packs.find(id, self.last) {
            match self.object(packs, pack, place, limit.min(largest)) {
                Ok((kind, bytes)) if kind == wanted => {
                    self.last = pack;
                    let size = bytes.len() as u64;
                    return Ok(Loaded { bytes: Arc::try_unwrap(bytes).unwrap_or_else(|shared| shared.to_vec()), size });
                }
                Ok(_) => fault = Fault::Unfit("it is of another type"),
                Err(Fault::Large) => return Err(Fault::Large),
                Err(other) => fault = other,
            }
        }
        Err(fault)
    }

    /// What the object `id` is.
    pub(in crate::git) fn kind(&mut self, packs: &Packs, id: Oid) -> Option<Type> {
        let (number, mut here) = packs.find(id, self.last).next()?;
        let data = packs.packs[number].data()?;
        for _ in 0..DEEPEST {
            match packs.packs[number].entry(data, here).ok()?.kind {
                PackedKind::Whole(kind) => return Some(kind),
                PackedKind::Delta(base) => here = base,
            }
        }
        None
    }

    /// The first bytes of a commit that is stored whole, no more than fill `out`: how many there are.
    pub(in crate::git) fn beginning(&mut self, packs: &Packs, id: Oid, out: &mut [u8]) -> Option<usize> {
        let (number, place) = packs.find(id, self.last).next()?;
        self.last = number;
        let data = packs.packs[number].data()?;
        let entry = packs.packs[number].entry(data, place).ok()?;
        if !matches!(entry.kind, PackedKind::Whole(Type::Commit)) {
            return None;
        }
        self.inflate.reset(true);
        self.inflate.decompress(data.get(entry.stream..)?, out, FlushDecompress::None).ok()?;
        let wanted = out.len().min(entry.size);
        (self.inflate.total_out() == wanted as u64).then_some(wanted)
    }

    fn object(&mut self, packs: &Packs, number: usize, place: usize, limit: u64) -> Result<Held, Fault> {
        let pack = &packs.packs[number];
        let data = pack.data().ok_or(Fault::Unfit("its pack cannot be opened"))?;
        let mut deltas: Vec<(usize, PackedEntry)> = Vec::new();
        let mut here = place;
        let (kind, mut bytes) = loop {
            if let Some(held) = packs.held(number, here) {
                break held;
            }
            packs.spend(STEP)?;
            let entry = pack.entry(data, here)?;
            // A base may be larger than what is made of it, but not by any number that is worth it.
            if entry.size as u64 > limit {
                return Err(Fault::Large);
            }
            if deltas.len() > DEEPEST {
                return Err(Fault::Unfit("its chain of deltas has no end"));
            }
            match entry.kind {
                PackedKind::Whole(kind) => {
                    let held = (kind, Arc::new(self.inflated(packs, data, &entry)?));
                    // A commit by itself is read once, and seldom what another is made from.
                    if kind != Type::Commit || !deltas.is_empty() {
                        packs.hold(number, here, &held);
                    }
                    break held;
                }
                PackedKind::Delta(base) => {
                    deltas.push((here, entry));
                    here = base;
                }
            }
        };
        for (place, entry) in deltas.into_iter().rev() {
            let delta = self.inflated(packs, data, &entry)?;
            if delta::size_of_result(&delta).is_some_and(|size| size > limit) {
                return Err(Fault::Large);
            }
            let made = delta::apply(&bytes, &delta, limit).ok_or(Fault::Unfit("a delta that does not fit"))?;
            packs.spend(made.len())?;
            bytes = Arc::new(made);
            packs.hold(number, place, &(kind, Arc::clone(&bytes)));
        }
        if bytes.len() as u64 > limit { Err(Fault::Large) } else { Ok((kind, bytes)) }
    }

    fn inflated(&mut self, packs: &Packs, data: &[u8], entry: &PackedEntry) -> Result<Vec<u8>, Fault> {
        const BROKEN: Fault = Fault::Unfit("its stream in the pack is broken");
        let stream = data.get(entry.stream..).ok_or(BROKEN)?;
        // No stream of that length makes so much: nothing is reserved on the word of a header alone.
        if entry.size > stream.len().saturating_mul(EXPANSION) {
            return Err(BROKEN);
        }
        packs.spend(entry.size)?;
        self.inflate.reset(true);
        let mut bytes = Vec::new();
        if bytes.try_reserve_exact(entry.size.saturating_add(ROOM)).is_err() {
            return Err(Fault::Unfit("there is no memory for it"));
        }
        match self.inflate.decompress_vec(stream, &mut bytes, FlushDecompress::Finish) {
            Ok(Status::StreamEnd) if bytes.len() == entry.size => Ok(bytes),
            _ => Err(BROKEN),
        }
    }
}

#[cfg(test)]
mod tests;
