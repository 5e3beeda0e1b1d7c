//! Which repository a directory is in, without a child process.
//!
//! Follows git's `setup_git_directory_gently` for what is usual: `GIT_DIR` and its kin, `.git`
//! directories and pointer files, linked work trees, ceilings, `core.worktree`. It only ever says
//! "this one, and it is yours": a bare repository, another owner, an unknown format, no repository
//! at all or anything odd is a doubt, and `git rev-parse` decides.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::doubt::{Doubt, Sure};
use super::env::Env;
use super::layout::{common_dir, gitfile, is_git_dir, path_of, small_file};
use super::settings::Settings;
use crate::sys;

/// Where a repository's parts are, all of them absolute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::git) struct Discovered {
    pub(in crate::git) top: PathBuf,
    pub(in crate::git) git_dir: PathBuf,
    pub(in crate::git) common_dir: PathBuf,
}

/// The repository that `dir` is in.
pub(in crate::git) fn discover(dir: &Path, env: &Env) -> Sure<Discovered> {
    for name in ["GIT_TEST_ASSUME_DIFFERENT_OWNER", "GIT_REFERENCE_BACKEND", "GIT_IMPLICIT_WORK_TREE"] {
        if env.get(name).is_some() {
            return Err(Doubt::of(format!("{name} is set")));
        }
    }
    for name in ["GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY"] {
        if env.get(name).is_some_and(|dir| !Path::new(dir).is_absolute()) {
            return Err(Doubt::of(format!("{name} is relative")));
        }
    }
    let here = fs::canonicalize(dir).map_err(|_| Doubt::new("the current directory"))?;
    let (git_dir, top) = match env.get("GIT_DIR") {
        Some(named) => (explicit(&here.join(named))?, None),
        None => walk_up(&here, env)?,
    };
    let common_dir = common_dir(&git_dir, env)?;
    if !is_git_dir(&git_dir, &common_dir, env)? {
        return Err(Doubt::new("no git directory"));
    }
    let top = work_tree(&here, top, &git_dir, &common_dir, env)?;
    Ok(Discovered { top, git_dir, common_dir })
}

fn explicit(git_dir: &Path) -> Sure<PathBuf> {
    let about = fs::metadata(git_dir).map_err(|_| Doubt::new("GIT_DIR points nowhere"))?;
    if about.is_file() {
        return gitfile(git_dir);
    }
    fs::canonicalize(git_dir).map_err(|_| Doubt::new("GIT_DIR points nowhere"))
}

/// The nearest `.git` at or above `here`, and the directory that it is in.
fn walk_up(here: &Path, env: &Env) -> Sure<(PathBuf, Option<PathBuf>)> {
    let ceiling = ceiling(here, env.get("GIT_CEILING_DIRECTORIES"))?;
    let device = sys::device(here);
    for dir in here.ancestors() {
        if ceiling.as_deref().is_some_and(|ceiling| ceiling.starts_with(dir)) {
            return Err(Doubt::new("GIT_CEILING_DIRECTORIES ends the search"));
        }
        if dir != here && sys::device(dir) != device {
            return Err(Doubt::new("a file system ends the search"));
        }
        let dot = dir.join(".git");
        let Ok(about) = fs::symlink_metadata(&dot) else {
            if dir.join("HEAD").exists() && dir.join("objects").exists() {
                return Err(Doubt::new("bare repository"));
            }
            continue;
        };
        let git_dir = if about.is_dir() {
            dot.clone()
        } else if about.is_file() {
            gitfile(&dot)?
        } else {
            return Err(Doubt::new("`.git` is neither a directory nor a file"));
        };
        if ![dir, &dot, &git_dir].into_iter().all(sys::is_own) {
            return Err(Doubt::new("the repository belongs to another user"));
        }
        return Ok((git_dir, Some(dir.to_owned())));
    }
    Err(Doubt::new("no repository"))
}

/// The deepest of the named directories that is above `here`: git looks neither in it nor above it.
fn ceiling(here: &Path, named: Option<&OsStr>) -> Sure<Option<PathBuf>> {
    let Some(named) = named else { return Ok(None) };
    let mut deepest: Option<PathBuf> = None;
    let mut as_written = false;
    for dir in std::env::split_paths(named) {
        if dir.as_os_str().is_empty() {
            as_written = true;
            continue;
        }
        if !dir.is_absolute() {
            continue;
        }
        let dir = if as_written { dir } else { fs::canonicalize(&dir).unwrap_or(dir) };
        if dir.components().any(|part| part == std::path::Component::ParentDir) {
            return Err(Doubt::new("GIT_CEILING_DIRECTORIES"));
        }
        if here != dir && here.starts_with(&dir) && deepest.as_ref().is_none_or(|deepest| dir.starts_with(deepest)) {
            deepest = Some(dir);
        }
    }
    Ok(deepest)
}

/// The top of the work tree. `found` is the directory that holds `.git`, where it was looked for.
fn work_tree(here: &Path, found: Option<PathBuf>, git_dir: &Path, common: &Path, env: &Env) -> Sure<PathBuf> {
    let shared = env.get("GIT_COMMON_DIR").is_some() || git_dir != common;
    let mut settings = Settings::parse(&small_file(&common.join("config"))?.unwrap_or_default())?;
    if settings.worktree_config {
        settings.extend(&small_file(&git_dir.join("config.worktree"))?.unwrap_or_default())?;
    } else if shared {
        (settings.bare, settings.worktree) = (None, None);
    }
    let real = |path: PathBuf| fs::canonicalize(path).map_err(|_| Doubt::new("the work tree is not there"));
    if let Some(named) = env.get("GIT_WORK_TREE") {
        return real(here.join(named));
    }
    if settings.bare == Some(true) {
        return Err(Doubt::new("bare repository"));
    }
    if let Some(named) = settings.worktree {
        let named = path_of(&named).ok_or(Doubt::new("core.worktree is not a path"))?;
        return real(git_dir.join(named));
    }
    Ok(found.unwrap_or_else(|| here.to_owned()))
}
