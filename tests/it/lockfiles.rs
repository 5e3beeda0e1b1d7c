//! Lock files of every format: what is read of them, and that nothing of a broken one passes for whole.
//!
//! `tests/lockfiles` has a folder for each; `packages.txt` in it says what is read. docs/sca.md says where each comes
//! from. `BLESS=1` writes `packages.txt` anew.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use gatehook::sca::lockfiles::{self, Format, Input, Lock};

use crate::support::root;

fn files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
    found.sort();
}

fn read(folder: &Path, path: &str, bytes: &[u8]) -> Result<Lock, String> {
    let beside = |path: &str| std::fs::read(folder.join(path)).ok();
    let input = Input { path, bytes, beside: &beside, graph: true };
    lockfiles::read(Format::of(path).unwrap(), &input).map_err(|fault| format!("{:?}: {}", fault.line, fault.reason))
}

/// Each lock file: its folder, its path in it, its bytes.
fn locks() -> Vec<(PathBuf, String, Vec<u8>)> {
    let mut all = Vec::new();
    let mut folders: Vec<PathBuf> = std::fs::read_dir(Path::new(&root()).join("tests/lockfiles"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.sort();
    for folder in folders {
        let mut found = Vec::new();
        files(&folder, &mut found);
        for path in found {
            let name = path.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
            if Format::of(&name).is_some() {
                all.push((folder.clone(), name, std::fs::read(&path).unwrap()));
            }
        }
    }
    all
}

fn told(lock: &Lock) -> String {
    let mut out = String::new();
    for (place, package) in lock.packages.iter().enumerate() {
        let direct = match package.direct {
            Some(true) => "direct",
            Some(false) => "transitive",
            None => "-",
        };
        let via: Vec<&str> = lock.path_to(place).iter().map(|at| lock.packages[*at].name.as_str()).collect();
        let sums = package.integrity.split_whitespace().count();
        let version = if package.version.is_empty() { "?" } else { &package.version };
        writeln!(
            out,
            "{}: {} {} {version} {:?} {direct} [{}] {sums} {}",
            package.line,
            package.ecosystem.name(),
            package.name,
            package.scope,
            via.join(" > "),
            package.source.text(),
        )
        .unwrap();
    }
    out
}

#[test]
fn every_lock_file_is_read_as_it_stands() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut formats = BTreeSet::new();
    let mut faults = String::new();
    let mut by_folder: Vec<(PathBuf, String)> = Vec::new();
    for (folder, path, bytes) in locks() {
        formats.insert(Format::of(&path).unwrap());
        let lock = read(&folder, &path, &bytes).unwrap_or_else(|error| panic!("{}/{path}: {error}", folder.display()));
        let text = format!("{path}\n{}\n", told(&lock));
        match by_folder.last_mut() {
            Some((last, all)) if *last == folder => all.push_str(&text),
            _ => by_folder.push((folder, text)),
        }
    }
    for (folder, text) in by_folder {
        let expected = folder.join("packages.txt");
        if bless {
            std::fs::write(&expected, &text).unwrap();
        } else if std::fs::read_to_string(&expected).unwrap_or_default() != text {
            writeln!(faults, "{}:\n{text}", expected.display()).unwrap();
        }
    }
    assert!(faults.is_empty(), "{faults}");
    let missing: Vec<&str> = Format::ALL.iter().filter(|one| !formats.contains(*one)).map(|one| one.name()).collect();
    assert!(missing.is_empty(), "no file of {missing:?} is here");
}

/// Half a JSON file is refused. Formats of lines cannot tell where they end, but never say more than the whole.
#[test]
fn a_file_that_is_cut_off_is_never_the_whole() {
    for (folder, path, bytes) in locks() {
        let whole = read(&folder, &path, &bytes).unwrap().packages;
        for part in 1..8 {
            let cut = bytes.len() * part / 8;
            if let Ok(lock) = read(&folder, &path, &bytes[..cut]) {
                let marked = bytes.starts_with(b"{") || bytes.starts_with(b"<");
                assert!(!marked && lock.packages.len() <= whole.len(), "{}/{path} at {cut}", folder.display());
            }
        }
        let conflict = [&bytes[..], b"\n<<<<<<< HEAD\n=======\n>>>>>>> other\n"].concat();
        assert!(read(&folder, &path, &conflict).is_err(), "{path} with the marks of a merge");
        let manifest = Format::of(&path).unwrap().is_manifest();
        assert!(manifest || read(&folder, &path, b"").is_err(), "{path} without a byte");
    }
}
