//! All that git keeps of a tree: every file counts as added.

use std::collections::HashSet;

use super::raw::Side;
use super::worktree::work_tree;
use crate::change::Listing;
use crate::change::{Blob, Change, Content, Entry, Kind, Oid};
use crate::finding::Scanned;
use crate::git::repository::command;
use crate::git::repository::error::GitError;
use crate::git::repository::repo::{Repo, unexpected};
use crate::paths::RepoPath;

/// The files of the tree that `revision` names.
///
/// # Errors
///
/// [`GitError::BadRange`] where `revision` names no commit.
pub fn tree(repo: &Repo, revision: &str) -> Result<Listing, GitError> {
    let bad = |reason: &str| GitError::BadRange { spec: revision.to_owned(), reason: reason.to_owned() };
    if revision.trim().is_empty() || revision.starts_with('-') || revision.contains('\0') {
        return Err(bad("it is not a revision"));
    }
    let named = format!("{revision}^{{commit}}");
    let commit = match command::run(&repo.top, &["rev-parse", "--verify", "--quiet", "--end-of-options", &named]) {
        Ok(id) => String::from_utf8_lossy(id.trim_ascii()).into_owned(),
        Err(GitError::Failed { .. }) => return Err(bad("it names no commit")),
        Err(error) => return Err(error),
    };
    let listed = command::run(&repo.top, &["ls-tree", "-r", "-z", "--full-tree", &commit])?;
    let changes = listed
        .split(|&byte| byte == 0)
        .filter(|line| !line.is_empty())
        .map(|line| change(line).ok_or_else(|| unexpected("ls-tree", &String::from_utf8_lossy(line))))
        .collect::<Result<_, _>>()?;
    let scanned = Scanned { head: Some(commit), how: format!("the tree of {revision}"), ..Scanned::default() };
    Ok(Listing { changes, scanned, ..Listing::default() })
}

/// `MODE TYPE ID<tab>PATH`.
pub(in crate::git) fn change(line: &[u8]) -> Option<Change> {
    let tab = memchr::memchr(b'\t', line)?;
    let mut parts = line[..tab].split(|&byte| byte == b' ');
    let mode = u32::from_str_radix(std::str::from_utf8(parts.next()?).ok()?, 8).ok()?;
    let id = Oid::from_hex(parts.nth(1)?)?;
    let entry = Side { mode, id }.entry()?;
    let new = (entry != Entry::Gitlink).then_some(Blob::Object(id));
    let content = Content::Blobs { new, old: Vec::new() };
    Some(Change { path: RepoPath::new(&line[tab + 1..]), kind: Kind::Added, entry, content, commit: None })
}

/// The files of the work tree that git tracks, as they stand on disk.
pub fn tracked(repo: &Repo) -> Result<Listing, GitError> {
    let (_, mut listing) = work_tree(&repo.top, &[])?;
    let index = command::run(&repo.top, &["ls-files", "-z"])?;
    let known: HashSet<&[u8]> = index.split(|&byte| byte == 0).collect();
    listing.changes.retain(|change| known.contains(change.path.as_bytes()));
    listing.gaps.retain(|gap| gap.path.as_ref().is_none_or(|path| known.contains(path.as_bytes())));
    Ok(listing)
}
