//! The real pre-commit, prek, lefthook, husky and simple-git-hooks, through real git: scenarios under `tests/frameworks/`.
//!
//! `[BIN]` stands for the directory of the tools that `tests/tools.sh` puts there, `[TOOL]` for the
//! framework, `[SOURCE]` for this repository. `GATEHOOK_TESTS_FAST=1` leaves all of this out and says
//! so; a tool that is missing is a failure.

use std::path::PathBuf;

use crate::scenarios::play;
use crate::support::root;

fn bin() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    root().join(target).join("tools/bin")
}

fn check(scenario: &str, tool: &str) {
    check_with(scenario, tool, &[]);
}

fn check_with(scenario: &str, tool: &str, fill: &[(&str, &str)]) {
    if std::env::var_os("GATEHOOK_TESTS_FAST").is_some_and(|value| value == "1") {
        // `eprintln!` is captured, and nobody would read that nothing ran.
        use std::io::Write;
        let mut past_capture = std::io::stderr();
        writeln!(past_capture, "NOT RUN: {scenario} with {tool} (GATEHOOK_TESTS_FAST=1)").unwrap();
        return;
    }
    let bin = bin();
    let program = bin.join(tool);
    assert!(program.exists(), "not run: {tool}: `{}` is missing, `sh tests/tools.sh` installs it", program.display());
    let text = std::fs::read_to_string(root().join("tests/frameworks").join(scenario)).unwrap();
    let text = text
        .replace("[TOOL]", tool)
        .replace("[BIN]", &bin.display().to_string())
        .replace("[SOURCE]", &root().display().to_string());
    let text = fill.iter().fold(text, |text, (hole, with)| text.replace(hole, with));
    let (_, fault) = play(&format!("{scenario} with {tool}"), &text);
    assert!(fault.is_none(), "\n{}", fault.unwrap_or_default());
}

#[test]
fn pre_commit_runs_gatehook_at_every_gate() {
    check("every_gate.txt", "pre-commit");
}

#[test]
fn prek_runs_gatehook_at_every_gate() {
    check("every_gate.txt", "prek");
}

#[test]
fn pre_commit_and_gatehook_chain_each_other() {
    check("chained.txt", "pre-commit");
}

#[test]
fn prek_and_gatehook_chain_each_other() {
    check("chained.txt", "prek");
}

#[test]
fn lefthook_that_takes_the_place_runs_gatehook_as_status_says() {
    check_with("takes_the_place.txt", "lefthook", &[("[INSTALL]", "install --force"), ("[RC]", "0")]);
}

#[test]
fn simple_git_hooks_that_takes_the_place_runs_gatehook_as_status_says() {
    check_with("takes_the_place.txt", "simple-git-hooks", &[("[INSTALL]", ""), ("[RC]", "0")]);
}

#[test]
fn husky_runs_gatehook_as_install_says() {
    check("husky.txt", "husky");
}

#[test]
fn lefthook_runs_gatehook_at_every_gate() {
    check("lefthook.txt", "lefthook");
}
