//! Runs the hook that stood there before gatehook, as git would have.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use super::files::{chained, is_executable, script};
use super::{Hook, HooksError, shim};
use crate::sys::program;

/// Counts how deep hooks have called each other: two tools that each chain the other never end.
const DEPTH: &str = "GATEHOOK_CHAIN_DEPTH";
const DEEPEST: u32 = 8;

/// The hook that runs after a shim in `dir`: the one kept beside it. `None` where there is none that
/// git would have run.
pub fn beside(dir: &Path, hook: Hook) -> Option<PathBuf> {
    Some(chained(&dir.join(hook.word()))).filter(|path| is_executable(path))
}

/// The hook that runs after a shim for all repositories: the repository's own in `own`, or the one
/// that it chains where gatehook is installed there too.
pub fn behind(own: &Path, hook: Hook) -> Result<Option<PathBuf>, HooksError> {
    let path = own.join(hook.word());
    match script(&path)? {
        Some(there) if shim::version(&there).is_some() => Ok(beside(own, hook)),
        _ => Ok(Some(path).filter(|path| is_executable(path))),
    }
}

/// Runs `path`, what was there for `hook` before, with git's arguments, this process's environment
/// and `input` as standard input (this process's own where there is none), and gives its exit code;
/// a signal counts as 128 and its number, as in a shell.
///
/// `depth` is the value of `GATEHOOK_CHAIN_DEPTH`, as far as this process has one.
pub fn run(
    path: &Path,
    hook: Hook,
    args: &[OsString],
    input: Option<&[u8]>,
    depth: Option<&str>,
) -> Result<u8, HooksError> {
    let depth = depth.and_then(|depth| depth.parse().ok()).unwrap_or(0_u32);
    if depth >= DEEPEST {
        return Err(HooksError::Circle(hook));
    }
    let depth = (depth + 1).to_string();
    let fault = |source| HooksError::Chained { path: path.to_owned(), source };
    let stdin = || if input.is_some() { Stdio::piped() } else { Stdio::inherit() };
    let mut child = start(path, args, &depth, stdin).map_err(fault)?;
    if let (Some(mut pipe), Some(input)) = (child.stdin.take(), input) {
        // A hook that does not read its input closes the pipe: no fault of its own.
        match pipe.write_all(input) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(fault(error)),
            _ => {}
        }
    }
    Ok(code(child.wait().map_err(fault)?))
}

/// Starts the script itself; one without `#!` through `sh`, as git does.
fn start(path: &Path, args: &[OsString], depth: &str, stdin: impl Fn() -> Stdio) -> io::Result<Child> {
    #[allow(clippy::disallowed_methods, reason = "the chained hook is a program that the user installed")]
    let command = |program: &Path| Command::new(program);
    let direct = if cfg!(windows) {
        Err(io::Error::from(io::ErrorKind::Unsupported))
    } else {
        command(path).args(args).env(DEPTH, depth).stdin(stdin()).spawn()
    };
    match direct {
        // ENOEXEC: no `#!` line.
        Err(error) if cfg!(windows) || error.raw_os_error() == Some(8) => {
            let shell = program::find("sh").unwrap_or_else(|| "/bin/sh".into());
            command(&shell).arg(path).args(args).env(DEPTH, depth).stdin(stdin()).spawn()
        }
        other => other,
    }
}

#[cfg(unix)]
fn code(status: ExitStatus) -> u8 {
    use std::os::unix::process::ExitStatusExt;
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}

#[cfg(not(unix))]
fn code(status: ExitStatus) -> u8 {
    // Windows has codes beyond a byte; what is not zero must not become zero.
    status.code().map_or(u8::MAX, |code| u8::try_from(code).unwrap_or(u8::MAX))
}
