//! One change: reads it, finds the added lines, searches them.

use super::{Options, Partial, allowed, dedup, existing, present};
use crate::change::{Change, Content, Entry, Fragment, Kind, ReadError, Reader};
use crate::diff;
use crate::engine::{Engine, FileFacts, Input, unicode};
use crate::finding::{Excerpt, Gap, GapKind};

/// Looks at `change`.
pub(super) fn at(change: &Change, reader: &mut dyn Reader, engine: &Engine, options: &Options) -> Partial {
    let mut partial = Partial::default();
    if change.kind == Kind::Deleted {
        return partial;
    }
    if change.entry == Entry::Gitlink {
        return Partial::gap(elsewhere(change, "a submodule, which is scanned in its own repository"));
    }
    let fragments = match fragments(change, reader, options, &mut partial) {
        Ok(fragments) => fragments,
        Err(error) => return Partial::gap(unread(change, &error)),
    };
    partial.looked.files = usize::from(change.entry != Entry::Message);
    for finding in present::by_name(change, &fragments, engine, options) {
        partial.keys.push((existing::Key::of_name(&finding.rule), 0));
        partial.looked.findings.push(finding);
    }
    for fragment in &fragments {
        search(change, fragment, engine, options, &mut partial);
    }
    partial
}

fn search(change: &Change, fragment: &Fragment, engine: &Engine, options: &Options, partial: &mut Partial) {
    let text = &fragment.text[..];
    let looked = &mut partial.looked;
    looked.bytes += fragment.added.iter().map(|range| range.len() as u64).sum::<u64>();
    if !change.is_header() {
        looked.added_lines += diff::count_lines(text, &fragment.added);
    }
    let facts = FileFacts::of(&change.path, text);
    let input = Input { text, added: &fragment.added, facts, path: change.path.as_bytes() };
    let mut found = engine.search(&input);
    allowed::check_marks(text, engine.rules(), &mut found.matches);
    dedup::drop_weaker(engine.rules(), &mut found.matches);
    looked.unproven += found.unproven;
    looked.deferred |= found.deferred;
    let mut findings = present::findings(change, fragment, &found.matches, engine, options);
    allowed::inline(text, engine.rules(), &found.matches, &mut findings);
    partial.keys.extend(found.matches.iter().map(|found| (existing::Key::of_match(found, text), 0)));
    if found.cut {
        // Values behind the limit are in no list of what to hide.
        for finding in &mut findings {
            finding.excerpt = Excerpt::default();
        }
        looked.gaps.push(Gap {
            path: Some(change.path.clone()),
            kind: GapKind::Partial,
            reason: "more matches than are kept".to_owned(),
            hint: String::new(),
        });
    }
    looked.findings.extend(findings);
}

fn fragments(
    change: &Change,
    reader: &mut dyn Reader,
    options: &Options,
    partial: &mut Partial,
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
        partial.looked.gaps.push(Gap {
            path: Some(change.path.clone()),
            kind: GapKind::Partial,
            reason: format!("only the first {} of {} bytes were looked at", loaded.bytes.len(), loaded.size),
            hint: "raise `limit.file` in gatehook.toml, or keep files of that size out of git".to_owned(),
        });
    }
    if is_lfs_pointer(&loaded.bytes) {
        partial.looked.gaps.push(elsewhere(change, "LFS content not scanned"));
    }
    let text = unicode::to_utf8(loaded.bytes);
    // An old side that cannot be read makes every line count as added: more is looked at, never less.
    let olds: Vec<Vec<u8>> =
        old.iter().filter_map(|old| Some(unicode::to_utf8(reader.read(old, options.limit).ok()?.bytes))).collect();
    let olds: Vec<&[u8]> = if olds.len() == old.len() { olds.iter().map(Vec::as_slice).collect() } else { Vec::new() };
    let added = diff::added_ranges(&text, &olds);
    if added.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![Fragment { text: text.into(), first_line: 1, added }])
}

/// Whether `text` stands for a file that Git LFS keeps. <https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md>
fn is_lfs_pointer(text: &[u8]) -> bool {
    text.len() < 1024 && text.starts_with(b"version https://git-lfs.github.com/spec/v1\n")
}

fn elsewhere(change: &Change, reason: &str) -> Gap {
    let path = Some(change.path.clone());
    Gap { path, kind: GapKind::Elsewhere, reason: reason.to_owned(), hint: String::new() }
}

fn unread(change: &Change, error: &ReadError) -> Gap {
    let (hint, cause) = match error {
        ReadError::Missing(_) => {
            ("`git fetch` may bring it; `git fsck` tells whether the repository is whole", String::new())
        }
        ReadError::Corrupt { .. } => ("`git fsck` tells what is broken", String::new()),
        ReadError::File { source, .. } => ("", format!(": {source}")),
        ReadError::Unlisted(_) | ReadError::Unsupported => ("", String::new()),
    };
    let (path, reason) = (Some(change.path.clone()), format!("{error}{cause}"));
    Gap { path, kind: GapKind::Unread, reason, hint: hint.to_owned() }
}
