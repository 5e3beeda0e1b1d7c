//! Whether a push brings nothing at all, without a child process.
//!
//! Answers for what is usual: each pushed object is one that the remote's own lines name, or that a
//! branch of the remote pointed at when it was last asked. Anything else is a doubt, and the walk through
//! the commits decides.

use std::collections::HashSet;
use std::path::Path;

use super::doubt::{Doubt, Sure};
use super::layout::{small_file, trim_ends};
use super::push::Push;
use super::repo::Repo;
use crate::change::Oid;
use crate::sys::Map;

/// Whether the remote has all that `push` brings.
pub(super) fn has_all(repo: &Repo, push: &Push) -> Sure<bool> {
    let name = match (&push.remote, &push.url) {
        // git gives the URL twice where the push names no remote.
        (Some(name), Some(url)) if name != url => name,
        _ => return Err(Doubt::new("the push names no remote")),
    };
    // Branches of a remote called `a/b` and branches `b/…` of a remote `a` lie in one directory.
    if name.is_empty() || name.starts_with('.') || name.contains(['/', '\\', '\0']) {
        return Err(Doubt::new("an unusual name of a remote"));
    }
    // Where objects are not to be read without git, refs may be elsewhere too.
    repo.places()?;
    let told: HashSet<Oid> = push.updates.iter().map(|update| update.remote).collect();
    let mut asked: HashSet<Oid> =
        push.updates.iter().map(|update| update.local).filter(|id| !id.is_null() && !told.contains(id)).collect();
    if !asked.is_empty() {
        let dir = repo.common_dir.join("refs/remotes").join(name);
        loose(&dir, &mut asked)?;
    }
    if !asked.is_empty() {
        packed(&repo.common_dir.join("packed-refs"), name, &mut asked)?;
    }
    Ok(asked.is_empty())
}

/// Takes those out of `asked` that a file right in `dir` holds.
fn loose(dir: &Path, asked: &mut HashSet<Oid>) -> Sure<()> {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_file())
            && let Some(text) = small_file(&entry.path())?
            && let Some(id) = Oid::from_hex(trim_ends(&text))
        {
            asked.remove(&id);
        }
    }
    Ok(())
}

/// Takes those out of `asked` that a line `<hex> SP refs/remotes/NAME/BRANCH LF` holds.
fn packed(file: &Path, name: &str, asked: &mut HashSet<Oid>) -> Sure<()> {
    let map = match Map::open(file) {
        Ok(map) => map,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Doubt::of(format!("cannot read packed-refs: {error}"))),
    };
    let needle = format!(" refs/remotes/{name}/");
    for at in memchr::memmem::find_iter(&map, needle.as_bytes()) {
        let start = memchr::memrchr(b'\n', &map[..at]).map_or(0, |newline| newline + 1);
        let branch = &map[at + needle.len()..];
        let end = memchr::memchr(b'\n', branch).ok_or(Doubt::new("packed-refs is cut off"))?;
        if !branch[..end].contains(&b'/')
            && let Some(id) = Oid::from_hex(&map[start..at])
            // A loose file of the same name is younger.
            && !file.with_file_name("refs").join("remotes").join(name).join(String::from_utf8_lossy(&branch[..end]).as_ref()).exists()
        {
            asked.remove(&id);
        }
    }
    Ok(())
}
