//! The record of what was let through: `gatehook/record.jsonl` in the git directory that all work
//! trees share, a line of JSON each, oldest first, bounded. It is sent nowhere.
//!
//! Never holds a found value, only names of rules and stages, ids of commits, names of people, and the
//! reason that somebody gave.

mod bypass;
mod summary;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

pub use bypass::{Bypass, BypassKind};
pub use summary::Summary;

use self::bypass::LogLine;
use crate::sys;

/// Size at which the older half is dropped, in bytes.
const LARGEST: u64 = 256 << 10;
/// Bytes that are read, at most: whoever has written more there was not gatehook.
const MOST: u64 = 4 * LARGEST;

/// Where the record of a repository is.
pub fn path(common_dir: &Path) -> PathBuf {
    common_dir.join("gatehook").join("record.jsonl")
}

/// Adds an entry.
pub fn append(common_dir: &Path, entry: &Bypass) -> io::Result<()> {
    line(common_dir, &LogLine::Bypass(entry.clone()).write())
}

/// Notes that all entries so far were shown to whoever pushes.
pub fn mark_shown(common_dir: &Path, time: &str) -> io::Result<()> {
    line(common_dir, &LogLine::Shown(time.to_owned()).write())
}

/// One write of one line: two hooks at the same time do not mix.
fn line(common_dir: &Path, text: &str) -> io::Result<()> {
    let path = path(common_dir);
    fs::create_dir_all(path.parent().unwrap_or(common_dir))?;
    match regular(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    // Without the lock nothing is lost but the chance to make the record shorter.
    let lock = File::create(path.with_extension("lock")).ok().filter(sys::lock);
    if lock.is_some() {
        shorten(&path)?;
    }
    let mut file = OpenOptions::new().read(true).create(true).append(true).open(&path)?;
    // A line that was cut off, by a full disk or a crash, takes nothing with it but itself.
    let begin = if ends_a_line(&mut file)? { "" } else { "\n" };
    file.write_all(format!("{begin}{text}\n").as_bytes())
}

fn ends_a_line(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// Whether `path` can be opened without waiting for whoever holds the other end of a pipe.
fn regular(path: &Path) -> io::Result<()> {
    if fs::metadata(path)?.is_file() { Ok(()) } else { Err(io::Error::other("it is not a regular file")) }
}

/// Drops the older half of a record that has grown too large.
fn shorten(path: &Path) -> io::Result<()> {
    if !fs::metadata(path).is_ok_and(|about| about.len() > LARGEST) {
        return Ok(());
    }
    let text = bytes(path)?;
    let half = text.len() / 2;
    let from = text[half..].iter().position(|&byte| byte == b'\n').map_or(text.len(), |end| half + end + 1);
    let beside = path.with_extension(format!("{}.tmp", std::process::id()));
    #[allow(clippy::disallowed_methods, reason = "the record is a file of this module")]
    fs::write(&beside, &text[from..])?;
    fs::rename(&beside, path)
}

/// The end of the file, at most [`MOST`] bytes.
fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    regular(path)?;
    let mut file = File::open(path)?;
    let from = file.metadata()?.len().saturating_sub(MOST);
    file.seek(SeekFrom::Start(from))?;
    let mut text = Vec::new();
    file.take(MOST).read_to_end(&mut text)?;
    Ok(text)
}

/// What a record holds.
#[derive(Debug, Default)]
pub struct BypassLog {
    /// Its entries, oldest first.
    pub entries: Vec<Bypass>,
    /// Lines that cannot be read.
    pub damaged: usize,
    /// How many of the entries, and of the lines that cannot be read, a push has shown already.
    shown: (usize, usize),
}

impl BypassLog {
    /// The record of a repository; an empty one where nothing was let through yet.
    pub fn read(common_dir: &Path) -> io::Result<Self> {
        match bytes(&path(common_dir)) {
            Ok(text) => Ok(Self::parse(&text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    /// From the file's bytes.
    pub fn parse(text: &[u8]) -> Self {
        let mut record = Self::default();
        for line in text.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
            match LogLine::read(line) {
                Some(LogLine::Bypass(entry)) => record.entries.push(entry),
                Some(LogLine::Shown(_)) => record.shown = (record.entries.len(), record.damaged),
                None => record.damaged += 1,
            }
        }
        record
    }
}

/// The entries that were not shown at a push yet, as lines for people. A line that cannot be read
/// is said to be one.
pub fn not_shown(common_dir: &Path) -> Vec<String> {
    let record = match BypassLog::read(common_dir) {
        Ok(record) => record,
        Err(error) => return vec![format!("`{}` cannot be read: {error}", path(common_dir).display())],
    };
    let mut lines: Vec<String> = record.entries[record.shown.0..]
        .iter()
        // A push finds these out itself, and tells them when it does.
        .filter(|entry| entry.what != BypassKind::Bypass)
        .map(ToString::to_string)
        .collect();
    match record.damaged - record.shown.1 {
        0 => {}
        1 => lines.push(format!("a line of `{}` cannot be read", path(common_dir).display())),
        more => lines.push(format!("{more} lines of `{}` cannot be read", path(common_dir).display())),
    }
    lines
}

#[cfg(test)]
mod tests;
