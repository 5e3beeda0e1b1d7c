//! What a commit has that none of several others has: the net change of a push, whose other side may
//! have more than one of its ancestors.

use std::collections::HashMap;

use super::raw::{self, Record, Side};
use super::trees;
use crate::change::{Blob, Change, Content, Entry, Oid};
use crate::git::objects::odb::Objects;
use crate::git::objects::tree::{DIRECTORY, TreeEntries};
use crate::git::repository::command;
use crate::git::repository::doubt::{Doubt, Sure};
use crate::git::repository::error::GitError;
use crate::git::repository::repo::{Repo, unexpected};

/// The net change of one head: its tree against those that the other side has.
#[derive(Clone, Debug)]
pub struct Net {
    /// The commit that is looked at.
    pub head: Oid,
    /// The commits that the other side has; none: all of the tree is new.
    pub bases: Vec<Oid>,
    /// A change a path, sorted by path.
    pub changes: Vec<Change>,
}

/// Bases that are compared with, at most. Beyond them more counts as new, never less.
const MOST_BASES: usize = 8;

/// What `head`'s tree has that no tree of `bases` has at the same path. A line counts as added where no
/// base has it.
pub fn net_of(repo: &Repo, bases: &[Oid], head: Oid) -> Result<Net, GitError> {
    let bases = bases[..bases.len().min(MOST_BASES)].to_vec();
    let changes = if bases.is_empty() { all_files(repo, head)? } else { against(repo, &bases, head)? };
    Ok(Net { head, bases, changes })
}

/// Those of `paths` that are files in the tree of `revision`, or in the index where there is none: the path,
/// its blob, whether it is executable.
pub fn files_at(repo: &Repo, revision: Option<&str>, paths: &[String]) -> Result<Vec<(String, Oid, Entry)>, GitError> {
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let mut args = match revision {
        Some(revision) => {
            vec!["--literal-pathspecs", "ls-tree", "-z", "--full-tree", "--end-of-options", revision, "--"]
        }
        None => vec![
            "--literal-pathspecs",
            "ls-files",
            "-z",
            "--full-name",
            "--format=%(objectmode) blob %(objectname)%x09%(path)",
            "--",
        ],
    };
    args.extend(paths.iter().map(String::as_str));
    let listed = command::run(&repo.top, &args)?;
    let mut found = Vec::new();
    for line in listed.split(|&byte| byte == 0).filter(|line| !line.is_empty()) {
        let Some(change) =
            raw::tree_entry(line)?.filter(|change| paths.iter().any(|path| change.path.as_bytes() == path.as_bytes()))
        else {
            continue;
        };
        if let Content::Blobs { new: Some(Blob::Object(id)), .. } = change.content {
            let path = String::from_utf8_lossy(change.path.as_bytes()).into_owned();
            found.push((path, id, change.entry));
        }
    }
    Ok(found)
}

/// The tree of `commit`.
pub fn tree_id(repo: &Repo, commit: Oid) -> Result<Oid, GitError> {
    if let Some(tree) = repo.objects().ok().and_then(|mut objects| objects.tree_of(commit).ok()) {
        return Ok(tree);
    }
    let answer = command::run(&repo.top, &["rev-parse", "--verify", &format!("{commit}^{{tree}}")])?;
    Oid::from_hex(answer.trim_ascii()).ok_or_else(|| unexpected("rev-parse", &String::from_utf8_lossy(&answer)))
}

/// Every file of `tree`, a commit or a tree, as an added one. A commit's are listed without a child process
/// where the fast readers are sure.
pub fn all_files(repo: &Repo, tree: Oid) -> Result<Vec<Change>, GitError> {
    if let Ok(files) = fast_files(repo, tree) {
        return Ok(files);
    }
    let listed = command::run(&repo.top, &["ls-tree", "-r", "-z", "--full-tree", &tree.to_string()])?;
    listed
        .split(|&byte| byte == 0)
        .filter(|line| !line.is_empty())
        .filter_map(|line| raw::tree_entry(line).transpose())
        .collect()
}

/// Directories in each other that are listed in process.
const DEEPEST: usize = 200;
/// Directories and files that are: a few trees that hold each other many times name more than can be kept.
const MOST: usize = 4_000_000;

fn fast_files(repo: &Repo, commit: Oid) -> Sure<Vec<Change>> {
    let mut objects = repo.objects()?;
    let tree = objects.tree_of(commit)?;
    let mut files = Vec::new();
    below(&mut objects, tree, b"", &mut files, &mut { MOST })?;
    Ok(files)
}

fn below(
    objects: &mut Objects<'_>,
    tree: Oid,
    directory: &[u8],
    files: &mut Vec<Change>,
    left: &mut usize,
) -> Sure<()> {
    // No one's work, and git has a limit of its own.
    if memchr::memchr_iter(b'/', directory).count() > DEEPEST {
        return Err(Doubt::new("a tree is very deep"));
    }
    let bytes = objects.tree(tree)?;
    for entry in TreeEntries::new(&bytes) {
        let entry = entry?;
        let path = [directory, entry.name].concat();
        *left = left.checked_sub(1).ok_or(Doubt::new("a tree has very many entries"))?;
        if entry.mode == DIRECTORY {
            below(objects, entry.id, &[&path[..], b"/"].concat(), files, left)?;
        } else {
            let new = Side { mode: entry.mode, id: entry.id };
            files.extend(Record { old: Vec::new(), new, status: b'A', path: &path }.change(None));
        }
    }
    Ok(())
}

fn against(repo: &Repo, bases: &[Oid], head: Oid) -> Result<Vec<Change>, GitError> {
    fast_against(repo, bases, head).or_else(|_| against_by_git(repo, bases, head))
}

fn fast_against(repo: &Repo, bases: &[Oid], head: Oid) -> Sure<Vec<Change>> {
    let mut objects = repo.objects()?;
    let olds: Vec<Oid> = bases.iter().map(|base| objects.tree_of(*base)).collect::<Sure<_>>()?;
    let tree = objects.tree_of(head)?;
    let found = trees::against(&mut objects, &olds, tree)?;
    let mut changes: Vec<Change> =
        found.into_iter().filter_map(|(path, old, new)| Record::told(old, new, &path).change(None)).collect();
    changes.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(changes)
}

fn against_by_git(repo: &Repo, bases: &[Oid], head: Oid) -> Result<Vec<Change>, GitError> {
    let mut paths: HashMap<Vec<u8>, (Side, Vec<Side>, u8)> = HashMap::new();
    for (number, base) in bases.iter().enumerate() {
        let (from, to) = (base.to_string(), head.to_string());
        let args = ["diff-tree", "-r", "--raw", "-z", "--no-abbrev", "--no-renames", &from, &to];
        let answer = command::run(&repo.top, &args)?;
        let mut fields = answer.split(|&byte| byte == 0).filter(|field| !field.is_empty());
        while let Some(meta) = fields.next() {
            let path = fields.next().ok_or_else(|| unexpected("diff-tree", "a path is missing"))?;
            let record = Record::parse(meta, path)?;
            // A path that is missing here equals an earlier base, so it is nothing new.
            if number == 0 {
                paths.insert(path.to_vec(), (record.new, record.old, record.status));
            } else if let Some((_, old, _)) = paths.get_mut(path).filter(|(_, old, _)| old.len() == number) {
                old.extend(record.old);
            }
        }
    }
    let mut changes: Vec<Change> = paths
        .iter()
        .filter(|(_, (_, old, _))| old.len() == bases.len())
        .filter_map(|(path, (new, old, status))| {
            Record { old: old.clone(), new: *new, status: *status, path }.change(None)
        })
        .collect();
    changes.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(changes)
}
