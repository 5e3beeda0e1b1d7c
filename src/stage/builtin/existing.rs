//! New or not: what this change only moves, re-indents, splits, renames or copies is `existing`.

use std::collections::{HashMap, HashSet};

use super::Options;
use crate::change::{Blob, Change, Content, Kind, Reader};
use crate::engine::{Engine, FileFacts, Input, Match, unicode};
use crate::finding::{Finding, State, Text};
use crate::text::{Secret, line_bounds};

/// Changes whose two sides are read to decide, at most. Beyond it findings stay new: the safe side.
const MOST: usize = 500;

/// What makes a finding the same elsewhere: its value, or its rule and its line without white space.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// A value, under whatever name.
    Value(Box<[u8]>),
    /// A line of code. Its hash: ten thousand matches in one long line would hold it as often.
    Code(u16, Box<[u8]>),
    /// A file's name.
    Name(Text),
}

impl Key {
    pub(super) fn of_match(found: &Match, text: &[u8]) -> Self {
        if let Some(secret) = &found.secret {
            return Self::Value(hash(secret));
        }
        let line = &text[line_bounds(text, found.span.start)];
        let code: Vec<u8> = line.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        Self::Code(found.rule.0, blake3::hash(&code).as_bytes()[..].into())
    }

    pub(super) fn of_name(rule: &Text) -> Self {
        Self::Name(rule.clone())
    }
}

/// Values stay hashes even here.
fn hash(secret: &Secret) -> Box<[u8]> {
    blake3::hash(secret.expose()).as_bytes()[..].into()
}

/// Marks those of `findings` that are not new. `keys` has one entry a finding.
///
/// A value is not new where it stood in the old side of any path that this change touches. A line of
/// code is not new where it stood in the same path, or went from another. A file that is a copy of a
/// blob that was there brings nothing new.
pub(super) fn mark(
    findings: &mut [Finding],
    keys: &[(Key, usize)],
    changes: &[Change],
    reader: &mut dyn Reader,
    engine: &Engine,
    options: &Options,
) {
    let mut own: HashMap<usize, HashSet<Key>> = HashMap::new();
    for (finding, (key, of)) in findings.iter_mut().zip(keys) {
        let change = &changes[*of];
        let before = own.entry(*of).or_insert_with(|| old_keys(change, reader, engine, options));
        let stood = before.contains(key)
            || matches!(key, Key::Name(rule) if fired_before(rule, change, reader, engine, options));
        if stood {
            set(finding, "was there before this change");
        } else if change.kind == Kind::Added && is_copy(change, reader) {
            set(finding, "the file is a copy of one that was there before");
        }
    }
    let open: HashSet<&Key> = findings
        .iter()
        .zip(keys)
        .filter(|(finding, (key, _))| finding.state == State::New && !matches!(key, Key::Name(_)))
        .map(|(_, (key, _))| key)
        .collect();
    if open.is_empty() || changes.len() == 1 {
        return;
    }
    let mut moved: HashMap<Key, Option<Box<[u8]>>> = HashMap::new();
    for change in changes.iter().filter(|change| change.kind != Kind::Added).take(MOST) {
        let old = old_keys(change, reader, engine, options);
        if !old.iter().any(|key| open.contains(key)) {
            continue;
        }
        let still = new_keys(change, reader, engine, options);
        let commit = change.commit.as_ref().map(|commit| commit.id.as_bytes().into());
        for key in old.into_iter().filter(|key| matches!(key, Key::Value(_)) || !still.contains(key)) {
            moved.insert(key, commit.clone());
        }
    }
    for (finding, (key, of)) in findings.iter_mut().zip(keys) {
        // What another commit of the same range took away may have been new in that range.
        let commit: Option<Box<[u8]>> = changes[*of].commit.as_ref().map(|commit| commit.id.as_bytes().into());
        if finding.state == State::New && moved.get(key).is_some_and(|from| *from == commit) {
            set(finding, "was moved from another file");
        }
    }
}

/// Whether the rule, which looks at a file of settings, would have fired on the file as it was.
fn fired_before(rule: &str, change: &Change, reader: &mut dyn Reader, engine: &Engine, options: &Options) -> bool {
    let (Content::Blobs { old, .. }, Some(rule)) = (&change.content, engine.rules().find(rule)) else { return false };
    let facts = FileFacts::of(&change.path, b"");
    change.kind != Kind::Added
        && old.iter().any(|blob| {
            let Ok(loaded) = reader.read(blob, options.limit) else { return false };
            let text = unicode::to_utf8(loaded.bytes);
            let whole = 0..text.len();
            let added = [(&text[..], std::slice::from_ref(&whole))];
            Engine::fires_by_name(rule, &facts, change.path.as_bytes(), &added)
        })
}

/// Gives the second and each later value that has the same name and place before it a fingerprint of its own: of values
/// that a person may have chosen the fingerprint tells the place only.
pub(super) fn number(findings: &mut [Finding], keys: &[(Key, usize)]) {
    let mut chosen: Vec<usize> = (0..findings.len()).filter(|&at| findings[at].is_chosen()).collect();
    // In the order of the changes, whichever thread was first.
    chosen.sort_by_key(|&at| (findings[at].fingerprint, keys[at].1, findings[at].place, at));
    let groups: Vec<&[usize]> =
        chosen.chunk_by(|&one, &other| findings[one].fingerprint == findings[other].fingerprint).collect();
    for group in groups {
        let mut numbers: HashMap<&Key, usize> = HashMap::new();
        for &at in group {
            let next = numbers.len();
            let number = *numbers.entry(&keys[at].0).or_insert(next);
            if number > 0 {
                findings[at].fingerprint = findings[at].fingerprint.numbered(number);
            }
        }
    }
}

fn set(finding: &mut Finding, reason: &str) {
    if finding.state == State::New {
        finding.state = State::Existing;
        finding.reason = Some(reason.to_owned());
    }
}

fn old_keys(change: &Change, reader: &mut dyn Reader, engine: &Engine, options: &Options) -> HashSet<Key> {
    match &change.content {
        Content::Blobs { old, .. } => keys_of(change, old, reader, engine, options),
        Content::Fragments(_) => HashSet::new(),
    }
}

fn new_keys(change: &Change, reader: &mut dyn Reader, engine: &Engine, options: &Options) -> HashSet<Key> {
    match &change.content {
        Content::Blobs { new: Some(new), .. } => keys_of(change, std::slice::from_ref(new), reader, engine, options),
        _ => HashSet::new(),
    }
}

fn keys_of(
    change: &Change,
    blobs: &[Blob],
    reader: &mut dyn Reader,
    engine: &Engine,
    options: &Options,
) -> HashSet<Key> {
    let mut keys = HashSet::new();
    for blob in blobs {
        let Ok(loaded) = reader.read(blob, options.limit) else { continue };
        let text = unicode::to_utf8(loaded.bytes);
        let facts = FileFacts::of(&change.path, &text);
        let whole: Vec<_> = std::iter::once(0..text.len()).collect();
        let input = Input { text: &text, added: &whole, facts, path: change.path.as_bytes() };
        keys.extend(engine.search(&input).matches.iter().map(|found| Key::of_match(found, &text)));
    }
    keys
}

fn is_copy(change: &Change, reader: &mut dyn Reader) -> bool {
    match &change.content {
        Content::Blobs { new: Some(Blob::Object(id)), .. } => {
            reader.stood_before(*id, change.commit.as_ref().map(|commit| commit.id))
        }
        _ => false,
    }
}
