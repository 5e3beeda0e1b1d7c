//! The directory of evidence: every file in it is evidence, and what cannot be read is a reason.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::hex;
use crate::finding::Exit;
use crate::release::{Evidence, Reason, Wrong};
use crate::report;
use crate::session::failure::{Failure, fail};
use crate::session::{files, limits};
use crate::text::{escape, sha256};

/// Directories below the first: download actions make one for each artifact.
const DEPTH: usize = 4;
/// Files that are read.
const FILES: usize = 1000;
/// Bytes of all files together.
const TOTAL: u64 = 1 << 30;

/// Reads all evidence in `dir`, by name.
pub(super) fn read(dir: &Path) -> Result<Vec<Evidence>, Failure> {
    let hint = "name the directory that the jobs' reports were downloaded to";
    let mut found = Vec::new();
    list(dir, 0, &mut found).map_err(|error| {
        let named =
            io::Error::new(error.kind(), format!("the evidence in `{}` cannot be read: {error}", dir.display()));
        fail(&named, Some(hint), Exit::NotScanned)
    })?;
    if found.len() > FILES {
        return Ok(vec![refused(String::new(), Wrong::TooMany, format!("there are more than {FILES} files"))]);
    }
    found.sort();
    let mut left = TOTAL;
    Ok(found.iter().map(|path| one(path, named(dir, path), &mut left)).collect())
}

/// The files in `dir` with their SHA-256, by name.
pub(super) fn digests(dir: &Path) -> Result<Vec<(String, String)>, Failure> {
    let evidence = read(dir)?;
    Ok(evidence.into_iter().map(|one| (one.name, one.digest.unwrap_or_default())).collect())
}

fn one(path: &Path, name: String, left: &mut u64) -> Evidence {
    // A link may lead to a report of another job, or change between two looks.
    match fs::symlink_metadata(path) {
        Ok(about) if about.is_file() && about.len() > limits::EVIDENCE.min(*left) => {
            let text = format!("`{name}` has {} bytes, and {} are read", about.len(), limits::EVIDENCE.min(*left));
            return refused(name, Wrong::TooLarge, text);
        }
        Ok(about) if about.is_file() => {}
        Ok(_) => {
            let text = format!("`{name}` is no regular file");
            return refused(name, Wrong::Unreadable, text);
        }
        Err(error) => {
            let text = format!("`{name}` cannot be read: {error}");
            return refused(name, Wrong::Unreadable, text);
        }
    }
    let bytes = match files::regular(path, limits::EVIDENCE.min(*left)) {
        Ok(bytes) => bytes,
        Err(error) => {
            let text = format!("`{name}` cannot be read: {}", escape(error.to_string().as_bytes()));
            return refused(name, Wrong::Unreadable, text);
        }
    };
    *left -= bytes.len() as u64;
    let digest = Some(hex(&sha256(&bytes)));
    let report = report::read(&bytes).map_err(|error| {
        let text = format!("`{name}`: {}", escape(error.to_string().as_bytes()));
        Reason { wrong: Wrong::Unreadable, text }
    });
    Evidence { name, digest, report }
}

fn refused(name: String, wrong: Wrong, text: String) -> Evidence {
    Evidence { name, digest: None, report: Err(Reason { wrong, text }) }
}

fn named(dir: &Path, path: &Path) -> String {
    let name = path.strip_prefix(dir).unwrap_or(path).to_string_lossy();
    escape(name.as_bytes()).to_string()
}

fn list(dir: &Path, depth: usize, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() && depth < DEPTH {
            list(&entry.path(), depth + 1, found)?;
        } else {
            found.push(entry.path());
        }
        if found.len() > FILES {
            break;
        }
    }
    Ok(())
}
