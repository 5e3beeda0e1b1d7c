//! The index against HEAD through git's own plumbing: right in every kind of repository, and the
//! oracle that the fast readers are held against.

use super::command;
use super::error::GitError;
use super::repo::{Repo, unexpected};
use crate::change::{Blob, Change, Content, Entry, Kind, Oid};
use crate::finding::{Gap, GapKind, Scanned};
use crate::paths::RepoPath;
use crate::source::Listing;

/// What the index holds that HEAD does not.
pub fn staged(repo: &Repo) -> Result<Listing, GitError> {
    let head = match command::run(&repo.top, &["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]) {
        Ok(answer) => String::from_utf8_lossy(&answer).trim().to_owned(),
        Err(GitError::Failed { .. }) => {
            let answer = command::run(&repo.top, &["hash-object", "-t", "tree", "/dev/null"])?;
            String::from_utf8_lossy(&answer).trim().to_owned()
        }
        Err(error) => return Err(error),
    };
    let args = [
        "diff-index",
        "--cached",
        "--raw",
        "-z",
        "--no-abbrev",
        "--no-renames",
        "--ita-invisible-in-index",
        &head,
        "--",
    ];
    let raw = command::run(&repo.top, &args)?;
    let mut listing = Listing {
        scanned: Scanned {
            base: Some(head),
            head: Some("index".to_owned()),
            how: "plumbing".to_owned(),
            ..Scanned::default()
        },
        ..Listing::default()
    };
    let mut fields = raw.split(|&byte| byte == 0);
    while let Some(meta) = fields.next().filter(|meta| !meta.is_empty()) {
        let path = fields.next().ok_or_else(|| unexpected("diff-index", "a path is missing"))?;
        add(&mut listing, meta, path)?;
    }
    Ok(listing)
}

/// One record: `:old-mode new-mode old-id new-id status`.
fn add(listing: &mut Listing, meta: &[u8], path: &[u8]) -> Result<(), GitError> {
    let bad = || unexpected("diff-index", &String::from_utf8_lossy(meta));
    let parts: Vec<&[u8]> = meta.strip_prefix(b":").ok_or_else(bad)?.split(|&byte| byte == b' ').collect();
    let [old_mode, new_mode, old_id, new_id, status] = parts[..] else { return Err(bad()) };
    let path = RepoPath::new(path);
    if status.first() == Some(&b'U') {
        listing.gaps.push(Gap {
            path: Some(path),
            kind: GapKind::Unread,
            reason: "the path has merge conflicts, nothing of it is staged".to_owned(),
            hint: "resolve them and `git add` the file".to_owned(),
        });
        return Ok(());
    }
    let old_id = Oid::from_hex(old_id).ok_or_else(bad)?;
    let new_id = Oid::from_hex(new_id).ok_or_else(bad)?;
    let old = if is_content(old_mode) && entry(old_mode) == entry(new_mode) {
        vec![Blob::Object(old_id)]
    } else {
        Vec::new()
    };
    let kind = match status.first() {
        Some(b'D') => Kind::Deleted,
        Some(b'A') => Kind::Added,
        _ => Kind::Modified,
    };
    let new = (kind != Kind::Deleted && is_content(new_mode)).then_some(Blob::Object(new_id));
    let old = if kind == Kind::Deleted && is_content(old_mode) { vec![Blob::Object(old_id)] } else { old };
    let entry = entry(if kind == Kind::Deleted { old_mode } else { new_mode }).ok_or_else(bad)?;
    listing.changes.push(Change { path, kind, entry, content: Content::Blobs { new, old }, commit: None });
    Ok(())
}

fn is_content(mode: &[u8]) -> bool {
    matches!(mode, b"100644" | b"100755" | b"100664" | b"120000")
}

fn entry(mode: &[u8]) -> Option<Entry> {
    match mode {
        b"100755" => Some(Entry::Executable),
        b"120000" => Some(Entry::Symlink),
        b"160000" => Some(Entry::Gitlink),
        _ if mode.starts_with(b"100") => Some(Entry::File),
        _ => None,
    }
}
