//! `gatehook config`.

use std::fmt::Write;
use std::path::Path;

use gatehook::finding::Exit;
use gatehook::git::Repo;

use super::say;
use crate::args::{ConfigCommand, Output};
use crate::setup::{self, ConfigFrom};

pub(crate) fn run(command: &ConfigCommand) -> Exit {
    let ConfigCommand::Show { origin } = command;
    let here =
        Repo::discover(Path::new(".")).map_or_else(|_| std::env::current_dir().unwrap_or_default(), |repo| repo.top);
    let loaded = setup::load(&ConfigFrom::Dir(&here), &Output::default());
    let mut out = String::new();
    for setting in &loaded.config.settings {
        let _ = write!(out, "{} = {}", setting.key, setting.value);
        if *origin {
            let _ = write!(out, "  # {}", setting.origin);
        }
        out.push('\n');
    }
    if out.is_empty() && loaded.exit == Exit::Clean {
        out.push_str("all settings are the defaults\n");
    }
    loaded.exit.or(say(&out))
}
