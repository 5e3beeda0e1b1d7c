//! How advisories are imported, and how an index is compiled and put in place.

use std::fs;
use std::path::{Path, PathBuf};

use crate::sca::advisories::{Archive, Compiler, Index, Origin, records, weights};
use crate::session::{self, clock, files};
use crate::store::{AdvisoryFile, Dirs};
use crate::sys::Map;

/// Largest single file of a directory.
const LARGEST: u64 = 64 << 20;

/// Compiles the records of `paths` into the index; `tell` takes a line beside the result. What it says is for people.
///
/// # Errors
///
/// Why the index stays as it was.
pub fn import(paths: &[PathBuf], tell: &dyn Fn(&str)) -> Result<String, String> {
    let dirs = session::dirs().ok_or("neither XDG_DATA_HOME nor HOME is set")?;
    let names: Vec<String> = paths.iter().map(|path| name_of(path)).collect();
    let old = AdvisoryFile::open(&dirs).map_err(|error| error.to_string())?;
    let mut compiler = Compiler::default();
    if let Some(old) = &old {
        // A broken index has nothing to keep: what is imported stands alone.
        let taken =
            Index::open(&old.map).and_then(|index| index.verify().and_then(|()| compiler.take_over(&index, &names)));
        if let Err(error) = taken {
            compiler = Compiler::default();
            tell(&format!("note: {error}; it is rebuilt from what is imported"));
        }
    }
    let now = clock::seconds();
    for (path, name) in paths.iter().zip(&names) {
        let digest = |bytes: &[u8]| blake3(bytes);
        let about = fs::metadata(path).map_err(|error| format!("`{}`: {error}", path.display()))?;
        let mut found = 0;
        if about.is_dir() {
            compiler.source(Origin { name: name.clone(), ..Origin::default() }, now);
            directory(path, path, &mut compiler, &mut found)?;
        } else {
            let map = Map::open_sparse(path).map_err(|error| format!("`{}`: {error}", path.display()))?;
            compiler.source(Origin { name: name.clone(), digest: digest(&map), ..Origin::default() }, now);
            if map.starts_with(b"PK") || path.extension().is_some_and(|end| end == "zip") {
                found = archive(&map, &mut compiler).map_err(|error| format!("`{}`: {error}", path.display()))?;
            } else if let Some(list) = weights(&map).map_err(|fault| told(&path.to_string_lossy(), &fault))? {
                // EPSS and KEV weigh advisories; they are none themselves.
                found = list.len();
                compiler.weigh(&list);
            } else {
                let file = path.to_string_lossy();
                let all = records(&file, &map).map_err(|fault| told(&file, &fault))?;
                found = all.len();
                for one in &all {
                    compiler.add(one);
                }
            }
        }
        if found == 0 {
            return Err(format!("`{}` holds no advisory", path.display()));
        }
    }
    place(&dirs, compiler, now)
}

/// Compiles and puts in place.
pub(super) fn place(dirs: &Dirs, compiler: Compiler, now: u64) -> Result<String, String> {
    let bytes = compiler.finish(now).map_err(|error| error.to_string())?.bytes;
    let index = Index::open(&bytes).map_err(|error| error.to_string())?;
    if index.records == 0 {
        return Err("no record is about an ecosystem that gatehook knows".to_owned());
    }
    AdvisoryFile::replace(dirs, &bytes).map_err(|error| chain(&error))?;
    let size = bytes.len() >> 10;
    Ok(format!("{} advisories of {} packages are in the index, {size} KiB\n", index.records, index.packages))
}

/// An error with its causes, in one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

pub(super) fn blake3(bytes: &[u8]) -> String {
    crate::sca::advisories::digest(bytes)
}

/// Every record of an archive.
pub(super) fn archive(bytes: &[u8], compiler: &mut Compiler) -> Result<usize, String> {
    let mut archive = Archive::open(bytes).map_err(|error| error.to_string())?;
    let mut found = 0;
    while let Some((path, bytes)) = archive.next_file().map_err(|error| error.to_string())? {
        let all = records(&path, &bytes).map_err(|fault| told(&path, &fault))?;
        found += all.len();
        for one in &all {
            compiler.add(one);
        }
    }
    Ok(found)
}

pub(super) fn told(path: &str, fault: &crate::sca::document::Fault) -> String {
    let at = fault.line.map_or_else(String::new, |line| format!(":{line}"));
    format!("{}{at} {}", crate::text::escape(path.as_bytes()), fault.reason)
}

fn directory(root: &Path, dir: &Path, compiler: &mut Compiler, found: &mut usize) -> Result<(), String> {
    let mut entries: Vec<PathBuf> = fs::read_dir(dir)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect())
        .map_err(|error| format!("`{}`: {error}", dir.display()))?;
    entries.sort();
    for path in entries {
        let about = fs::symlink_metadata(&path).map_err(|error| format!("`{}`: {error}", path.display()))?;
        if about.is_dir() {
            if path.file_name().is_some_and(|name| !name.to_string_lossy().starts_with('.')) {
                directory(root, &path, compiler, found)?;
            }
        } else if about.is_file() {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            let end = path.extension().map(|end| end.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
            if end == "zip" {
                let map = Map::open_sparse(&path).map_err(|error| format!("`{name}`: {error}"))?;
                *found += archive(&map, compiler).map_err(|error| format!("`{name}`: {error}"))?;
            } else if matches!(end.as_str(), "json" | "yaml" | "yml" | "toml" | "md") {
                let bytes = files::read_regular(&path, LARGEST)
                    .map_err(|error| format!("`{name}`: {error}"))?
                    .unwrap_or_default();
                let all = records(&name, &bytes).map_err(|fault| told(&name, &fault))?;
                *found += all.len();
                for one in &all {
                    compiler.add(one);
                }
            }
        }
    }
    Ok(())
}

/// What a source is called: its file's name, with the folder's in front where the name says nothing (`npm/all.zip`).
fn name_of(path: &Path) -> String {
    let whole = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let name = whole.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = whole.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    match folder {
        Some(folder) if name == "all.zip" => format!("{folder}/{name}"),
        _ => name,
    }
}
