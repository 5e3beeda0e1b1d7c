//! One change: reads it, finds the added lines, searches them.

use super::{Looked, Options, present};
use crate::change::{Change, Content, Entry, Fragment, Kind, ReadError, Reader};
use crate::diff;
use crate::engine::{Engine, FileFacts, Input};
use crate::finding::{Gap, GapKind};

/// Looks at `change`.
pub(super) fn at(change: &Change, reader: &mut dyn Reader, engine: &Engine, options: &Options) -> Looked {
    let mut looked = Looked::default();
    if change.kind == Kind::Deleted || change.entry == Entry::Gitlink {
        return looked;
    }
    let fragments = match fragments(change, reader, options, &mut looked) {
        Ok(fragments) => fragments,
        Err(error) => {
            looked.gaps.push(unread(change, &error));
            return looked;
        }
    };
    looked.files = 1;
    looked.findings.extend(present::by_name(change, engine, options));
    for fragment in &fragments {
        let facts = FileFacts::of(&change.path, &fragment.text);
        looked.bytes += fragment.added.iter().map(|range| range.len() as u64).sum::<u64>();
        looked.added_lines += diff::count_lines(&fragment.text, &fragment.added);
        let input = Input { text: &fragment.text, added: &fragment.added, facts, path: change.path.as_bytes() };
        let found = engine.search(&input);
        looked.unproven += found.unproven;
        looked.findings.extend(present::findings(change, fragment, &found.matches, engine, options));
        if found.cut {
            looked.gaps.push(Gap {
                path: Some(change.path.clone()),
                kind: GapKind::Partial,
                reason: "more matches than are kept".to_owned(),
                hint: String::new(),
            });
        }
    }
    looked
}

fn fragments(
    change: &Change,
    reader: &mut dyn Reader,
    options: &Options,
    looked: &mut Looked,
) -> Result<Vec<Fragment>, ReadError> {
    let (new, old) = match &change.content {
        Content::Fragments(fragments) => return Ok(fragments.clone()),
        Content::Blobs { new: None, .. } => return Ok(Vec::new()),
        Content::Blobs { new: Some(new), old } => (new, old),
    };
    if old.contains(new) {
        return Ok(Vec::new());
    }
    let loaded = reader.read(new, options.limit)?;
    if loaded.size > loaded.bytes.len() as u64 {
        looked.gaps.push(Gap {
            path: Some(change.path.clone()),
            kind: GapKind::Partial,
            reason: format!("only the first {} of {} bytes were looked at", loaded.bytes.len(), loaded.size),
            hint: "raise the limit, or keep files of that size out of git".to_owned(),
        });
    }
    // An old side that cannot be read makes every line count as added: more is looked at, never less.
    let olds: Vec<Vec<u8>> = old.iter().filter_map(|old| Some(reader.read(old, options.limit).ok()?.bytes)).collect();
    let olds: Vec<&[u8]> = if olds.len() == old.len() { olds.iter().map(Vec::as_slice).collect() } else { Vec::new() };
    let added = diff::added_ranges(&loaded.bytes, &olds);
    if added.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![Fragment { text: loaded.bytes.into(), first_line: 1, added }])
}

fn unread(change: &Change, error: &ReadError) -> Gap {
    let hint = match error {
        ReadError::Missing(_) => "`git fetch` may bring it; `git fsck` tells whether the repository is whole",
        ReadError::Corrupt { .. } => "`git fsck` tells what is broken",
        ReadError::File { .. } | ReadError::Unsupported => "",
    };
    Gap { path: Some(change.path.clone()), kind: GapKind::Unread, reason: error.to_string(), hint: hint.to_owned() }
}
