//! A baseline brought up to date: what is gone goes out, what was moved is followed.

use std::collections::HashMap;
use std::fmt::Write;
use std::path::Path;

use crate::finding::State;
use crate::policy::baseline::{Baseline, Entry};
use crate::session::{Completed, Failure, Workspace, clock};

use super::{BaselineFile, Holes, count, entries, keep, name};

/// Takes out what is gone and follows what was moved; with `add`, takes in what is new.
pub fn update(file: Option<&Path>, add: bool) -> Result<Completed, Failure> {
    let here = Workspace::open()?;
    let (path, old) = BaselineFile::read(&here, file)?.there()?;
    let report = here.tracked(&here.config)?;
    let found = entries(&report.findings);
    let holes = Holes::of(&report);
    // Lines that earlier versions wrote under another name.
    let found_as: HashMap<_, _> = report
        .findings
        .iter()
        .filter(|finding| finding.state == State::New)
        .flat_map(|finding| {
            finding.names().into_iter().map(move |name| ((name, &finding.path), finding.lasting_name()))
        })
        .collect();
    let renamed = |entry: &Entry| Entry {
        fingerprint: found_as.get(&(entry.fingerprint, &entry.path)).copied().unwrap_or(entry.fingerprint),
        ..entry.clone()
    };
    let old: Baseline = old.entries().iter().map(renamed).collect();
    let mut new: Vec<&Entry> = found.entries().iter().filter(|entry| old.find(entry).is_none()).collect();
    let (mut kept, mut gone, mut moved) = (Vec::new(), 0, 0);
    for entry in old.entries() {
        if found.find(entry).is_some() || holes.cover(entry) {
            kept.push(entry.clone());
        } else if let Some(at) = new.iter().position(|other| other.fingerprint == entry.fingerprint) {
            kept.push(Entry { path: new.swap_remove(at).path.clone(), ..entry.clone() });
            moved += 1;
        } else {
            gone += 1;
        }
    }
    let expired = kept.iter().filter(|entry| entry.expires.is_some_and(|last| last < clock::today())).count();
    let added = new.len();
    if add {
        kept.extend(new.into_iter().cloned());
    }
    let written: Baseline = kept.into_iter().collect();
    keep(&path, &written)?;
    let held = written.entries().len();
    let done = Done { held, gone, moved, added, expired, take: add };
    Ok(Completed::but_for(told(&done, &path, &here), &super::gaps_of(&report)))
}

/// What became of the entries.
struct Done {
    held: usize,
    gone: usize,
    moved: usize,
    added: usize,
    expired: usize,
    take: bool,
}

fn told(done: &Done, path: &Path, here: &Workspace) -> String {
    let name = name(path);
    let mut out = format!("{name}: {}, {} gone, {} moved", count(done.held, "finding"), done.gone, done.moved);
    let _ = match (done.added, done.take) {
        (0, _) => writeln!(out),
        (added, true) => writeln!(out, ", {added} added"),
        (added, false) => writeln!(
            out,
            "\nnote: {} not in it; `gatehook scan` shows what blocks, `--add` takes all in",
            if added == 1 { "1 finding is".to_owned() } else { format!("{added} findings are") }
        ),
    };
    if done.held == 0 && done.gone > 0 && done.added > 0 {
        out.push_str("note: nothing in it was found again: was `fingerprint.salt` changed?\n");
    }
    if done.expired > 0 {
        let _ =
            writeln!(out, "note: {} expired; `gatehook baseline audit` goes through them", count(done.expired, "line"));
    }
    let _ = writeln!(out, "next: {}", here.git_add(&[path]));
    out
}
