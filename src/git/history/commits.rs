//! Commits by the ends of a range, as ids.

use std::collections::HashMap;

use super::walk::{self, Revisions};
use crate::change::Listing;
use crate::change::Oid;
use crate::finding::Scanned;
use crate::git::objects::marks;
use crate::git::repository::error::GitError;
use crate::git::repository::repo::Repo;
use crate::text::escape;

/// Every commit that `heads` reach and `without` do not, each against its parents.
pub fn commits(repo: &Repo, heads: &[Oid], without: &[Oid]) -> Result<Listing, GitError> {
    let input = [marks::lines("", heads), marks::lines("^", without)].concat();
    let history = walk::walk(repo, &Revisions { input, args: Vec::new() })?;
    let how = format!("{}, each against its parents", history.told());
    let scanned = Scanned { how, commits: history.commits.len(), ..Scanned::default() };
    Ok(Listing { changes: history.changes, scanned, ..Listing::default() })
}

/// The first lines of the messages of `ids`, for display.
pub fn subjects(repo: &Repo, ids: &[Oid]) -> Result<Vec<String>, GitError> {
    let mut all = HashMap::with_capacity(ids.len());
    marks::contents(repo, ids, marks::Type::Commit, |id, object| {
        all.insert(id, escape(&marks::commit(id, object).subject).to_string());
        Ok(())
    })?;
    Ok(ids.iter().filter_map(|id| all.get(id).cloned()).collect())
}

/// An id as it stands in a log.
pub(in crate::git) fn short(id: Oid) -> String {
    let mut hex = id.to_string();
    hex.truncate(12);
    hex
}
