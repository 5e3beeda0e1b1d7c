//! One pack: its index, which tells where objects are, and its entries.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::change::Oid;
use crate::git::objects::odb::{Fault, Type};
use crate::sys::Map;

pub(super) const ID: usize = 20;
/// Bytes of an index before its ids: magic, version, fanout.
const HEAD: usize = 8 + 256 * 4;

/// A pack.
pub(super) struct Pack {
    index: Map,
    count: usize,
    pub(super) file: PathBuf,
    /// Whether an index over many packs tells what is in it.
    pub(super) covered: bool,
    /// Bytes of the file.
    pub(super) size: u64,
    data: OnceLock<Option<Map>>,
}

/// How an entry of a pack begins.
pub(super) struct PackedEntry {
    pub(super) kind: PackedKind,
    pub(super) size: usize,
    /// Where its stream begins.
    pub(super) stream: usize,
}

pub(super) enum PackedKind {
    Whole(Type),
    /// A delta against the entry at this place.
    Delta(usize),
}

impl Pack {
    pub(super) fn open(index: &Path) -> Option<Self> {
        let file = index.with_extension("pack");
        let size = std::fs::metadata(&file).ok()?.len();
        Self::new(Map::open_sparse(index).ok()?, file, size, OnceLock::new())
    }

    pub(super) fn new(index: Map, file: PathBuf, size: u64, data: OnceLock<Option<Map>>) -> Option<Self> {
        if !index.starts_with(b"\xfftOc\0\0\0\x02") {
            return None;
        }
        let count = number(&index, HEAD - 4)?;
        // Ids, checksums, places; what follows is more places, and two hashes.
        (index.len() >= count.checked_mul(ID + 8)?.checked_add(HEAD + 2 * ID)?).then_some(())?;
        Some(Self { index, count, file, covered: false, size, data })
    }

    pub(super) fn data(&self) -> Option<&Map> {
        let open = || Map::open_sparse(&self.file).ok().filter(|map| map.starts_with(b"PACK"));
        self.data.get_or_init(open).as_ref()
    }

    /// The objects that the index names.
    pub(super) fn ids(&self) -> impl Iterator<Item = Oid> {
        (0..self.count).filter_map(|at| Oid::from_bytes(self.index.get(HEAD + ID * at..HEAD + ID * (at + 1))?))
    }

    /// Where in the pack the object is.
    pub(super) fn find(&self, id: Oid) -> Option<usize> {
        let wanted: &[u8; ID] = id.as_bytes().try_into().ok()?;
        let edge = |first: usize| number(&self.index, 8 + 4 * first);
        let first = usize::from(wanted[0]);
        let (mut low, mut high) = (if first == 0 { 0 } else { edge(first - 1)? }, edge(first)?.min(self.count));
        while low < high {
            let middle = low.midpoint(high);
            match self.index.get(HEAD + ID * middle..HEAD + ID * (middle + 1))?.cmp(&wanted[..]) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return self.place(middle),
            }
        }
        None
    }

    fn place(&self, at: usize) -> Option<usize> {
        let places = HEAD + self.count * (ID + 4);
        let place = number(&self.index, places + 4 * at)?;
        if place < 1 << 31 {
            return Some(place);
        }
        let at = places + 4 * self.count + 8 * (place - (1 << 31));
        usize::try_from(u64::from_be_bytes(*self.index.get(at..)?.first_chunk()?)).ok()
    }

    pub(super) fn entry(&self, data: &[u8], place: usize) -> Result<PackedEntry, Fault> {
        self.parsed(data, place).ok_or(Fault::Unfit("its entry in the pack is not understood"))
    }

    fn parsed(&self, data: &[u8], place: usize) -> Option<PackedEntry> {
        let mut at = place;
        let mut next = || {
            let byte = data.get(at).copied();
            at = at.checked_add(1)?;
            byte
        };
        let mut byte = next()?;
        let word = (byte >> 4) & 7;
        let (mut size, mut shift) = (u64::from(byte & 15), 4);
        while byte & 0x80 != 0 {
            byte = next()?;
            size |= u64::from(byte & 0x7f).checked_shl(shift)?;
            shift += 7;
        }
        let kind = match word {
            1 => PackedKind::Whole(Type::Commit),
            2 => PackedKind::Whole(Type::Tree),
            3 => PackedKind::Whole(Type::Blob),
            4 => PackedKind::Whole(Type::Tag),
            6 => {
                byte = next()?;
                let mut back = u64::from(byte & 0x7f);
                while byte & 0x80 != 0 {
                    byte = next()?;
                    back = (back + 1).checked_mul(128)? | u64::from(byte & 0x7f);
                }
                PackedKind::Delta(place.checked_sub(usize::try_from(back).ok()?).filter(|base| *base < place)?)
            }
            7 => {
                let base = Oid::from_bytes(data.get(at..)?.get(..ID)?)?;
                at += ID;
                PackedKind::Delta(self.find(base)?)
            }
            _ => return None,
        };
        Some(PackedEntry { kind, size: usize::try_from(size).ok()?, stream: at })
    }
}

pub(super) fn number(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?)).ok()
}
