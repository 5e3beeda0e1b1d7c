//! `gatehook trust`.

use std::fmt::Write;
use std::path::Path;

use gatehook::config::{Config, StageConfig};
use gatehook::finding::Exit;
use gatehook::git::Repo;
use gatehook::text::escape;

use super::{fail, say};
use crate::args::{Output, Trust};
use crate::setup::{self, ConfigFrom};
use crate::stages;

pub(crate) fn run(args: &Trust) -> Exit {
    let repo = match Repo::discover(Path::new(".")) {
        Ok(repo) => repo,
        Err(error) => return fail(&error, error.hint().as_deref(), Exit::NotScanned),
    };
    let Some(mut trust) = stages::trust(&repo) else {
        return fail(&std::io::Error::other("there is no home directory to keep it in"), Some("set HOME"), Exit::Usage);
    };
    if args.revoke {
        return match trust.revoke() {
            Ok(true) => say("no stage of this repository is trusted any more\n"),
            Ok(false) => say("no stage of this repository was trusted\n"),
            Err(error) => fail(&error, None, Exit::Usage),
        };
    }
    // What a push looks at stands in a commit; what is staged will stand in the next one.
    let mut told = String::new();
    let mut digests = Vec::new();
    let mut exit = Exit::Clean;
    let head = gatehook::git::ancestry::head(&repo).ok().flatten();
    let places = [
        head.as_deref().map(|head| (Some(head), ConfigFrom::Commit(&repo, head.to_owned()))),
        Some((None, ConfigFrom::Index(&repo))),
    ];
    let mut seen: Vec<StageConfig> = Vec::new();
    for (revision, from) in places.into_iter().flatten() {
        let loaded = setup::load(&from, &Output::default());
        exit = exit.or(loaded.exit);
        for stage in foreign(&loaded.config) {
            let Some(digest) = stages::digest(&repo, revision, stage) else { continue };
            if digests.contains(&digest) {
                continue;
            }
            if !seen.contains(stage) {
                let state = if trust.holds(&digest) { "trusted" } else { "not trusted" };
                let words: Vec<String> = stage.command.iter().map(|word| escape(word.as_bytes()).to_string()).collect();
                let _ = if args.show {
                    writeln!(told, "{}: {words:?} ({state})", stage.name)
                } else {
                    writeln!(told, "{}: {words:?}", stage.name)
                };
                seen.push(stage.clone());
            }
            digests.push(digest);
        }
    }
    if exit != Exit::Clean {
        return exit;
    }
    if digests.is_empty() {
        return say("this repository's gatehook.toml names no stage that starts a program\n");
    }
    if !args.show {
        if let Err(error) = trust.add(&digests) {
            return fail(&error, Some("make that directory yours alone, then run it again"), Exit::Usage);
        }
        told.insert_str(
            0,
            "from now on these start at a push, in all work trees of this repository, as they stand now:\n",
        );
    }
    say(&told)
}

/// The stages that the repository itself brings.
fn foreign(config: &Config) -> impl Iterator<Item = &StageConfig> {
    config.stages.iter().filter(|stage| !stage.own)
}
