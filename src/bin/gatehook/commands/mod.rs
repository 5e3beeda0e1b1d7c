//! The commands, a file each.

mod advisories;
mod agent;
mod allow;
mod audit;
mod baseline;
mod ci;
mod config;
mod explain;
mod gate;
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

use crate::args::{Args, Command};
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
        Command::Gate { command } => gate::run(command).code(),
        Command::Plan(args) => plan::run(&args).code(),
        Command::Stage { command } => stage::run(&command).code(),
        Command::Init(args) => init::run(&args).code(),
        Command::Trust(args) => trust::run(&args).code(),
        Command::Install(args) => install::install(&args).code(),
        Command::Uninstall(args) => install::uninstall(&args).code(),
        Command::Status(args) => install::status(&args).code(),
        Command::Agent { command } => agent::run(&command),
        Command::Hook(args) => hook::run(&args),
        Command::Completions { shell } => shell::completions(shell).code(),
        Command::Man => shell::man().code(),
    }
}
