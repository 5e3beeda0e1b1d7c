//! Where programs are looked for: in the absolute entries of `PATH` only.
//!
//! A relative entry, an empty one too, names a program of whatever directory we are in, which may be a
//! repository of others.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// `path` without its relative entries.
pub fn absolute(path: &OsStr) -> OsString {
    let parts = env::split_paths(path).filter(|part| part.is_absolute());
    env::join_paths(parts).unwrap_or_default()
}

/// The first file called `name` that can be started, in the absolute entries of this process's `PATH`.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = own_path().unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into());
    let name = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&path).filter(|part| part.is_absolute()).map(|part| part.join(&name)).find(|at| can_start(at))
}

/// The `PATH` that programs get; `None` where this process's own has no relative entry.
pub fn path() -> Option<OsString> {
    let path = own_path()?;
    env::split_paths(&path).any(|part| !part.is_absolute()).then(|| absolute(&path))
}

#[allow(clippy::disallowed_methods, reason = "programs are found as the system finds them")]
fn own_path() -> Option<OsString> {
    env::var_os("PATH")
}

fn can_start(place: &std::path::Path) -> bool {
    let Ok(about) = std::fs::metadata(place) else { return false };
    #[cfg(unix)]
    let may = std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let may = true;
    about.is_file() && may
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn relative_entries_are_left_out() {
        assert_eq!(absolute(OsStr::new(".:/bin::bin:/usr/bin:")), "/bin:/usr/bin");
        assert_eq!(absolute(OsStr::new(".")), "");
        assert!(find("sh").is_some_and(|at| at.is_absolute()));
        assert_eq!(find("no-such-program-anywhere"), None);
    }
}
