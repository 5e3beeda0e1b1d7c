//! A change as a whole: a base's tree against a head's, whatever the commits between did.

use super::command;
use super::error::GitError;
use super::history::{self, Revisions};
use super::objects;
use super::raw::Record;
use super::repo::{Repo, unexpected};
use crate::change::{Change, Oid};
use crate::finding::Scanned;
use crate::source::Listing;

/// What stands in `head`'s tree and not in `base`'s, a change a path, sorted by path; all of the tree
/// where there is no base. The store that goes with it is [`Repo::before`] of the base.
pub fn net(repo: &Repo, base: Option<Oid>, head: Oid) -> Result<Listing, GitError> {
    let from = match base {
        Some(base) => base.to_string(),
        None => empty_tree(repo)?,
    };
    let to = head.to_string();
    let args = ["diff-tree", "-r", "--raw", "-z", "--no-abbrev", "--no-renames", &from, &to];
    let raw = command::run(&repo.top, &args)?;
    let how = match base {
        Some(base) => format!("net change from {} to {}", short(base), short(head)),
        None => format!("all files of {}", short(head)),
    };
    let scanned = Scanned { base: base.map(|id| id.to_string()), head: Some(to), how, ..Scanned::default() };
    Ok(Listing { changes: changes(&raw)?, scanned, ..Listing::default() })
}

/// Every commit that `heads` reach and `without` do not, each against its parents.
pub fn commits(repo: &Repo, heads: &[Oid], without: &[Oid]) -> Result<Listing, GitError> {
    let input = [objects::lines("", heads), objects::lines("^", without)].concat();
    let history = history::walk(repo, &Revisions { input, args: Vec::new() })?;
    let how = format!("{}, each against its parents", history.told());
    let scanned = Scanned { how, commits: history.commits.len(), ..Scanned::default() };
    Ok(Listing { changes: history.changes, scanned, ..Listing::default() })
}

/// An id as it stands in a log.
pub(super) fn short(id: Oid) -> String {
    let mut hex = id.to_string();
    hex.truncate(12);
    hex
}

/// The tree without entries: git knows it without having it.
fn empty_tree(repo: &Repo) -> Result<String, GitError> {
    let id = command::run(&repo.top, &["hash-object", "-t", "tree", "--stdin"])?;
    Ok(String::from_utf8_lossy(&id).trim().to_owned())
}

fn changes(raw: &[u8]) -> Result<Vec<Change>, GitError> {
    let mut fields = raw.split(|&byte| byte == 0).filter(|field| !field.is_empty());
    let mut changes = Vec::new();
    while let Some(meta) = fields.next() {
        let path = fields.next().ok_or_else(|| unexpected("diff-tree", "a path is missing"))?;
        changes.extend(Record::parse(meta, path)?.change(None));
    }
    changes.sort_by(|one: &Change, other| one.path.cmp(&other.path));
    Ok(changes)
}
