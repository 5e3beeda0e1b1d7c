//! The files that a file imports from its repository, and the names by which it calls them. Reads snapshots; finds
//! what stands there by the usual layouts, and no more of it than the bounds allow.

use std::collections::{BTreeSet, HashMap};

use crate::change::Snapshot;
use crate::paths::RepoPath;
use crate::sast::Grammar;

/// The largest neighbour that is read, in bytes.
pub(super) const LARGEST: u64 = 300_000;
/// So many neighbours of a file are read.
const MOST: usize = 8;
/// So many files of properties are read.
const MOST_PROPERTIES: usize = 40;

fn text(path: &RepoPath) -> String {
    String::from_utf8_lossy(path.as_bytes()).into_owned()
}

/// The path by which others import the file.
pub(super) fn module_of(path: &RepoPath, grammar: Grammar) -> String {
    let path = text(path);
    let stem = path.rsplit_once('.').map_or(path.as_str(), |(stem, _)| stem);
    match grammar {
        Grammar::Python => stem.trim_end_matches("/__init__").replace('/', "."),
        Grammar::Java => String::new(),
        Grammar::Go => package(stem.rsplit_once('/').map_or("", |(dir, _)| dir)),
        _ => stem.replace('.', "_"),
    }
}

/// The last two parts of a directory: how rules and lowering name packages of Go.
fn package(dir: &str) -> String {
    let mut parts = dir.rsplit('/');
    match (parts.next(), parts.next()) {
        (Some(last), Some(before)) => format!("{before}/{last}"),
        (Some(last), None) => last.to_owned(),
        _ => String::new(),
    }
}

/// Paths of neighbours with the module that each is for the file.
pub(super) fn of(
    snapshot: &dyn Snapshot,
    path: &RepoPath,
    bytes: &[u8],
    grammar: Grammar,
    imports: &[String],
) -> Vec<(RepoPath, String)> {
    let here = text(path);
    let dir = here.rsplit_once('/').map_or("", |(dir, _)| dir);
    let mut found: Vec<(RepoPath, String)> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut take = |candidate: &str, module: &str, found: &mut Vec<(RepoPath, String)>| {
        let candidate = RepoPath::from(candidate);
        if candidate == *path || found.len() >= MOST || !seen.insert(candidate.clone()) {
            return false;
        }
        let is_there = matches!(snapshot.file(&candidate), Ok(Some(file)) if super::is_source(file.entry));
        if is_there {
            found.push((candidate, module.to_owned()));
        }
        is_there
    };
    match grammar {
        Grammar::Python => {
            for import in imports {
                // `from app.db import load`: `app.db` is a module, or `app.db.load` is.
                let whole = import.as_str();
                let before = whole.rsplit_once('.').map_or("", |(before, _)| before);
                for module in [whole, before].into_iter().filter(|module| !module.is_empty()) {
                    let file = module.replace('.', "/");
                    for root in roots(dir) {
                        if take(&join(root, &format!("{file}.py")), module, &mut found)
                            || take(&join(root, &format!("{file}/__init__.py")), module, &mut found)
                        {
                            break;
                        }
                    }
                }
            }
        }
        Grammar::Java => {
            for import in imports {
                let file = format!("{}.java", import.replace('.', "/"));
                for root in roots(dir) {
                    if take(&join(root, &file), "", &mut found) {
                        break;
                    }
                }
            }
            beside(
                snapshot,
                dir,
                ".java",
                |stem| names(bytes, stem),
                |file| {
                    let _ = take(file, "", &mut found);
                },
            );
        }
        Grammar::Go => {
            let module = package(dir);
            beside(
                snapshot,
                dir,
                ".go",
                |stem| !stem.ends_with("_test"),
                |file| {
                    let _ = take(file, &module, &mut found);
                },
            );
            for import in imports {
                // The module's own packages end in a directory of the repository.
                let mut parts: Vec<&str> = import.split('/').collect();
                while parts.len() > 1 {
                    parts.remove(0);
                    let inner = parts.join("/");
                    let module = package(import);
                    let before = found_at(snapshot, &inner);
                    for file in before.into_iter().take(3) {
                        let _ = take(&file, &module, &mut found);
                    }
                }
            }
        }
        _ => {
            for import in imports {
                let mut parts: Vec<&str> = dir.split('/').filter(|part| !part.is_empty()).collect();
                for part in import.split('/') {
                    match part {
                        "." => {}
                        ".." => drop(parts.pop()),
                        other => parts.push(other),
                    }
                }
                let base = parts.join("/");
                let stem = ENDINGS.iter().find_map(|ending| base.strip_suffix(ending)).unwrap_or(&base).to_owned();
                let module = stem.replace('.', "_");
                for ending in ENDINGS {
                    if take(&format!("{stem}{ending}"), &module, &mut found)
                        || take(&format!("{base}/index{ending}"), &module, &mut found)
                    {
                        break;
                    }
                }
            }
        }
    }
    found
}

const ENDINGS: &[&str] = &[".js", ".ts", ".mjs", ".cjs", ".jsx", ".tsx"];

/// The directory and all above it, down to the root.
fn roots(dir: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(dir), |dir| {
        if dir.is_empty() { None } else { Some(dir.rsplit_once('/').map_or("", |(above, _)| above)) }
    })
}

fn join(dir: &str, file: &str) -> String {
    if dir.is_empty() { file.to_owned() } else { format!("{dir}/{file}") }
}

/// The files of `dir` itself with that ending, in order.
fn beside(snapshot: &dyn Snapshot, dir: &str, ending: &str, wanted: impl Fn(&str) -> bool, mut each: impl FnMut(&str)) {
    let Ok(files) = snapshot.files() else { return };
    let under = join(dir, "");
    let first = files.partition_point(|file| file.path.as_bytes() < under.as_bytes());
    for file in files[first..].iter().take_while(|file| file.path.as_bytes().starts_with(under.as_bytes())) {
        let path = text(&file.path);
        let Some(stem) = path[under.len()..].strip_suffix(ending) else { continue };
        if !stem.contains('/') && wanted(stem) {
            each(&path);
        }
    }
}

fn found_at(snapshot: &dyn Snapshot, dir: &str) -> Vec<String> {
    let mut found = Vec::new();
    beside(snapshot, dir, ".go", |stem| !stem.ends_with("_test"), |file| found.push(file.to_owned()));
    found
}

/// Whether `bytes` hold the word `stem`.
fn names(bytes: &[u8], stem: &str) -> bool {
    memchr::memmem::find(bytes, stem.as_bytes()).is_some()
}

/// What the properties files of the repository say, where they agree.
pub(super) fn properties(snapshot: &dyn Snapshot) -> HashMap<String, String> {
    let mut said: HashMap<String, Option<String>> = HashMap::new();
    let Ok(files) = snapshot.files() else { return HashMap::new() };
    let named = files.iter().filter(|file| file.path.as_bytes().ends_with(b".properties"));
    for file in named.take(MOST_PROPERTIES) {
        let Ok(Some(loaded)) = snapshot.read(&file.path, LARGEST) else { continue };
        for line in String::from_utf8_lossy(&loaded.bytes).lines() {
            let line = line.trim();
            let Some((key, value)) = line.split_once(['=', ':']).filter(|_| !line.starts_with(['#', '!'])) else {
                continue;
            };
            let value = value.trim().to_owned();
            said.entry(key.trim().to_owned())
                .and_modify(|have| {
                    if have.as_ref() != Some(&value) {
                        *have = None;
                    }
                })
                .or_insert(Some(value));
        }
    }
    said.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}
