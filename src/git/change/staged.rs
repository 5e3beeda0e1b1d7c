//! What is staged: the index against HEAD, or against all parents of a merge being made.
//!
//! The fast reader answers where it is sure; plumbing answers for the rest, and `Scanned::how` says
//! why it was asked.

use super::compare::compare;
use super::pair::{self, Pair};
use super::plumbing;
use crate::change::Listing;
use crate::change::Oid;
use crate::finding::Scanned;
use crate::git::objects::odb::EMPTY_TREE;
use crate::git::repository::doubt::{Doubt, Sure};
use crate::git::repository::error::GitError;
use crate::git::repository::head::{self, Merging};
use crate::git::repository::repo::Repo;

/// The differences with each parent.
pub(in crate::git) struct Compared {
    /// HEAD, or the empty tree.
    pub(in crate::git) base: Oid,
    /// One list a parent, HEAD's first.
    pub(in crate::git) parents: Vec<Vec<Pair>>,
}

/// What the index holds that HEAD does not; of a merge being made, what no parent has.
pub fn staged(repo: &Repo) -> Result<Listing, GitError> {
    // No one stages anything there; git would call it an empty index and all would be well.
    if repo.bare && !repo.index_file().exists() {
        return Err(GitError::NoWorkTree(repo.top.clone()));
    }
    match fast(repo) {
        Ok(compared) => Ok(listing(compared, "index".to_owned())),
        Err(doubt) => Ok(listing(plumbing::compare(repo)?, format!("index (plumbing: {doubt})"))),
    }
}

/// The same without a child process, by the path; a [`Doubt`] where [`staged`] would ask git.
pub fn staged_pairs(repo: &Repo) -> Result<Vec<Vec<Pair>>, Doubt> {
    fast(repo).map(|compared| compared.parents)
}

/// The same by git's plumbing alone: the oracle.
pub fn staged_pairs_by_plumbing(repo: &Repo) -> Result<Vec<Vec<Pair>>, GitError> {
    plumbing::compare(repo).map(|compared| compared.parents)
}

/// What the index is judged against: HEAD, where there is a commit yet, and the other parents of a merge being made.
pub fn index_parents(repo: &Repo) -> Result<Vec<Oid>, GitError> {
    let known = || -> Sure<Vec<Oid>> {
        let head = head::head(&repo.git_dir, &repo.common_dir)?;
        let Merging { parents, .. } = head::merging(&repo.git_dir, &repo.env)?;
        let others = parents.into_iter().filter(|&parent| Some(parent) != head);
        Ok(head.into_iter().chain(others).collect())
    };
    known().or_else(|_| plumbing::parents(repo))
}

fn listing(compared: Compared, mut how: String) -> Listing {
    if compared.parents.len() > 1 {
        how = format!("{how}, merge of {} parents", compared.parents.len());
    }
    let (changes, gaps) = pair::changes(compared.parents);
    let scanned =
        Scanned { base: Some(compared.base.to_string()), head: Some("index".to_owned()), how, ..Scanned::default() };
    Listing { changes, gaps, scanned }
}

fn fast(repo: &Repo) -> Sure<Compared> {
    let head = head::head(&repo.git_dir, &repo.common_dir)?;
    let Merging { parents, named_only } = head::merging(&repo.git_dir, &repo.env)?;
    let mapped = repo.index()?;
    let index = mapped.get();
    let mut objects = repo.objects()?;
    let top = head.map(|head| objects.tree_of(head)).transpose()?;
    let mut lists = vec![compare(index, top, &mut |id| objects.tree(id))?];
    for parent in parents {
        if Some(parent) == head {
            continue;
        }
        // A parent that is only named may be another repository's: then more is looked at.
        let tree = match objects.tree_of(parent) {
            Ok(tree) => tree,
            Err(_) if named_only => continue,
            Err(doubt) => return Err(doubt),
        };
        lists.push(compare(index, Some(tree), &mut |id| objects.tree(id))?);
    }
    mapped.sure()?;
    Ok(Compared { base: head.unwrap_or(EMPTY_TREE), parents: lists })
}
