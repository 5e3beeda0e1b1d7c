//! The command line: flags in, exit code out. The library never prints or exits; this does.

mod args;
mod commands;
mod setup;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let args = args::Args::parse();
    ExitCode::from(commands::run(args).code())
}
