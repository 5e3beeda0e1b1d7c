//! What commands print, through the door: texts and documents on standard output, failures on standard error.

use gatehook::finding::Exit;
use gatehook::session::{Completed, Failure};
use gatehook::text::Dress;

use crate::door::{self, Content};

/// Prints a failure.
pub(crate) fn tell_failure(failure: &Failure) {
    door::tell(&failure.to_string());
}

/// Prints an error with its causes and what to do, and gives `exit` back. Standard error may be
/// closed: no verdict depends on it.
pub(crate) fn fail(error: &dyn std::error::Error, hint: Option<&str>, exit: Exit) -> Exit {
    failed(gatehook::session::fail(error, hint, exit))
}

/// Prints what is wrong with what was asked for, and what to do.
pub(crate) fn stop(error: &str, hint: &str) -> Exit {
    failed(gatehook::session::stop(error, hint))
}

/// Prints a failure and gives its exit code.
#[allow(clippy::needless_pass_by_value, reason = "for `map_err` and `unwrap_or_else`")]
pub(crate) fn failed(failure: Failure) -> Exit {
    tell_failure(&failure);
    failure.exit
}

/// Prints what a command did, or why it did not, and gives its exit code.
pub(crate) fn ended(done: Result<Completed, Failure>) -> Exit {
    match done {
        Ok(completed) => {
            completed.warnings.iter().for_each(|line| door::tell(line));
            completed.exit.or(say(&completed.text))
        }
        Err(failure) => failed(failure),
    }
}

/// Prints `text` to standard output. A reader that has gone is no error.
pub(crate) fn say(text: &str) -> Exit {
    said(text, Dress::Plain, Content::Anyones)
}

/// The same with our own colours.
pub(crate) fn say_colored(text: &str) -> Exit {
    said(text, Dress::Colored, Content::Anyones)
}

/// The same for a document.
pub(crate) fn say_json(document: &dyn std::fmt::Display) -> Exit {
    said(&format!("{document}\n"), Dress::Json, Content::Anyones)
}

/// The same for what is compiled in, colours included.
pub(crate) fn say_own(text: &str) -> Exit {
    said(text, Dress::Colored, Content::Own)
}

fn said(text: &str, dress: Dress, content: Content) -> Exit {
    use std::io::Write;
    let mut door = door::stdout(dress, content);
    match door.write_all(text.as_bytes()).and_then(|()| door.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => fail(&error, None, Exit::NotScanned),
        _ => Exit::Clean,
    }
}
