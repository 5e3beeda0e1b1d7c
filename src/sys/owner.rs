//! Whose a file is, and which file it is.

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

/// What tells one file from another, and one state of it from the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    device: u64,
    number: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

/// The stamp of the file at `path`; `None` where it cannot be told.
#[cfg(unix)]
pub fn stamp(path: &Path) -> Option<Stamp> {
    use std::os::unix::fs::MetadataExt;
    let about = std::fs::metadata(path).ok()?;
    Some(Stamp {
        device: about.dev(),
        number: about.ino(),
        size: about.size(),
        modified: (about.mtime(), about.mtime_nsec()),
        changed: (about.ctime(), about.ctime_nsec()),
    })
}

/// The stamp of the file at `path`: not told on this system.
#[cfg(not(unix))]
pub fn stamp(_path: &Path) -> Option<Stamp> {
    None
}
