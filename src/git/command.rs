//! How git is started: never with a program that a repository's configuration names.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::error::GitError;

/// A git command that reads only. The hook's own `GIT_DIR`, `GIT_INDEX_FILE` and quarantine
/// variables pass through.
pub(super) fn git(dir: &Path) -> Command {
    #[allow(clippy::disallowed_methods, reason = "the one door through which git is started")]
    let mut command = Command::new("git");
    command
        .current_dir(dir)
        .args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "--no-pager"])
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("LC_ALL", "C")
        .stdin(Stdio::null());
    command
}

/// Runs `git ARGS` and gives its standard output.
pub(super) fn run(dir: &Path, args: &[&str]) -> Result<Vec<u8>, GitError> {
    let output = git(dir).args(args).output().map_err(GitError::NoGit)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(failure(dir, args, &output))
}

fn failure(dir: &Path, args: &[&str], output: &Output) -> GitError {
    let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if message.contains("dubious ownership") {
        let named = message.split('\'').nth(1).unwrap_or_default();
        return GitError::DubiousOwner { path: named.into() };
    }
    if message.contains("not a git repository") {
        return GitError::NoRepository(dir.to_owned());
    }
    GitError::Failed { command: args.first().copied().unwrap_or_default().to_owned(), message }
}
