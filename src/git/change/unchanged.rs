//! Staged files that stand in the work tree as they were staged: reading them there spares unpacking
//! the object.
//!
//! "As they were staged" is what git means by it (`ie_match_stat` in read-cache.c): the index keeps what
//! the system said of the file, and it says the same now. A file as young as the index is not trusted.
//! What a filter or a line end conversion did on the way stays done, so this is for texts that read the
//! same either way.

use std::path::Path;

use super::index;
use crate::git::GitError;
use crate::git::objects::file::staged_file;
use crate::git::repository::repo::Repo;

/// Bytes of a blob above which looking at the work tree is worth it.
#[cfg(unix)]
const WORTH_IT: u32 = 64 << 10;

/// The text of `path` as it is staged, but for what conversions between index and work tree change;
/// `None` where it is not staged.
pub fn staged_text(repo: &Repo, path: &str) -> Result<Option<Vec<u8>>, GitError> {
    match unchanged(repo, path) {
        Some(text) => Ok(Some(text)),
        None => staged_file(repo, path),
    }
}

/// `None` where anything is not as it should be.
#[cfg(unix)]
fn unchanged(repo: &Repo, path: &str) -> Option<Vec<u8>> {
    use std::io::Read;
    use std::os::unix::fs::MetadataExt;

    repo.places().ok()?;
    let index = repo.index().ok()?;
    let (entry, stat) = index.get().find_with_stat(path.as_bytes()).ok()??;
    let stat = index::Stat::of(stat);
    if entry.stage > 0 || entry.intent_to_add || stat.size < WORTH_IT || !matches!(entry.mode, 0o100_644 | 0o100_755) {
        return None;
    }
    let full = repo.top.join(Path::new(path));
    if !std::fs::symlink_metadata(&full).ok()?.is_file() {
        return None;
    }
    let mut file = std::fs::File::open(&full).ok()?;
    let about = file.metadata().ok()?;
    let made = std::fs::metadata(repo.index_file()).ok()?;
    // The index keeps 32 bits of each.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "as git does")]
    let now = index::Stat {
        changed: (about.ctime() as u32, about.ctime_nsec() as u32),
        modified: (about.mtime() as u32, about.mtime_nsec() as u32),
        number: about.ino() as u32,
        size: about.size() as u32,
    };
    let young = (made.mtime(), made.mtime_nsec()) <= (about.mtime(), about.mtime_nsec());
    if now != stat || young || about.size() > u64::from(u32::MAX) {
        return None;
    }
    let mut text = Vec::with_capacity(usize::try_from(about.size()).ok()? + 1);
    file.read_to_end(&mut text).ok()?;
    (text.len() as u64 == about.size()).then_some(text)
}

/// Not told on this system.
#[cfg(not(unix))]
fn unchanged(_repo: &Repo, _path: &str) -> Option<Vec<u8>> {
    None
}
