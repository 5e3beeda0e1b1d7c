//! The index over many packs that git may keep beside theirs: where it is, git goes by it alone.
//!
//! Format after gitformat-pack(5), "multi-pack-index". What is not understood is left out, as git leaves out what it
//! does not understand, and the indexes of the packs tell.

use std::cmp::Ordering;
use std::ops::Range;

use super::file::{ID, number};
use crate::change::Oid;
use crate::sys::Map;

/// Packs, at most.
const MOST: usize = 1 << 16;
const LARGE: usize = 1 << 31;

/// The index.
pub(super) struct ManyPacks {
    map: Map,
    names: Vec<String>,
    count: usize,
    fanout: Range<usize>,
    ids: Range<usize>,
    places: Range<usize>,
    large: Range<usize>,
}

impl ManyPacks {
    pub(super) fn read(map: Map) -> Option<Self> {
        // `MIDX`, version 1, SHA-1, the number of chunks, none below it.
        if !map.starts_with(b"MIDX\x01\x01") || *map.get(7)? != 0 {
            return None;
        }
        let chunks = usize::from(*map.get(6)?);
        let packs = number(&map, 8).filter(|packs| *packs <= MOST)?;
        let offset = |at: usize| usize::try_from(u64::from_be_bytes(*map.get(at + 4..)?.first_chunk()?)).ok();
        let chunk = |name: &[u8; 4]| {
            let at = (0..chunks).map(|chunk| 12 + 12 * chunk).find(|at| map.get(*at..at + 4) == Some(&name[..]))?;
            let range = offset(at)?..offset(at + 12)?;
            (range.start <= range.end && range.end <= map.len()).then_some(range)
        };
        let (fanout, ids, places) = (chunk(b"OIDF")?, chunk(b"OIDL")?, chunk(b"OOFF")?);
        let large = chunk(b"LOFF").unwrap_or_default();
        let count = number(map.get(fanout.clone())?, 4 * 255)?;
        let names = map.get(chunk(b"PNAM")?)?.split(|&byte| byte == 0).take(packs);
        let names: Vec<String> =
            names.map(|name| std::str::from_utf8(name).map(str::to_owned)).collect::<Result<_, _>>().ok()?;
        let plain = |name: &String| !name.is_empty() && !name.contains(['/', '\\']);
        let fits = names.len() == packs
            && names.iter().all(plain)
            && Some(ids.len()) == count.checked_mul(ID)
            && Some(places.len()) == count.checked_mul(8);
        fits.then_some(Self { map, names, count, fanout, ids, places, large })
    }

    /// The indexes of the packs that it is over, by their numbers in it.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// The objects that it names.
    pub(super) fn ids(&self) -> impl Iterator<Item = Oid> {
        self.map.get(self.ids.clone()).unwrap_or_default().chunks_exact(ID).filter_map(Oid::from_bytes)
    }

    /// The number of the pack that has the object, and the place in that.
    pub(super) fn find(&self, id: Oid) -> Option<(usize, usize)> {
        let wanted: &[u8; ID] = id.as_bytes().try_into().ok()?;
        let fanout = self.map.get(self.fanout.clone())?;
        let ids = self.map.get(self.ids.clone())?;
        let edge = |first: usize| number(fanout, 4 * first);
        let first = usize::from(wanted[0]);
        let (mut low, mut high) = (if first == 0 { 0 } else { edge(first - 1)? }, edge(first)?.min(self.count));
        while low < high {
            let middle = low.midpoint(high);
            match ids.get(ID * middle..ID * (middle + 1))?.cmp(&wanted[..]) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return self.place(middle),
            }
        }
        None
    }

    fn place(&self, at: usize) -> Option<(usize, usize)> {
        let places = self.map.get(self.places.clone())?;
        let (pack, place) = (number(places, 8 * at)?, number(places, 8 * at + 4)?);
        if place < LARGE || self.large.is_empty() {
            return Some((pack, place));
        }
        let large = self.map.get(self.large.clone())?.get(8 * (place - LARGE)..)?;
        Some((pack, usize::try_from(u64::from_be_bytes(*large.first_chunk()?)).ok()?))
    }
}
