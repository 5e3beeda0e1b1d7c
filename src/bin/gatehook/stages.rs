//! External stages as the binary sees them: whom the user trusts, and what is told while they run.

use std::collections::HashSet;

use gatehook::change::Oid;
use gatehook::config::{Config, StageConfig};
use gatehook::git::{self, Repo};
use gatehook::stage::external;
use gatehook::store::Trust;

use crate::setup;

/// What the user lets run of a repository's stages.
pub(crate) fn trust(repo: &Repo) -> Option<Trust> {
    Some(Trust::open(&setup::dirs()?, &repo.common_dir))
}

/// The digest of `stage` as it stands in `revision`, or in the index where there is none, scripts of the repository included.
pub(crate) fn digest(repo: &Repo, revision: Option<&str>, stage: &StageConfig) -> Option<String> {
    Some(of_scripts(stage, git::files_at(repo, revision, &external::named_files(stage)).ok()?))
}

/// Names of the stages that may run: those of the user's own files, and those that the user trusts as they
/// stand in `revision`.
pub(crate) fn trusted(repo: &Repo, revision: &str, config: &Config) -> HashSet<String> {
    let own = |stage: &&StageConfig| stage.own;
    let mut names: HashSet<String> = config.stages.iter().filter(own).map(|stage| stage.name.clone()).collect();
    if config.stages.iter().all(|stage| stage.own) {
        return names;
    }
    let foreign: Vec<&StageConfig> = config.stages.iter().filter(|stage| !stage.own).collect();
    let Some(trust) = trust(repo).filter(|trust| !trust.is_empty()) else { return names };
    // One question for all of them.
    let mut asked: Vec<String> = foreign.iter().flat_map(|stage| external::named_files(stage)).collect();
    asked.sort();
    asked.dedup();
    let Ok(files) = git::files_at(repo, Some(revision), &asked) else { return names };
    for stage in foreign {
        let own = external::named_files(stage);
        let mine = files.iter().filter(|(path, ..)| own.contains(path)).cloned().collect();
        if trust.holds(&of_scripts(stage, mine)) {
            names.insert(stage.name.clone());
        }
    }
    names
}

fn of_scripts(stage: &StageConfig, files: Vec<(String, Oid, bool)>) -> String {
    let scripts = files.into_iter().filter(|(path, _, executable)| external::is_script(path, *executable));
    external::digest(stage, &scripts.map(|(path, id, _)| (path, id)).collect::<Vec<_>>())
}
