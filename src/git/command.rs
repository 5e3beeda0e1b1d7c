//! How git is started: never with a program that a repository's configuration names.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::error::GitError;

/// A git command that reads only. The hook's own `GIT_DIR`, `GIT_INDEX_FILE` and quarantine
/// variables pass through.
pub(super) fn git(dir: &Path) -> Command {
    let mut command = as_configured(dir);
    command.args(["-c", "core.hooksPath=/dev/null"]);
    command
}

/// As [`git`], but git still knows where its hooks are: for questions about just that.
pub(super) fn as_configured(dir: &Path) -> Command {
    #[allow(clippy::disallowed_methods, reason = "the one door through which git is started")]
    let mut command = Command::new("git");
    command
        .current_dir(dir)
        // The empty graft file below would be commented on, and a silent failure no longer be one.
        .args(["-c", "core.fsmonitor=false", "-c", "advice.graftFileDeprecated=false", "--no-pager"])
        // A sparse index is unfolded in memory: each of its directories would else be one change, without files.
        .args(["-c", "index.sparse=false", "-c", "advice.sparseIndexExpanded=false"])
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        // Replacements and grafts hide what a push really sends.
        .env("GIT_NO_REPLACE_OBJECTS", "1")
        .env("GIT_GRAFT_FILE", "/dev/null")
        .env("LC_ALL", "C")
        .stdin(Stdio::null());
    // Relative to where this process is, while the command runs in `dir`.
    for name in ["GIT_DIR", "GIT_WORK_TREE"] {
        #[allow(clippy::disallowed_methods, reason = "git's own variables, for git")]
        if let (Some(path), Ok(here)) = (std::env::var_os(name), std::env::current_dir()) {
            command.env(name, here.join(path));
        }
    }
    command
}

/// Runs `git ARGS` and gives its standard output.
pub(super) fn run(dir: &Path, args: &[&str]) -> Result<Vec<u8>, GitError> {
    let mut command = git(dir);
    command.args(args);
    Ok(finish(command, args.first().copied().unwrap_or_default(), dir)?.stdout)
}

/// Runs `command`, which [`git`] began in `dir` and whose subcommand is `name`. Its standard error
/// may hold warnings.
pub(super) fn finish(mut command: Command, name: &str, dir: &Path) -> Result<Output, GitError> {
    let output = command.output().map_err(GitError::NoGit)?;
    if output.status.success() { Ok(output) } else { Err(failure(dir, name, &output)) }
}

/// Runs `git ARGS` with `input` on its standard input and gives its standard output.
pub(super) fn feed(dir: &Path, args: &[&str], input: &[u8]) -> Result<Vec<u8>, GitError> {
    let mut command = git(dir);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(GitError::NoGit)?;
    let questions = child.stdin.take();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || {
            // Where git ends before it has read all, its status says why.
            let _ = questions.map(|mut pipe| pipe.write_all(input));
        });
        child.wait_with_output()
    });
    let output = output.map_err(GitError::NoGit)?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(failure(dir, args.first().copied().unwrap_or_default(), &output))
    }
}

pub(super) fn failure(dir: &Path, name: &str, output: &Output) -> GitError {
    let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if message.contains("dubious ownership") {
        let named = message.split('\'').nth(1).unwrap_or_default();
        return GitError::DubiousOwner { path: named.into() };
    }
    if message.contains("not a git repository") {
        return GitError::NoRepository(dir.to_owned());
    }
    GitError::Failed { command: name.to_owned(), message }
}
