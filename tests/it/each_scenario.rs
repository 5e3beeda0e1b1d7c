//! Each scenario as a test of its own, which can be listed, filtered and timed: see `scenarios.rs` for their form.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests may fail loudly, and drive the real thing")]
#![allow(dead_code, reason = "shared with the other integration binary")]

mod scenarios;
#[allow(unused_imports, reason = "the other integration binary uses all of it")]
mod support;

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

use support::root;

fn main() -> ExitCode {
    let scenarios = root().join("tests/scenarios");
    let trials: Vec<Trial> = all()
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&scenarios).unwrap().with_extension("").display().to_string();
            Trial::test(name, move || check(&path).map_or(Ok(()), |fault| Err(Failed::from(fault))))
        })
        .collect();
    // A directory that was moved must not read as "all hold".
    assert!(!trials.is_empty(), "no scenario was found in {}", scenarios.display());
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// All scenarios.
fn all() -> Vec<PathBuf> {
    let mut found = Vec::new();
    scenario_files(&root().join("tests/scenarios"), &mut found);
    found
}

fn scenario_files(dir: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            scenario_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "txt") {
            found.push(path);
        }
    }
}

/// Plays the scenario in the file at `path`; what did not hold, where something did not. Under `BLESS` its expected
/// output is written anew.
fn check(path: &Path) -> Option<String> {
    let text = std::fs::read_to_string(path).unwrap();
    let name = path.strip_prefix(root()).unwrap().display().to_string();
    let (outputs, fault) = scenarios::play(&name, &text);
    if std::env::var_os("BLESS").is_some() && fault.is_some() {
        bless(path, &text, &outputs);
    }
    fault
}

fn bless(path: &Path, text: &str, outputs: &[String]) {
    let (mut out, mut step) = (String::new(), 0);
    let mut replaced = false;
    for line in text.lines() {
        if line.starts_with("$ ") {
            step += 1;
            replaced = false;
        }
        if line.starts_with('|') && step > 0 {
            if !replaced {
                for printed in outputs[step - 1].lines() {
                    writeln!(out, "| {printed}").unwrap();
                }
                replaced = true;
            }
            continue;
        }
        writeln!(out, "{line}").unwrap();
    }
    std::fs::write(path, out).unwrap();
}
