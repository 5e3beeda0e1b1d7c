//! What a plugin is reported: one JSON document on its standard input, as docs/plugins.md tells.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Task;
use super::export::new_side;
use super::parse::greeting;
use crate::change::{Change, Content, Kind, Reader};
use crate::diff;
use crate::engine::unicode;

/// The document, one line.
pub(super) fn written(task: &Task<'_>) -> Vec<u8> {
    let mut reader = task.store.reader().ok();
    let changes: Vec<Value> = task
        .changes
        .iter()
        .filter(|change| change.kind == Kind::Deleted || task.files.iter().any(|path| **path == change.path))
        .map(|change| told(change, reader.as_deref_mut(), task.limit))
        .collect();
    let (name, version) = greeting();
    let mut bytes = json!({
        name: version,
        "stage": task.stage.name,
        "gate": task.gate,
        "base": task.base,
        "head": task.head,
        "directory": task.dir.to_string_lossy(),
        "changes": changes,
    })
    .to_string()
    .into_bytes();
    bytes.push(b'\n');
    bytes
}

fn told(change: &Change, reader: Option<&mut (dyn Reader + '_)>, limit: u64) -> Value {
    let path = change.path.as_bytes();
    let kind = match change.kind {
        Kind::Added => "added",
        Kind::Modified => "modified",
        Kind::Deleted => "deleted",
    };
    let mut value = json!({ "path": String::from_utf8_lossy(path), "kind": kind });
    if std::str::from_utf8(path).is_err() {
        value["path_b64"] = STANDARD.encode(path).into();
    }
    if change.kind != Kind::Deleted {
        value["added"] = reader.and_then(|reader| added(change, reader, limit)).into();
    }
    value
}

/// First and last line of each added range.
fn added(change: &Change, reader: &mut dyn Reader, limit: u64) -> Option<Vec<Value>> {
    let text = unicode::to_utf8(reader.read(new_side(change)?, limit).ok()?.bytes);
    let Content::Blobs { old, .. } = &change.content else { return None };
    let olds: Option<Vec<Vec<u8>>> =
        old.iter().map(|old| Some(unicode::to_utf8(reader.read(old, limit).ok()?.bytes))).collect();
    let olds = olds.unwrap_or_default();
    let olds: Vec<&[u8]> = olds.iter().map(Vec::as_slice).collect();
    let (mut line, mut at) = (1, 0);
    let ranges = diff::added_ranges(&text, &olds).into_iter().map(|range| {
        line += memchr::memchr_iter(b'\n', &text[at..range.start]).count();
        at = range.start;
        let lines = diff::count_lines(&text, std::slice::from_ref(&range));
        json!([line, line + lines.max(1) - 1])
    });
    Some(ranges.collect())
}
