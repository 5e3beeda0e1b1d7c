//! The record of checks that were let through: `gatehook/record.jsonl` in the git directory that
//! all work trees share, a line of JSON each, oldest first, bounded.
//!
//! Never holds a found value, only names of rules and stages and the reason that somebody gave.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// Size at which the older half is dropped, in bytes.
const LARGEST: u64 = 256 << 10;
/// Characters of a reason that are kept.
const LONGEST: usize = 400;

/// What was let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Named rules or stages were skipped.
    Skip,
    /// gatehook could not look, and was told not to stop for that.
    Error,
}

impl What {
    const fn word(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::Error => "on-error",
        }
    }
}

/// One line of the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When, as RFC 3339 in UTC.
    pub time: String,
    /// In which hook.
    pub hook: String,
    /// What was let through.
    pub what: What,
    /// The rules or stages; empty for an error.
    pub names: Vec<String>,
    /// The reason that was given.
    pub reason: String,
}

/// Where the record of a repository is.
pub fn path(common_dir: &Path) -> PathBuf {
    common_dir.join("gatehook").join("record.jsonl")
}

/// Adds an entry.
pub fn append(common_dir: &Path, entry: &Entry) -> io::Result<()> {
    let reason: String = entry.reason.chars().take(LONGEST).collect();
    line(
        common_dir,
        &json!({ "time": entry.time, "hook": entry.hook, "what": entry.what.word(), "names": entry.names, "reason": reason }),
    )
}

/// Notes that all entries so far were shown to whoever pushes.
pub fn mark_shown(common_dir: &Path, time: &str) -> io::Result<()> {
    line(common_dir, &json!({ "time": time, "what": "shown" }))
}

/// One write of one line: two hooks at the same time do not mix.
fn line(common_dir: &Path, value: &Value) -> io::Result<()> {
    let path = path(common_dir);
    fs::create_dir_all(path.parent().unwrap_or(common_dir))?;
    shorten(&path)?;
    OpenOptions::new().create(true).append(true).open(&path)?.write_all(format!("{value}\n").as_bytes())
}

/// Whether `path` can be opened without waiting for whoever holds the other end of a pipe.
fn regular(path: &Path) -> io::Result<()> {
    if fs::metadata(path)?.is_file() { Ok(()) } else { Err(io::Error::other("it is no regular file")) }
}

/// Drops the older half of a record that has grown too large.
fn shorten(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(_) if regular(path).is_err() => return regular(path),
        Ok(meta) if meta.len() > LARGEST => {}
        _ => return Ok(()),
    }
    #[allow(clippy::disallowed_methods, reason = "the record is a file of this module")]
    let text = fs::read(path)?;
    let half = text.len() / 2;
    let from = text[half..].iter().position(|&byte| byte == b'\n').map_or(text.len(), |end| half + end + 1);
    let beside = path.with_extension(format!("{}.tmp", std::process::id()));
    #[allow(clippy::disallowed_methods, reason = "the record is a file of this module")]
    fs::write(&beside, &text[from..])?;
    fs::rename(&beside, path)
}

/// The entries that were not shown at a push yet, as lines for people. A line that cannot be read
/// is said to be one.
pub fn not_shown(common_dir: &Path) -> Vec<String> {
    #[allow(clippy::disallowed_methods, reason = "the record is a file of this module")]
    let text = match regular(&path(common_dir)).and_then(|()| fs::read(path(common_dir))) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
        Err(error) => return vec![format!("`{}` cannot be read: {error}", path(common_dir).display())],
    };
    let mut lines = Vec::new();
    for line in text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        let Ok(value) = serde_json::from_slice::<Value>(line) else {
            lines.push(format!("a line of `{}` cannot be read", path(common_dir).display()));
            continue;
        };
        let word = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        match &word("what")[..] {
            "shown" => lines.clear(),
            "skip" => {
                let names: Vec<&str> =
                    value["names"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                lines.push(format!(
                    "{} {} without {}: {}",
                    word("time"),
                    word("hook"),
                    names.join(", "),
                    word("reason")
                ));
            }
            _ => lines.push(format!("{} {} in spite of an error: {}", word("time"), word("hook"), word("reason"))),
        }
    }
    lines
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the test damages the file behind the module's back")]
mod tests {
    use super::*;

    fn entry(reason: &str) -> Entry {
        let names = vec!["secrets".to_owned()];
        Entry {
            time: "2026-01-02T03:04:05Z".into(),
            hook: "pre-commit".into(),
            what: What::Skip,
            names,
            reason: reason.into(),
        }
    }

    #[test]
    fn what_was_shown_is_not_shown_again() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(not_shown(dir.path()), Vec::<String>::new());
        append(dir.path(), &entry("one")).unwrap();
        mark_shown(dir.path(), "2026-01-02T03:04:05Z").unwrap();
        append(dir.path(), &entry("two")).unwrap();
        assert_eq!(not_shown(dir.path()), ["2026-01-02T03:04:05Z pre-commit without secrets: two"]);
    }

    #[test]
    fn the_record_stays_small_and_keeps_the_newest() {
        let dir = tempfile::tempdir().unwrap();
        for number in 0..3000 {
            append(dir.path(), &entry(&format!("{number} {}", "x".repeat(2000)))).unwrap();
        }
        assert!(fs::metadata(path(dir.path())).unwrap().len() <= LARGEST + 2000);
        let lines = not_shown(dir.path());
        assert!(lines.last().unwrap().contains("2999 xx") && lines.len() > 100);
    }

    #[test]
    fn a_damaged_line_is_told() {
        let dir = tempfile::tempdir().unwrap();
        line(dir.path(), &json!("x")).unwrap();
        fs::write(path(dir.path()), "{broken\n").unwrap();
        assert!(not_shown(dir.path())[0].contains("cannot be read"));
    }
}
