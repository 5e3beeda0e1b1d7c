//! The commit graph that git keeps beside the objects: dates and parents of commits without reading them.
//!
//! Format after gitformat-commit-graph(5), of SHA-1 repositories: one file, or a chain of files each of which
//! goes on where the one before ends. What is not understood is left out; the objects themselves then tell.

use std::ops::Range;
use std::path::Path;

use crate::change::Oid;
use crate::git::repository::layout::small_file;
use crate::sys::Map;

/// Files of a chain, at most: git keeps them to a few.
const MOST: usize = 64;
/// Parents of a commit, at most.
const PARENTS: usize = 4096;
const NO_PARENT: u32 = 0x7000_0000;
const MORE: u32 = 0x8000_0000;
const ID: usize = 20;
const ROW: usize = ID + 16;

/// All that is known; nothing where git keeps no graph.
#[derive(Default)]
pub(in crate::git) struct Graph {
    /// The oldest first. A commit's number counts through all of them.
    layers: Vec<Layer>,
}

struct Layer {
    map: Map,
    /// Commits in the layers below.
    below: usize,
    count: usize,
    fanout: Range<usize>,
    ids: Range<usize>,
    rows: Range<usize>,
    edges: Range<usize>,
}

/// What a commit's row says.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::git) struct Row {
    /// When it was made, in seconds since 1970.
    pub(in crate::git) date: u64,
    pub(in crate::git) parents: Vec<Oid>,
}

impl Graph {
    /// The one in the object directory `place`.
    pub(in crate::git) fn open(place: &Path) -> Self {
        let mut graph = Self::default();
        if graph.add(&place.join("info/commit-graph")).is_some() {
            return graph;
        }
        let chain = place.join("info/commit-graphs");
        let names = small_file(&chain.join("commit-graph-chain")).ok().flatten().unwrap_or_default();
        for name in names.split(|&byte| byte == b'\n').filter_map(Oid::from_hex).take(MOST) {
            if graph.add(&chain.join(format!("graph-{name}.graph"))).is_none() {
                break;
            }
        }
        graph
    }

    /// Whether all that was told of it stood in its files to the last.
    pub(in crate::git) fn is_whole(&self) -> bool {
        self.layers.iter().all(|layer| layer.map.is_whole())
    }

    fn add(&mut self, file: &Path) -> Option<()> {
        let below = self.layers.last().map_or(0, |last| last.below + last.count);
        let layer = Layer::read(Map::open(file).ok()?, below, self.layers.len())?;
        self.layers.push(layer);
        Some(())
    }

    /// The one that `bytes` hold, for fuzzing.
    pub(in crate::git) fn of(bytes: &[u8]) -> Option<Self> {
        Some(Self { layers: vec![Layer::read(Map::of(bytes.to_vec()), 0, 0)?] })
    }

    /// Every commit that it names.
    pub(in crate::git) fn commits(&self) -> impl Iterator<Item = Oid> {
        self.layers.iter().flat_map(|layer| (0..layer.count).filter_map(|at| layer.id(at)))
    }

    /// What is known of `commit`.
    pub(in crate::git) fn row(&self, commit: Oid) -> Option<Row> {
        self.layers.iter().find_map(|layer| Some((layer, layer.find(commit)?))).and_then(|(layer, at)| {
            let row = layer.map.get(layer.rows.clone())?.get(at * ROW + ID..(at + 1) * ROW)?;
            let (first, second) = (number(row, 0)?, number(row, 4)?);
            let date = (u64::from(number(row, 8)? & 3) << 32) | u64::from(number(row, 12)?);
            let mut parents = Vec::with_capacity(2);
            if first != NO_PARENT {
                parents.push(self.id(first)?);
            }
            if second & MORE != 0 {
                let edges = layer.map.get(layer.edges.clone())?;
                let mut at = 4 * usize::try_from(second & !MORE).ok()?;
                loop {
                    let edge = number(edges, at)?;
                    parents.push(self.id(edge & !MORE)?);
                    at += 4;
                    if parents.len() > PARENTS {
                        return None;
                    }
                    if edge & MORE != 0 {
                        break;
                    }
                }
            } else if second != NO_PARENT {
                parents.push(self.id(second)?);
            }
            Some(Row { date, parents })
        })
    }

    fn id(&self, number: u32) -> Option<Oid> {
        let number = usize::try_from(number).ok()?;
        let layer = self.layers.iter().rev().find(|layer| layer.below <= number)?;
        layer.id(number - layer.below)
    }
}

impl Layer {
    fn read(map: Map, below: usize, layers: usize) -> Option<Self> {
        // `CGPH`, version 1, SHA-1, then the numbers of chunks and of files below.
        if !map.starts_with(b"CGPH\x01\x01") || usize::from(*map.get(7)?) != layers {
            return None;
        }
        let chunks = usize::from(*map.get(6)?);
        let offset = |at: usize| usize::try_from(u64::from_be_bytes(map.get(at + 4..at + 12)?.try_into().ok()?)).ok();
        let chunk = |name: &[u8; 4]| {
            let at = (0..chunks).map(|chunk| 8 + 12 * chunk).find(|at| map.get(*at..at + 4) == Some(&name[..]))?;
            let range = offset(at)?..offset(at + 12)?;
            (range.start <= range.end && range.end <= map.len()).then_some(range)
        };
        let (fanout, ids, rows) = (chunk(b"OIDF")?, chunk(b"OIDL")?, chunk(b"CDAT")?);
        let edges = chunk(b"EDGE").unwrap_or_default();
        let count = usize::try_from(number(map.get(fanout.clone())?, 4 * 255)?).ok()?;
        let fits = Some(ids.len()) == count.checked_mul(ID) && Some(rows.len()) == count.checked_mul(ROW);
        fits.then_some(Self { map, below, count, fanout, ids, rows, edges })
    }

    fn id(&self, at: usize) -> Option<Oid> {
        Oid::from_bytes(self.map.get(self.ids.clone())?.get(at * ID..(at + 1) * ID)?)
    }

    fn find(&self, id: Oid) -> Option<usize> {
        let wanted = id.as_bytes();
        if wanted.len() != ID {
            return None;
        }
        let fanout = self.map.get(self.fanout.clone())?;
        let first = usize::from(wanted[0]);
        let edge = |at: usize| usize::try_from(number(fanout, 4 * at)?).ok();
        let (mut low, mut high) = (if first == 0 { 0 } else { edge(first - 1)? }, edge(first)?);
        let ids = self.map.get(self.ids.clone())?;
        while low < high {
            let middle = low.midpoint(high);
            match ids.get(middle * ID..(middle + 1) * ID)?.cmp(wanted) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}
