//! Which external stages the user trusts: by the digest of their tables and of the files that they name.

mod pending;

use std::collections::HashSet;

use crate::change::{Entry, Oid};
use crate::config::{Config, StageConfig};
use crate::git::{self, Repo};
use crate::session::dirs;
use crate::stage::external;
use crate::store::Trust;

pub use self::pending::{Pending, pending};

/// Links behind each other that are followed.
const DEEPEST: usize = 8;

/// Files of the repository: path, content, kind.
type Files = Vec<(String, Oid, Entry)>;

/// What the user lets run of a repository's stages.
pub fn open(repo: &Repo) -> Option<Trust> {
    Some(Trust::open(&dirs()?, &repo.common_dir))
}

/// The digest of `stage` as it stands in `revision`, or in the index where there is none, and the repository's own
/// files that it pins.
pub fn digest(repo: &Repo, revision: Option<&str>, stage: &StageConfig) -> Option<(String, Vec<String>)> {
    let files = followed(repo, revision, external::named_files(stage))?;
    Some(pinned(stage, &files))
}

/// Which of `names` are files of the repository, and those that links among them lead to. `None` where git cannot tell.
fn followed(repo: &Repo, revision: Option<&str>, names: Vec<String>) -> Option<Files> {
    let (mut found, mut next) = (Files::new(), names);
    for _ in 0..DEEPEST {
        let before: HashSet<String> = found.iter().map(|(path, ..)| path.clone()).collect();
        next.retain(|name| !before.contains(name));
        if next.is_empty() {
            return Some(found);
        }
        // A link may stand for a directory on the way.
        let parents = next.iter().flat_map(|name| name.match_indices('/').map(|(at, _)| name[..at].to_owned()));
        let mut asked: Vec<String> = parents.chain(next.iter().cloned()).collect();
        asked.sort();
        asked.dedup();
        let here = git::files_at(repo, revision, &asked).ok()?;
        let mut further = Vec::new();
        for (path, ..) in here.iter().filter(|(.., entry)| *entry == Entry::Symlink) {
            let text = match revision {
                Some(revision) => git::file_at(repo, revision, path),
                None => git::staged_text(repo, path),
            };
            let target = String::from_utf8(text.ok()??).ok()?;
            let dir = path.rsplit_once('/').map_or("", |(dir, _)| dir);
            let Some(target) = external::inside(dir, &target) else { continue };
            for name in &next {
                let rest = name.strip_prefix(path).filter(|rest| rest.is_empty() || rest.starts_with('/'));
                further.extend(rest.map(|rest| format!("{target}{rest}")));
            }
        }
        found.extend(here);
        next = further;
    }
    // Links that lead on and on name nothing that could be looked at.
    None
}

/// Names of the stages that may run: those of the user's own files, and those that the user trusts as they
/// stand in `revision`.
pub fn names(repo: &Repo, revision: &str, config: &Config) -> HashSet<String> {
    let own = |stage: &&StageConfig| stage.own;
    let mut names: HashSet<String> = config.stages.iter().filter(own).map(|stage| stage.name.clone()).collect();
    if config.stages.iter().all(|stage| stage.own) {
        return names;
    }
    let foreign: Vec<&StageConfig> = config.stages.iter().filter(|stage| !stage.own).collect();
    let Some(trust) = open(repo).filter(|trust| !trust.is_empty()) else { return names };
    // One question for all of them, as long as no link leads on.
    let all = foreign.iter().flat_map(|stage| external::named_files(stage)).collect();
    let Some(files) = followed(repo, Some(revision), all) else { return names };
    let links = files.iter().any(|(.., entry)| *entry == Entry::Symlink);
    for stage in foreign {
        let own = if links {
            digest(repo, Some(revision), stage)
        } else {
            let own = external::named_files(stage);
            let mine: Files = files.iter().filter(|(path, ..)| own.contains(path)).cloned().collect();
            Some(pinned(stage, &mine))
        };
        if own.is_some_and(|(digest, _)| trust.holds(&stage.name, &digest)) {
            names.insert(stage.name.clone());
        }
    }
    names
}

/// The digest of `stage` with those of `files` that it pins, and their names.
fn pinned(stage: &StageConfig, files: &Files) -> (String, Vec<String>) {
    let is_pinned = |(path, _, entry): &&(String, Oid, Entry)| {
        *entry == Entry::Symlink || external::is_pinned(stage, path, *entry == Entry::Executable)
    };
    let mut pinned: Vec<(String, Oid)> =
        files.iter().filter(is_pinned).map(|(path, id, _)| (path.clone(), *id)).collect();
    pinned.sort();
    pinned.dedup();
    let names = pinned.iter().map(|(path, _)| path.clone()).collect();
    (external::digest(stage, &pinned), names)
}
