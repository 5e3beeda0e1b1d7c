//! Ready-made stages: scenarios under `tests/ready/`, in which `[BIN]` stands for the directory of the tool, `[STAGES]` for
//! `target/stages` and `[CARGO]` for cargo itself, not what rustup puts in front of it. Each is played twice: with the real
//! tool that `tests/stages.sh` puts there, and with what it printed when it was recorded. Of tools that no package registry
//! carries there is only what their documentation says that they print, and its file says so.

mod recorded;

use gatehook::stage::ready;

use crate::scenarios::play;
use crate::support::{root, target, tool};

use self::recorded::Recording;

fn stages() -> String {
    target().join("stages").display().to_string()
}

/// The scenario of the stage `name`, with its tool in `bin`.
fn check(name: &str, bin: &str) {
    let text = std::fs::read_to_string(root().join("tests/ready").join(format!("{name}.txt"))).unwrap();
    let text = text.replace("[BIN]", bin).replace("[STAGES]", &stages()).replace("[CARGO]", env!("CARGO"));
    let (_, fault) = play(name, &text);
    assert!(fault.is_none(), "\n{}", fault.unwrap_or_default());
}

/// The scenario with the real `program`. With `RECORD=NAME` (or a part of it) what it prints is recorded.
fn live(name: &str, program: &str) {
    let Some(place) = tool(program, "the ready-made stage") else { return };
    match std::env::var("RECORD") {
        Ok(part) if !part.is_empty() && name.contains(&part) => {
            let shim = recorded::recorder(program, &place);
            // Behind it on PATH stands the real one, or a stage could not read it.
            check(name, &format!("{}:{}", shim.path().display(), place.parent().unwrap().display()));
            recorded::write(name, program, &place, &shim);
        }
        _ => check(name, place.parent().unwrap().to_str().unwrap()),
    }
}

/// A test for each stage whose tool is there, with the program that it starts.
macro_rules! live {
    ($($(#[$attribute:meta])? $test:ident: $name:literal, $program:literal;)*) => {
        mod with_the_real_tool {
            $(#[test] $(#[$attribute])? fn $test() { super::live($name, $program); })*
        }
    };
}

live! {
    bandit: "bandit", "bandit";
    #[ignore = "it takes minutes to build: `sh tests/stages.sh --crates`"]
    cargo_audit: "cargo-audit", "cargo-audit";
    #[ignore = "it takes minutes to build: `sh tests/stages.sh --crates`"]
    cargo_deny: "cargo-deny", "cargo-deny";
    checkov: "checkov", "checkov";
    eslint: "eslint", "eslint";
    flake8: "flake8", "flake8";
    hadolint: "hadolint", "hadolint";
    npm_audit: "npm-audit", "npm";
    pip_audit: "pip-audit", "pip-audit";
    ruff: "ruff", "ruff";
    safety: "safety", "safety";
    semgrep: "semgrep", "semgrep";
    shellcheck: "shellcheck", "shellcheck";
    trivy_config: "trivy-config", "trivy";
    trivy_fs: "trivy-fs", "trivy";
    trivy_image: "trivy-image", "trivy";
    zizmor: "zizmor", "zizmor";
}

#[test]
fn each_stage_holds_with_what_its_tool_printed() {
    let played = |name: &str| {
        let recording = Recording::of(name).unwrap_or_else(|| panic!("`{name}` has no recording"));
        let shim = recording.shim();
        check(name, shim.path().to_str().unwrap());
        recording.must_be_used_up(&shim);
    };
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(ready) = ready::ALL.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                    played(ready.name);
                }
            });
        }
    });
}
