//! Where a repository's parts are.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::command;
use super::error::GitError;
use crate::change::Oid;

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
}

impl Repo {
    /// The repository that `dir` is in, as git sees it.
    pub fn discover(dir: &Path) -> Result<Self, GitError> {
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
        Ok(Self { top, git_dir, common_dir, bare })
    }

    /// The commits at the edge of a shallow clone, whose parents are not here.
    pub(super) fn shallow(&self) -> HashSet<Oid> {
        // A push into or from a shallow repository names another file for its own time.
        #[allow(clippy::disallowed_methods, reason = "git's own variable, for git's own file")]
        let file = std::env::var_os("GIT_SHALLOW_FILE").filter(|name| !name.is_empty());
        let file = file.map_or_else(|| self.common_dir.join("shallow"), |name| self.top.join(name));
        #[allow(clippy::disallowed_methods, reason = "one of git's own files")]
        let text = std::fs::read(file).unwrap_or_default();
        text.split(|&byte| byte == b'\n').filter_map(Oid::from_hex).collect()
    }
}

pub(super) fn unexpected(command: &str, answer: &str) -> GitError {
    GitError::Unexpected { command: command.to_owned(), answer: answer.chars().take(200).collect() }
}
