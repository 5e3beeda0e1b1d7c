//! The command line: flags in, exit code out. The library never prints or exits; this does.

#![allow(clippy::disallowed_methods, reason = "the binary is where files, environment and programs are touched")]

mod args;
mod ask;
mod commands;
mod console;
mod door;
mod progress;
mod out;
mod say;
mod setup;
mod watch;

use std::panic::{self, PanicHookInfo};
use std::process::ExitCode;

use gatehook::finding::Exit;

fn main() -> ExitCode {
    gatehook::sys::guard();
    panic::set_hook(Box::new(stumble));
    let args = args::read();
    // A defect of gatehook's own is neither a pass nor a finding.
    let ended = panic::catch_unwind(|| commands::run(args));
    ExitCode::from(ended.unwrap_or(Exit::NotScanned.code()))
}

/// Tells where gatehook failed, never over what: a panic's message may quote the text at hand.
fn stumble(info: &PanicHookInfo<'_>) {
    use std::io::Write;
    let place = info.location().map(|place| format!(" at {}:{}", place.file(), place.line())).unwrap_or_default();
    let _ = writeln!(std::io::stderr(), "error: internal error in gatehook{place}: please report it");
}
