//! What the tests share: this repository's files, and worlds of their own to run in.

mod world;

use std::path::{Path, PathBuf};

pub(crate) use world::{World, binary};

/// This repository's root.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
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
