//! Ranges that a person or a CI system names, and all of history.

use super::walk::{self, Revisions};
use crate::change::Listing;
use crate::change::Oid;
use crate::finding::Scanned;
use crate::git::objects::marks::{self, Type};
use crate::git::repository::command;
use crate::git::repository::error::GitError;
use crate::git::repository::repo::{Repo, unexpected};

/// Every commit that `git log SPEC` would show: `A..B`, `A...B`, or a revision with all its
/// ancestors. Options are refused.
///
/// # Errors
///
/// [`GitError::BadRange`] where `spec` names no commits; an empty range is no error, and the listing
/// says so.
pub fn range(repo: &Repo, spec: &str) -> Result<Listing, GitError> {
    let ends = resolve(repo, spec)?;
    let revisions = Revisions { input: ends.input(), args: Vec::new() };
    let history = walk::walk(repo, &revisions)?;
    let how = match history.commits.len() {
        0 => format!("range {spec}: no commit in it, nothing to scan"),
        _ => format!("range {spec}: {}, each against its parents", history.told()),
    };
    let one = |ids: &[Oid]| ids.first().filter(|_| ids.len() == 1).map(ToString::to_string);
    let scanned = Scanned {
        base: one(&ends.without),
        head: one(&ends.with).or_else(|| Some(spec.to_owned())),
        how,
        commits: history.commits.len(),
        ..Scanned::default()
    };
    Ok(Listing { changes: history.changes, scanned, ..Listing::default() })
}

/// Every commit that any ref (or HEAD) reaches.
pub fn history(repo: &Repo) -> Result<Listing, GitError> {
    // Without a commit, `rev-list --all HEAD` fails for want of HEAD.
    let mut args = vec!["--all".to_owned()];
    let head = command::run(&repo.top, &["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]);
    args.extend(head.is_ok().then(|| "HEAD".to_owned()));
    let history = walk::walk(repo, &Revisions { input: Vec::new(), args })?;
    let how = match history.commits.len() {
        0 => "history: no commit yet, nothing to scan".to_owned(),
        _ => format!("history: {}, each against its parents", history.told()),
    };
    let scanned = Scanned { how, commits: history.commits.len(), ..Scanned::default() };
    Ok(Listing { changes: history.changes, scanned, ..Listing::default() })
}

/// The commits that a range begins and ends with.
#[derive(Debug, Default)]
struct Ends {
    with: Vec<Oid>,
    without: Vec<Oid>,
}

impl Ends {
    fn input(&self) -> Vec<u8> {
        [marks::lines("", &self.with), marks::lines("^", &self.without)].concat()
    }
}

fn resolve(repo: &Repo, spec: &str) -> Result<Ends, GitError> {
    let bad = |reason: &str| GitError::BadRange { spec: spec.to_owned(), reason: reason.to_owned() };
    if spec.trim().is_empty() {
        return Err(bad("it is empty"));
    }
    if spec.starts_with('-') || spec.contains('\0') {
        return Err(bad("options are not taken"));
    }
    let answer = match command::run(&repo.top, &["rev-parse", spec, "--"]) {
        Ok(answer) => answer,
        Err(GitError::Failed { message, .. }) => return Err(bad(message.trim_start_matches("fatal: "))),
        Err(error) => return Err(error),
    };
    let mut ends = Ends::default();
    for line in answer.split(|&byte| byte == b'\n').filter(|line| !line.is_empty() && *line != b"--") {
        let (list, hex) = match line.strip_prefix(b"^") {
            Some(hex) => (&mut ends.without, hex),
            None => (&mut ends.with, line),
        };
        list.push(Oid::from_hex(hex).ok_or_else(|| unexpected("rev-parse", &String::from_utf8_lossy(line)))?);
    }
    let all: Vec<Oid> = ends.with.iter().chain(&ends.without).copied().collect();
    for (id, kind) in all.iter().zip(marks::types(repo, &all)?) {
        match kind {
            Some(Type::Commit | Type::Tag) => {}
            Some(Type::Tree | Type::Blob) => return Err(bad(&format!("`{id}` is not a commit"))),
            None => return Err(bad(&format!("commit `{id}` is not in this repository"))),
        }
    }
    if ends.with.is_empty() {
        return Err(bad("it has no end to scan up to"));
    }
    Ok(ends)
}
