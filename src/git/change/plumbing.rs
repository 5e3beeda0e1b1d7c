//! The index against HEAD through git's own plumbing: right in every kind of repository, and the
//! oracle that the fast readers are held against.

use super::pair::Pair;
use super::raw::Record;
use super::staged::Compared;
use crate::change::Oid;
use crate::git::objects::tree::DIRECTORY;
use crate::git::repository::command;
use crate::git::repository::error::GitError;
use crate::git::repository::head::{self, Merging};
use crate::git::repository::repo::{Repo, unexpected};
use crate::paths::RepoPath;

/// The differences of the index with HEAD and with every other parent of a merge being made.
pub(in crate::git) fn compare(repo: &Repo) -> Result<Compared, GitError> {
    let head = match command::run(&repo.top, &["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]) {
        Ok(answer) => oid("rev-parse", answer.trim_ascii())?,
        Err(GitError::Failed { .. }) => {
            let answer = command::run(&repo.top, &["hash-object", "-t", "tree", "/dev/null"])?;
            oid("hash-object", answer.trim_ascii())?
        }
        Err(error) => return Err(error),
    };
    let Merging { parents, named_only } = head::merging(&repo.git_dir, &repo.env)
        .map_err(|doubt| unexpected("merge", &format!("MERGE_HEAD: {doubt}")))?;
    let mut lists = vec![diff_index(repo, head)?];
    for parent in parents.into_iter().filter(|parent| *parent != head) {
        let there = format!("{parent}^{{commit}}");
        if named_only && command::run(&repo.top, &["rev-parse", "--verify", "--quiet", &there]).is_err() {
            continue;
        }
        lists.push(diff_index(repo, parent)?);
    }
    Ok(Compared { base: head, parents: lists })
}

/// HEAD, where there is a commit yet, and the other parents of a merge being made.
pub(in crate::git) fn parents(repo: &Repo) -> Result<Vec<Oid>, GitError> {
    let verified = |revision: &str| {
        command::run(&repo.top, &["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")])
    };
    let head = match verified("HEAD") {
        Ok(answer) => Some(oid("rev-parse", answer.trim_ascii())?),
        Err(GitError::Failed { .. }) => None,
        Err(error) => return Err(error),
    };
    let Merging { parents, named_only } = head::merging(&repo.git_dir, &repo.env)
        .map_err(|doubt| unexpected("merge", &format!("MERGE_HEAD: {doubt}")))?;
    let others = parents.into_iter().filter(|&parent| Some(parent) != head);
    let there = others.filter(|parent| !named_only || verified(&parent.to_string()).is_ok());
    Ok(head.into_iter().chain(there).collect())
}

fn diff_index(repo: &Repo, tree: Oid) -> Result<Vec<Pair>, GitError> {
    let args = [
        "diff-index",
        "--cached",
        "--raw",
        "-z",
        "--no-abbrev",
        "--no-renames",
        "--ita-invisible-in-index",
        "--ignore-submodules=none",
        &tree.to_string(),
        "--",
    ];
    let raw = command::run(&repo.top, &args)?;
    let mut pairs = Vec::new();
    let mut fields = raw.split(|&byte| byte == 0);
    while let Some(meta) = fields.next().filter(|meta| !meta.is_empty()) {
        let path = fields.next().ok_or_else(|| unexpected("diff-index", "a path is missing"))?;
        let record = Record::parse(meta, path)?;
        if [record.old.first(), Some(&record.new)].into_iter().flatten().any(|side| side.mode == DIRECTORY) {
            return Err(unexpected("diff-index", "a whole directory: the sparse index is not unfolded"));
        }
        let (old, new, path) = (record.old.first().copied(), record.new, RepoPath::new(path));
        pairs.push(match record.status {
            b'U' => Pair { path, old: None, new: None, unmerged: true },
            _ => Pair {
                path,
                old: old.filter(|old| old.stands()),
                new: Some(new).filter(|new| new.stands()),
                unmerged: false,
            },
        });
    }
    Ok(pairs)
}

fn oid(command: &str, answer: &[u8]) -> Result<Oid, GitError> {
    Oid::from_hex(answer).ok_or_else(|| unexpected(command, &String::from_utf8_lossy(answer)))
}
