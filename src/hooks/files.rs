//! Looking at hooks as files: what stands there, would git run it, where is it kept.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::HooksError;

/// Put behind a hook's name: what stood there before, run after gatehook.
const CHAINED: &str = ".gatehook-chained";

/// Where the hook that stood at `path` is kept.
pub(super) fn chained(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(CHAINED);
    PathBuf::from(name)
}

/// The text at `path`; `None` where nothing is there.
pub(super) fn script(path: &Path) -> Result<Option<Vec<u8>>, HooksError> {
    // Opening a pipe would wait for a writer.
    let opens = path.metadata().and_then(|meta| {
        if meta.is_file() || meta.is_dir() { Ok(()) } else { Err(io::Error::other("it is not a regular file")) }
    });
    #[allow(clippy::disallowed_methods, reason = "hooks are files on disk")]
    match opens.and_then(|()| fs::read(path)) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !exists(path) => Ok(None),
        // A link that leads nowhere: it is there, and is kept as what it is.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Some(Vec::new())),
        Err(source) => Err(HooksError::File { verb: "read", path: path.to_owned(), source }),
    }
}

/// Whether something is at `path`, even a link that leads nowhere.
pub(super) fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Whether git would run what is at `path`.
#[cfg(unix)]
pub(super) fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// Whether git would run what is at `path`: on Windows, whatever is there.
#[cfg(not(unix))]
pub(super) fn is_executable(path: &Path) -> bool {
    path.is_file()
}
