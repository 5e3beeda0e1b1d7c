//! Where a repository's parts are.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::command;
use super::discover::{self, Discovered};
use super::doubt::{Doubt, Sure};
use super::env::Env;
use super::error::GitError;
use crate::change::Oid;
use crate::git::change::index::MappedIndex;
use crate::git::objects::cat_file::Slowness;
use crate::git::objects::odb::{Objects, Packs, places};
use crate::sys::{self, Map, Stamp};

/// A repository.
#[derive(Clone, Debug)]
pub struct Repo {
    /// Top of the work tree; the git directory itself where there is none.
    pub top: PathBuf,
    /// Its git directory: of a linked work tree, that work tree's own.
    pub git_dir: PathBuf,
    /// The git directory that all work trees share.
    pub common_dir: PathBuf,
    /// Whether it has no work tree.
    pub bare: bool,
    index_file: PathBuf,
    /// What the environment says.
    pub(in crate::git) env: Env,
    /// Why the readers without a child process may not be used on it.
    pub(in crate::git) doubt: Option<Doubt>,
    places: OnceLock<Sure<Vec<PathBuf>>>,
    packs: Shared<Packs>,
    /// How slow git was with objects that it was asked for.
    pub(in crate::git) slowness: Arc<Slowness>,
    index: Arc<Mutex<Option<Kept>>>,
}

/// What is opened once, and shown by nothing.
struct Shared<T>(Arc<OnceLock<T>>);

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> std::fmt::Debug for Shared<T> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Shared")
    }
}

/// The index that was read last, and the file it was read from.
#[derive(Debug)]
struct Kept {
    stamp: Option<Stamp>,
    index: Arc<MappedIndex>,
}

impl Repo {
    /// The repository that `dir` is in, as git sees it.
    pub fn discover(dir: &Path) -> Result<Self, GitError> {
        Self::discover_with(dir, Env::of_process())
    }

    /// The same, in an environment that is given.
    pub fn discover_with(dir: &Path, env: Env) -> Result<Self, GitError> {
        match Self::discover_without_git(dir, env.clone()) {
            Ok(repo) => Ok(repo),
            Err(doubt) => Self::discover_by_git(dir, env, doubt),
        }
    }

    /// The same without a child process; a [`Doubt`] where git has to be asked.
    pub fn discover_without_git(dir: &Path, env: Env) -> Result<Self, Doubt> {
        let Discovered { top, git_dir, common_dir } = discover::discover(dir, &env)?;
        Ok(Self::new(dir, Parts { top, git_dir, common_dir, bare: false }, env, None))
    }

    /// Where git looks for the index.
    pub fn index_file(&self) -> &Path {
        &self.index_file
    }

    fn discover_by_git(dir: &Path, env: Env, doubt: Doubt) -> Result<Self, GitError> {
        let args = ["rev-parse", "--path-format=absolute", "--git-dir", "--git-common-dir", "--is-bare-repository"];
        let answer = command::run(dir, &args)?;
        let text = String::from_utf8_lossy(&answer).into_owned();
        let mut lines = text.lines();
        let mut next = || lines.next().map(str::to_owned).ok_or_else(|| unexpected("rev-parse", &text));
        let (git_dir, common_dir, bare) = (PathBuf::from(next()?), PathBuf::from(next()?), next()? == "true");
        let top = if bare {
            git_dir.clone()
        } else {
            let answer = command::run(dir, &["rev-parse", "--path-format=absolute", "--show-toplevel"])?;
            PathBuf::from(String::from_utf8_lossy(&answer).trim_end_matches(['\n', '\r']))
        };
        Ok(Self::new(dir, Parts { top, git_dir, common_dir, bare }, env, Some(doubt)))
    }

    fn new(dir: &Path, parts: Parts, env: Env, doubt: Option<Doubt>) -> Self {
        let Parts { top, git_dir, common_dir, bare } = parts;
        // git goes to the top of the work tree before it opens the index, if it is inside.
        let index_file = match env.get("GIT_INDEX_FILE") {
            None => git_dir.join("index"),
            Some(file) => {
                let inside = std::fs::canonicalize(dir).is_ok_and(|dir| dir.starts_with(&top));
                if inside { top.join(file) } else { dir.join(file) }
            }
        };
        Self {
            top,
            git_dir,
            common_dir,
            bare,
            index_file,
            env,
            doubt,
            places: OnceLock::new(),
            packs: Shared::default(),
            slowness: Arc::default(),
            index: Arc::default(),
        }
    }

    /// Its index as it is now. Kept for the next who asks, as long as the file is the same: git puts
    /// another file in its place with each change, and the one that is mapped keeps its number.
    pub(in crate::git) fn index(&self) -> Sure<Arc<MappedIndex>> {
        let mut kept = self.index.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = sys::stamp(&self.index_file);
        if let Some(kept) = kept.as_ref().filter(|kept| stamp.is_some() && kept.stamp == stamp) {
            return Ok(Arc::clone(&kept.index));
        }
        let map = match Map::open(&self.index_file) {
            Ok(map) if map.is_empty() => return Err(Doubt::new("the index is empty")),
            Ok(map) => map,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Map::default(),
            Err(error) => return Err(Doubt::of(format!("cannot read the index: {error}"))),
        };
        let index = Arc::new(MappedIndex::new(map)?);
        *kept = Some(Kept { stamp, index: Arc::clone(&index) });
        Ok(index)
    }

    /// The directories that hold its objects. A doubt where they are not to be read without git.
    pub(in crate::git) fn places(&self) -> Sure<&[PathBuf]> {
        if let Some(doubt) = &self.doubt {
            return Err(doubt.clone());
        }
        match self.places.get_or_init(|| places(&self.common_dir, &self.env)) {
            Ok(places) => Ok(places),
            Err(doubt) => Err(doubt.clone()),
        }
    }

    /// A reader of its objects without a child process, for one thread.
    pub(in crate::git) fn objects(&self) -> Sure<Objects<'_>> {
        Ok(Objects::new(self.places()?, &self.packs.0))
    }

    /// The commits at the edge of a shallow clone, whose parents are not here.
    pub(in crate::git) fn shallow(&self) -> HashSet<Oid> {
        // A push into or from a shallow repository names another file for its own time.
        #[allow(clippy::disallowed_methods, reason = "git's own variable, for git's own file")]
        let file = std::env::var_os("GIT_SHALLOW_FILE").filter(|name| !name.is_empty());
        let file = file.map_or_else(|| self.common_dir.join("shallow"), |name| self.top.join(name));
        let text = Map::open(&file).unwrap_or_default();
        edge(&text)
    }
}

/// The commits that the text of a `shallow` file names.
pub(in crate::git) fn edge(text: &[u8]) -> HashSet<Oid> {
    text.split(|&byte| byte == b'\n').filter_map(Oid::from_hex).collect()
}

/// What discovery gives.
struct Parts {
    top: PathBuf,
    git_dir: PathBuf,
    common_dir: PathBuf,
    bare: bool,
}

pub(in crate::git) fn unexpected(command: &str, answer: &str) -> GitError {
    GitError::Unexpected { command: command.to_owned(), answer: answer.chars().take(200).collect() }
}
