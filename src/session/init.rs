//! What `gatehook init` writes: a commented `gatehook.toml` with a salt of its own; which ready-made stages
//! fit; or one of these stages, written into the file that is there.

use std::fmt::Write as _;

use crate::change::Change;
use crate::config::{Config, Layer, Origin, Rank, edit};
use crate::finding::Exit;
use crate::session::baseline_file::salt;
use crate::session::{Failure, Workspace, fail, stop};
use crate::stage::external::Environment;
use crate::stage::{
    self,
    ready::{self, Ready},
};
use crate::{git, paths, pipeline};

/// The file that is written where there is none; a salt comes behind it.
const COMMENTED: &str = include_str!("init.toml");

/// Writes a commented configuration with a salt of its own into `here`.
pub fn write(here: &Workspace) -> Result<String, Failure> {
    if !here.config_text()?.is_empty() || here.config_file().exists() {
        return Err(stop(
            &format!("`{}` is there already, and stays as it is", here.config_file().display()),
            "`gatehook install` puts the hooks in, `gatehook init --stage NAME` adds a stage",
        ));
    }
    let salted = edit::add_salt(COMMENTED, &salt()?);
    let text =
        salted.map_err(|error| fail(&error, Some("please report it: the file is gatehook's own"), Exit::Usage))?;
    here.write_config(&text)?;
    Ok(format!("wrote {}\n", here.config_file().display()))
}

/// Which ready-made stages fit, and what to do next.
pub fn next(here: &Workspace) -> Result<String, Failure> {
    let tracked = git::tracked(&here.repo).map_err(|error| fail(&error, None, Exit::NotScanned))?;
    let mut out = proposals(&tracked.changes);
    let _ = writeln!(out, "next: {}, and commit it", here.git_add(&[&here.config_file()]));
    Ok(out)
}

/// The ready-made stages that fit the repository's files, those first whose tool is there.
fn proposals(tracked: &[Change]) -> String {
    let environment = Environment::of_process();
    let (mut here, mut elsewhere) = (String::new(), Vec::new());
    for ready in ready::ALL {
        let Some(stage) = config_of(ready).and_then(|config| config.stages.into_iter().next()) else { continue };
        let fits = |change: &&Change| stage.files.iter().any(|glob| paths::matches(glob, change.path.as_bytes()));
        let files = tracked.iter().filter(fits).count();
        let wanted = |change: &Change| ready.wants.iter().any(|glob| paths::matches(glob, change.path.as_bytes()));
        if !ready.wants.is_empty() && !tracked.iter().any(wanted) {
            continue;
        }
        match pipeline::lacks(&stage, &environment) {
            _ if files == 0 => {}
            None => {
                let _ = writeln!(
                    here,
                    "  gatehook init --stage {}  # {files} file{}",
                    ready.name,
                    if files == 1 { "" } else { "s" }
                );
            }
            Some(_) => elsewhere.push(ready.name),
        }
    }
    let mut out = String::new();
    if !here.is_empty() {
        let _ = write!(out, "stages that fit this repository, whose tools are here:\n{here}");
    }
    if !elsewhere.is_empty() {
        let _ = writeln!(out, "stages that fit, once their tools are on PATH: {}", elsewhere.join(", "));
    }
    out
}

/// A configuration of that stage alone.
fn config_of(ready: &Ready) -> Option<Config> {
    let text = format!("[gate.push]\nstages = [\"{}\"]\n{}", ready.name, ready.table).into_bytes();
    let layer = Layer { rank: Rank::Repository, origin: Origin::File("gatehook.toml".into()), text };
    Config::from_layers(&[layer], &stage::program()).ok()
}

/// Adds a ready-made stage to the configuration.
pub fn add_stage(name: &str) -> Result<String, Failure> {
    let Some(ready) = ready::named(name) else {
        let names: Vec<&str> = ready::ALL.iter().map(|ready| ready.name).collect();
        return Err(stop(
            &format!("there is no ready-made stage `{}`", crate::text::escape(name.as_bytes())),
            &format!("take one of {}, or write a table of your own: docs/stages.md", names.join(", ")),
        ));
    };
    let here = Workspace::open()?;
    if here.config.stages.iter().any(|stage| stage.name == ready.name && !stage.own) {
        return Err(stop(
            &format!("there is a stage `{name}` already, and it stays as it is"),
            &format!("to start over, take `[stage.{name}]` out of {} first", here.config_file().display()),
        ));
    }
    // Stages of the user alone are none of the repository's: who clones it does not have them.
    let shared =
        |name: &str| stage::named(name).is_some() || here.config.stages.iter().any(|own| own.name == name && !own.own);
    // A stage that is named must run, and `sca` needs an index that may not be here: who wants it adds it.
    let wanted = |stage: &&str| *stage != "sca" || here.config.names_stages(crate::rules::Gate::Push);
    let stages = here.config.push.stages.iter().map(String::as_str).filter(|stage| shared(stage)).filter(wanted);
    let stages: Vec<&str> = stages.collect();
    let text = edit::add_stage(&here.config_text()?, ready.name, ready.table, &stages).map_err(|error| {
        let hint = format!("fix `{}` first", here.config_file().display());
        fail(&error, Some(&hint), Exit::Usage)
    })?;
    here.write_config(&text)?;
    let tracked = git::tracked(&here.repo).map_err(|error| fail(&error, None, Exit::NotScanned))?.changes;
    let there = |glob: &str| {
        here.repo.top.join(glob).is_file() || tracked.iter().any(|change| paths::matches(glob, change.path.as_bytes()))
    };
    let lacks = if ready.wants.is_empty() || ready.wants.iter().any(|glob| there(glob)) {
        String::new()
    } else {
        format!(
            "note: without {} it has nothing to look with and fails: write that file first\n",
            ready.wants.join(" or ")
        )
    };
    Ok(format!(
        "added the stage `{name}`, which runs at a push\n{lacks}next: {}, commit it, and `gatehook trust`\n",
        here.git_add(&[&here.config_file()])
    ))
}
