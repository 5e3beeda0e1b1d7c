//! What a git directory looks like: the tests by which git knows one, and its pointer files.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::doubt::{Doubt, Sure};
use super::env::Env;
use crate::sys;

/// Bytes of a pointer file that are read, at most: git's limit for a `.git` file.
const LONGEST: u64 = 1 << 20;

/// The git directory that all work trees share: `GIT_COMMON_DIR`, what the file `commondir` says,
/// or `git_dir` itself.
pub(in crate::git) fn common_dir(git_dir: &Path, env: &Env) -> Sure<PathBuf> {
    if let Some(dir) = env.get("GIT_COMMON_DIR") {
        return Ok(dir.into());
    }
    let Some(text) = small_file(&git_dir.join("commondir"))? else { return Ok(git_dir.to_owned()) };
    let dir = path_of(trim_ends(&text)).ok_or(Doubt::new("`commondir` is not a path"))?;
    fs::canonicalize(git_dir.join(dir)).map_err(|_| Doubt::new("`commondir` points nowhere"))
}

/// Whether git takes `git_dir` for a git directory: a HEAD, and `objects` and `refs` in `common`.
pub(in crate::git) fn is_git_dir(git_dir: &Path, common: &Path, env: &Env) -> Sure<bool> {
    let objects = env.get("GIT_OBJECT_DIRECTORY").map_or_else(|| common.join("objects"), PathBuf::from);
    Ok(head_is_valid(&git_dir.join("HEAD"))? && objects.is_dir() && common.join("refs").is_dir())
}

fn head_is_valid(path: &Path) -> Sure<bool> {
    let Ok(about) = fs::symlink_metadata(path) else { return Ok(false) };
    if about.is_symlink() {
        return Err(Doubt::new("HEAD is a symbolic link"));
    }
    let Some(text) = small_file(path)? else { return Ok(false) };
    if let Some(name) = text.strip_prefix(b"ref:") {
        return Ok(name.trim_ascii_start().starts_with(b"refs/"));
    }
    Ok(text.len() >= 40 && text[..40].iter().all(u8::is_ascii_hexdigit))
}

/// The git directory that the pointer file `file` (a `.git` that is no directory) names.
pub(in crate::git) fn gitfile(file: &Path) -> Sure<PathBuf> {
    let text = small_file(file)?.ok_or(Doubt::new("`.git` cannot be read"))?;
    let dir = text.strip_prefix(b"gitdir: ").map(trim_ends).filter(|dir| !dir.is_empty());
    let dir = dir.and_then(path_of).ok_or(Doubt::new("`.git` is not a pointer to a git directory"))?;
    let base = file.parent().ok_or(Doubt::new("`.git` has no directory"))?;
    fs::canonicalize(base.join(dir)).map_err(|_| Doubt::new("`.git` points nowhere"))
}

/// The bytes of a file of at most [`LONGEST`] bytes; `None` where there is none.
pub(in crate::git) fn small_file(path: &Path) -> Sure<Option<Vec<u8>>> {
    let file = match sys::open(path) {
        Ok((file, _)) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Doubt::of(format!("cannot read {}: {error}", name(path)))),
    };
    let mut bytes = Vec::with_capacity(512);
    match file.take(LONGEST + 1).read_to_end(&mut bytes) {
        Ok(_) if bytes.len() as u64 <= LONGEST => Ok(Some(bytes)),
        Ok(_) => Err(Doubt::of(format!("{} is too long", name(path)))),
        Err(error) => Err(Doubt::of(format!("cannot read {}: {error}", name(path)))),
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

pub(in crate::git) fn trim_ends(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|&byte| byte != b'\n' && byte != b'\r').map_or(0, |last| last + 1);
    &text[..end]
}

/// Bytes as a path of the operating system.
#[cfg(unix)]
pub(in crate::git) fn path_of(bytes: &[u8]) -> Option<&Path> {
    use std::os::unix::ffi::OsStrExt;
    (!bytes.is_empty() && !bytes.contains(&0)).then(|| Path::new(std::ffi::OsStr::from_bytes(bytes)))
}

/// Bytes as a path of the operating system.
#[cfg(not(unix))]
pub(in crate::git) fn path_of(bytes: &[u8]) -> Option<&Path> {
    std::str::from_utf8(bytes).ok().filter(|text| !text.is_empty()).map(Path::new)
}
