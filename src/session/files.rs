//! Files on disk, read within a limit and written whole.

use std::fs;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use super::failure::{Failure, fail};
use crate::finding::Exit;

/// The bytes of `path`; `None` where it is not there.
pub fn read_regular(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    match regular(path, most) {
        Ok(text) => Ok(Some(text)),
        Err(error) if is_missing(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether `error` says that there is no such file.
pub fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Only a regular file is read: a pipe would hold the gate up, a device has no end.
pub fn regular(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let about = fs::metadata(path)?;
    match about.len() {
        _ if !about.is_file() => Err(io::Error::other(format!("`{}` is not a regular file", path.display()))),
        size if size > most => Err(io::Error::other(format!("`{}` is too large", path.display()))),
        // A size may be wrong: files of the kernel's have none.
        _ => {
            let mut text = Vec::new();
            crate::sys::open(path)?.0.take(most.saturating_add(1)).read_to_end(&mut text)?;
            if text.len() as u64 > most {
                Err(io::Error::other(format!("`{}` is too large", path.display())))
            } else {
                Ok(text)
            }
        }
    }
}

/// Writes a file beside `path` and renames it there, so that no one sees half a report. What is no
/// regular file (a device, a pipe, a link such as `/dev/stdout`) is written to and stays what it is.
pub fn replace(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let pour = |to: fs::File| {
        let mut out = BufWriter::with_capacity(1 << 16, to);
        write(&mut out)?;
        out.flush()
    };
    if fs::symlink_metadata(path).is_ok_and(|about| !about.is_file()) {
        return pour(fs::OpenOptions::new().write(true).create(true).truncate(true).open(path)?);
    }
    let mut name = path.file_name().ok_or_else(|| io::Error::other("that is not a file name"))?.to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let beside = path.with_file_name(name);
    let file = fs::OpenOptions::new().write(true).create_new(true).open(&beside)?;
    let written = pour(file).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Writes a file that the user keeps under version control.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    replace(path, |out| out.write_all(bytes))
        .map_err(|error| fail(&error, Some(&format!("make `{}` writable", path.display())), Exit::Usage))
}
