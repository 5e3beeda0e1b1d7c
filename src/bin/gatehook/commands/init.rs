//! `gatehook init`: ready-made stages, written into `gatehook.toml`.

use gatehook::config::{BUILT_IN, edit};
use gatehook::finding::Exit;
use gatehook::stage::ready;

use super::here::Here;
use super::{fail, say, stop};
use crate::args;

pub(crate) fn run(args: &args::Init) -> Exit {
    init(args).unwrap_or_else(|exit| exit)
}

fn init(args: &args::Init) -> Result<Exit, Exit> {
    let name = &args.stage;
    let Some(ready) = ready::named(name) else {
        let names: Vec<&str> = ready::ALL.iter().map(|ready| ready.name).collect();
        return Err(stop(
            &format!("there is no ready-made stage `{}`", gatehook::text::escape(name.as_bytes())),
            &format!("take one of {}, or write a table of your own: docs/stages.md", names.join(", ")),
        ));
    };
    let here = Here::open()?;
    if here.config.stages.iter().any(|stage| stage.name == ready.name && !stage.own) {
        return Err(stop(
            &format!("there is a stage `{name}` already, and it stays as it is"),
            &format!("to begin anew take `[stage.{name}]` out of {} first", here.config_file().display()),
        ));
    }
    // Stages of the user alone are none of the repository's: who clones it does not have them.
    let shared =
        |stage: &str| BUILT_IN.contains(&stage) || here.config.stages.iter().any(|own| own.name == stage && !own.own);
    let stages = here.config.push.stages.iter().map(String::as_str).filter(|stage| shared(stage));
    let stages: Vec<&str> = stages.collect();
    let text = edit::add_stage(&here.config_text()?, ready.name, ready.table, &stages).map_err(|error| {
        let hint = format!("mend `{}` first", here.config_file().display());
        fail(&error, Some(&hint), Exit::Usage)
    })?;
    here.write_config(&text)?;
    Ok(say(&format!(
        "added the stage `{name}`, which runs at a push\nnext: {}, commit it, and `gatehook trust`\n",
        here.git_add(&[&here.config_file()])
    )))
}
