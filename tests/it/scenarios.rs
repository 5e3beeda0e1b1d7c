//! Scenarios: `tests/scenarios/<area>/<promise>.txt`, a world, commands and what they must print.
//!
//! ```text
//! # why this is promised
//! ==> a/file.py
//! content of repo/a/file.py; holes such as {hex:8} are filled as in rule examples
//! $ git init -q . && git add -A
//! $ gatehook scan --staged
//! | output, standard output and standard error together, must equal these lines
//! ? 1
//! ```
//!
//! `$` starts a command (`sh -c`, in `repo/`), `>` continues it on a new line; `|` lines are its expected output, compared as a
//! whole; `~` lines must each occur in it instead, `!` lines must not; `? N` is its exit code, 0
//! unless said otherwise. Without `|`, `~` or `!` lines the output does not matter. `[…]` in a `|` line stands for
//! any text. The world's directory is written `[WORLD]`, times as `[MS] ms`. `BLESS=1` rewrites `|` lines.
//!
//! Each file is a test of its own, named by its path: `cargo nextest run --test scenarios push/`.

use std::fmt::Write;
use std::path::PathBuf;

use gatehook::rules::placeholders;

use crate::support::World;

#[derive(Debug, Default)]
struct Step {
    command: String,
    exact: Vec<String>,
    has: Vec<String>,
    lacks: Vec<String>,
    code: i32,
}

fn parse(text: &str, world: &World) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut file: Option<(PathBuf, String)> = None;
    let flush = |file: &mut Option<(PathBuf, String)>| {
        if let Some((path, content)) = file.take() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, placeholders::fill(&content, 7)).unwrap();
        }
    };
    for line in text.lines() {
        if let Some(path) = line.strip_prefix("==> ") {
            flush(&mut file);
            file = Some((world.repo().join(path), String::new()));
        } else if let Some(command) = line.strip_prefix("$ ") {
            flush(&mut file);
            steps.push(Step { command: command.to_owned(), ..Step::default() });
        } else if let Some((_, content)) = &mut file {
            writeln!(content, "{line}").unwrap();
        } else if let Some(step) = steps.last_mut() {
            if let Some(more) = line.strip_prefix("> ") {
                step.command.push('\n');
                step.command.push_str(more);
            } else if let Some(expected) = line.strip_prefix('|') {
                step.exact.push(expected.strip_prefix(' ').unwrap_or(expected).to_owned());
            } else if let Some(part) = line.strip_prefix("~ ") {
                step.has.push(part.to_owned());
            } else if let Some(part) = line.strip_prefix("! ") {
                step.lacks.push(part.to_owned());
            } else if let Some(code) = line.strip_prefix("? ") {
                step.code = code.trim().parse().expect("an exit code is a number");
            } else {
                assert!(line.trim().is_empty() || line.starts_with('#'), "a line that says nothing: {line}");
            }
        } else {
            assert!(line.trim().is_empty() || line.starts_with('#'), "a line before the first step: {line}");
        }
    }
    flush(&mut file);
    steps
}

/// Standard output and standard error of one shell, in order, made the same on every machine.
fn run(world: &World, command: &str) -> (String, i32) {
    let filled = placeholders::fill(command, 7);
    let output = world.sh(&format!("exec 2>&1\n{filled}"));
    let text = String::from_utf8_lossy(&output.stdout).replace(&world.path().display().to_string(), "[WORLD]");
    (with_millis_replaced(&text), output.status.code().unwrap_or(-1))
}

fn with_millis_replaced(text: &str) -> String {
    // A busy machine takes seconds to what takes milliseconds else.
    let text = &regex::Regex::new(r"\bin \d+(\.\d)? s\b").unwrap().replace_all(text, "in 0 ms");
    let mut out = String::new();
    for (number, part) in text.split(" ms").enumerate() {
        if number > 0 {
            let digits = out.len() - out.trim_end_matches(|c: char| c.is_ascii_digit()).len();
            if digits > 0 {
                out.truncate(out.len() - digits);
                out.push_str("[MS]");
            }
            out.push_str(" ms");
        }
        out.push_str(part);
    }
    out
}

/// Whether `line` is `expected`, in which `[…]` stands for any text.
fn line_matches(expected: &str, line: &str) -> bool {
    let mut parts = expected.split("[…]");
    let Some(mut rest) = line.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.len() >= last.len() && rest.ends_with(last)
}

fn fault(step: &Step, output: &str, code: i32) -> Option<String> {
    let mut faults = String::new();
    let lines: Vec<&str> = output.lines().collect();
    let same =
        lines.len() == step.exact.len() && step.exact.iter().zip(&lines).all(|(one, other)| line_matches(one, other));
    if !step.exact.is_empty() && !same {
        faults.push_str("the output differs\n");
    }
    for part in step.has.iter().filter(|part| !output.contains(part.as_str())) {
        writeln!(faults, "the output lacks `{part}`").unwrap();
    }
    for part in step.lacks.iter().filter(|part| output.contains(part.as_str())) {
        writeln!(faults, "the output has `{part}`").unwrap();
    }
    if code != step.code {
        writeln!(faults, "exit code {code}, expected {}", step.code).unwrap();
    }
    (!faults.is_empty())
        .then(|| format!("$ {}\n{faults}--- expected\n{}\n--- got\n{output}", step.command, step.exact.join("\n")))
}

/// Plays the scenario `text` in a world of its own: what each step printed, and what did not hold.
pub(crate) fn play(name: &str, text: &str) -> (Vec<String>, Option<String>) {
    let world = World::new();
    let steps = parse(text, &world);
    assert!(!steps.is_empty(), "{name} has no step");
    let mut outputs = Vec::new();
    let mut faults = Vec::new();
    for step in &steps {
        let (output, code) = run(&world, &step.command);
        faults.extend(fault(step, &output, code));
        outputs.push(output);
    }
    let fault = (!faults.is_empty()).then(|| format!("{name}\n{}", faults.join("\n")));
    (outputs, fault)
}

#[test]
fn a_scenario_that_does_not_hold_is_found() {
    let step = Step { command: "x".to_owned(), exact: vec!["a[…]c".to_owned()], ..Step::default() };
    assert!(fault(&step, "abc\n", 0).is_none());
    assert!(fault(&step, "abd\n", 0).is_some());
    assert!(fault(&step, "abc\n", 1).is_some());
    let step = Step { has: vec!["x".to_owned()], lacks: vec!["y".to_owned()], ..Step::default() };
    assert!(fault(&step, "x", 0).is_none());
    assert!(fault(&step, "xy", 0).is_some());
    assert!(fault(&step, "", 0).is_some());
}
