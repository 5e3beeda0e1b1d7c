//! Runs the hook that stood there before gatehook, as git would have.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use super::install::{chained, is_executable};
use super::{Hook, HooksError};

/// Counts how deep hooks have called each other: two tools that each chain the other never end.
const DEPTH: &str = "GATEHOOK_CHAIN_DEPTH";
const DEEPEST: u32 = 8;

/// What became of the chained hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chained {
    /// There is none, or git would not have run it either.
    None,
    /// It ended with this code; a signal counts as 128 and its number, as in a shell.
    Ended(u8),
}

/// Whether [`run`] would run something.
pub fn has_chained(dir: &Path, hook: Hook) -> bool {
    is_executable(&chained(&dir.join(hook.word())))
}

/// Runs what `dir` keeps for `hook`, with git's arguments, this process's environment and
/// `input` as standard input (this process's own where there is none).
///
/// `depth` is the value of `GATEHOOK_CHAIN_DEPTH`, as far as this process has one.
pub fn run(
    dir: &Path,
    hook: Hook,
    args: &[OsString],
    input: Option<&[u8]>,
    depth: Option<&str>,
) -> Result<Chained, HooksError> {
    let path = chained(&dir.join(hook.word()));
    if !is_executable(&path) {
        return Ok(Chained::None);
    }
    let depth = depth.and_then(|depth| depth.parse().ok()).unwrap_or(0_u32);
    if depth >= DEEPEST {
        return Err(HooksError::Circle(hook));
    }
    let depth = (depth + 1).to_string();
    let fault = |source| HooksError::Chained { path: path.clone(), source };
    let stdin = || if input.is_some() { Stdio::piped() } else { Stdio::inherit() };
    let mut child = start(&path, args, &depth, stdin).map_err(fault)?;
    if let (Some(mut pipe), Some(input)) = (child.stdin.take(), input) {
        // A hook that does not read its input closes the pipe: no fault of its own.
        match pipe.write_all(input) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(fault(error)),
            _ => {}
        }
    }
    Ok(Chained::Ended(code(child.wait().map_err(fault)?)))
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
            command(Path::new("sh")).arg(path).args(args).env(DEPTH, depth).stdin(stdin()).spawn()
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
