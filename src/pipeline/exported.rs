//! Exports of committed content that stages share: each made once, when the first stage asks for it.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::change::{Change, Oid};
use crate::config::{Export, StageConfig};
use crate::finding::Gap;
use crate::git::{self, Net, Repo};
use crate::paths::RepoPath;
use crate::stage::external::{self, Environment, Place};

/// All exports of a run, in one private directory that goes with it.
pub(super) struct Exports<'r> {
    repo: &'r Repo,
    place: Place,
    limit: u64,
    number: AtomicUsize,
    trees: Mutex<HashMap<Oid, Result<PathBuf, String>>>,
    gaps: Mutex<Vec<Gap>>,
}

impl<'r> Exports<'r> {
    pub(super) fn new(repo: &'r Repo, environment: &Environment, limit: u64) -> io::Result<Self> {
        let place = Place::new(&environment.temporary())?;
        let (trees, gaps) = (Mutex::default(), Mutex::default());
        Ok(Self { repo, place, limit, number: AtomicUsize::new(0), trees, gaps })
    }

    /// A directory for a stage's own files.
    pub(super) fn room(&self) -> io::Result<PathBuf> {
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        self.place.directory(&format!("stage-{number}"))
    }

    /// The directory that `stage` works in.
    pub(super) fn of(&self, stage: &StageConfig, net: &Net, files: &[RepoPath]) -> Result<PathBuf, String> {
        match stage.export {
            Export::None => Ok(self.repo.top.clone()),
            Export::Tree => self.tree(net.head),
            Export::Files => self.files(stage, net, files),
        }
    }

    /// What could not be exported, each once.
    pub(super) fn into_gaps(self) -> Vec<Gap> {
        let mut gaps = self.gaps.into_inner().unwrap_or_else(PoisonError::into_inner);
        gaps.sort_by(|one, other| (&one.path, &one.reason).cmp(&(&other.path, &other.reason)));
        gaps.dedup();
        gaps
    }

    fn tree(&self, head: Oid) -> Result<PathBuf, String> {
        let mut trees = self.trees.lock().unwrap_or_else(PoisonError::into_inner);
        let number = trees.len();
        let made = trees.entry(head).or_insert_with(|| {
            let all = git::all_files(self.repo, head).map_err(|error| error.to_string())?;
            self.written(&all.iter().collect::<Vec<_>>(), &format!("tree-{number}"))
        });
        made.clone()
    }

    fn files(&self, stage: &StageConfig, net: &Net, files: &[RepoPath]) -> Result<PathBuf, String> {
        let more = if stage.with.is_empty() {
            Vec::new()
        } else {
            git::all_files(self.repo, net.head).map_err(|error| error.to_string())?
        };
        let changed = net.changes.iter().filter(|change| files.contains(&change.path));
        let further = more.iter().filter(|change| external::is_exported(stage, &change.path));
        let mut all: Vec<&Change> = changed.chain(further).collect();
        all.sort_by(|one, other| one.path.cmp(&other.path));
        all.dedup_by(|one, other| one.path == other.path);
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        self.written(&all, &format!("files-{number}"))
    }

    fn written(&self, files: &[&Change], name: &str) -> Result<PathBuf, String> {
        let failed = |error: io::Error| format!("the committed files cannot be written for it: {error}");
        let dir = self.place.directory(name).map_err(failed)?;
        let gaps = external::export(files, self.repo, &dir, self.limit).map_err(failed)?;
        self.gaps.lock().unwrap_or_else(PoisonError::into_inner).extend(gaps);
        Ok(dir)
    }
}
