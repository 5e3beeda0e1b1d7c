//! New or not: a finding whose fingerprint stood in what this change replaces is `existing`.

use std::collections::HashSet;

use super::{Options, present};
use crate::change::{Blob, Change, Content, Fragment, Kind, Reader};
use crate::engine::{Engine, FileFacts, Input};
use crate::finding::{Finding, Fingerprint, State};

/// Old sides that are read to decide, at most. Beyond it findings stay new: the safe side.
const MOST: usize = 500;

/// Marks those of `findings` that the change only moves, re-indents, splits or copies.
///
/// For a value: it stood in the old side of any path that this change touches, or the file is a copy
/// of a blob that was there. For code: it stood in the same path's old side.
pub(super) fn mark(
    findings: &mut [Finding],
    changes: &[Change],
    reader: &mut dyn Reader,
    engine: &Engine,
    options: &Options,
) {
    if findings.is_empty() {
        return;
    }
    let mut before: HashSet<Fingerprint> = HashSet::new();
    for change in changes.iter().filter(|change| change.kind != Kind::Added).take(MOST) {
        if let Content::Blobs { old, .. } = &change.content {
            for blob in old {
                before.extend(prints(change, blob, reader, engine, options));
            }
        }
    }
    for finding in findings.iter_mut() {
        if before.contains(&finding.fingerprint) {
            finding.state = State::Existing;
            finding.reason = Some("stood there before this change".to_owned());
        } else if is_copy(finding, changes, reader) {
            finding.state = State::Existing;
            finding.reason = Some("the file is a copy of one that was there before".to_owned());
        }
    }
}

fn prints(
    change: &Change,
    blob: &Blob,
    reader: &mut dyn Reader,
    engine: &Engine,
    options: &Options,
) -> Vec<Fingerprint> {
    let Ok(loaded) = reader.read(blob, options.limit) else { return Vec::new() };
    let whole = std::iter::once(0..loaded.bytes.len()).collect();
    let fragment = Fragment { text: loaded.bytes.into(), first_line: 1, added: whole };
    let facts = FileFacts::of(&change.path, &fragment.text);
    let input = Input { text: &fragment.text, added: &fragment.added, facts, path: change.path.as_bytes() };
    let found = engine.search(&input);
    let old = present::findings(change, &fragment, &found.matches, engine, options);
    old.into_iter().map(|finding| finding.fingerprint).collect()
}

fn is_copy(finding: &Finding, changes: &[Change], reader: &mut dyn Reader) -> bool {
    let change = changes.iter().find(|change| change.path == finding.path && change.kind == Kind::Added);
    let Some(Content::Blobs { new: Some(Blob::Object(id)), .. }) = change.map(|change| &change.content) else {
        return false;
    };
    reader.stood_before(*id)
}
