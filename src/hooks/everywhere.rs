//! gatehook for all of a user's repositories, present and future: `core.hooksPath` in the user's
//! git configuration leads to a directory of shims, and each runs the repository's own hook as well.

use std::path::Path;

use super::files::{is_executable, script};
use super::place::same;
use super::shim::{self, Reach};
use super::{Action, Hook, HooksError};
use crate::git::setup::{self, Scope};

const KEY: &str = "core.hooksPath";

/// githooks(5): the hooks that git would no longer find in the repository, and that gatehook has
/// nothing to say in.
///
/// Left out: `push-to-checkout`, whose being there changes what git does; `reference-transaction` and
/// `post-index-change`, which git would start several times in every command.
const FORWARDED: [&str; 18] = [
    "applypatch-msg",
    "pre-applypatch",
    "post-applypatch",
    "prepare-commit-msg",
    "post-commit",
    "pre-rebase",
    "post-checkout",
    "post-merge",
    "pre-receive",
    "update",
    "post-receive",
    "post-update",
    "pre-auto-gc",
    "post-rewrite",
    "sendemail-validate",
    "p4-changelist",
    "p4-pre-submit",
    "p4-post-changelist",
];

/// The hooks that stay hidden, for people to be told.
pub const HIDDEN: [&str; 3] = ["push-to-checkout", "reference-transaction", "post-index-change"];

/// What has to be done for gatehook to be in force in every repository of the user, from `dir`.
///
/// # Errors
///
/// [`HooksError::Overridden`] where the user's configuration leads elsewhere already.
pub fn install(dir: &Path, hooks: &[Hook], binary: &Path) -> Result<Vec<Action>, HooksError> {
    let setting = setup::global_setting(KEY)?;
    if let Some(setting) = setting.as_ref().filter(|setting| !same(Path::new(&setting.value), dir)) {
        return Err(HooksError::Overridden {
            value: setting.value.clone(),
            origin: setting.origin.clone(),
            remedy: "`git config --global --unset core.hooksPath` takes that back; then install again".to_owned(),
        });
    }
    let shims = hooks.iter().map(|&hook| (hook.word(), shim::render(hook, Reach::Everywhere, binary)));
    let forwarded = FORWARDED
        .iter()
        .filter(|name| !hooks.iter().any(|hook| hook.word() == **name))
        .map(|&name| (name, shim::forward(name)));
    let mut plan = Vec::new();
    for (name, text) in shims.chain(forwarded) {
        let path = dir.join(name);
        let there = script(&path)?;
        plan.push(if there.as_ref() == Some(&text) && is_executable(&path) {
            Action::Keep { path }
        } else {
            Action::Write { path, text }
        });
    }
    if setting.is_none() {
        // Last, so that git never looks into a directory that is not ready.
        let value = dir.to_string_lossy().replace(if cfg!(windows) { '\\' } else { '/' }, "/");
        plan.push(Action::Configure { dir: dir.to_owned(), scope: Scope::Global, key: KEY.to_owned(), value });
    }
    Ok(plan)
}

/// What has to be done for nothing of that to be left.
pub fn uninstall(dir: &Path) -> Result<Vec<Action>, HooksError> {
    let mut plan = Vec::new();
    let ours = setup::global_setting(KEY)?.is_some_and(|setting| same(Path::new(&setting.value), dir));
    if ours {
        plan.push(Action::Unconfigure { dir: dir.to_owned(), scope: Scope::Global, key: KEY.to_owned() });
    }
    for name in Hook::ALL.iter().map(|hook| hook.word()).chain(FORWARDED) {
        let path = dir.join(name);
        let remove = Action::Remove { path: path.clone() };
        if script(&path)?.is_some_and(|text| shim::version(&text).is_some()) && !plan.contains(&remove) {
            plan.push(remove);
        }
    }
    for hook in Hook::ALL {
        let section = format!("hook.gatehook-{hook}");
        if setup::global_setting(&format!("{section}.event"))?.is_some() {
            plan.push(Action::Unconfigure { dir: dir.to_owned(), scope: Scope::Global, key: section });
        }
    }
    if dir.is_dir() {
        plan.push(Action::RemoveDir { path: dir.to_owned() });
    }
    Ok(plan)
}
