//! The directories, and how files in them come about: private to the user, whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::StoreError;
use crate::sys;

/// The user's own directories, as the XDG base directory specification names them, each with
/// `gatehook` behind it. <https://specifications.freedesktop.org/basedir-spec/latest/>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dirs {
    /// `$XDG_CACHE_HOME/gatehook`: what may be deleted at any time.
    pub cache: PathBuf,
    /// `$XDG_STATE_HOME/gatehook`: what should outlive it. Holds the key.
    pub state: PathBuf,
    /// `$XDG_DATA_HOME/gatehook`: what was downloaded or imported. Holds the advisory index.
    pub data: PathBuf,
}

/// Makes `dir`, for this user only, where it is not there yet.
pub(super) fn private(dir: &Path) -> Result<(), StoreError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(StoreError::unusable(dir))?;
    if is_private(dir) { Ok(()) } else { Err(StoreError::Foreign(dir.to_owned())) }
}

/// Whether `path` is this user's and no one else may write there.
#[cfg(unix)]
pub(super) fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    sys::is_own(path) && fs::metadata(path).is_ok_and(|about| about.permissions().mode() & 0o022 == 0)
}

/// Whether `path` is this user's and no one else may write there: what profile directories are.
#[cfg(not(unix))]
pub(super) fn is_private(path: &Path) -> bool {
    path.exists()
}

/// The bytes of the regular file `path`, at most `most`; `None` where there is none, or more than that.
/// A pipe or a device in its place is not opened: it would never end.
pub(super) fn read(path: &Path, most: u64) -> Option<Vec<u8>> {
    let about = fs::symlink_metadata(path).ok()?;
    if !about.is_file() || about.len() > most {
        return None;
    }
    let mut bytes = Vec::with_capacity(usize::try_from(about.len()).ok()?);
    File::open(path).ok()?.take(most + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= most).then_some(bytes)
}

/// Puts a file with `bytes` in the place of `path`: whoever reads sees the old one or all of the new.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = beside(path, bytes)?;
    fs::rename(&beside, path).inspect_err(|_| forget(&beside))
}

/// A new file next to `path`, readable by this user only, that holds `bytes`.
pub(super) fn beside(path: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let beside = path.with_extension(format!("{}-{number}.tmp", std::process::id()));
    // One left behind by a process of the same number that was killed.
    forget(&beside);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    file.write_all(bytes).inspect_err(|_| forget(&beside))?;
    Ok(beside)
}

/// Removes a file that is of no use any more. That it stays is no harm.
pub(super) fn forget(path: &Path) {
    let _ = fs::remove_file(path);
}
