//! The compiled index: one file that is mapped and read where it is asked, without parsing.
//!
//! A header names the tables. Advisories lie packed in blocks, sorted by package, so that those of one package lie together. A package
//! is found by the hash of its ecosystem and name in one bucket, an id likewise. Whatever is read is checked by its own checksum then,
//! so that opening costs nothing and no broken byte is believed.

use std::cell::{Cell, RefCell};
use std::io::Read;

use super::bytes::Reader;
use super::record::Advisory;
use super::weights::{Weight, cve, find};
use crate::sca::Ecosystem;

/// The file is not what this program wrote, or not any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the advisory index is broken: {0}")]
pub struct Corrupt(pub &'static str);

pub(super) const MAGIC: &[u8; 8] = b"GHADVIX\x01";
/// Goes up with every change of the format.
pub(super) const FORMAT: u32 = 1;
pub(super) const HEADER: usize = 160;
/// Largest block, unpacked.
const LARGEST: u32 = 64 << 20;

/// What was imported or downloaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceInfo {
    /// What it is called: a file's name, or an ecosystem of a mirror.
    pub name: String,
    /// How many records it gave.
    pub records: u64,
    /// The newest change of a record.
    pub newest: String,
    /// The digest of what was read.
    pub digest: String,
    /// When, in seconds of Unix time.
    pub at: u64,
    /// What the server calls this state, for the next request.
    pub tag: String,
}

/// How much there is of an ecosystem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EcosystemCount {
    /// Which.
    pub ecosystem: Ecosystem,
    /// Records.
    pub records: u64,
    /// Packages.
    pub packages: u64,
}

/// An open index.
pub struct Index<'a> {
    bytes: &'a [u8],
    /// When it was compiled, in seconds of Unix time.
    pub created: u64,
    /// Records in it.
    pub records: u32,
    /// Packages in it.
    pub packages: u32,
    /// What it was made of.
    pub sources: Vec<SourceInfo>,
    /// What it covers.
    pub ecosystems: Vec<EcosystemCount>,
    digest: [u8; 32],
    blocks: (usize, usize),
    buckets: (usize, usize),
    ids: (usize, usize),
    /// Where the weights of CVEs lie: start, length, checksum.
    weights: Option<(u64, u64, u64)>,
    /// Whether their checksum was found right.
    weighed: Cell<bool>,
    last: RefCell<Option<(u32, Vec<u8>)>>,
}

/// Where an advisory lies: block and place in it.
pub(super) type Place = (u32, u32);

pub(super) fn hash_of(kind: u8, name: &str) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&[kind]);
    hasher.update(name.as_bytes());
    let hash = hasher.finalize();
    u64::from_le_bytes(hash.as_bytes().first_chunk::<8>().copied().unwrap_or_default())
}

/// The number under which ids are hashed, as no ecosystem's.
pub(super) const ID: u8 = 0xff;

impl<'a> Index<'a> {
    /// Opens one: looks at the header and the list of sources alone.
    pub fn open(bytes: &'a [u8]) -> Result<Self, Corrupt> {
        let head = bytes.get(..HEADER).ok_or(Corrupt("it is cut off"))?;
        if &head[..8] != MAGIC {
            return Err(Corrupt("it is not one"));
        }
        let mut from = Reader::new(&head[8..]);
        let format = from.u32()?;
        if format != FORMAT {
            return Err(Corrupt("it is of another version of gatehook"));
        }
        if from.u32()? != crc32fast::hash(&head[16..]) {
            return Err(Corrupt("its header is damaged"));
        }
        let length = from.u64()?;
        let created = from.u64()?;
        let meta = (from.u64()?, from.u32()?, from.u32()?);
        let mut table = || -> Result<(usize, usize), Corrupt> {
            let start = usize::try_from(from.u64()?).map_err(|_| Corrupt("a place is too far"))?;
            Ok((start, usize::try_from(from.u64()?).map_err(|_| Corrupt("a place is too far"))?))
        };
        let (blocks, buckets, ids) = (table()?, table()?, table()?);
        let (records, packages) = (from.u32()?, from.u32()?);
        let digest = from.take(32)?.try_into().map_err(|_| Corrupt("it is cut off"))?;
        if length != bytes.len() as u64 {
            return Err(Corrupt("it is cut off"));
        }
        if !buckets.1.is_power_of_two() || !ids.1.is_power_of_two() {
            return Err(Corrupt("its header is damaged"));
        }
        let start = usize::try_from(meta.0).map_err(|_| Corrupt("a place is too far"))?;
        let meta_bytes =
            start.checked_add(meta.1 as usize).and_then(|end| bytes.get(start..end)).ok_or(Corrupt("it is cut off"))?;
        if crc32fast::hash(meta_bytes) != meta.2 {
            return Err(Corrupt("its list of sources is damaged"));
        }
        let mut from = Reader::new(meta_bytes);
        let mut sources = Vec::new();
        for _ in 0..from.count()? {
            sources.push(SourceInfo {
                name: from.text()?,
                records: from.number()?,
                newest: from.text()?,
                digest: from.text()?,
                at: from.number()?,
                tag: from.text()?,
            });
        }
        let mut ecosystems = Vec::new();
        for _ in 0..from.count()? {
            let ecosystem = Ecosystem::from_number(from.byte()?).ok_or(Corrupt("an ecosystem is unknown"))?;
            ecosystems.push(EcosystemCount { ecosystem, records: from.number()?, packages: from.number()? });
        }
        let weights = if from.is_done() { None } else { Some((from.number()?, from.number()?, from.number()?)) };
        let weighed = Cell::new(false);
        let last = RefCell::new(None);
        Ok(Self {
            bytes,
            created,
            records,
            packages,
            sources,
            ecosystems,
            digest,
            blocks,
            buckets,
            ids,
            weights,
            weighed,
            last,
        })
    }

    /// The digest of all that follows the header, in hexadecimal digits.
    pub fn digest(&self) -> String {
        blake3::Hash::from_bytes(self.digest).to_hex().to_string()
    }

    /// Reads all of it and compares the digest.
    pub fn verify(&self) -> Result<(), Corrupt> {
        let digest = blake3::hash(self.bytes.get(HEADER..).unwrap_or_default());
        if *digest.as_bytes() == self.digest { Ok(()) } else { Err(Corrupt("its digest is another one")) }
    }

    /// Whether there is any record of an ecosystem.
    pub fn covers(&self, ecosystem: Ecosystem) -> bool {
        self.ecosystems.iter().any(|one| one.ecosystem == ecosystem && one.records > 0)
    }

    /// The advisories that name a package; the name is as its registry compares it.
    pub fn of_package(&self, ecosystem: Ecosystem, name: &str) -> Result<Vec<Advisory>, Corrupt> {
        let places = self.find(self.buckets, ecosystem.number(), name)?;
        places.into_iter().map(|place| self.advisory(place)).collect()
    }

    /// The weights of CVEs, as they lie there.
    pub(super) fn weights(&self) -> Result<&'a [u8], Corrupt> {
        let Some((start, length, crc)) = self.weights else { return Ok(&[]) };
        let place = |number: u64| usize::try_from(number).map_err(|_| Corrupt("a place is too far"));
        let (start, length) = (place(start)?, place(length)?);
        let rows =
            start.checked_add(length).and_then(|end| self.bytes.get(start..end)).ok_or(Corrupt("it is cut off"))?;
        if !self.weighed.get() && u64::from(crc32fast::hash(rows)) != crc {
            return Err(Corrupt("the weights of CVEs are damaged"));
        }
        self.weighed.set(true);
        Ok(rows)
    }

    /// What EPSS and CISA's catalog say of the CVEs among `ids`: the most of each.
    pub fn weight(&self, ids: &[String]) -> Result<Weight, Corrupt> {
        let mut most = Weight::default();
        if self.weights.is_none() {
            return Ok(most);
        }
        for cve in ids.iter().filter_map(|id| cve(id)) {
            if let Some(weight) = find(self.weights()?, cve)? {
                most.epss = most.epss.max(weight.epss);
                most.exploited |= weight.exploited;
            }
        }
        Ok(most)
    }

    /// The advisories with an id or alias.
    pub fn by_id(&self, id: &str) -> Result<Vec<Advisory>, Corrupt> {
        let places = self.find(self.ids, ID, &id.to_ascii_uppercase())?;
        places.into_iter().map(|place| self.advisory(place)).collect()
    }

    fn find(&self, table: (usize, usize), kind: u8, name: &str) -> Result<Vec<Place>, Corrupt> {
        let hash = hash_of(kind, name);
        let number = usize::try_from(hash % table.1 as u64).unwrap_or(0);
        let row = table
            .0
            .checked_add(number * 16)
            .and_then(|start| self.bytes.get(start..start + 16))
            .ok_or(Corrupt("it is cut off"))?;
        let mut from = Reader::new(row);
        let (offset, length, crc) = (from.u64()?, from.u32()?, from.u32()?);
        let start = usize::try_from(offset).map_err(|_| Corrupt("a place is too far"))?;
        let bucket = start
            .checked_add(length as usize)
            .and_then(|end| self.bytes.get(start..end))
            .ok_or(Corrupt("it is cut off"))?;
        let number = u32::try_from(number).unwrap_or(0);
        if crc32fast::hash(bucket) ^ number != crc {
            return Err(Corrupt("a bucket is damaged"));
        }
        let mut from = Reader::new(bucket);
        let mut places = Vec::new();
        while !from.is_done() {
            let same = from.byte()? == kind;
            let same = from.str()? == name && same;
            for _ in 0..from.count()? {
                let place = (from.number()?, from.number()?);
                if same {
                    let small = |number: u64| u32::try_from(number).map_err(|_| Corrupt("a place is too far"));
                    places.push((small(place.0)?, small(place.1)?));
                }
            }
        }
        Ok(places)
    }

    fn advisory(&self, (block, at): Place) -> Result<Advisory, Corrupt> {
        let mut last = self.last.borrow_mut();
        if last.as_ref().is_none_or(|(number, _)| *number != block) {
            *last = Some((block, self.block(block)?));
        }
        let bytes = last.as_ref().map_or(&[][..], |(_, bytes)| bytes.as_slice());
        Advisory::decode(record_in(bytes, at)?.1)
    }

    fn block(&self, number: u32) -> Result<Vec<u8>, Corrupt> {
        if number as usize >= self.blocks.1 {
            return Err(Corrupt("a block is not there"));
        }
        let row = self.blocks.0.checked_add(number as usize * 24).and_then(|start| self.bytes.get(start..start + 24));
        let row = row.ok_or(Corrupt("it is cut off"))?;
        let mut from = Reader::new(row);
        let (offset, packed, size, crc, own) = (from.u64()?, from.u32()?, from.u32()?, from.u32()?, from.u32()?);
        if crc32fast::hash(&row[..20]) ^ number != own || size > LARGEST {
            return Err(Corrupt("a block is damaged"));
        }
        let start = usize::try_from(offset).map_err(|_| Corrupt("a place is too far"))?;
        let data = start
            .checked_add(packed as usize)
            .and_then(|end| self.bytes.get(start..end))
            .ok_or(Corrupt("it is cut off"))?;
        if crc32fast::hash(data) != crc {
            return Err(Corrupt("a block is damaged"));
        }
        let mut out = Vec::with_capacity(size as usize);
        let read = flate2::read::DeflateDecoder::new(data).take(u64::from(size) + 1).read_to_end(&mut out);
        if read.is_err() || out.len() != size as usize {
            return Err(Corrupt("a block is damaged"));
        }
        Ok(out)
    }

    /// All records with the place of their source, block by block, as the next compilation takes them over.
    pub(super) fn each(&self, mut found: impl FnMut(u32, &[u8])) -> Result<(), Corrupt> {
        for number in 0..self.blocks.1 {
            let block = self.block(u32::try_from(number).unwrap_or(u32::MAX))?;
            let count = Reader::new(&block).u32()?;
            for at in 0..count {
                let (source, record) = record_in(&block, at)?;
                found(source, record);
            }
        }
        Ok(())
    }
}

/// A block holds the number of records, the end of each, then the records: the number of the source and the encoded advisory.
fn record_in(block: &[u8], at: u32) -> Result<(u32, &[u8]), Corrupt> {
    let mut from = Reader::new(block);
    let count = from.u32()?;
    if at >= count {
        return Err(Corrupt("a record is not there"));
    }
    let end_of = |at: u32| -> Result<usize, Corrupt> {
        let place = 4 + at as usize * 4;
        Ok(Reader::new(block.get(place..).unwrap_or_default()).u32()? as usize)
    };
    let base = 4 + count as usize * 4;
    let start = base + if at == 0 { 0 } else { end_of(at - 1)? };
    let record = block.get(start..base + end_of(at)?).ok_or(Corrupt("a record is cut off"))?;
    let source = Reader::new(record).u32()?;
    Ok((source, &record[4..]))
}
