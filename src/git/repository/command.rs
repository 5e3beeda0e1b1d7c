//! How git is started: never with a program that a repository's configuration names.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use super::error::GitError;
use crate::sys::pipe::{self, Bounds};
use crate::sys::program;

/// How long git may be silent, and how much it may say: what a walk through a million commits on a cold disk
/// stays far below. A broken object makes some versions of git wait for themselves.
const BOUNDS: Bounds = Bounds { silence: Duration::from_secs(600), most: 2 << 30 };
/// Bytes that git may allocate at a time: an object may claim any size, and git believes it.
const MEMORY: &str = "1g";

/// A git command that reads only. The hook's own `GIT_DIR`, `GIT_INDEX_FILE` and quarantine
/// variables pass through.
pub(in crate::git) fn git(dir: &Path) -> Command {
    let mut command = as_configured(dir);
    command.args(["-c", "core.hooksPath=/dev/null"]);
    command
}

/// As [`git`], but git still knows where its hooks are: for questions about just that.
pub(in crate::git) fn as_configured(dir: &Path) -> Command {
    let mut command = start();
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
        .env("GIT_ALLOC_LIMIT", MEMORY)
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

/// Git itself, as the absolute entries of `PATH` name it: a relative one would name whatever a repository
/// holds under that name.
fn start() -> Command {
    static GIT: OnceLock<Option<PathBuf>> = OnceLock::new();
    // Where there is none, a name that leads nowhere gives the error that a missing git gives.
    let git = GIT.get_or_init(|| program::find("git"));
    #[allow(clippy::disallowed_methods, reason = "the one door through which git is started")]
    let mut command = Command::new(git.as_deref().unwrap_or(Path::new("/no/git/on/PATH")));
    if let Some(path) = program::path() {
        command.env("PATH", path);
    }
    command
}

/// Runs `git ARGS` and gives its standard output.
pub(in crate::git) fn run(dir: &Path, args: &[&str]) -> Result<Vec<u8>, GitError> {
    let mut command = git(dir);
    command.args(args);
    Ok(finish(command, args.first().copied().unwrap_or_default(), dir)?.stdout)
}

/// Runs `command`, which [`git`] began in `dir` and whose subcommand is `name`. Its standard error
/// may hold warnings.
pub(in crate::git) fn finish(mut command: Command, name: &str, dir: &Path) -> Result<Output, GitError> {
    let output = output(&mut command, name)?;
    if output.status.success() { Ok(output) } else { Err(failure(dir, name, &output)) }
}

/// Runs `command`, whatever its status will be.
pub(in crate::git) fn output(command: &mut Command, name: &str) -> Result<Output, GitError> {
    converse(command, name, b"", BOUNDS)
}

/// Runs `git ARGS` with `input` on its standard input and gives its standard output.
pub(in crate::git) fn feed(dir: &Path, args: &[&str], input: &[u8]) -> Result<Vec<u8>, GitError> {
    let name = args.first().copied().unwrap_or_default();
    let mut command = git(dir);
    command.args(args).stdin(Stdio::piped());
    let output = converse(&mut command, name, input, BOUNDS)?;
    if output.status.success() { Ok(output.stdout) } else { Err(failure(dir, name, &output)) }
}

fn converse(command: &mut Command, name: &str, input: &[u8], bounds: Bounds) -> Result<Output, GitError> {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(GitError::NoGit)?;
    pipe::converse(child, input, bounds).map_err(|error| match error.kind() {
        ErrorKind::TimedOut => GitError::Silent { command: name.to_owned(), seconds: bounds.silence.as_secs() },
        ErrorKind::FileTooLarge => GitError::Endless { command: name.to_owned(), megabytes: bounds.most >> 20 },
        _ => GitError::NoGit(error),
    })
}

pub(in crate::git) fn failure(dir: &Path, name: &str, output: &Output) -> GitError {
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
