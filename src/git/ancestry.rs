//! Where a commit stands: whether it is HEAD, has a parent, has been seen by a remote.

use super::command;
use super::error::GitError;
use super::repo::Repo;

/// The id of HEAD's commit; `None` before the first one.
pub fn head(repo: &Repo) -> Result<Option<String>, GitError> {
    parse(repo, "HEAD^{commit}")
}

/// Whether `commit` has a parent in this repository.
pub fn has_parent(repo: &Repo, commit: &str) -> Result<bool, GitError> {
    Ok(parse(repo, &format!("{commit}^"))?.is_some())
}

/// The remote-tracking branches that reach `commit`: it has left this machine already.
pub fn seen_on(repo: &Repo, commit: &str) -> Result<Vec<String>, GitError> {
    let args = ["for-each-ref", "--contains", commit, "--format=%(refname:short)", "refs/remotes"];
    let answer = command::run(&repo.top, &args)?;
    Ok(String::from_utf8_lossy(&answer).lines().map(str::to_owned).collect())
}

fn parse(repo: &Repo, revision: &str) -> Result<Option<String>, GitError> {
    match command::run(&repo.top, &["rev-parse", "--verify", "--quiet", "--end-of-options", revision]) {
        Ok(id) => Ok(Some(String::from_utf8_lossy(&id).trim().to_owned())),
        // With `--quiet` a revision that is not there is told without a word, all else with one.
        Err(GitError::Failed { message, .. }) if message.is_empty() => Ok(None),
        Err(error) => Err(error),
    }
}
