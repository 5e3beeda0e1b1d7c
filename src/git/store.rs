//! Blobs for the stages: in process where that is possible, else through `git cat-file`.

use std::collections::HashSet;

use super::cat_file::CatFile;
use super::command;
use super::odb::{Objects, Type};
use super::repo::Repo;
use super::tree::{DIRECTORY, TreeEntries};
use crate::change::{Blob, Loaded, Oid, ReadError, Reader, Store};

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

/// One thread's reader.
struct Blobs<'r> {
    objects: Option<Objects<'r>>,
    git: CatFile<'r>,
    repo: &'r Repo,
    before: Option<&'r str>,
    stood: Option<HashSet<Oid>>,
}

impl<'r> Blobs<'r> {
    fn new(repo: &'r Repo, before: Option<&'r str>) -> Self {
        Self { objects: repo.places().ok().map(Objects::new), git: CatFile::new(repo), repo, before, stood: None }
    }
}

impl Reader for Blobs<'_> {
    fn read(&mut self, blob: &Blob, limit: u64) -> Result<Loaded, ReadError> {
        match blob {
            Blob::Object(id) => {
                let own = self.objects.as_mut().and_then(|objects| objects.read(*id, Type::Blob, limit).ok());
                own.map_or_else(|| self.git.read(*id, limit), Ok)
            }
            Blob::Text(text) => Ok(Loaded { bytes: text.to_vec(), size: text.len() as u64 }),
            Blob::File(_) => Err(ReadError::Unsupported),
        }
    }

    fn stood_before(&mut self, blob: Oid) -> bool {
        let Some(before) = self.before else { return false };
        if self.stood.is_none() {
            self.stood = Some(blobs_of(self.repo, before, self.objects.as_mut()));
        }
        self.stood.as_ref().is_some_and(|stood| stood.contains(&blob))
    }
}

/// All blobs of the tree of `before`. Empty where it cannot be read: nothing then counts as a copy.
fn blobs_of(repo: &Repo, before: &str, objects: Option<&mut Objects<'_>>) -> HashSet<Oid> {
    if before == "HEAD"
        && let Some(objects) = objects
        && let Some(blobs) = walk(repo, objects)
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

fn walk(repo: &Repo, objects: &mut Objects<'_>) -> Option<HashSet<Oid>> {
    let Some(head) = super::head::head(&repo.git_dir, &repo.common_dir).ok()? else { return Some(HashSet::new()) };
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
