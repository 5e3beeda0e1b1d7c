//! `pre-commit` and `pre-merge-commit`: what is staged.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::config::Holding;
use crate::finding::Exit;
use crate::git::{self, Repo};
use crate::pipeline::Tree;
use crate::rules::Gate;
use crate::session::ConfigFrom;

use super::receipts::Receipt;
use super::{Call, named};

pub(super) fn run(call: &Call<'_>) -> u8 {
    let repo = match call.repo() {
        Ok(repo) => repo,
        Err(error) => return call.no_git(&error).code(),
    };
    let index = call.environment.index_file.clone().unwrap_or_else(|| repo.git_dir.join("index"));
    let before = stamp(&index);
    match staged(call, &repo) {
        Exit::Clean => {}
        stopped => return stopped.code(),
    }
    let code = call.chained(None);
    // A formatter that stages what it wrote has changed what will be committed.
    if code == 0 && before != stamp(&index) {
        return staged(call, &repo).code();
    }
    code
}

fn staged(call: &Call<'_>, repo: &Repo) -> Exit {
    let from = ConfigFrom::Index(repo);
    let after =
        |base: &str| call.runner_after(Gate::Commit, &from, &[ConfigFrom::Commit(repo, base.to_owned())], Holding::All);
    let looked = match &call.environment.framework.range {
        // `pre-commit run --from-ref A --to-ref B`: nothing needs to be staged. What stands in HEAD does
        // not count as old here, for HEAD may be what the range brings.
        Some((from, to)) => git::range(repo, &format!("{from}..{to}"))
            .map(|listing| call.conclude(&after(from).look(listing, repo, Tree::None))),
        None => git::staged(repo).map(|mut listing| {
            let receipt = Receipt::begin(repo, &listing);
            named::add(&call.flags.args, &mut listing);
            let mut runner = call.runner(Gate::Commit, &from);
            if listing.changes.iter().any(|change| runner.is_steered_by(change.path.as_bytes())) {
                runner = after("HEAD");
            }
            let report = runner.look(listing, &named::Both(repo.before("HEAD")), Tree::Index(repo));
            let exit = call.conclude(&report);
            if let (Exit::Clean, Some(receipt)) = (exit, receipt) {
                receipt.end(&runner, &report);
            }
            exit
        }),
    };
    looked.unwrap_or_else(|error| call.no_git(&error))
}

/// What tells two states of an index apart: size, time, and the checksum at its end.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    size: u64,
    time: Option<SystemTime>,
    tail: Vec<u8>,
}

/// `None` where there is no index, or none that can be read: then nothing can be told apart from it.
fn stamp(index: &Path) -> Option<Stamp> {
    let mut file = File::open(PathBuf::from(index)).ok()?;
    let meta = file.metadata().ok()?;
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(meta.len().saturating_sub(32))).ok()?;
    file.read_to_end(&mut tail).ok()?;
    Some(Stamp { size: meta.len(), time: meta.modified().ok(), tail })
}
