//! The readers of a git directory's files and of what git prints, on any bytes: what fuzzing drives. Each promises to
//! end, with something or with a doubt, and the assertions say what it must never give.

#![allow(clippy::missing_panics_doc, reason = "a panic is what fuzzing looks for")]

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::change::raw::{Record, tree_entry};
use super::change::whole;
use super::history::graph::Graph;
use super::history::{reach, walk};
use super::objects::marks::Mark;
use super::objects::odb::{self, Loose, Packs, Type, Unpack};
use super::objects::tree::TreeEntries;
use super::objects::{cat_file, marks};
use super::remote::known;
use super::repository::settings::Settings;
use super::repository::{head, repo};
use crate::change::{Commit, Oid};

/// Bytes of an object that are read here.
const LIMIT: u64 = 1 << 20;
const TYPES: [Type; 4] = [Type::Blob, Type::Tree, Type::Commit, Type::Tag];

/// A pack and its index, or an index over many packs beside them: how many objects were read.
pub fn pack(index: &[u8], pack: &[u8], many: Option<&[u8]>) -> usize {
    let Some(packs) = Packs::of(index, pack, many) else { return 0 };
    let mut unpack = Unpack::default();
    let mut count = 0;
    for id in packs.ids().into_iter().take(512) {
        let kind = unpack.kind(&packs, id);
        let mut beginning = [0; 64];
        let length = unpack.beginning(&packs, id, &mut beginning);
        assert!(length.is_none_or(|length| length <= beginning.len()));
        for wanted in TYPES {
            if let Ok(loaded) = unpack.read(&packs, id, wanted, LIMIT) {
                assert!(loaded.bytes.len() as u64 == loaded.size && loaded.size <= LIMIT, "another size");
                assert!(kind == Some(wanted) || many.is_some() || kind.is_none(), "another type");
                count += 1;
            }
        }
    }
    count
}

/// What a delta makes of a base.
pub fn delta(base: &[u8], delta: &[u8]) -> Option<Vec<u8>> {
    let made = odb::apply(base, delta, LIMIT);
    assert!(made.as_ref().is_none_or(|made| made.len() as u64 <= LIMIT), "more than the limit");
    made
}

/// A loose object, as the bytes of its file: whether it was read.
pub fn loose(file: &[u8]) -> bool {
    let mut loose = Loose::default();
    let mut read = false;
    for wanted in TYPES {
        for limit in [16, LIMIT] {
            if let Ok(loaded) = loose.object(file, wanted, limit) {
                assert!(loaded.bytes.len() as u64 == loaded.size.min(limit), "another size");
                read = true;
            }
        }
    }
    read
}

/// A commit graph: how many commits have a row.
pub fn graph(bytes: &[u8]) -> usize {
    let Some(graph) = Graph::of(bytes) else { return 0 };
    graph.commits().take(4096).filter_map(|id| graph.row(id)).count()
}

/// `packed-refs`, `HEAD`, `shallow`, `MERGE_HEAD`: how many ids were read.
pub fn refs(bytes: &[u8]) -> usize {
    let packed = head::packed_in(bytes, b"refs/heads/main").ok().flatten();
    let branches = known::packed_branches(bytes, "origin").unwrap_or_default();
    let lines = bytes.split(|&byte| byte == b'\n').filter(|line| head::oid(line).is_ok()).count();
    branches.len() + lines + repo::edge(bytes).len() + usize::from(packed.is_some())
}

/// A repository's configuration: whether it is understood.
pub fn config(bytes: &[u8]) -> bool {
    let settings = Settings::parse(bytes);
    let extended = settings.as_ref().is_ok_and(|settings| settings.clone().extend(bytes).is_ok());
    settings.is_ok() && extended
}

/// A tree, a commit, a tag, and what git's plumbing prints of them: how much was understood.
pub fn plumbing(bytes: &[u8]) -> usize {
    let id = Oid::sha1([0x11; 20]);
    let mut count = TreeEntries::new(bytes).flatten().count();
    count += usize::from(reach::parsed(bytes).is_some());
    let commit = Arc::new(marks::commit(id, bytes));
    let message = marks::message_change(b"label", bytes, Some(&commit));
    let headers = marks::headers_change(b"label", bytes, Some(&commit), &mut HashSet::new());
    count += usize::from(headers.is_some());
    assert!(marks::message(bytes).len() <= bytes.len());
    count += usize::from(message.is_some()) + usize::from(marks::header(bytes, "object").is_some());
    count += marks::told_types(bytes).map_or(0, |types| types.len());
    for kind in TYPES {
        if let Ok((content, behind)) = Mark::of("mark").answer(bytes, id, kind) {
            assert!(content.len() + behind.len() < bytes.len());
            count += 1;
        }
    }
    if let Some(loaded) = cat_file::read_answer(bytes, id, 16) {
        assert!(loaded.bytes.len() as u64 == loaded.size.min(16));
        count += 1;
    }
    for line in bytes.split(|&byte| byte == 0) {
        count += usize::from(tree_entry(line).is_ok()) + usize::from(whole::change(line).is_some());
        count += usize::from(Record::parse(line, b"path").is_ok());
    }
    let commit = Commit { id, author: Vec::new(), subject: Vec::new() };
    let told = HashMap::from([(id, (Arc::new(commit), Vec::new()))]);
    if let Ok((changes, _)) = walk::changes(&[id], told, bytes) {
        assert!(changes.iter().all(|change| change.commit.as_ref().is_some_and(|commit| commit.id == id)));
        count += changes.len();
    }
    count
}
