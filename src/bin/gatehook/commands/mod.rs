//! The commands, a file each.

mod advisories;
mod allow;
mod baseline;
mod ci;
mod config;
mod explain;
mod here;
mod hook;
mod import;
mod init;
mod install;
mod plan;
mod report;
mod rules;
mod sbom;
mod scan;
mod shell;
mod stage;
mod trust;

use gatehook::finding::Exit;
use gatehook::text::Dress;

use crate::args::{Args, Command};
use crate::door::{self, Content};
use crate::out;

/// Runs what was asked for and gives the exit code: one of [`Exit`], or a chained hook's own.
pub(crate) fn run(args: Args) -> u8 {
    if let Some(Err(exit)) = args.command.reports().map(out::check) {
        return exit.code();
    }
    match args.command {
        Command::Scan(scan) => scan::run(&scan).code(),
        Command::Explain(args) => explain::run(&args).code(),
        Command::Rules { command } => rules::run(command).code(),
        Command::Allow(args) => allow::run(&args).code(),
        Command::Baseline { command } => baseline::run(&command).code(),
        Command::Import(args) => import::run(&args).code(),
        Command::Ci(args) => ci::run(&args).code(),
        Command::Advisories { command } => advisories::run(&command).code(),
        Command::Sbom(args) => sbom::run(&args).code(),
        Command::Config { command } => config::run(&command).code(),
        Command::Report { command } => report::run(&command).code(),
        Command::Plan(args) => plan::run(&args).code(),
        Command::Stage { command } => stage::run(&command).code(),
        Command::Init(args) => init::run(&args).code(),
        Command::Trust(args) => trust::run(&args).code(),
        Command::Install(args) => install::install(&args).code(),
        Command::Uninstall(args) => install::uninstall(&args).code(),
        Command::Status(args) => install::status(&args).code(),
        Command::Hook(args) => hook::run(&args),
        Command::Completions { shell } => shell::completions(shell).code(),
        Command::Man => shell::man().code(),
    }
}

/// Prints an error with its causes and what to do, and gives `exit` back. Standard error may be
/// closed: no verdict depends on it.
pub(crate) fn fail(error: &dyn std::error::Error, hint: Option<&str>, exit: Exit) -> Exit {
    use std::fmt::Write as _;
    let mut text = format!("error: {error}\n");
    let mut cause = error.source();
    while let Some(next) = cause {
        // A String takes every write.
        let _ = writeln!(text, "  caused by: {next}");
        cause = next.source();
    }
    if let Some(hint) = hint {
        let _ = writeln!(text, "hint: {hint}");
    }
    door::tell(text.trim_end_matches('\n'));
    exit
}

/// A random salt for a repository's fingerprints.
fn salt() -> Result<String, Exit> {
    let mut random = [0; 16];
    getrandom::fill(&mut random)
        .map_err(|error| fail(&error, Some("put a `salt` of your own under `[fingerprint]`"), Exit::NotScanned))?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Prints what is wrong with what was asked for, and what to do.
fn stop(error: &str, hint: &str) -> Exit {
    fail(&std::io::Error::other(error), Some(hint), Exit::Usage)
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
