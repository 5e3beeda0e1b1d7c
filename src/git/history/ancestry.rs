//! Where a commit stands: whether it is HEAD, has a parent, has been seen by a remote.

use std::collections::HashSet;

use crate::change::Oid;
use crate::git::repository::command;
use crate::git::repository::error::GitError;
use crate::git::repository::repo::Repo;

/// Commits that one command names, at most.
const AT_ONCE: usize = 200;

/// The id of HEAD's commit; `None` before the first one.
pub fn head(repo: &Repo) -> Result<Option<String>, GitError> {
    parse(repo, "HEAD^{commit}")
}

/// Whether `commit` has a parent in this repository.
pub fn has_parent(repo: &Repo, commit: &str) -> Result<bool, GitError> {
    Ok(parse(repo, &format!("{commit}^"))?.is_some())
}

/// The remote-tracking branches that reach one of `commits`: it has left this machine already.
pub fn seen_on(repo: &Repo, commits: &[&str]) -> Result<Vec<String>, GitError> {
    let mut seen = Vec::new();
    for commits in commits.chunks(AT_ONCE) {
        let mut args = vec!["for-each-ref", "--format=%(refname:short)"];
        args.extend(commits.iter().flat_map(|commit| ["--contains", commit]));
        args.push("refs/remotes");
        let answer = command::run(&repo.top, &args)?;
        seen.extend(String::from_utf8_lossy(&answer).lines().map(str::to_owned));
    }
    seen.sort();
    seen.dedup();
    Ok(seen)
}

/// Which of `commits` were made by `git commit` in this repository, by what the reflogs of HEAD and of
/// `branches` say: the other ways to make one (`rebase`, `cherry-pick`, `am`, a merge without conflicts, a
/// fetch) run no `pre-commit`, or none of this repository's. With the seconds since 1970 when it was.
pub fn made_here(repo: &Repo, branches: &[String], commits: &[Oid]) -> Vec<(Oid, u64)> {
    let commits: HashSet<Oid> = commits.iter().copied().collect();
    let mut made: Vec<(Oid, u64)> = Vec::new();
    for name in branches.iter().map(String::as_str).chain(["HEAD"]) {
        let args =
            ["log", "--walk-reflogs", "--date=unix", "--format=%H%x00%gd%x00%gs", "--end-of-options", name, "--"];
        // Without a reflog nothing is known.
        let answer = command::run(&repo.top, &args).unwrap_or_default();
        for line in answer.split(|&byte| byte == b'\n') {
            let mut fields = line.splitn(3, |&byte| byte == 0);
            let (Some(id), Some(place), Some(what)) = (fields.next(), fields.next(), fields.next()) else { continue };
            let Some(id) = Oid::from_hex(id).filter(|id| commits.contains(id)) else { continue };
            let is_commit = what.starts_with(b"commit: ") || what.starts_with(b"commit (");
            if is_commit
                && !made.iter().any(|(known, _)| *known == id)
                && let Some(time) = seconds(place)
            {
                made.push((id, time));
            }
        }
    }
    made
}

/// Those of `commits` that were made in this very clone, by whatever command, and that no remote-tracking branch
/// has: no one else has them. By what HEAD's reflog says; where there is none, nothing is known to be.
pub fn only_here(repo: &Repo, commits: &[Oid]) -> HashSet<Oid> {
    const MAKES: [&[u8]; 8] =
        [b"commit", b"rebase", b"cherry-pick", b"revert", b"am:", b"am ", b"merge ", b"pull --rebase"];
    let args = ["log", "--walk-reflogs", "--format=%H%x00%gs", "--end-of-options", "HEAD", "--"];
    let answer = command::run(&repo.top, &args).unwrap_or_default();
    let mut here = HashSet::new();
    for line in answer.split(|&byte| byte == b'\n') {
        let Some(at) = memchr::memchr(0, line) else { continue };
        let what = &line[at + 1..];
        // What only moves HEAD to a commit that was there.
        let moves = [&b"(start)"[..], b"(finish)", b"(abort)", b"Fast-forward", b": fast-forward"];
        let moves = moves.iter().any(|word| memchr::memmem::find(what, word).is_some());
        if !moves && MAKES.iter().any(|word| what.starts_with(word)) {
            here.extend(Oid::from_hex(&line[..at]));
        }
    }
    let mut own: HashSet<Oid> = commits.iter().copied().filter(|id| here.contains(id)).collect();
    own.retain(|id| seen_on(repo, &[&id.to_string()]).is_ok_and(|seen| seen.is_empty()));
    own
}

/// The time in `HEAD@{1700000000}`.
fn seconds(place: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(place).ok()?;
    text.rsplit_once("@{")?.1.trim_end_matches('}').parse().ok()
}

fn parse(repo: &Repo, revision: &str) -> Result<Option<String>, GitError> {
    match command::run(&repo.top, &["rev-parse", "--verify", "--quiet", "--end-of-options", revision]) {
        Ok(id) => Ok(Some(String::from_utf8_lossy(&id).trim().to_owned())),
        // With `--quiet` a revision that is not there is reported without a word, everything else with one.
        Err(GitError::Failed { message, .. }) if message.is_empty() => Ok(None),
        Err(error) => Err(error),
    }
}
