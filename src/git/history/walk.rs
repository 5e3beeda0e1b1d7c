//! Commits to changes: each commit against its parents, oldest first. `git rev-list` tells which; commits and trees
//! are read in process, or through two more processes for any number of commits (`diff-tree --stdin`,
//! `cat-file --batch`) where the readers are not sure.
//!
//! A first commit counts against the empty tree; of a merge only paths that differ from every
//! parent are looked at, because each parent is either in the range itself or known already.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::change::{Blob, Change, Commit, Content, Kind, Oid};
use crate::git::change::raw::Record;
use crate::git::change::trees::{self, Path};
use crate::git::objects::marks;
use crate::git::repository::command;
use crate::git::repository::doubt::{Doubt, Sure};
use crate::git::repository::error::GitError;
use crate::git::repository::repo::{Repo, unexpected};

/// Which commits: as `git rev-list --stdin ARGS` is reported.
#[derive(Debug, Default)]
pub(in crate::git) struct Revisions {
    /// Lines of its input: ids, `^` before those whose history is left out.
    pub(in crate::git) input: Vec<u8>,
    /// Arguments behind `--stdin`.
    pub(in crate::git) args: Vec<String>,
}

/// Tells of all commits that are walked those that need not be looked at. It is given their outer parents too,
/// which the other side has.
pub type Passed<'p> = &'p dyn Fn(&[Oid], &[Oid]) -> HashSet<Oid>;

/// What the commits did.
#[derive(Debug, Default)]
pub(in crate::git) struct History {
    /// Their ids, parents before children.
    pub(in crate::git) commits: Vec<Oid>,
    /// The messages in that order, then the changes by path and, of a path, in that order.
    pub(in crate::git) changes: Vec<Change>,
    /// How many of them are not looked at, because whoever asked said so.
    pub(in crate::git) passed: usize,
    /// Commits with a change that another commit's covers, and those other commits.
    pub(in crate::git) leaning: HashMap<Oid, Vec<Oid>>,
    /// Parents of theirs that are not among them: what the other side has.
    pub(in crate::git) boundary: Vec<Oid>,
    /// How many of them have parents that a shallow clone lacks: their whole trees are looked at.
    pub(in crate::git) cut: usize,
}

impl History {
    /// `3 commits`, with what is to be known about them.
    pub(in crate::git) fn told(&self) -> String {
        let commits = self.commits.len();
        let plural = if commits == 1 { "" } else { "s" };
        match self.cut {
            0 => format!("{commits} commit{plural}"),
            cut => format!(
                "{commits} commit{plural} ({cut} at the edge of a shallow clone: the whole tree, for lack of parents)"
            ),
        }
    }
}

/// Walks `revisions`.
pub(in crate::git) fn walk(repo: &Repo, revisions: &Revisions) -> Result<History, GitError> {
    walk_without(repo, revisions, &|_, _| HashSet::new())
}

/// Walks `revisions`, and only counts those of all commits that `passed` says need not be looked at.
pub(in crate::git) fn walk_without(
    repo: &Repo,
    revisions: &Revisions,
    passed: Passed<'_>,
) -> Result<History, GitError> {
    let mut args = vec!["rev-list", "--topo-order", "--reverse", "--boundary", "--stdin"];
    args.extend(revisions.args.iter().map(String::as_str));
    let listed = command::feed(&repo.top, &args, &revisions.input)?;
    let (mut commits, mut boundary) = (Vec::new(), Vec::new());
    for line in listed.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        let outside = line.strip_prefix(b"-");
        let id = Oid::from_hex(outside.unwrap_or(line));
        let id = id.ok_or_else(|| unexpected("rev-list", &String::from_utf8_lossy(line)))?;
        if outside.is_some() { boundary.push(id) } else { commits.push(id) }
    }
    let known = if commits.is_empty() { HashSet::new() } else { passed(&commits, &boundary) };
    let (known, looked): (Vec<Oid>, Vec<Oid>) = commits.iter().partition(|id| known.contains(id));
    if looked.is_empty() {
        return Ok(History { commits, passed: known.len(), boundary, ..History::default() });
    }
    let edge = repo.shallow();
    let (told, ends) = told(repo, &looked)?;
    let (changes, leaning) = match own_records(repo, &looked, &ends, &edge) {
        Ok(own) => sorted(&looked, told, own.iter().map(|(id, paths)| (*id, records(paths))).collect())?,
        Err(_) => {
            // A commit that it cannot read it leaves out without a word: with `--always` each of the others is named.
            let args = [
                "diff-tree",
                "--always",
                "--stdin",
                "-r",
                "-c",
                "--root",
                "--raw",
                "-z",
                "--no-abbrev",
                "--no-renames",
            ];
            changes(&looked, told, &command::feed(&repo.top, &args, &marks::lines("", &looked))?)?
        }
    };
    let cut = looked.iter().filter(|id| edge.contains(id)).count();
    Ok(History { commits, changes, passed: known.len(), leaning, boundary, cut })
}

/// The parents of commits in `revisions` that are not among them.
pub(in crate::git) fn boundary(repo: &Repo, revisions: &Revisions) -> Result<Vec<Oid>, GitError> {
    let mut args = vec!["rev-list", "--boundary", "--stdin"];
    args.extend(revisions.args.iter().map(String::as_str));
    let listed = command::feed(&repo.top, &args, &revisions.input)?;
    Ok(listed.split(|&byte| byte == b'\n').filter_map(|line| Oid::from_hex(line.strip_prefix(b"-")?)).collect())
}

/// Each commit with its message and its headers as changes.
pub(in crate::git) type Told = HashMap<Oid, (Arc<Commit>, Vec<Change>)>;

/// The tree and the parents of each commit, where its headers tell them.
type EndsOf = HashMap<Oid, Option<(Oid, Vec<Oid>)>>;

fn told(repo: &Repo, commits: &[Oid]) -> Result<(Told, EndsOf), GitError> {
    let (mut all, mut ends) = (HashMap::with_capacity(commits.len()), HashMap::with_capacity(commits.len()));
    let mut seen = HashSet::new();
    marks::contents(repo, commits, marks::Type::Commit, |id, object| {
        let commit = Arc::new(marks::commit(id, object));
        let label = format!("commit {:.12}", id.to_string());
        let message = marks::message_change(label.as_bytes(), object, Some(&commit));
        let headers = marks::headers_change(label.as_bytes(), object, Some(&commit), &mut seen);
        all.insert(id, (commit, message.into_iter().chain(headers).collect()));
        ends.insert(id, marks::tree_and_parents(object));
        Ok(())
    })?;
    Ok((all, ends))
}

/// What each commit changed.
type Own = HashMap<Oid, Vec<Path>>;

fn records(paths: &[Path]) -> Vec<Record<'_>> {
    paths.iter().map(|(path, old, new)| Record::told(old.clone(), *new, path)).collect()
}

/// Commits from which on two threads compare their trees.
const MANY: usize = 64;

/// The records of `commits`, by their own trees, without a child process.
fn own_records(repo: &Repo, commits: &[Oid], ends: &EndsOf, edge: &HashSet<Oid>) -> Sure<Own> {
    let odd = Doubt::new("a commit's headers are not understood");
    let some = |commits: &[Oid]| -> Sure<Own> {
        let mut objects = repo.objects()?;
        let mut own = HashMap::with_capacity(commits.len());
        for id in commits {
            let (tree, parents) = ends.get(id).and_then(Option::as_ref).ok_or_else(|| odd.clone())?;
            let mut olds = Vec::with_capacity(parents.len());
            if !edge.contains(id) {
                for parent in parents {
                    olds.push(match ends.get(parent).and_then(Option::as_ref) {
                        Some((tree, _)) => *tree,
                        None => objects.tree_of(*parent)?,
                    });
                }
            }
            own.insert(*id, trees::against(&mut objects, &olds, *tree)?);
        }
        Ok(own)
    };
    if commits.len() < MANY {
        return some(commits);
    }
    let (one, other) = commits.split_at(commits.len() / 2);
    let (one, other) = std::thread::scope(|scope| {
        let one = scope.spawn(|| some(one));
        let other = some(other);
        (one.join(), other)
    });
    let mut own = one.unwrap_or_else(|_| Err(Doubt::new("a thread ended early")))?;
    own.extend(other?);
    Ok(own)
}

/// Changes, and the commits with changes that are not among them for others cover them, with these others.
pub(in crate::git) type Changes = (Vec<Change>, HashMap<Oid, Vec<Oid>>);

/// Reads `diff-tree`'s answer: each commit's id, then its records.
pub(in crate::git) fn changes(commits: &[Oid], told: Told, raw: &[u8]) -> Result<Changes, GitError> {
    let mut by_commit: HashMap<Oid, Vec<Record<'_>>> = HashMap::new();
    let mut here: Option<Oid> = None;
    let mut fields = raw.split(|&byte| byte == 0);
    while let Some(field) = fields.next().filter(|field| !field.is_empty()) {
        if field.first() != Some(&b':') {
            let id = Oid::from_hex(field).ok_or_else(|| unexpected("diff-tree", &String::from_utf8_lossy(field)))?;
            here = Some(id);
            by_commit.entry(id).or_default();
            continue;
        }
        let path = fields.next().ok_or_else(|| unexpected("diff-tree", "a path is missing"))?;
        let id = here.ok_or_else(|| unexpected("diff-tree", "a record before the first commit"))?;
        by_commit.entry(id).or_default().push(Record::parse(field, path)?);
    }
    sorted(commits, told, by_commit)
}

fn sorted(commits: &[Oid], mut told: Told, mut by_commit: HashMap<Oid, Vec<Record<'_>>>) -> Result<Changes, GitError> {
    let mut seen = Seen::default();
    let mut all = Vec::new();
    let mut files = Vec::new();
    let mut leaning: HashMap<Oid, Vec<Oid>> = HashMap::new();
    for (number, id) in commits.iter().enumerate() {
        let (commit, message) = told.remove(id).ok_or_else(|| unexpected("cat-file", "a commit is missing"))?;
        all.extend(message);
        let unread = GitError::Unreadable { id: *id, reason: "git does not tell what it changed" };
        for record in by_commit.remove(id).ok_or(unread)? {
            let Some(change) = record.change(Some(&commit)) else { continue };
            match seen.before(&change, number) {
                None => files.push(change),
                Some(before) if before != number => leaning.entry(*id).or_default().push(commits[before]),
                Some(_) => {}
            }
        }
    }
    if let Some(id) = by_commit.keys().next() {
        return Err(unexpected("diff-tree", &format!("a commit that was not asked for: {id}")));
    }
    // Versions of one file lie in one chain of deltas, and each is the old side of the next: read one
    // after the other, most of them are at hand already.
    files.sort_by(|one: &Change, other| one.path.cmp(&other.path));
    all.append(&mut files);
    Ok((all, leaning))
}

/// Changes that are in the listing already: the same blob at the same path, against the same old
/// blobs or against nothing (then every line of it is looked at). The path counts because rules ask for
/// it.
#[derive(Debug, Default)]
pub(in crate::git) struct Seen(HashMap<[u8; 32], usize>);

impl Seen {
    /// Under which number all that `change` brings was seen before; `None`, and remembered under `number`,
    /// where it was not.
    pub(in crate::git) fn before(&mut self, change: &Change, number: usize) -> Option<usize> {
        let Content::Blobs { new: Some(Blob::Object(new)), old } = &change.content else { return None };
        if change.kind == Kind::Deleted {
            return None;
        }
        let mut key = blake3::Hasher::new();
        key.update(change.path.as_bytes()).update(&[0]).update(new.as_bytes());
        if let Some(before) = self.0.get(key.finalize().as_bytes()) {
            return Some(*before);
        }
        for blob in old {
            if let Blob::Object(id) = blob {
                key.update(id.as_bytes());
            }
        }
        match self.0.entry(*key.finalize().as_bytes()) {
            Entry::Occupied(before) => Some(*before.get()),
            Entry::Vacant(free) => {
                free.insert(number);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::Entry as At;
    use crate::paths::RepoPath;

    #[test]
    fn a_blob_is_looked_at_once_a_path_and_never_too_little() {
        let id = |digit: u8| Blob::Object(Oid::from_hex(&[digit; 40]).unwrap());
        let change = |path: &str, new: u8, old: &[u8]| Change {
            path: RepoPath::from(path),
            kind: Kind::Modified,
            entry: At::File,
            content: Content::Blobs { new: Some(id(new)), old: old.iter().copied().map(id).collect() },
            commit: None,
        };
        let mut seen = Seen::default();
        let mut number = 0;
        let mut before = |change: &Change| {
            number += 1;
            seen.before(change, number)
        };
        assert_eq!(before(&change("a", b'1', b"2")), None);
        assert_eq!(before(&change("a", b'1', b"2")), Some(1));
        assert_eq!(before(&change("a", b'1', b"3")), None, "other lines are added against another old side");
        assert_eq!(before(&change("b", b'1', b"2")), None, "another path, other rules");
        assert_eq!(before(&change("a", b'1', b"")), None, "against nothing all lines are added");
        assert_eq!(before(&change("a", b'1', b"4")), Some(5), "of which any other change adds a part");
    }
}
