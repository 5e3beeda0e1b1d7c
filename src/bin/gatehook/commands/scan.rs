//! `gatehook scan`.

use std::io::Write;

use gatehook::config::Config;
use gatehook::finding::Exit;
use gatehook::pipeline::{self, Request};
use gatehook::report::{self, Format, Style};
use gatehook::rules::{Gate, Pack};
use gatehook::{git, source};

use super::fail;
use crate::args::Scan;

pub(crate) fn run(args: &Scan) -> Exit {
    let packs = [Pack::Secrets, Pack::Insecure];
    let packs: Vec<Pack> = packs
        .into_iter()
        .filter(|pack| args.stages.is_empty() || args.stages.iter().any(|name| name == pack.word()))
        .collect();
    let request = Request {
        gate: Gate::Commit,
        name: "scan".into(),
        packs,
        limit: 64 << 20,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
    };
    let here = std::env::current_dir().unwrap_or_default();
    let config = Config::default();
    let report = if args.staged {
        let repo = match git::Repo::discover(&here) {
            Ok(repo) => repo,
            Err(error) => return fail(&error, error.hint().as_deref(), Exit::NotScanned),
        };
        match git::staged(&repo) {
            Ok(listing) => pipeline::run(&request, &config, listing, &repo),
            Err(error) => return fail(&error, error.hint().as_deref(), Exit::NotScanned),
        }
    } else {
        let listing = source::walk(&here, &args.paths);
        pipeline::run(&request, &config, listing, &source::Files)
    };
    let Ok(format) = args.format.parse::<Format>() else { return Exit::Usage };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let written = report::write(&report, format, Style::default(), &mut out).and_then(|()| out.flush());
    match written {
        Ok(()) => report.exit,
        Err(error) => fail(&error, None, report.exit.or(Exit::NotScanned)),
    }
}
