//! Values in the names of new files. A file is seldom called after a secret, and whoever does so leaks it with every
//! listing: only rules with a form of their own look here, in one pass over all names.

use std::collections::HashSet;

use super::{Options, present};
use crate::change::{Change, Entry, Kind};
use crate::engine::{Engine, FileFacts, Input};
use crate::finding::{Finding, Found, Tier};
use crate::paths::RepoPath;
use crate::text::{line_bounds, mask_value};

/// Findings in the paths that `changes` add, each with the masked path in place of the path.
pub(super) fn look(changes: &[Change], engine: &Engine, options: &Options) -> Vec<(RepoPath, Finding)> {
    let mut text = Vec::new();
    let mut of_line: Vec<&Change> = Vec::new();
    let mut seen = HashSet::new();
    for change in changes.iter().filter(|change| change.kind == Kind::Added && change.entry != Entry::Message) {
        let path = change.path.as_bytes();
        if !path.contains(&b'\n') && seen.insert(path) {
            text.extend_from_slice(path);
            text.push(b'\n');
            of_line.push(change);
        }
    }
    if text.is_empty() {
        return Vec::new();
    }
    let facts = FileFacts::of(&RepoPath::from("names of files"), b"");
    let whole: Vec<_> = std::iter::once(0..text.len()).collect();
    let input = Input { text: &text, added: &whole, facts, path: b"names of files" };
    let mut found = Vec::new();
    for one in engine.search(&input).matches {
        let rule = &engine.rules()[one.rule];
        let Some(secret) = one.secret.as_ref().filter(|_| !rule.generic && rule.tier == Tier::Block) else { continue };
        let number = memchr::memchr_iter(b'\n', &text[..one.at.start]).count();
        let Some(change) = of_line.get(number) else { continue };
        // What only changed its place was there before.
        let holds = |other: &Change| memchr::memmem::find(other.path.as_bytes(), secret.expose()).is_some();
        let moved = |other: &Change| other.kind != Kind::Added && same_commit(other, change) && holds(other);
        if changes.iter().any(moved) {
            continue;
        }
        let line = line_bounds(&text, one.at.start);
        let within = one.at.start - line.start..one.at.end.min(line.end) - line.start;
        let path = change.path.as_bytes();
        let masked = mask_value(secret.expose(), rule.public_prefix(secret.expose()));
        let shown = [&path[..within.start], masked.as_bytes(), &path[within.end..]].concat();
        let path = RepoPath::new(shown);
        let value = Found { rule: &rule.id, value: secret, kind: rule.kind(), path: path.as_bytes(), name: b"" };
        let (print, kept) = value.fingerprint(&options.salt);
        let blank = present::blank(rule, change, print);
        let title = format!("{}, in the name of a file", blank.title).into();
        found.push((change.path.clone(), Finding { title, path, kept, masked, ..blank }));
    }
    found
}

fn same_commit(one: &Change, other: &Change) -> bool {
    one.commit.as_ref().map(|commit| commit.id) == other.commit.as_ref().map(|commit| commit.id)
}
