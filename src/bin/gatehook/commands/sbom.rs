//! `gatehook sbom`.

use std::io;
use std::path::{Path, PathBuf};

use gatehook::finding::Exit;
use gatehook::sca::lockfiles::{self, Format, Input, LARGEST};
use gatehook::sca::sbom::{Components, Subject, cyclonedx, spdx};
use gatehook::session::{clock, files};
use gatehook::text::escape;

use crate::args::{Sbom, SbomFormat};
use crate::say::{fail, say, stop};

pub(crate) fn run(args: &Sbom) -> Exit {
    match written(args) {
        Ok(text) => say(&text),
        Err(Failed::Usage(error)) => stop(&error, "docs/sca.md lists the files that are read"),
        Err(Failed::Unread(error)) => fail(&io::Error::other(error), None, Exit::NotScanned),
    }
}

enum Failed {
    Usage(String),
    Unread(String),
}

fn written(args: &Sbom) -> Result<String, Failed> {
    let here = [PathBuf::from(".")];
    let paths = if args.paths.is_empty() { &here[..] } else { &args.paths };
    let mut files: Vec<(PathBuf, Format)> = Vec::new();
    for path in paths {
        if path.is_dir() {
            below(path, &mut files)?;
        } else if !path.exists() {
            return Err(Failed::Usage(format!("there is no file `{}`", path.display())));
        } else {
            let shown = path.to_string_lossy();
            let format = Format::of(&shown).ok_or_else(|| {
                Failed::Usage(format!("`{shown}` is not a lock file, manifest or SBOM that gatehook knows"))
            })?;
            files.push((path.clone(), format));
        }
    }
    if files.is_empty() {
        return Err(Failed::Unread("there is no lock file here: an SBOM would say nothing".to_owned()));
    }
    files.sort();
    files.dedup();
    let mut components = Components::default();
    for (path, format) in files {
        let shown = path.to_string_lossy().trim_start_matches("./").to_owned();
        let unread = |reason: String| Failed::Unread(format!("{}{reason}", escape(shown.as_bytes())));
        let bytes = files::read_regular(&path, LARGEST as u64).map_err(|error| unread(format!(": {error}")))?;
        let bytes = bytes.ok_or_else(|| unread(": it is not there".to_owned()))?;
        let beside = |name: &str| files::read_regular(Path::new(name), LARGEST as u64).ok().flatten();
        let input = Input { path: &shown, bytes: &bytes, beside: &beside, graph: true };
        let lock = lockfiles::read(format, &input).map_err(|fault| {
            unread(format!(
                "{} {}",
                fault.line.map_or_else(|| ":".to_owned(), |line| format!(":{line}: it")),
                fault.reason
            ))
        })?;
        components.add(&shown, &lock);
    }
    let first = std::fs::canonicalize(&paths[0]).unwrap_or_else(|_| paths[0].clone());
    let folder = if first.is_file() { first.parent().unwrap_or(&first).to_owned() } else { first };
    let name = folder.file_name().map_or_else(|| "project".to_owned(), |name| name.to_string_lossy().into_owned());
    let epoch = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(0);
    let created = clock::stamp(std::time::Duration::from_secs(epoch)) + "Z";
    let subject = Subject { name, tool: env!("CARGO_PKG_VERSION").to_owned(), created };
    Ok(match args.format {
        SbomFormat::Cyclonedx => cyclonedx(&components, &subject),
        SbomFormat::Spdx => spdx(&components, &subject),
    })
}

/// The lock files below a directory, what git ignores left out.
fn below(dir: &Path, files: &mut Vec<(PathBuf, Format)>) -> Result<(), Failed> {
    for entry in ignore::WalkBuilder::new(dir).hidden(false).filter_entry(|entry| entry.file_name() != ".git").build() {
        let entry = entry.map_err(|error| Failed::Unread(error.to_string()))?;
        let path = entry.path();
        if let Some(format) = Format::of(&path.to_string_lossy()).filter(|_| path.is_file()) {
            files.push((path.to_owned(), format));
        }
    }
    Ok(())
}
