//! What the tests share: this repository's files, and worlds of their own to run in.

mod dice;
mod search;
pub(crate) mod server;
mod world;

use std::path::{Path, PathBuf};

pub(crate) use dice::Dice;
pub(crate) use search::tier;
pub(crate) use world::{World, binary};

/// This repository's root.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The program of that name on PATH.
pub(crate) fn which(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|dir| dir.join(name)).find(|program| program.is_file())
}

/// Whether the programs that a test needs are there. Without them it fails, and says that it did not
/// run; only under `GATEHOOK_TESTS_FAST` (`tests/run --fast`) it is left out.
pub(crate) fn has(programs: &[&str]) -> bool {
    let missing: Vec<&str> = programs.iter().copied().filter(|name| which(name).is_none()).collect();
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    assert!(
        missing.is_empty() || std::env::var_os("GATEHOOK_TESTS_FAST").is_some(),
        "not run: {test}: `{}` is missing",
        missing.join("`, `")
    );
    missing.is_empty()
}

/// Where this build and the tools that tests drive lie.
pub(crate) fn target() -> PathBuf {
    root().join(std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from))
}

/// A program that `tests/tools.sh` put into `target/tools`, or `tests/stages.sh` into `target/stages`. Without it a test
/// fails and says that it did not run; only under `GATEHOOK_TESTS_FAST` it is left out, and `None` comes back.
pub(crate) fn tool(name: &str, test: &str) -> Option<PathBuf> {
    if std::env::var_os("GATEHOOK_TESTS_FAST").is_some() {
        use std::io::Write;
        let mut past_capture = std::io::stderr();
        writeln!(past_capture, "NOT RUN: {test} with {name} (GATEHOOK_TESTS_FAST)").unwrap();
        return None;
    }
    let places = ["tools", "stages"].map(|dir| target().join(dir).join("bin").join(name));
    let found = places.into_iter().find(|program| program.exists());
    assert!(found.is_some(), "not run: {test}: `{name}` is missing, `tests/run` installs it into `target/`");
    found
}

/// All Rust files under `dir`, with their paths from the root.
pub(crate) fn rust_files(dir: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(&root().join(dir), &["rs"], &mut found);
    assert!(!found.is_empty(), "no Rust file under `{dir}`");
    found
}

/// All files of this repository with one of those extensions.
pub(crate) fn text_files(extensions: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(&root(), extensions, &mut found);
    found
}

fn collect(dir: &Path, extensions: &[&str], found: &mut Vec<(String, String)>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(dir).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if !name.starts_with('.') && !matches!(name.as_str(), "target" | "corpus" | "node_modules" | "artifacts") {
                collect(&path, extensions, found);
            }
        } else if extensions.iter().any(|extension| path.extension().is_some_and(|own| own == *extension)) {
            let relative = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
            found.push((relative, std::fs::read_to_string(&path).unwrap()));
        }
    }
}
