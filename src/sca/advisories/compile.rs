//! Records to the compiled index. What an earlier index holds of other sources is taken over.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use super::bytes::Writer;
use super::index::{Corrupt, FORMAT, HEADER, ID, Index, MAGIC, Place, SourceInfo, hash_of};
use super::record::Advisory;
use super::weights::{Table, Weights};
use crate::sca::Ecosystem;

/// Bytes of records in a block, unpacked, about.
const BLOCK: usize = 32 << 10;

/// Where records come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// What the source is called: records of an earlier source of the same name are dropped.
    pub name: String,
    /// The digest of what was read.
    pub digest: String,
    /// What the server calls this state.
    pub tag: String,
}

/// A compiled index, and what went into it.
#[derive(Debug)]
pub struct Compiled {
    /// The file.
    pub bytes: Vec<u8>,
    /// Records in it.
    pub records: u32,
}

struct Kept {
    source: u32,
    modified: String,
    /// The first package, for the order of the records.
    first: (u8, String),
    bytes: Vec<u8>,
}

/// Collects records.
#[derive(Default)]
pub struct Compiler {
    sources: Vec<SourceInfo>,
    records: BTreeMap<String, Kept>,
    weights: Table,
}

/// What stands for the server's state at a source that gave weights and no records.
const WEIGHTS: &str = "weights";

impl Compiler {
    /// Takes over an earlier index, without the sources named `replaced`.
    pub fn take_over(&mut self, index: &Index<'_>, replaced: &[String]) -> Result<(), Corrupt> {
        let mut kept: Vec<Option<u32>> = Vec::new();
        for source in &index.sources {
            if replaced.contains(&source.name) {
                kept.push(None);
            } else {
                kept.push(Some(u32::try_from(self.sources.len()).unwrap_or(u32::MAX)));
                let records = if source.tag == WEIGHTS { source.records } else { 0 };
                self.sources.push(SourceInfo { records, ..source.clone() });
            }
        }
        self.weights = Table::decode(index.weights()?)?;
        let mut broken = None;
        index.each(|source, bytes| {
            let Some(source) = kept.get(source as usize).copied().flatten() else { return };
            match Advisory::decode(bytes) {
                Ok(one) => self.keep(source, &one, Some(bytes)),
                Err(error) => broken = Some(error),
            }
        })?;
        broken.map_or(Ok(()), Err)
    }

    /// Begins a source; what is added next is of it.
    pub fn source(&mut self, origin: Origin, at: u64) {
        let Origin { name, digest, tag } = origin;
        self.sources.push(SourceInfo { name, digest, at, tag, ..SourceInfo::default() });
    }

    /// Adds a record. Of two with one id the one that was changed last counts; a record that affects no package that is known
    /// is left out.
    pub fn add(&mut self, one: &Advisory) {
        let source = u32::try_from(self.sources.len().saturating_sub(1)).unwrap_or(u32::MAX);
        self.keep(source, one, None);
    }

    fn keep(&mut self, source: u32, one: &Advisory, bytes: Option<&[u8]>) {
        let Some(first) = one.affected.first() else { return };
        if self.records.get(&one.id).is_some_and(|known| known.modified > one.modified) {
            return;
        }
        let first = (first.ecosystem.number(), first.name.clone());
        let bytes = bytes.map_or_else(|| one.encode(), <[u8]>::to_vec);
        self.records.insert(one.id.clone(), Kept { source, modified: one.modified.clone(), first, bytes });
    }

    /// Takes over a list of weights; it takes the place of an earlier one of its kind.
    pub fn weigh(&mut self, weights: &Weights) {
        self.weights.take(weights);
        if let Some(source) = self.sources.last_mut() {
            source.records = weights.len() as u64;
            WEIGHTS.clone_into(&mut source.tag);
        }
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Writes the index.
    pub fn finish(mut self, now: u64) -> Result<Compiled, Corrupt> {
        let mut ordered: Vec<Kept> = std::mem::take(&mut self.records).into_values().collect();
        ordered.sort_by(|a, b| a.first.cmp(&b.first));
        let mut out = vec![0_u8; HEADER];
        let mut table = Writer::default();
        let mut packages: BTreeMap<(u8, String), Vec<Place>> = BTreeMap::new();
        let mut ids: BTreeMap<String, Vec<Place>> = BTreeMap::new();
        let mut per: BTreeMap<u8, (u64, u64)> = BTreeMap::new();
        let (mut block, mut count) = (Vec::<Vec<u8>>::new(), 0);
        let records = u32::try_from(ordered.len()).map_err(|_| Corrupt("it would be too large"))?;
        let mut held = 0;
        for kept in ordered {
            let one = Advisory::decode(&kept.bytes)?;
            let place = (count, u32::try_from(block.len()).unwrap_or(u32::MAX));
            let named: BTreeSet<(u8, &str)> =
                one.affected.iter().map(|one| (one.ecosystem.number(), one.name.as_str())).collect();
            let covered: BTreeSet<u8> = named.iter().map(|(ecosystem, _)| *ecosystem).collect();
            for (ecosystem, name) in named {
                packages.entry((ecosystem, name.to_owned())).or_default().push(place);
            }
            for ecosystem in covered {
                per.entry(ecosystem).or_default().0 += 1;
            }
            let unique: BTreeSet<String> = one.ids().map(str::to_ascii_uppercase).collect();
            for id in unique {
                ids.entry(id).or_default().push(place);
            }
            if let Some(source) = self.sources.get_mut(kept.source as usize) {
                source.records += 1;
                if source.newest < kept.modified {
                    source.newest.clone_from(&kept.modified);
                }
            }
            held += kept.bytes.len();
            let mut record = kept.source.to_le_bytes().to_vec();
            record.extend_from_slice(&kept.bytes);
            block.push(record);
            if held >= BLOCK {
                pack(&mut out, &mut table, count, &block)?;
                (block, held) = (Vec::new(), 0);
                count += 1;
            }
        }
        if !block.is_empty() {
            pack(&mut out, &mut table, count, &block)?;
            count += 1;
        }
        for (ecosystem, _) in packages.keys() {
            per.entry(*ecosystem).or_default().1 += 1;
        }
        let number = u32::try_from(packages.len()).map_err(|_| Corrupt("it would be too large"))?;
        let keyed = packages.into_iter().map(|((ecosystem, name), places)| (ecosystem, name, places)).collect();
        let buckets = buckets(&mut out, keyed);
        let ids = self::buckets(&mut out, ids.into_iter().map(|(id, places)| (ID, id, places)).collect());
        let blocks = (out.len() as u64, u64::from(count));
        out.extend_from_slice(&table.bytes);
        let mut meta = self.meta(&per);
        if !self.weights.is_empty() {
            let rows = self.weights.encode();
            let mut place = Writer::default();
            place.number(out.len() as u64);
            place.number(rows.len() as u64);
            place.number(u64::from(crc32fast::hash(&rows)));
            out.extend_from_slice(&rows);
            meta.extend_from_slice(&place.bytes);
        }
        let meta_at = out.len() as u64;
        out.extend_from_slice(&meta);
        let mut header = Writer::default();
        header.u64(out.len() as u64);
        header.u64(now);
        header.u64(meta_at);
        header.u32(u32::try_from(meta.len()).map_err(|_| Corrupt("it would be too large"))?);
        header.u32(crc32fast::hash(&meta));
        for (start, rows) in [blocks, buckets, ids] {
            header.u64(start);
            header.u64(rows);
        }
        header.u32(records);
        header.u32(number);
        header.bytes.extend_from_slice(blake3::hash(&out[HEADER..]).as_bytes());
        header.bytes.resize(HEADER - 16, 0);
        out[..8].copy_from_slice(MAGIC);
        out[8..12].copy_from_slice(&FORMAT.to_le_bytes());
        out[12..16].copy_from_slice(&crc32fast::hash(&header.bytes).to_le_bytes());
        out[16..HEADER].copy_from_slice(&header.bytes);
        Ok(Compiled { bytes: out, records })
    }

    fn meta(&self, per: &BTreeMap<u8, (u64, u64)>) -> Vec<u8> {
        let mut meta = Writer::default();
        meta.number(self.sources.len() as u64);
        for source in &self.sources {
            meta.text(&source.name);
            meta.number(source.records);
            meta.text(&source.newest);
            meta.text(&source.digest);
            meta.number(source.at);
            meta.text(&source.tag);
        }
        let known: Vec<_> = per.iter().filter(|(number, _)| Ecosystem::from_number(**number).is_some()).collect();
        meta.number(known.len() as u64);
        for (ecosystem, (records, packages)) in known {
            meta.byte(*ecosystem);
            meta.number(*records);
            meta.number(*packages);
        }
        meta.bytes
    }
}

fn pack(out: &mut Vec<u8>, table: &mut Writer, number: u32, records: &[Vec<u8>]) -> Result<(), Corrupt> {
    let large = |_| Corrupt("it would be too large");
    let mut raw = Writer::default();
    raw.u32(u32::try_from(records.len()).map_err(large)?);
    let mut end = 0;
    for record in records {
        end += record.len();
        raw.u32(u32::try_from(end).map_err(large)?);
    }
    for record in records {
        raw.bytes.extend_from_slice(record);
    }
    let start = out.len();
    let mut packer = flate2::write::DeflateEncoder::new(&mut *out, flate2::Compression::new(6));
    packer
        .write_all(&raw.bytes)
        .and_then(|()| packer.finish().map(|_| ()))
        .map_err(|_| Corrupt("it cannot be written"))?;
    let mut row = Writer::default();
    row.u64(start as u64);
    row.u32(u32::try_from(out.len() - start).map_err(large)?);
    row.u32(u32::try_from(raw.bytes.len()).map_err(large)?);
    row.u32(crc32fast::hash(&out[start..]));
    row.u32(crc32fast::hash(&row.bytes) ^ number);
    table.bytes.extend_from_slice(&row.bytes);
    Ok(())
}

/// Writes a table of buckets and says where it is and how many rows it has.
fn buckets(out: &mut Vec<u8>, entries: Vec<(u8, String, Vec<Place>)>) -> (u64, u64) {
    let rows = (entries.len() / 4).max(1).next_power_of_two();
    let mut filled: Vec<Writer> = (0..rows).map(|_| Writer::default()).collect();
    for (kind, name, places) in entries {
        let row = usize::try_from(hash_of(kind, &name) % rows as u64).unwrap_or(0);
        let bucket = &mut filled[row];
        bucket.byte(kind);
        bucket.text(&name);
        bucket.number(places.len() as u64);
        for (block, at) in places {
            bucket.number(u64::from(block));
            bucket.number(u64::from(at));
        }
    }
    let mut table = Writer::default();
    for (number, bucket) in filled.iter().enumerate() {
        table.u64(out.len() as u64);
        table.u32(u32::try_from(bucket.bytes.len()).unwrap_or(u32::MAX));
        table.u32(crc32fast::hash(&bucket.bytes) ^ u32::try_from(number).unwrap_or(0));
        out.extend_from_slice(&bucket.bytes);
    }
    let start = out.len() as u64;
    out.extend_from_slice(&table.bytes);
    (start, rows as u64)
}
