//! The house is kept: file length, module docs, paths that documents name.

use std::fmt::Write;
use std::path::Path;

use crate::support::{root, rust_files, text_files};

/// Lines a source file may have.
const LONGEST: usize = 600;

#[test]
fn files_are_short_and_say_what_they_own() {
    let mut faults = String::new();
    for (path, code) in rust_files("src").into_iter().chain(rust_files("build")).chain(rust_files("tests")) {
        let lines = code.lines().count();
        if lines > LONGEST {
            writeln!(faults, "{path}: {lines} lines, {LONGEST} is the most: two things live in one room").unwrap();
        }
        if !code.starts_with("//!") {
            writeln!(faults, "{path}: begins without a `//!` that says what it owns").unwrap();
        }
        for name in ["util", "helper", "manager", "common", "misc"] {
            if path.split(['/', '.']).any(|part| part.trim_end_matches('s') == name) {
                writeln!(faults, "{path}: `{name}` names nothing").unwrap();
            }
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}

/// Paths in backticks that look like files of this repository.
fn named_paths(text: &str) -> Vec<String> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .filter(|quoted| {
            let known = ["src/", "tests/", "rules/", "hooks/", "docs/", "build/", "benches/", "fuzz/"];
            known.iter().any(|dir| quoted.starts_with(dir)) && !quoted.contains(['<', '*', ' ', '{', '…', '$'])
        })
        .map(|quoted| quoted.trim_end_matches('/').to_owned())
        .collect()
}

#[test]
fn paths_that_documents_name_exist() {
    let mut faults = String::new();
    for (path, text) in text_files(&["md", "rs"]) {
        if path.starts_with("tests/it/tidy.rs") {
            continue;
        }
        let prose: String = if Path::new(&path).extension().is_some_and(|extension| extension == "rs") {
            text.lines().filter(|line| line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
        } else {
            text
        };
        for named in named_paths(&prose) {
            if !Path::new(&root()).join(&named).exists() {
                writeln!(faults, "{path}: `{named}` does not exist").unwrap();
            }
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn a_path_that_does_not_exist_is_found() {
    assert_eq!(
        named_paths("see `src/lib.rs` and `src/gone.rs`, not `x y` or `rules/<provider>.toml`"),
        ["src/lib.rs", "src/gone.rs"]
    );
}
