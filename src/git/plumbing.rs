//! The index against HEAD through git's own plumbing: right in every kind of repository, and the
//! oracle that the fast readers are held against.

use super::command;
use super::error::GitError;
use super::raw::Record;
use super::repo::{Repo, unexpected};
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
        let record = Record::parse(meta, path)?;
        if record.status == b'U' {
            listing.gaps.push(unmerged(path));
        } else {
            listing.changes.extend(record.change(None));
        }
    }
    Ok(listing)
}

fn unmerged(path: &[u8]) -> Gap {
    Gap {
        path: Some(RepoPath::new(path)),
        kind: GapKind::Unread,
        reason: "the path has merge conflicts, nothing of it is staged".to_owned(),
        hint: "resolve them and `git add` the file".to_owned(),
    }
}
