//! The commit that HEAD names, and the other parents of a merge being made.

use std::path::{Path, PathBuf};

use super::doubt::{Doubt, Sure};
use super::env::Env;
use super::layout::{small_file, trim_ends};
use crate::change::Oid;
use crate::sys::Map;

/// Symbolic references that lead to another, at most: git's limit.
const DEEPEST: usize = 5;

/// The commit of HEAD, read from the reference files; `None` where its branch has none yet.
pub(in crate::git) fn head(git_dir: &Path, common_dir: &Path) -> Sure<Option<Oid>> {
    let mut content = small_file(&git_dir.join("HEAD"))?.ok_or(Doubt::new("HEAD is missing"))?;
    for _ in 0..DEEPEST {
        let Some(name) = content.strip_prefix(b"ref:") else {
            return Ok(Some(oid(&content)?));
        };
        let name = trim_ends(name).trim_ascii();
        let path = reference(common_dir, name)?;
        content = match loose(&path)? {
            Some(content) => content,
            None => return packed(&common_dir.join("packed-refs"), name),
        };
    }
    Err(Doubt::new("HEAD goes through too many references"))
}

/// The file of a reference that all work trees share.
fn reference(common_dir: &Path, name: &[u8]) -> Sure<PathBuf> {
    let own = [&b"refs/bisect/"[..], b"refs/worktree/", b"refs/rewritten/"];
    let odd = |part: &[u8]| part.is_empty() || part == b"." || part == b"..";
    if !name.starts_with(b"refs/") || own.iter().any(|own| name.starts_with(own)) || name.split(|&b| b == b'/').any(odd)
    {
        return Err(Doubt::new("HEAD names an unusual reference"));
    }
    let name = super::layout::path_of(name).ok_or(Doubt::new("HEAD names an unusual reference"))?;
    Ok(common_dir.join(name))
}

/// The content of a loose reference; `None` where there is none.
fn loose(path: &Path) -> Sure<Option<Vec<u8>>> {
    match std::fs::symlink_metadata(path) {
        Ok(about) if about.is_file() => small_file(path),
        // A directory may stand there: left empty by deleted branches.
        Ok(about) if about.is_dir() => Ok(None),
        Ok(_) => Err(Doubt::new("a reference is a symbolic link")),
        Err(error) if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(Doubt::of(format!("cannot read a reference: {error}"))),
    }
}

fn packed(file: &Path, name: &[u8]) -> Sure<Option<Oid>> {
    let map = match Map::open(file) {
        Ok(map) => map,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Doubt::of(format!("cannot read packed-refs: {error}"))),
    };
    let found = packed_in(&map, name)?;
    if map.is_whole() { Ok(found) } else { Err(Doubt::new("packed-refs is cut off")) }
}

/// The id of the reference `name` in the text of `packed-refs`: each line is `<hex> SP <name> LF`.
pub(in crate::git) fn packed_in(text: &[u8], name: &[u8]) -> Sure<Option<Oid>> {
    let needle = [b" ", name, b"\n"].concat();
    for at in memchr::memmem::find_iter(text, &needle) {
        let start = memchr::memrchr(b'\n', &text[..at]).map_or(0, |newline| newline + 1);
        if let Some(oid) = Oid::from_hex(&text[start..at]) {
            return Ok(Some(oid));
        }
    }
    if text.last().is_some_and(|&byte| byte != b'\n') { Err(Doubt::new("packed-refs is cut off")) } else { Ok(None) }
}

/// The id at the beginning of a reference's content.
pub(in crate::git) fn oid(content: &[u8]) -> Sure<Oid> {
    let end = content.iter().position(u8::is_ascii_whitespace).unwrap_or(content.len());
    Oid::from_hex(&content[..end]).ok_or(Doubt::new("a reference holds no id"))
}

/// The other parents of a merge being made: those of `MERGE_HEAD`, else those that `git merge` names
/// to its hooks. They need not be there: `named_only` says that nothing but a variable vouches for them.
pub(in crate::git) fn merging(git_dir: &Path, env: &Env) -> Sure<Merging> {
    match small_file(&git_dir.join("MERGE_HEAD"))? {
        Some(text) => {
            let lines = text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
            Ok(Merging { parents: lines.map(oid).collect::<Sure<_>>()?, named_only: false })
        }
        None => Ok(Merging { parents: env.merge_heads(), named_only: true }),
    }
}

/// See [`merging`].
#[derive(Debug, Default)]
pub(in crate::git) struct Merging {
    pub(in crate::git) parents: Vec<Oid>,
    pub(in crate::git) named_only: bool,
}
