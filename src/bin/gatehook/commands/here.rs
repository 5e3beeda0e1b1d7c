//! The repository that a command works on: its configuration, its findings, its files written anew.

use std::fs;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

use gatehook::change::Listing;
use gatehook::config::{self, Config};
use gatehook::finding::{Exit, Report};
use gatehook::git::{self, GitError, Repo};
use gatehook::session::{self, ConfigFrom, files, look};
use gatehook::source::{Cleanup, Files, message};

use crate::args::Output;
use crate::say::{fail, failed, stop};
use crate::setup;

/// A repository with a work tree, and the configuration that lies in it.
pub(super) struct Here {
    pub(super) repo: Repo,
    pub(super) config: Config,
}

impl Here {
    /// Around the current directory. A configuration that is wrong is told, and is the end.
    pub(super) fn open() -> Result<Self, Exit> {
        let repo = Repo::discover(Path::new("."))
            .and_then(|repo| if repo.bare { Err(GitError::NoWorkTree(repo.git_dir)) } else { Ok(repo) });
        let repo = repo.map_err(|error| fail(&error, error.hint().as_deref(), Exit::Usage))?;
        let loaded = setup::load(&ConfigFrom::Dir(&repo.top), &Output::default());
        if loaded.exit() == Exit::Clean { Ok(Self { repo, config: loaded.config }) } else { Err(loaded.exit()) }
    }

    /// What stands in the tracked files of the work tree, with what is allowed marked. No baseline counts.
    pub(super) fn tracked(&self, config: &Config) -> Result<Report, Exit> {
        let listing = git::tracked(&self.repo).map_err(|error| no_git(&error))?;
        Ok(look(config, Some(&self.on_disk()), listing, &Files))
    }

    /// The same for the whole work tree.
    pub(super) fn work_tree(&self) -> Result<Report, Exit> {
        let (_, listing) = git::work_tree(&self.repo.top, &[]).map_err(|error| no_git(&error))?;
        Ok(look(&self.config, Some(&self.on_disk()), listing, &Files))
    }

    /// The same for what is staged, under the configuration that is.
    pub(super) fn staged(&self) -> Result<Report, Exit> {
        let from = ConfigFrom::Index(&self.repo);
        let loaded = setup::load(&from, &Output::default());
        let listing = git::staged(&self.repo).map_err(|error| no_git(&error))?;
        Ok(look(&loaded.config, Some(&from), listing, &self.repo.before("HEAD")))
    }

    /// The same for the messages that git keeps for whoever tries again.
    pub(super) fn messages(&self) -> Result<Report, Exit> {
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
    pub(super) fn outgoing(&self) -> Result<Report, Exit> {
        let outgoing = git::unpushed(&self.repo, None).map_err(|error| no_git(&error))?;
        Ok(look(&self.config, Some(&self.on_disk()), outgoing.every, &self.repo))
    }

    /// The same for the tree of a revision.
    pub(super) fn at(&self, revision: &str, config: &Config) -> Result<Report, Exit> {
        let listing = git::tree(&self.repo, revision);
        let listing = listing.map_err(|error| fail(&error, error.hint().as_deref(), Exit::Usage))?;
        Ok(look(config, Some(&self.on_disk()), listing, &self.repo))
    }

    /// Where the configuration lies that holds here.
    fn on_disk(&self) -> ConfigFrom<'_> {
        ConfigFrom::Dir(&self.repo.top)
    }

    /// Where the repository's configuration is.
    pub(super) fn config_file(&self) -> PathBuf {
        self.repo.top.join(config::FILE)
    }

    /// The text of the repository's configuration; empty where there is none.
    pub(super) fn config_text(&self) -> Result<String, Exit> {
        let path = self.config_file();
        let read = files::read_regular(&path, config::MOST)
            .and_then(|text| String::from_utf8(text.unwrap_or_default()).map_err(io::Error::other));
        read.map_err(|error| fail(&error, Some(&format!("make `{}` readable", path.display())), Exit::Usage))
    }

    /// Writes another text of the configuration, once it has proved to be one that nobody refuses.
    pub(super) fn write_config(&self, text: &str) -> Result<(), Exit> {
        let config = session::load_with(&self.repo.top, text).map_err(failed)?;
        if let Some(refused) = config.refused.iter().find(|refused| !self.config.refused.contains(refused)) {
            return Err(stop(&refused.to_string(), "nothing was written; ask who keeps that file"));
        }
        write(&self.config_file(), text.as_bytes())
    }

    /// `git add` for files of the repository, as it is typed in the current directory.
    pub(super) fn git_add(&self, files: &[&Path]) -> String {
        let here = std::env::current_dir().and_then(fs::canonicalize).ok();
        let at_top = here.is_some() && here == fs::canonicalize(&self.repo.top).ok();
        let words = files.iter().map(|file| {
            let file = file.strip_prefix(&self.repo.top).unwrap_or(file);
            let name = if at_top { file.to_owned() } else { PathBuf::from(format!(":/{}", file.display())) };
            gatehook::hooks::quoted(&name)
        });
        format!("git add {}", words.collect::<Vec<_>>().join(" "))
    }
}

/// Looks with all pattern stages under `config`, and under that of subdirectories where it is read `from` somewhere.
fn no_git(error: &GitError) -> Exit {
    fail(error, error.hint().as_deref(), Exit::NotScanned)
}

/// Writes a file that the user keeps under version control.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Exit> {
    files::replace(path, |out| out.write_all(bytes))
        .map_err(|error| fail(&error, Some(&format!("make `{}` writable", path.display())), Exit::Usage))
}

/// Whether somebody sits there who can answer.
pub(super) fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks on standard error and gives the answer; `None` at the end of the input.
pub(super) fn ask(question: &str) -> Option<String> {
    let mut out = crate::door::stderr(gatehook::text::Dress::Plain, crate::door::Content::Anyones);
    let _ = write!(out, "{question}").and_then(|()| out.flush());
    let mut answer = String::new();
    match io::stdin().lock().read_line(&mut answer) {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(answer.trim().to_owned()),
    }
}
