//! `gatehook init`: the configuration, the hooks, and which ready-made stages fit.

use gatehook::finding::Exit;
use gatehook::session::{Failure, Workspace, init};

use crate::args;
use crate::say::{failed, say};

pub(crate) fn run(args: &args::Init) -> Exit {
    let done = match &args.stage {
        Some(name) => init::add_stage(name).map(|text| say(&text)),
        None => begin(args),
    };
    done.unwrap_or_else(failed)
}

fn begin(args: &args::Init) -> Result<Exit, Failure> {
    let here = Workspace::open()?;
    let mut exit = say(&init::write(&here)?);
    if !args.no_hooks {
        let which = args::Which { repo: None, dry_run: false };
        let hooks = args::Install { hooks: Vec::new(), global: false, into: None, config_hooks: false, which };
        exit = exit.or(super::install::install(&hooks));
    }
    Ok(exit.or(say(&init::next(&here)?)))
}
