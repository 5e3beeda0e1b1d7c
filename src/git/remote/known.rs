//! Whether a push brings nothing at all, without a child process.
//!
//! Answers for what is usual: each pushed object is one that the remote's own lines name, or that
//! the default branch of the remote pointed at when it was last asked, or a commit that one of these reaches.
//! Anything else is a doubt, and the walk through the commits decides.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::destination;
use super::push::Push;
use crate::change::Oid;
use crate::git::history::reach;
use crate::git::repository::doubt::{Doubt, Sure};
use crate::git::repository::layout::{small_file, trim_ends};
use crate::git::repository::repo::Repo;
use crate::sys::Map;

/// Whether the remote has all that `push` brings.
pub(in crate::git) fn has_all(repo: &Repo, push: &Push) -> Sure<bool> {
    // Where objects are not to be read without git, refs may be elsewhere too.
    repo.places()?;
    let told = || push.updates.iter().map(|update| update.remote).filter(|id| !id.is_null());
    let mut asked: HashSet<Oid> = push.updates.iter().map(|update| update.local).filter(|id| !id.is_null()).collect();
    let mut tips: HashSet<Oid> = told().collect();
    asked.retain(|id| !tips.contains(id));
    if !asked.is_empty()
        && let Some(name) = remote(push)
    {
        tips.extend(default_branch(repo, name)?);
        asked.retain(|id| !tips.contains(id));
    }
    if !asked.is_empty() {
        reach::take_reached(repo, tips, &mut asked);
    }
    Ok(asked.is_empty())
}

/// The name of the remote that is pushed to, where its branches can be told from all others'.
fn remote(push: &Push) -> Option<&str> {
    // git gives the URL twice where the push names no remote.
    let name = push.remote.as_deref().filter(|name| push.url.as_deref().is_some_and(|url| url != *name))?;
    // Branches of a remote called `a/b` and branches `b/…` of a remote `a` lie in one directory.
    (!name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', '\0'])).then_some(name)
}

/// What the default branch of a remote pointed at when it was last asked: no push deletes that one, while any other
/// branch may be gone by now. Where it is not known which it is, the usual names stand for it.
fn default_branch(repo: &Repo, name: &str) -> Sure<Vec<Oid>> {
    let dir = repo.common_dir.join("refs/remotes").join(name);
    let own = format!("ref: refs/remotes/{name}/");
    let target = small_file(&dir.join("HEAD"))?;
    let target = target.as_deref().and_then(|text| trim_ends(text).strip_prefix(own.as_bytes()));
    let target = target.and_then(|branch| std::str::from_utf8(branch).ok());
    // A branch with a `/` may be another remote's.
    let names: Vec<&str> = match target {
        Some(branch) if branch.contains(['/', '\\', '\0']) || branch.starts_with('.') => return Ok(Vec::new()),
        Some(branch) => vec![branch],
        None => destination::USUAL.to_vec(),
    };
    let mut tips = Vec::new();
    let mut packed = Vec::new();
    for branch in names {
        match small_file(&dir.join(branch)) {
            Ok(Some(text)) => tips.extend(Oid::from_hex(trim_ends(&text))),
            // A directory of that name, or nothing.
            Ok(None) | Err(_) => packed.push(branch),
        }
    }
    if !packed.is_empty() {
        tips.extend(in_packed(&repo.common_dir.join("packed-refs"), name, &packed)?);
    }
    Ok(tips)
}

/// Those of `branches` that `packed-refs` names.
fn in_packed(file: &Path, name: &str, branches: &[&str]) -> Sure<Vec<Oid>> {
    let map = match Map::open(file) {
        Ok(map) => map,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Doubt::of(format!("cannot read packed-refs: {error}"))),
    };
    let all = packed_branches(&map, name)?;
    let wanted = all.into_iter().filter(|(branch, _)| branches.iter().any(|own| own.as_bytes() == *branch));
    let tips = wanted.map(|(_, id)| id).collect();
    if map.is_whole() { Ok(tips) } else { Err(Doubt::new("packed-refs is cut off")) }
}

/// The branches of the remote `name` in the text of `packed-refs`: lines `<hex> SP refs/remotes/NAME/BRANCH LF`.
pub(in crate::git) fn packed_branches<'t>(text: &'t [u8], name: &str) -> Sure<Vec<(&'t [u8], Oid)>> {
    let needle = format!(" refs/remotes/{name}/");
    let mut found = Vec::new();
    for at in memchr::memmem::find_iter(text, needle.as_bytes()) {
        let start = memchr::memrchr(b'\n', &text[..at]).map_or(0, |newline| newline + 1);
        let branch = &text[at + needle.len()..];
        let end = memchr::memchr(b'\n', branch).ok_or(Doubt::new("packed-refs is cut off"))?;
        found.extend(Oid::from_hex(&text[start..at]).map(|id| (&branch[..end], id)));
    }
    Ok(found)
}

/// The files that git reads a repository's configuration from, but for those that they include.
pub(in crate::git) fn configurations(repo: &Repo) -> Vec<PathBuf> {
    let of = |name: &str, usual: [Option<PathBuf>; 2]| match repo.env.get(name) {
        Some(file) => vec![file.into()],
        None => usual.into_iter().flatten().collect::<Vec<PathBuf>>(),
    };
    let mut files = Vec::new();
    if repo.env.get("GIT_CONFIG_NOSYSTEM").is_none_or(|value| value != "1" && value != "true") {
        files.extend(of("GIT_CONFIG_SYSTEM", [git2::Config::find_system().ok(), None]));
    }
    files.extend(of("GIT_CONFIG_GLOBAL", [git2::Config::find_xdg().ok(), git2::Config::find_global().ok()]));
    files.extend([repo.common_dir.join("config"), repo.git_dir.join("config.worktree")]);
    files
}
