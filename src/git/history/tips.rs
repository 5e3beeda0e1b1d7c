//! What pushed names stand for: commits to walk from, and the tags, trees and blobs that are
//! looked at as they are.

use std::collections::HashSet;

use crate::change::{Blob, Change, Content, Entry, Kind, Oid};
use crate::finding::Gap;
use crate::finding::GapKind;
use crate::git::change::net::all_files;
use crate::git::objects::marks::{self, Type};
use crate::git::repository::error::GitError;
use crate::git::repository::repo::{Repo, unexpected};
use crate::paths::RepoPath;

/// Tags of tags of tags: more than this many is no one's work.
const DEEPEST: usize = 32;

/// What the names came to.
#[derive(Debug, Default)]
pub(in crate::git) struct Tips {
    /// Commits.
    pub(in crate::git) commits: Vec<Oid>,
    /// Messages of annotated tags; files of trees and blobs that were pushed as such.
    pub(in crate::git) changes: Vec<Change>,
    /// Tags that could not be followed.
    pub(in crate::git) gaps: Vec<Gap>,
}

/// Follows `names` (a label and an object each) down to commits, trees and blobs.
pub(in crate::git) fn peel(repo: &Repo, names: &[(&[u8], Oid)]) -> Result<Tips, GitError> {
    let mut tips = Tips::default();
    let mut here: Vec<(Vec<u8>, Oid)> = names.iter().map(|(label, id)| (label.to_vec(), *id)).collect();
    for _ in 0..DEEPEST {
        here.sort_by_key(|(_, id)| *id);
        here.dedup_by_key(|(_, id)| *id);
        let ids: Vec<Oid> = here.iter().map(|(_, id)| *id).collect();
        let types = marks::types(repo, &ids)?;
        let mut tags = Vec::new();
        for ((label, id), kind) in here.into_iter().zip(types) {
            match kind {
                Some(Type::Commit) => tips.commits.push(id),
                Some(Type::Tree) => tips.changes.extend(all_files(repo, id)?),
                Some(Type::Blob) => tips.changes.push(loose(&label, id)),
                Some(Type::Tag) => tags.push((label, id)),
                None => return Err(GitError::Missing(id)),
            }
        }
        if tags.is_empty() {
            return Ok(tips);
        }
        here = targets(repo, &tags, &mut tips.changes)?;
    }
    tips.gaps.push(Gap {
        path: None,
        kind: GapKind::Unread,
        reason: format!("a tag of tags, more than {DEEPEST} deep"),
        hint: "tag the commit itself".to_owned(),
    });
    Ok(tips)
}

/// What each of `tags` points at; its message goes to `changes`.
fn targets(repo: &Repo, tags: &[(Vec<u8>, Oid)], changes: &mut Vec<Change>) -> Result<Vec<(Vec<u8>, Oid)>, GitError> {
    let ids: Vec<Oid> = tags.iter().map(|(_, id)| *id).collect();
    let mut targets = Vec::new();
    let mut seen = HashSet::new();
    marks::contents(repo, &ids, Type::Tag, |id, object| {
        let name = marks::header(object, "tag").unwrap_or_default();
        let label = [b"tag ", name].concat();
        changes.extend(marks::message_change(&label, object, None));
        changes.extend(marks::headers_change(&label, object, None, &mut seen));
        let target = marks::header(object, "object").and_then(Oid::from_hex);
        targets.push((label, target.ok_or_else(|| unexpected("cat-file", &format!("tag {id} without an object")))?));
        Ok(())
    })?;
    Ok(targets)
}

/// A blob that was pushed without a tree: it has no path, so the ref stands for it.
fn loose(label: &[u8], id: Oid) -> Change {
    Change {
        path: RepoPath::new([b"blob at ", label].concat()),
        kind: Kind::Added,
        entry: Entry::File,
        content: Content::Blobs { new: Some(Blob::Object(id)), old: Vec::new() },
        commit: None,
    }
}
