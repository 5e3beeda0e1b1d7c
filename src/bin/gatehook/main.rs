//! The command line: flags in, exit code out. The library never prints or exits; this does.

#![allow(clippy::disallowed_methods, reason = "the binary is where files, environment and programs are touched")]

mod args;
mod commands;
mod setup;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let args = args::Args::parse();
    ExitCode::from(commands::run(args))
}
