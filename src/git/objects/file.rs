//! Single files out of the index or a commit: the configuration, mostly.

use std::path::Path;

use super::tree::{DIRECTORY, TreeEntries};
use crate::change::Oid;
use crate::git::repository::command;
use crate::git::repository::doubt::{Doubt, Sure};
use crate::git::repository::error::GitError;
use crate::git::repository::repo::Repo;

/// The bytes of `path` as it is staged; `None` where it is not. Without a child process where the
/// fast readers are sure.
pub fn staged_file(repo: &Repo, path: &str) -> Result<Option<Vec<u8>>, GitError> {
    fast(repo, path.as_bytes()).or_else(|_| show(&repo.top, &format!(":{path}")))
}

fn fast(repo: &Repo, path: &[u8]) -> Sure<Option<Vec<u8>>> {
    let mut objects = repo.objects()?;
    let index = repo.index()?;
    let found = index.get().find(path);
    index.sure()?;
    let Some(entry) = found? else { return Ok(None) };
    if entry.stage > 0 || entry.intent_to_add || entry.mode == 0o160_000 {
        return Err(Doubt::new("no plain file"));
    }
    objects.blob(entry.id).map(Some)
}

/// The bytes of `path` in the tree of `revision`; `None` where it is not. A name that leads nowhere is an
/// error, but for `HEAD`, which has no commit in a new repository; an id is taken to be there.
pub fn file_at(repo: &Repo, revision: &str, path: &str) -> Result<Option<Vec<u8>>, GitError> {
    if let Ok(text) = fast_at(repo, revision, path) {
        return Ok(text);
    }
    let text = show(&repo.top, &format!("{revision}:{path}"))?;
    let is_id = revision.len() >= 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit());
    if text.is_none() && revision != "HEAD" && !is_id {
        command::run(&repo.top, &["rev-parse", "--verify", "--end-of-options", revision])?;
    }
    Ok(text)
}

/// The same where `revision` is the id of a commit, without a child process.
fn fast_at(repo: &Repo, revision: &str, path: &str) -> Sure<Option<Vec<u8>>> {
    let commit = Oid::from_hex(revision.as_bytes()).ok_or(Doubt::new("no id"))?;
    let mut objects = repo.objects()?;
    let mut here = objects.tree_of(commit)?;
    let mut names = path.as_bytes().split(|&byte| byte == b'/').peekable();
    while let Some(name) = names.next() {
        let tree = objects.tree(here)?;
        let mut found = None;
        for entry in TreeEntries::new(&tree) {
            let entry = entry?;
            if entry.name == name {
                found = Some((entry.mode, entry.id));
                break;
            }
        }
        match found {
            None => return Ok(None),
            Some((DIRECTORY, id)) if names.peek().is_some() => here = id,
            Some((mode, id)) if names.peek().is_none() && mode & 0o170_000 == 0o100_000 => {
                return objects.blob(id).map(Some);
            }
            Some(_) => return Err(Doubt::new("no plain file")),
        }
    }
    Err(Doubt::new("no path"))
}

/// Whether the commit of that hexadecimal id is in the repository; an id that is cut short may stand for it.
pub fn has_commit(repo: &Repo, id: &str) -> Result<bool, GitError> {
    let named = format!("{id}^{{commit}}");
    match command::run(&repo.top, &["rev-parse", "--verify", "--quiet", "--end-of-options", &named]) {
        Ok(_) => Ok(true),
        Err(GitError::Failed { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The whole id of the commit that `revision` names, a tag peeled; `None` where it names none.
pub fn commit_id(repo: &Repo, revision: &str) -> Result<Option<String>, GitError> {
    let named = format!("{revision}^{{commit}}");
    match command::run(&repo.top, &["rev-parse", "--verify", "--quiet", "--end-of-options", &named]) {
        Ok(id) => Ok(Some(String::from_utf8_lossy(&id).trim().to_owned())),
        Err(GitError::Failed { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn show(top: &Path, spec: &str) -> Result<Option<Vec<u8>>, GitError> {
    // With `--quiet` a path that is not there is reported without a word, everything else with one.
    match command::run(top, &["rev-parse", "--verify", "--quiet", "--end-of-options", spec]) {
        Ok(id) => {
            let id = String::from_utf8_lossy(&id).trim().to_owned();
            command::run(top, &["cat-file", "blob", &id]).map(Some)
        }
        Err(GitError::Failed { message, .. }) if message.is_empty() => Ok(None),
        Err(error) => Err(error),
    }
}
