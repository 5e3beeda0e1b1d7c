//! Commits' trees and the index as [`Snapshot`]s.

use std::sync::{Arc, OnceLock};

use super::net::all_files;
use super::raw;
use super::raw::Side;
use crate::change::{Blob, Entry, Oid, ReadError, Snapshot, Store, TreeFile};
use crate::git::objects::tree::{DIRECTORY, TreeEntries};
use crate::git::repository::command;
use crate::git::repository::repo::Repo;
use crate::git::{Doubt, GitError};
use crate::paths::RepoPath;

/// The tree of a commit.
pub struct CommitTree<'r> {
    repo: &'r Repo,
    commit: Oid,
    listed: OnceLock<Arc<[TreeFile]>>,
}

impl Repo {
    /// The tree of `commit` as a snapshot; nothing is read yet.
    pub const fn tree_of(&self, commit: Oid) -> CommitTree<'_> {
        CommitTree { repo: self, commit, listed: OnceLock::new() }
    }

    /// The index as a snapshot; nothing is read yet.
    pub const fn staged_files(&self) -> StagedFiles<'_> {
        StagedFiles { repo: self, listed: OnceLock::new() }
    }
}

impl CommitTree<'_> {
    /// Follows `path` from tree to tree in process.
    fn walk(&self, path: &RepoPath) -> Result<Option<TreeFile>, Doubt> {
        let mut objects = self.repo.objects()?;
        let mut tree = objects.tree_of(self.commit)?;
        let mut parts = path.as_bytes().split(|&byte| byte == b'/').peekable();
        while let Some(part) = parts.next() {
            let bytes = objects.tree(tree)?;
            let mut found = None;
            for entry in TreeEntries::new(&bytes) {
                let entry = entry?;
                if entry.name == part {
                    found = Some((entry.mode, entry.id));
                    break;
                }
            }
            match found {
                Some((DIRECTORY, id)) if parts.peek().is_some() => tree = id,
                Some((mode, id)) if parts.peek().is_none() => return Ok(file(path, mode, id)),
                _ => return Ok(None),
            }
        }
        Ok(None)
    }
}

/// `None` where `mode` is a directory's.
fn file(path: &RepoPath, mode: u32, id: Oid) -> Option<TreeFile> {
    let entry = Side { mode, id }.entry()?;
    Some(TreeFile { path: path.clone(), entry, blob: (entry != Entry::Gitlink).then_some(Blob::Object(id)) })
}

impl Snapshot for CommitTree<'_> {
    fn files(&self) -> Result<Arc<[TreeFile]>, ReadError> {
        listed(&self.listed, || {
            let changes = all_files(self.repo, self.commit)?;
            Ok(changes.iter().filter_map(TreeFile::of).collect())
        })
    }

    fn file(&self, path: &RepoPath) -> Result<Option<TreeFile>, ReadError> {
        if self.listed.get().is_none()
            && let Ok(found) = self.walk(path)
        {
            return Ok(found);
        }
        Ok(find_in(&self.files()?, path))
    }

    fn store(&self) -> &dyn Store {
        self.repo
    }
}

/// The index: a file is found in process where the reader is sure, all of them are listed by git.
pub struct StagedFiles<'r> {
    repo: &'r Repo,
    listed: OnceLock<Arc<[TreeFile]>>,
}

impl StagedFiles<'_> {
    fn find(&self, path: &RepoPath) -> Result<Option<TreeFile>, Doubt> {
        let index = self.repo.index()?;
        let Some(entry) = index.get().find(path.as_bytes())? else { return Ok(None) };
        if entry.stage > 0 {
            return Err(Doubt::new("the path is unmerged"));
        }
        Ok(if entry.intent_to_add { None } else { file(path, entry.mode, entry.id) })
    }
}

impl Snapshot for StagedFiles<'_> {
    fn files(&self) -> Result<Arc<[TreeFile]>, ReadError> {
        listed(&self.listed, || {
            let form = "--format=%(objectmode) blob %(objectname)%x09%(path)";
            let answer = command::run(&self.repo.top, &["ls-files", "-z", "--full-name", form])?;
            let lines = answer.split(|&byte| byte == 0).filter(|line| !line.is_empty());
            let changes: Vec<_> =
                lines.filter_map(|line| raw::tree_entry(line).transpose()).collect::<Result<_, _>>()?;
            Ok(changes.iter().filter_map(TreeFile::of).collect())
        })
    }

    fn file(&self, path: &RepoPath) -> Result<Option<TreeFile>, ReadError> {
        if self.listed.get().is_none()
            && let Ok(found) = self.find(path)
        {
            return Ok(found);
        }
        Ok(find_in(&self.files()?, path))
    }

    fn store(&self) -> &dyn Store {
        self.repo
    }
}

fn find_in(files: &[TreeFile], path: &RepoPath) -> Option<TreeFile> {
    files.binary_search_by(|file| file.path.cmp(path)).ok().map(|at| files[at].clone())
}

fn listed(
    kept: &OnceLock<Arc<[TreeFile]>>,
    list: impl FnOnce() -> Result<Vec<TreeFile>, GitError>,
) -> Result<Arc<[TreeFile]>, ReadError> {
    if let Some(files) = kept.get() {
        return Ok(Arc::clone(files));
    }
    let mut files = list().map_err(|error| ReadError::Unlisted(error.to_string()))?;
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files.dedup_by(|one, other| one.path == other.path);
    Ok(Arc::clone(kept.get_or_init(|| files.into())))
}
