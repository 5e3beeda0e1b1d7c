//! `gatehook scan`.

use gatehook::finding::Exit;
use gatehook::pipeline::{self, Request};
use gatehook::rules::{Gate, Pack};
use gatehook::{git, source};

use super::fail;
use crate::args::Scan;
use crate::setup::{self, ConfigFrom, To};

/// Bytes of a file that a scan by hand looks at, at most.
const LIMIT: u64 = 512 << 20;

pub(crate) fn run(args: &Scan) -> Exit {
    let packs = [Pack::Secrets, Pack::Insecure];
    let packs: Vec<Pack> =
        packs.into_iter().filter(|pack| args.stages.iter().any(|name| name == pack.word())).collect();
    let request = Request {
        gate: Gate::Commit,
        name: "scan".into(),
        packs,
        skip: Vec::new(),
        limit: LIMIT,
        threads: setup::threads(),
        today: setup::today(),
    };
    let here = std::env::current_dir().unwrap_or_default();
    let in_git = args.staged || args.history || args.range.is_some();
    let (mut report, exit) = if in_git {
        let listed = git::Repo::discover(&here).and_then(|repo| {
            let listing = match &args.range {
                Some(spec) => git::range(&repo, spec)?,
                None if args.history => git::history(&repo)?,
                None => git::staged(&repo)?,
            };
            Ok((listing, repo))
        });
        let (listing, repo) = match listed {
            Ok(listed) => listed,
            Err(error) => return fail(&error, error.hint().as_deref(), Exit::NotScanned),
        };
        let from = if args.staged { ConfigFrom::Index(&repo) } else { ConfigFrom::Dir(&repo.top) };
        let loaded = setup::load(&from, &args.output);
        (pipeline::run(&request, &loaded.config, listing, &repo), loaded.exit)
    } else {
        let (root, listing) = match git::work_tree(&here, &args.paths) {
            Ok(listed) => listed,
            Err(error @ git::GitError::NoPath { .. }) => return fail(&error, None, Exit::Usage),
            Err(error) => return fail(&error, error.hint().as_deref(), Exit::NotScanned),
        };
        let loaded = setup::load(&ConfigFrom::Dir(&root), &args.output);
        (pipeline::run(&request, &loaded.config, listing, &source::Files), loaded.exit)
    };
    report.exit = report.exit.or(exit);
    setup::emit(&report, &args.output, To::Stdout)
}
