//! Exports of committed content that stages share: each made once, when the first stage asks for it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::Review;
use crate::change::{Change, Oid};
use crate::config::{Export, StageConfig};
use crate::finding::Gap;
use crate::git::{self, Net, Repo};
use crate::paths::RepoPath;
use crate::stage::external::{self, Environment, Place};

/// A directory, and the files in it that steer the stage and are not the commit's own, or are taken out.
pub(super) type Exported = (PathBuf, Vec<RepoPath>);

/// Trees that were written, by their commit and the files in them that are not its own.
type Trees = HashMap<(Oid, Vec<RepoPath>), Result<PathBuf, String>>;

/// All exports of a run, in one private directory that goes with it.
pub(super) struct Exports<'r> {
    repo: &'r Repo,
    place: Place,
    limit: u64,
    number: AtomicUsize,
    review: Review,
    trees: Mutex<Trees>,
    /// Files that steer tools and that are not the change's, each with the stages.
    steering: Mutex<BTreeMap<RepoPath, BTreeSet<String>>>,
    gaps: Mutex<Vec<Gap>>,
}

impl<'r> Exports<'r> {
    pub(super) fn new(repo: &'r Repo, environment: &Environment, limit: u64, review: Review) -> io::Result<Self> {
        let place = Place::new(&environment.temporary())?;
        let (trees, steering, gaps) = (Mutex::default(), Mutex::default(), Mutex::default());
        Ok(Self { repo, place, limit, number: AtomicUsize::new(0), review, trees, steering, gaps })
    }

    /// A directory for a stage's own files.
    pub(super) fn room(&self) -> io::Result<PathBuf> {
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        self.place.directory(&format!("stage-{number}"))
    }

    /// The directory that `stage` works in, and the files in it that are not as in the commit.
    pub(super) fn of(&self, stage: &StageConfig, net: &Net, files: &[RepoPath]) -> Result<Exported, String> {
        match stage.export {
            Export::None => Ok((self.repo.top.clone(), Vec::new())),
            Export::Tree => self.tree(stage, net.head),
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

    /// Files that steer tools and whose base's stood in their place, each with the stages.
    pub(super) fn steering(&self) -> BTreeMap<RepoPath, BTreeSet<String>> {
        self.steering.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All files of `head` as `stage` may see them: those that steer it from the commit that may do so.
    fn all(&self, stage: &StageConfig, head: Oid) -> Result<external::Steered, String> {
        let listed = |commit: Oid| git::all_files(self.repo, commit).map_err(|error| error.to_string());
        let all = listed(head)?;
        let Some(base) = self.review.steered_by.filter(|base| *base != Some(head) && !stage.steered_by.is_empty())
        else {
            return Ok(external::Steered { files: all, differ: Vec::new() });
        };
        let base = base.map_or(Ok(Vec::new()), listed)?;
        let steered = external::steered(&stage.steered_by, &all, &base, self.repo);
        let mut steering = self.steering.lock().unwrap_or_else(PoisonError::into_inner);
        for path in &steered.differ {
            steering.entry(path.clone()).or_default().insert(stage.name.clone());
        }
        Ok(steered)
    }

    fn tree(&self, stage: &StageConfig, head: Oid) -> Result<Exported, String> {
        let external::Steered { files, differ } = self.all(stage, head)?;
        let mut trees = self.trees.lock().unwrap_or_else(PoisonError::into_inner);
        let number = trees.len();
        // What differs tells one tree from another.
        let made = trees
            .entry((head, differ.clone()))
            .or_insert_with(|| self.written(&files.iter().collect::<Vec<_>>(), &format!("tree-{number}")));
        Ok((made.clone()?, differ))
    }

    fn files(&self, stage: &StageConfig, net: &Net, files: &[RepoPath]) -> Result<Exported, String> {
        let is_steered = self.review.steered_by.is_some() && !stage.steered_by.is_empty();
        let more = if stage.with.is_empty() && !is_steered {
            external::Steered::default()
        } else {
            self.all(stage, net.head)?
        };
        let is_given = |change: &&Change| files.contains(&change.path) && !more.differ.contains(&change.path);
        let changed = net.changes.iter().filter(is_given);
        let further = more.files.iter().filter(|change| external::is_exported(stage, &change.path));
        let mut all: Vec<&Change> = changed.chain(further).collect();
        all.sort_by(|one, other| one.path.cmp(&other.path));
        all.dedup_by(|one, other| one.path == other.path);
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        Ok((self.written(&all, &format!("files-{number}"))?, more.differ))
    }

    fn written(&self, files: &[&Change], name: &str) -> Result<PathBuf, String> {
        let failed = |error: io::Error| format!("the committed files cannot be written for it: {error}");
        let dir = self.place.directory(name).map_err(failed)?;
        let gaps = external::export(files, self.repo, &dir, self.limit).map_err(failed)?;
        self.gaps.lock().unwrap_or_else(PoisonError::into_inner).extend(gaps);
        Ok(dir)
    }
}
