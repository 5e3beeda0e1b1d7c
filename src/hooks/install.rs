//! Plans for putting shims into a hooks directory and taking them out again.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::place::{Owner, Place};
use super::shim::{self, Reach};
use super::{Action, Hook, HooksError};

/// Put behind a hook's name: what stood there before, run after gatehook.
pub(super) const CHAINED: &str = ".gatehook-chained";

/// What has to be done for shims that start `binary` to be in force for `hooks`.
pub fn install(place: &Place, hooks: &[Hook], binary: &Path) -> Result<Vec<Action>, HooksError> {
    if place.owner != Owner::Repository {
        return Err(overridden(place));
    }
    let mut plan = Vec::new();
    for &hook in hooks {
        let path = place.dir.join(hook.word());
        let chained = chained(&path);
        let text = shim::render(hook, Reach::Repository, binary);
        match script(&path)? {
            Some(there) if there == text && is_executable(&path) => plan.push(Action::Keep { path }),
            Some(there) if shim::version(&there).is_none() => {
                if exists(&chained) {
                    return Err(HooksError::TwoToChain { path, chained });
                }
                plan.push(Action::Chain { from: path.clone(), to: chained });
                plan.push(Action::Write { path, text });
            }
            _ => plan.push(Action::Write { path, text }),
        }
    }
    Ok(plan)
}

/// What has to be done for nothing of ours to be left for `hooks`.
pub fn uninstall(place: &Place, hooks: &[Hook]) -> Result<Vec<Action>, HooksError> {
    let mut plan = Vec::new();
    for &hook in hooks {
        let path = place.own.join(hook.word());
        let chained = chained(&path);
        let ours = script(&path)?.is_some_and(|there| shim::version(&there).is_some());
        match (ours, exists(&chained)) {
            (true, true) => plan.push(Action::Restore { from: chained, to: path }),
            (true, false) => plan.push(Action::Remove { path }),
            // The shim is gone, so somebody removed it by hand: the hook it ran comes back.
            (false, true) if !exists(&path) => plan.push(Action::Restore { from: chained, to: path }),
            (false, _) => {}
        }
    }
    Ok(plan)
}

fn overridden(place: &Place) -> HooksError {
    let (value, origin) =
        place.setting.as_ref().map(|setting| (setting.value.clone(), setting.origin.clone())).unwrap_or_default();
    HooksError::Overridden { value, origin, remedy: String::new() }
}

/// Where the hook that stood at `path` is kept.
pub(super) fn chained(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(CHAINED);
    PathBuf::from(name)
}

/// The text at `path`; `None` where nothing is there.
pub(super) fn script(path: &Path) -> Result<Option<Vec<u8>>, HooksError> {
    #[allow(clippy::disallowed_methods, reason = "hooks are files on disk")]
    match fs::read(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !exists(path) => Ok(None),
        // A link that leads nowhere: it is there, and is kept as what it is.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Some(Vec::new())),
        Err(source) => Err(HooksError::File { verb: "read", path: path.to_owned(), source }),
    }
}

/// Whether something is at `path`, even a link that leads nowhere.
fn exists(path: &Path) -> bool {
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
