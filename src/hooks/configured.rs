//! Hooks that git 2.54 and later read from the configuration, beside the hooks directory: nothing
//! of anybody's is taken over.
//!
//! An older git on the same repository ignores them, so a shim may stand there as well; then the
//! configured hook leaves the work to it.

use std::path::Path;

use super::files::{is_executable, script};
use super::{Action, Hook, HooksError, Place, shim};
use crate::git::Repo;
use crate::git::setup::{self, Scope};

/// The first git that runs them.
const FIRST: (u32, u32) = (2, 54);

/// What has to be done for the configuration in `scope` to name gatehook for `hooks`; `dir` is where
/// git is asked.
///
/// # Errors
///
/// [`HooksError::TooOld`] where git would ignore it.
pub fn install(dir: &Path, scope: Scope, hooks: &[Hook], binary: &Path) -> Result<Vec<Action>, HooksError> {
    let version = setup::version()?;
    if version < FIRST {
        return Err(HooksError::TooOld { found: version, needed: FIRST });
    }
    let program = String::from_utf8_lossy(&shim::quote(binary.as_os_str())).into_owned();
    let mut plan = Vec::new();
    for hook in hooks {
        for (key, value) in
            [("event", hook.word().to_owned()), ("command", format!("{program} hook --configured {hook}"))]
        {
            let key = format!("hook.gatehook-{hook}.{key}");
            plan.push(Action::Configure { dir: dir.to_owned(), scope, key, value });
        }
    }
    Ok(plan)
}

/// Whether a shim is in force for `hook` in `repo`, so that git runs gatehook without the
/// configuration too.
pub fn has_shim(repo: &Repo, hook: Hook) -> Result<bool, HooksError> {
    let path = repo.hooks_dir()?.join(hook.word());
    Ok(is_executable(&path) && script(&path)?.is_some_and(|text| shim::version(&text).is_some()))
}

/// Whether this git runs gatehook for `hook` because the configuration says so.
pub(super) fn in_force(place: &Place, hook: Hook) -> Result<bool, HooksError> {
    let names = setup::setting(&place.top, &format!("hook.gatehook-{hook}.event"))?.is_some();
    Ok(names && setup::version()? >= FIRST)
}
