//! The repository that a command works on: its configuration, its findings, its files written anew.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::configuration::{ConfigFrom, Overrides, load, load_with};
use super::failure::{Failure, fail, stop};
use super::files;
use super::look::look;
use crate::change::Listing;
use crate::config::{self, Config};
use crate::finding::{Exit, Report};
use crate::git::{self, GitError, Repo};
use crate::source::{Cleanup, Files, message};

/// A repository with a work tree, and the configuration that lies in it.
pub struct Workspace {
    /// The repository.
    pub repo: Repo,
    /// Its configuration.
    pub config: Config,
}

impl Workspace {
    /// Around the current directory. A configuration that is wrong is reported, and is the end.
    pub fn open() -> Result<Self, Failure> {
        let repo = Repo::discover(Path::new("."))
            .and_then(|repo| if repo.bare { Err(GitError::NoWorkTree(repo.git_dir)) } else { Ok(repo) });
        let repo = repo.map_err(|error| fail(&error, error.hint().as_deref(), Exit::Usage))?;
        let loaded = load(&ConfigFrom::Dir(&repo.top), &Overrides::default());
        loaded.failure.map_or(Ok(Self { repo, config: loaded.config }), Err)
    }

    /// What stands in the tracked files of the work tree, with what is allowed marked. No baseline counts.
    pub fn tracked(&self, config: &Config) -> Result<Report, Failure> {
        let listing = git::tracked(&self.repo).map_err(|error| no_git(&error))?;
        Ok(look(config, Some(&self.on_disk()), listing, &Files))
    }

    /// The same for the whole work tree.
    pub fn work_tree(&self) -> Result<Report, Failure> {
        let (_, listing) = git::work_tree(&self.repo.top, &[]).map_err(|error| no_git(&error))?;
        Ok(look(&self.config, Some(&self.on_disk()), listing, &Files))
    }

    /// The same for what is staged, under the configuration that is.
    pub fn staged(&self) -> Result<Report, Failure> {
        let from = ConfigFrom::Index(&self.repo);
        let loaded = load(&from, &Overrides::default());
        if let Some(failure) = loaded.failure {
            return Err(failure);
        }
        let listing = git::staged(&self.repo).map_err(|error| no_git(&error))?;
        Ok(look(&loaded.config, Some(&from), listing, &self.repo.before("HEAD")))
    }

    /// The same for the messages that git keeps for whoever tries again.
    pub fn messages(&self) -> Result<Report, Failure> {
        let mut listing = Listing::default();
        for name in ["COMMIT_EDITMSG", "MERGE_MSG", "SQUASH_MSG", "TAG_EDITMSG"] {
            let path = self.repo.git_dir.join(name);
            let text = files::read_regular(&path, config::MOST).map_err(|error| {
                fail(&error, Some(&format!("make `{}` readable", path.display())), Exit::NotScanned)
            })?;
            listing.changes.extend(text.map(|text| message(&text, Cleanup::default()).changes).unwrap_or_default());
        }
        Ok(look(&self.config, Some(&self.on_disk()), listing, &Files))
    }

    /// The same for every commit that no remote has.
    pub fn outgoing(&self) -> Result<Report, Failure> {
        let outgoing = git::unpushed(&self.repo, None).map_err(|error| no_git(&error))?;
        Ok(look(&self.config, Some(&self.on_disk()), outgoing.every, &self.repo))
    }

    /// The same for the tree of a revision.
    pub fn at(&self, revision: &str, config: &Config) -> Result<Report, Failure> {
        let listing = git::tree(&self.repo, revision);
        let listing = listing.map_err(|error| fail(&error, error.hint().as_deref(), Exit::Usage))?;
        Ok(look(config, Some(&self.on_disk()), listing, &self.repo))
    }

    /// Where the configuration lies that holds here.
    fn on_disk(&self) -> ConfigFrom<'_> {
        ConfigFrom::Dir(&self.repo.top)
    }

    /// Where the repository's configuration is.
    pub fn config_file(&self) -> PathBuf {
        self.repo.top.join(config::FILE)
    }

    /// The text of the repository's configuration; empty where there is none.
    pub fn config_text(&self) -> Result<String, Failure> {
        let path = self.config_file();
        let read = files::read_regular(&path, config::MOST)
            .and_then(|text| String::from_utf8(text.unwrap_or_default()).map_err(io::Error::other));
        read.map_err(|error| fail(&error, Some(&format!("make `{}` readable", path.display())), Exit::Usage))
    }

    /// Writes another text of the configuration, once it has proved to be one that no one refuses.
    pub fn write_config(&self, text: &str) -> Result<(), Failure> {
        let config = load_with(&self.repo.top, text)?;
        if let Some(refused) = config.refused.iter().find(|refused| !self.config.refused.contains(refused)) {
            return Err(stop(&refused.to_string(), "nothing was written; ask who keeps that file"));
        }
        files::write(&self.config_file(), text.as_bytes())
    }

    /// `git add` for files of the repository, as it is typed in the current directory.
    pub fn git_add(&self, files: &[&Path]) -> String {
        let here = std::env::current_dir().and_then(fs::canonicalize).ok();
        let at_top = here.is_some() && here == fs::canonicalize(&self.repo.top).ok();
        let words = files.iter().map(|file| {
            let file = file.strip_prefix(&self.repo.top).unwrap_or(file);
            let name = if at_top { file.to_owned() } else { PathBuf::from(format!(":/{}", file.display())) };
            crate::hooks::quoted(&name)
        });
        format!("git add {}", words.collect::<Vec<_>>().join(" "))
    }
}

fn no_git(error: &GitError) -> Failure {
    fail(error, error.hint().as_deref(), Exit::NotScanned)
}
