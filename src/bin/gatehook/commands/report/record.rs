//! `gatehook report record`: what was let through.

use std::fmt::Write;
use std::path::Path;

use gatehook::finding::Exit;
use gatehook::git::Repo;
use gatehook::store::bypass_log::{self, Summary};
use gatehook::text::escape;

use crate::args::Record;
use crate::say::{fail, say, say_json};

pub(super) fn sum_up(args: &Record) -> Exit {
    let repo = match Repo::discover(args.repo.as_deref().unwrap_or(Path::new("."))) {
        Ok(repo) => repo,
        Err(error) => return fail(&error, error.hint().as_deref(), Exit::NotScanned),
    };
    let record = match bypass_log::BypassLog::read(&repo.common_dir) {
        Ok(record) => record,
        Err(error) => {
            let hint = format!("see what `{}` is", bypass_log::path(&repo.common_dir).display());
            return fail(&error, Some(&hint), Exit::NotScanned);
        }
    };
    let summary = Summary::of(record, args.since.as_deref(), args.last);
    if args.format == "json" {
        return say_json(&summary.json());
    }
    let mut text = String::new();
    for line in summary.lines() {
        // A String takes every write.
        let _ = writeln!(text, "{}", escape(line.as_bytes()));
    }
    say(&text)
}
