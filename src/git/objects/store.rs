//! Blobs for the stages: in process where that is possible, else through `git cat-file`.

use std::collections::{HashSet, VecDeque};

use super::cat_file::CatFile;
use super::odb::{Fault, Objects, Type};
use super::tree::{DIRECTORY, TreeEntries};
use crate::change::{Blob, Loaded, Oid, ReadError, Reader, Store};
use crate::git::repository::command;
use crate::git::repository::head;
use crate::git::repository::repo::Repo;

impl Store for Repo {
    fn reader(&self) -> Result<Box<dyn Reader + '_>, ReadError> {
        Ok(Box::new(Blobs::new(self, None)))
    }
}

/// A repository whose blobs are read for a change that begins at a given commit or tree.
#[derive(Clone, Copy, Debug)]
pub struct Before<'r> {
    repo: &'r Repo,
    tree: &'r str,
}

impl Repo {
    /// The store for a change to `tree`, a commit or tree as git's revision syntax names it: its
    /// readers know which blobs stood there before. For the index that is `HEAD`.
    pub const fn before<'r>(&'r self, tree: &'r str) -> Before<'r> {
        Before { repo: self, tree }
    }
}

impl Store for Before<'_> {
    fn reader(&self) -> Result<Box<dyn Reader + '_>, ReadError> {
        Ok(Box::new(Blobs::new(self.repo, Some(self.tree))))
    }
}

/// Blobs that a reader keeps, at most, and the size up to which it does.
const RECENT: usize = 4;
const RECENT_SIZE: usize = 1 << 20;

/// Commits whose parents' trees are read to know copies, at most. Beyond it what was found counts as new.
const MOST_COMMITS: usize = 64;

/// One thread's reader.
struct Blobs<'r> {
    /// What was read last: in a history a blob is new first and the old side of the next change then.
    recent: VecDeque<(Oid, Vec<u8>)>,
    objects: Option<Objects<'r>>,
    git: CatFile<'r>,
    repo: &'r Repo,
    before: Option<&'r str>,
    stood: Option<HashSet<Oid>>,
    /// What stood in the parents of the commit that was asked for last.
    parents: Option<(Oid, HashSet<Oid>)>,
    /// Commits whose parents were read.
    asked: usize,
}

impl<'r> Blobs<'r> {
    fn new(repo: &'r Repo, before: Option<&'r str>) -> Self {
        Self {
            recent: VecDeque::new(),
            objects: repo.objects().ok(),
            git: CatFile::new(repo),
            repo,
            before,
            stood: None,
            parents: None,
            asked: 0,
        }
    }
}

impl Blobs<'_> {
    fn object(&mut self, id: Oid, limit: u64) -> Result<Loaded, ReadError> {
        let at_hand = self.recent.iter().find(|(own, bytes)| *own == id && bytes.len() as u64 <= limit);
        if let Some((_, bytes)) = at_hand {
            return Ok(Loaded { bytes: bytes.clone(), size: bytes.len() as u64 });
        }
        let staged = self.before.is_some();
        // What is staged stands in a file of its own, and is read once; a history lies in packs, which
        // remember what others are made from.
        let mut own = Err(Fault::Missing);
        if let Some(objects) = self.objects.as_mut() {
            if !staged && let Ok(loaded) = objects.read_packed(id, Type::Blob, limit) {
                return Ok(loaded);
            }
            own = objects.read(id, Type::Blob, limit);
        }
        let loaded = match own {
            Ok(loaded) => loaded,
            // Another pack may have come since, or be of a kind that only git knows.
            Err(Fault::Missing | Fault::Large) => self.git.read(id, limit)?,
            Err(Fault::Unfit(reason)) => return Err(ReadError::Corrupt { id, reason: reason.to_owned() }),
        };
        if staged {
            return Ok(loaded);
        }
        if loaded.bytes.len() <= RECENT_SIZE && loaded.bytes.len() as u64 == loaded.size {
            self.recent.truncate(RECENT - 1);
            self.recent.push_front((id, loaded.bytes.clone()));
        }
        Ok(loaded)
    }
}

impl Reader for Blobs<'_> {
    fn read(&mut self, blob: &Blob, limit: u64) -> Result<Loaded, ReadError> {
        match blob {
            Blob::Object(id) => self.object(*id, limit),
            Blob::Text(text) => Ok(Loaded { bytes: text.to_vec(), size: text.len() as u64 }),
            Blob::File(_) => Err(ReadError::Unsupported),
        }
    }

    fn stood_before(&mut self, blob: Oid, commit: Option<Oid>) -> bool {
        if let Some(commit) = commit {
            return self.stood_in_parents(blob, commit);
        }
        let Some(before) = self.before else { return false };
        if self.stood.is_none() {
            let mut stood = blobs_of(self.repo, before, self.objects.as_mut());
            // A merge brings what the other side has, wherever it puts it.
            let merging = head::merging(&self.repo.git_dir, &self.repo.env).unwrap_or_default();
            for parent in merging.parents.iter().filter(|_| before == "HEAD") {
                stood.extend(blobs_of(self.repo, &parent.to_string(), self.objects.as_mut()));
            }
            self.stood = Some(stood);
        }
        self.stood.as_ref().is_some_and(|stood| stood.contains(&blob))
    }
}

impl Blobs<'_> {
    fn stood_in_parents(&mut self, blob: Oid, commit: Oid) -> bool {
        if self.parents.as_ref().is_none_or(|(of, _)| *of != commit) {
            self.asked += 1;
            if self.asked > MOST_COMMITS {
                return false;
            }
            let parents = command::run(&self.repo.top, &["rev-parse", "--end-of-options", &format!("{commit}^@")]);
            let parents = parents.unwrap_or_default();
            let mut stood = HashSet::new();
            for parent in String::from_utf8_lossy(&parents).lines() {
                stood.extend(blobs_of(self.repo, parent, self.objects.as_mut()));
            }
            self.parents = Some((commit, stood));
        }
        self.parents.as_ref().is_some_and(|(_, stood)| stood.contains(&blob))
    }
}

/// All blobs of the tree of `before`. Empty where it cannot be read: nothing then counts as a copy.
fn blobs_of(repo: &Repo, before: &str, objects: Option<&mut Objects<'_>>) -> HashSet<Oid> {
    if let Some(objects) = objects
        && let Some(blobs) = walk(repo, before, objects)
    {
        return blobs;
    }
    let answer = command::run(&repo.top, &["ls-tree", "-r", "-z", "--full-tree", before, "--"]).unwrap_or_default();
    // `<mode> SP blob SP <hex> TAB <path>`
    let id = |line: &[u8]| {
        let meta = line.split(|&byte| byte == b'\t').next()?;
        let mut words = meta.split(|&byte| byte == b' ').skip(1);
        (words.next() == Some(b"blob")).then(|| Oid::from_hex(words.next()?))?
    };
    answer.split(|&byte| byte == 0).filter_map(id).collect()
}

/// The same in process, of `HEAD` or of a commit by its id.
fn walk(repo: &Repo, before: &str, objects: &mut Objects<'_>) -> Option<HashSet<Oid>> {
    let head = if before == "HEAD" {
        let Some(head) = head::head(&repo.git_dir, &repo.common_dir).ok()? else { return Some(HashSet::new()) };
        head
    } else {
        Oid::from_hex(before.as_bytes())?
    };
    let mut blobs = HashSet::new();
    let mut seen = HashSet::new();
    let mut trees = vec![objects.tree_of(head).ok()?];
    while let Some(tree) = trees.pop() {
        let bytes = objects.tree(tree).ok()?;
        for entry in TreeEntries::new(&bytes) {
            let entry = entry.ok()?;
            if entry.mode != DIRECTORY {
                blobs.insert(entry.id);
            } else if seen.insert(entry.id) {
                trees.push(entry.id);
            }
        }
    }
    Some(blobs)
}
