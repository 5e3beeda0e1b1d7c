//! Plans for putting shims into a hooks directory and taking them out again.

use std::path::Path;

use super::files::{chained, exists, is_executable, script};
use super::place::{Owner, Place};
use super::shim::{self, Reach};
use super::{Action, Hook, HooksError, call, framework};
use crate::git::setup::{self, Scope};

/// What has to be done for shims that start `binary` to be in force for `hooks`.
///
/// # Errors
///
/// [`HooksError::Overridden`] where `core.hooksPath` is somebody else's.
pub fn install(place: &Place, hooks: &[Hook], binary: &Path) -> Result<Vec<Action>, HooksError> {
    match &place.owner {
        Owner::Repository => {}
        // Installed for all repositories: nothing is missing in this one.
        Owner::Gatehook => {
            return Ok(hooks.iter().map(|hook| Action::Keep { path: place.dir.join(hook.word()) }).collect());
        }
        _ => return Err(call::overridden(place, hooks)),
    }
    let mut plan = Vec::new();
    for &hook in hooks {
        let path = place.dir.join(hook.word());
        let chained = chained(&path);
        let text = shim::render(hook, Reach::Repository, binary);
        match script(&path)? {
            Some(there) if there == text && is_executable(&path) => plan.push(Action::Keep { path }),
            Some(there) if shim::version(&there).is_none() => {
                // The same twice: an installation that was cut short.
                if exists(&chained) && script(&chained)?.as_ref() != Some(&there) {
                    return Err(HooksError::TwoToChain { path, chained });
                }
                if !exists(&chained) {
                    plan.push(Action::Chain { from: path.clone(), to: chained });
                }
                plan.push(Action::Write { path, text });
            }
            _ => plan.push(Action::Write { path, text }),
        }
    }
    Ok(plan)
}

/// What has to be done for nothing of ours to be left for `hooks`: shims, calls in other tools'
/// scripts, hooks in the repository's configuration.
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
            (false, kept) => {
                // Another tool put the shim aside and may still run it: in its place comes what stood there before it.
                if let Some(aside) = framework::put_aside(&place.own, hook)? {
                    match framework::before(&place.own, hook)? {
                        Some(before) => plan.push(Action::Restore { from: before, to: aside }),
                        None => {
                            plan.push(Action::Remove { path: aside });
                            plan.extend(kept.then_some(Action::Remove { path: chained }));
                        }
                    }
                }
            }
        }
        if let Owner::Husky(dir) | Owner::Somebody(dir) = &place.owner {
            plan.extend(call::remove(dir, hook)?);
        }
        let section = format!("hook.gatehook-{hook}");
        if setup::local_setting(&place.top, &format!("{section}.event"))?.is_some() {
            plan.push(Action::Unconfigure { dir: place.top.clone(), scope: Scope::Local, key: section });
        }
    }
    Ok(plan)
}
