//! Where a user's and a machine's own files are.

use std::path::PathBuf;

use crate::store::Dirs;

/// A directory of the user's, after the XDG base directory specification.
pub fn user_dir(variable: &str, under_home: &str) -> Option<PathBuf> {
    let set = std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    set.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(under_home)))
}

/// Where results and receipts are kept for this user; `None` where there is no home directory.
pub fn dirs() -> Option<Dirs> {
    let cache = user_dir("XDG_CACHE_HOME", ".cache")?.join("gatehook");
    let state = user_dir("XDG_STATE_HOME", ".local/state")?.join("gatehook");
    let data = user_dir("XDG_DATA_HOME", ".local/share")?.join("gatehook");
    Some(Dirs { cache, state, data })
}

/// Where an organisation keeps files on a machine.
pub(super) fn machine_dir() -> PathBuf {
    if cfg!(windows) {
        let data = std::env::var_os("ProgramData").unwrap_or_else(|| "C:\\ProgramData".into());
        return PathBuf::from(data).join("gatehook");
    }
    PathBuf::from("/etc/gatehook")
}
