//! The commands, a file each.

mod rules;
mod scan;

use gatehook::finding::Exit;

use crate::args::{Args, Command};

/// Runs what was asked for.
pub(crate) fn run(args: Args) -> Exit {
    match args.command {
        Command::Scan(scan) => scan::run(&scan),
        Command::Rules { command } => rules::run(command),
        Command::Hook { .. } => Exit::Usage,
    }
}

/// Prints an error with its causes and what to do.
#[allow(clippy::print_stderr, reason = "the binary speaks")]
pub(crate) fn fail(error: &dyn std::error::Error, hint: Option<&str>, exit: Exit) -> Exit {
    eprintln!("error: {error}");
    let mut cause = error.source();
    while let Some(next) = cause {
        eprintln!("  caused by: {next}");
        cause = next.source();
    }
    if let Some(hint) = hint {
        eprintln!("hint: {hint}");
    }
    exit
}
