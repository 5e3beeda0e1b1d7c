//! Where git looks for the hooks of a repository, and who decided that.

use std::path::{Path, PathBuf};

use super::HooksError;
use crate::git::Repo;
use crate::git::setup::{self, Setting};

/// Whose directory git takes hooks from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The repository's own.
    Repository,
    /// husky's; people write their hooks into this directory.
    Husky(PathBuf),
    /// lefthook's, configured in this file.
    Lefthook(PathBuf),
    /// Nobody's: `core.hooksPath` names no directory, which switches hooks off.
    Off,
    /// Somebody else's directory of scripts.
    Somebody,
}

/// Where hooks of a repository are.
#[derive(Clone, Debug)]
pub struct Place {
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
        let owner = if setting.is_none() || same(&dir, &own) { Owner::Repository } else { owner(repo, &dir) };
        Ok(Self { dir, own, owner, setting })
    }
}

/// Whether both name the same directory, also through links.
fn same(one: &Path, other: &Path) -> bool {
    one == other || matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

fn owner(repo: &Repo, dir: &Path) -> Owner {
    if dir.exists() && !dir.is_dir() {
        return Owner::Off;
    }
    let husky = repo.top.join(".husky");
    // husky 9 sets `.husky/_`, earlier ones `.husky`; both run the scripts in `.husky`.
    if dir == husky || dir.parent() == Some(&husky) {
        return Owner::Husky(husky);
    }
    // lefthook(1): the names that it looks for.
    for name in ["lefthook", ".lefthook", ".config/lefthook"] {
        for extension in ["yml", "yaml", "json", "toml"] {
            let file = repo.top.join(format!("{name}.{extension}"));
            if file.is_file() {
                return Owner::Lefthook(file);
            }
        }
    }
    Owner::Somebody
}
