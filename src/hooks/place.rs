//! Where git looks for the hooks of a repository, and who decided that.

use std::path::{Path, PathBuf};

use super::files::script;
use super::{Hook, HooksError, shim};
use crate::git::Repo;
use crate::git::setup::{self, Setting};

/// Whose directory git takes hooks from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The repository's own.
    Repository,
    /// gatehook's own, for all repositories.
    Gatehook,
    /// husky's; people write their hooks into this directory.
    Husky(PathBuf),
    /// lefthook's, configured in this file.
    Lefthook(PathBuf),
    /// No one's: `core.hooksPath` names no directory, which switches hooks off.
    Off,
    /// Somebody else's directory of scripts.
    Somebody(PathBuf),
}

/// Where hooks of a repository are.
#[derive(Clone, Debug)]
pub struct Place {
    /// Top of the work tree, or the git directory where there is none.
    pub top: PathBuf,
    /// Where git looks. It need not exist.
    pub dir: PathBuf,
    /// The repository's own directory for hooks: git's default.
    pub own: PathBuf,
    /// Whose `dir` is.
    pub owner: Owner,
    /// The setting that says so, where there is one.
    pub setting: Option<Setting>,
}

impl Place {
    /// Asks git.
    pub fn find(repo: &Repo) -> Result<Self, HooksError> {
        let dir = repo.hooks_dir()?;
        let own = repo.common_dir.join("hooks");
        let setting = setup::setting(&repo.top, "core.hooksPath")?;
        let owner = if setting.is_none() || same(&dir, &own) { Owner::Repository } else { owner(&repo.top, &dir)? };
        Ok(Self { top: repo.top.clone(), dir, own, owner, setting })
    }
}

/// Whether both name the same directory, also through links.
pub(super) fn same(one: &Path, other: &Path) -> bool {
    one == other || matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

fn owner(top: &Path, dir: &Path) -> Result<Owner, HooksError> {
    if dir.exists() && !dir.is_dir() {
        return Ok(Owner::Off);
    }
    for hook in Hook::ALL {
        if script(&dir.join(hook.word()))?.is_some_and(|text| shim::version(&text).is_some()) {
            return Ok(Owner::Gatehook);
        }
    }
    let husky = top.join(".husky");
    // husky 9 sets `.husky/_`, earlier ones `.husky`; both run the scripts in `.husky`.
    if dir == husky || dir.parent() == Some(&husky) {
        return Ok(Owner::Husky(husky));
    }
    Ok(lefthook_file(top).map_or_else(|| Owner::Somebody(dir.to_owned()), Owner::Lefthook))
}

/// Under these names, with four endings.
pub(super) const LEFTHOOK: [&str; 3] = ["lefthook", ".lefthook", ".config/lefthook"];

/// lefthook's configuration, under the names that lefthook(1) looks for.
pub(super) fn lefthook_file(top: &Path) -> Option<PathBuf> {
    let files = LEFTHOOK.iter().flat_map(|name| ["yml", "yaml", "json", "toml"].map(|end| format!("{name}.{end}")));
    files.map(|file| top.join(file)).find(|file| file.is_file())
}
