//! `gatehook config`.

use std::fmt::Write;
use std::path::Path;

use gatehook::config::{Config, Shown, schema};
use gatehook::finding::Exit;
use gatehook::git::Repo;
use gatehook::session::ConfigFrom;
use serde_json::{Value, json};

use crate::args::{ConfigCommand, Output, SchemaOf, Show, ShowFormat};
use crate::say::{fail, say, say_json, say_own};
use crate::setup;

pub(crate) fn run(command: &ConfigCommand) -> Exit {
    match command {
        ConfigCommand::Show(show) => shown(show),
        ConfigCommand::Schema { of } => {
            let schema = match of {
                SchemaOf::Config => schema::of_configuration(),
                SchemaOf::Rules => schema::of_rules(),
            };
            say_own(&format!("{schema:#}\n"))
        }
    }
}

fn shown(show: &Show) -> Exit {
    let found = Repo::discover(Path::new("."));
    let here = found.as_ref().map_or_else(|_| std::env::current_dir().unwrap_or_default(), |repo| repo.top.clone());
    let from = match (&found, show.staged, &show.at) {
        (_, false, None) => ConfigFrom::Dir(&here),
        (Ok(repo), true, _) => ConfigFrom::Index(repo),
        (Ok(repo), _, Some(commit)) => ConfigFrom::Commit(repo, commit.clone()),
        (Err(error), ..) => return fail(error, error.hint().as_deref(), Exit::NotScanned),
    };
    let loaded = setup::load(&from, &Output { config: show.config.clone(), ..Output::default() });
    // Where the configuration is broken the defaults would be no answer.
    if loaded.exit() != Exit::Clean {
        return loaded.exit();
    }
    match show.format {
        ShowFormat::Text => say(&text(&loaded.config, show.origin)),
        ShowFormat::Json => say_json(&document(&loaded.config)),
    }
}

fn text(config: &Config, origin: bool) -> String {
    let mut out = String::new();
    for Shown { key, value, set } in config.shown() {
        // What is not set and has no default stands as a comment, as people write it into the file.
        let _ = if value.is_empty() { write!(out, "# {key} is not set") } else { write!(out, "{key} = {value}") };
        let _ = match (origin, set) {
            (true, Some((rank, origin))) => writeln!(out, "  # {}: {origin}", rank.word()),
            (true, None) if !value.is_empty() => writeln!(out, "  # default"),
            _ => writeln!(out),
        };
    }
    for refused in config.refused.iter().filter(|_| origin) {
        let _ = writeln!(out, "# {refused}");
    }
    out
}

fn document(config: &Config) -> Value {
    let settings: Vec<Value> = config
        .shown()
        .iter()
        .map(|Shown { key, value, set }| {
            let (rank, origin) = set.as_ref().map_or(("default", None), |(rank, origin)| (rank.word(), Some(origin)));
            let origin = origin.map(ToString::to_string);
            json!({ "key": key, "value": value, "layer": rank, "origin": origin })
        })
        .collect();
    let refused: Vec<Value> = config
        .refused
        .iter()
        .map(|refused| {
            let (origin, by) = (refused.origin.to_string(), refused.by.to_string());
            json!({ "key": refused.key, "value": refused.value, "origin": origin, "locked_by": by })
        })
        .collect();
    json!({ "settings": settings, "refused": refused })
}
