//! Whose a file is.

use std::path::Path;

/// Whether `path` itself (no link is followed) belongs to the user this process acts as. Where that
/// cannot be told: no.
#[cfg(unix)]
pub fn is_own(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    #[allow(unsafe_code, reason = "a system call without arguments")]
    // SAFETY: geteuid has no preconditions and cannot fail.
    let user = unsafe { libc::geteuid() };
    std::fs::symlink_metadata(path).is_ok_and(|about| about.uid() == user)
}

/// Whether `path` belongs to the user this process acts as: not told on this system.
#[cfg(not(unix))]
pub fn is_own(_path: &Path) -> bool {
    false
}

/// Number of the device that `path` is on.
#[cfg(unix)]
pub fn device(path: &Path) -> Option<u64> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).ok().map(|about| about.dev())
}

/// Number of the device that `path` is on: not told on this system.
#[cfg(not(unix))]
pub fn device(_path: &Path) -> Option<u64> {
    None
}
