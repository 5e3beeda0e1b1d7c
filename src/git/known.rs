//! Whether a push brings nothing at all, without a child process.
//!
//! Answers for what is usual: each pushed object is one that the remote's own lines name, or that a
//! branch of the remote pointed at when it was last asked, or a commit that one of these reaches.
//! Anything else is a doubt, and the walk through the commits decides.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::doubt::{Doubt, Sure};
use super::layout::{small_file, trim_ends};
use super::push::Push;
use super::reach;
use super::repo::Repo;
use crate::change::Oid;
use crate::sys::Map;

/// Directories in each other that branches lie in, at most.
const DEEPEST: usize = 32;

/// Whether the remote has all that `push` brings.
pub(super) fn has_all(repo: &Repo, push: &Push) -> Sure<bool> {
    // Where objects are not to be read without git, refs may be elsewhere too.
    repo.places()?;
    let told = || push.updates.iter().map(|update| update.remote).filter(|id| !id.is_null());
    let mut asked: HashSet<Oid> = push.updates.iter().map(|update| update.local).filter(|id| !id.is_null()).collect();
    let mut tips: HashSet<Oid> = told().collect();
    asked.retain(|id| !tips.contains(id));
    if !asked.is_empty()
        && let Some(name) = remote(push)
    {
        let mut branches = Branches { repo, name, nested: None, tips: HashSet::new() };
        branches.loose(&repo.common_dir.join("refs/remotes").join(name), 0)?;
        branches.packed(&repo.common_dir.join("packed-refs"))?;
        tips.extend(branches.tips);
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

/// What the branches of a remote pointed at when it was last asked.
struct Branches<'r> {
    repo: &'r Repo,
    name: &'r str,
    /// Whether branches with a `/` are this remote's for sure; asked for with the first such.
    nested: Option<bool>,
    tips: HashSet<Oid>,
}

impl Branches<'_> {
    fn loose(&mut self, dir: &Path, depth: usize) -> Sure<()> {
        for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && depth < DEEPEST && self.nested() {
                self.loose(&entry.path(), depth + 1)?;
            } else if kind.is_file()
                && let Some(text) = small_file(&entry.path())?
                && let Some(id) = Oid::from_hex(trim_ends(&text))
            {
                self.tips.insert(id);
            }
        }
        Ok(())
    }

    fn packed(&mut self, file: &Path) -> Sure<()> {
        let map = match Map::open(file) {
            Ok(map) => map,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(Doubt::of(format!("cannot read packed-refs: {error}"))),
        };
        for (branch, id) in packed_branches(&map, self.name)? {
            if (!branch.contains(&b'/') || self.nested())
                // A loose file of the same name is younger.
                && !file
                    .with_file_name("refs/remotes")
                    .join(self.name)
                    .join(String::from_utf8_lossy(branch).as_ref())
                    .exists()
            {
                self.tips.insert(id);
            }
        }
        if map.is_whole() { Ok(()) } else { Err(Doubt::new("packed-refs is cut off")) }
    }

    /// Whether no other remote's name begins with this one's and a `/`.
    fn nested(&mut self) -> bool {
        *self.nested.get_or_insert_with(|| is_alone(self.repo, self.name).unwrap_or(false))
    }
}

/// The branches of the remote `name` in the text of `packed-refs`: lines `<hex> SP refs/remotes/NAME/BRANCH LF`.
pub(super) fn packed_branches<'t>(text: &'t [u8], name: &str) -> Sure<Vec<(&'t [u8], Oid)>> {
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

/// Whether no remote `NAME/…` is configured by the repository, the user or the machine. Where files include
/// others, or variables name a remote, it is not known.
fn is_alone(repo: &Repo, name: &str) -> Sure<bool> {
    // Remotes of old have a file each.
    let has_file = |dir: &&str| repo.common_dir.join(dir).join(name).exists();
    if ["remotes", "branches"].iter().any(has_file) || repo.env.configures(&["remote.", "include"]) {
        return Ok(false);
    }
    for file in configurations(repo) {
        if may_name_inner(&small_file(&file)?.unwrap_or_default(), name) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The files that git reads a repository's configuration from, but for those that they include.
pub(super) fn configurations(repo: &Repo) -> Vec<PathBuf> {
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

/// Whether a configuration has, or may have, a remote whose name begins with `name` and a `/`.
pub(super) fn may_name_inner(config: &[u8], name: &str) -> bool {
    let config = config.to_ascii_lowercase();
    let inner = format!("\"{}/", name.to_ascii_lowercase());
    let has = |header: &[u8], part: &[u8]| memchr::memmem::find(header, part).is_some();
    memchr::memchr_iter(b'[', &config).any(|at| {
        let header = config[at..].split(|&byte| byte == b'\n').next().unwrap_or_default();
        let is_remote = header.starts_with(b"[remote");
        header.starts_with(b"[include") || (is_remote && (has(header, inner.as_bytes()) || has(header, b"\\")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remote_within_another_is_seen_however_it_is_written() {
        for inner in [
            "[remote \"up/stream\"]\nurl = x\n",
            "[core] x = y\n  [Remote \"UP/x\"] url = y",
            "[remote \"u\\p/x\"]",
            "[include]\npath = other",
            "[includeIf \"gitdir:x\"]\npath = other",
        ] {
            assert!(may_name_inner(inner.as_bytes(), "up"), "{inner}");
        }
        for other in ["", "[remote \"up\"]\nurl = a/b\n", "[branch \"up/x\"]\nremote = up\n", "[remote \"upper/x\"]\n"]
        {
            assert!(!may_name_inner(other.as_bytes(), "up"), "{other}");
        }
    }
}
