//! Results of stages by what went into them: `$XDG_CACHE_HOME/gatehook/stages/<key>`.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::dirs::{forget, private, read, replace};
use super::raw::RawKept;
use super::seal::{Seal, TAG};
use super::{Dirs, StoreError};
use crate::change::Oid;
use crate::finding::Finding;
use crate::finding::model::FindingModel;
use crate::paths::RepoPath;

/// Bytes of one result, at most. What is larger is found again faster than it is looked for.
const LARGEST: usize = 4 << 20;
/// Bytes and number of all results; beyond either those that were not used longest go.
const LARGEST_ALL: u64 = 64 << 20;
const MOST: usize = 4096;
/// What a process that was killed left behind is older than this.
const STALE: Duration = Duration::from_secs(3600);

/// What a stage's result depends on, besides the files. A part that a stage does not have is empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeyParts<'a> {
    /// The stage's name.
    pub stage: &'a str,
    /// The tool and its version, as it tells it; for a built-in stage gatehook's own.
    pub tool: &'a str,
    /// All of the stage's configuration, and everything else that it is reported: placeholders, variables, base and
    /// head where it sees them.
    pub config: &'a [u8],
    /// The rules, or a digest of them.
    pub rules: &'a [u8],
}

/// Names a result by all that went into it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key([u8; 32]);

impl Key {
    /// Its bytes, for who keeps a note of it.
    pub const fn bytes(&self) -> [u8; 32] {
        self.0
    }

    /// The key of these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key of `parts` over `files`, in whatever order these come.
    pub fn of<'f>(parts: &KeyParts<'_>, files: impl IntoIterator<Item = (&'f RepoPath, Oid)>) -> Self {
        let mut files: Vec<(&[u8], Oid)> = files.into_iter().map(|(path, id)| (path.as_bytes(), id)).collect();
        files.sort_unstable();
        files.dedup();
        let mut hasher = blake3::Hasher::new_derive_key("gatehook stage result v1");
        let mut part = |bytes: &[u8]| {
            hasher.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
        };
        part(env!("CARGO_PKG_VERSION").as_bytes());
        for bytes in [parts.stage.as_bytes(), parts.tool.as_bytes(), parts.config, parts.rules] {
            part(bytes);
        }
        for (path, id) in files {
            part(path);
            part(id.as_bytes());
        }
        Self(*hasher.finalize().as_bytes())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self}")
    }
}

/// A result that is kept: of a stage that ran to its end and left no gap. Any other is not to be kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// What it found, before any policy: allowances and baselines hold when it is taken out again.
    pub findings: Vec<Finding>,
    /// Files it was given.
    pub files: usize,
}

/// The results that this user's runs have left.
pub struct Cache {
    dir: PathBuf,
    seal: Seal,
}

impl Cache {
    /// Opens it, and makes directories and key where there are none.
    ///
    /// # Errors
    ///
    /// Nothing can be kept then, and all the work is done: no reason to stop.
    pub fn open(dirs: &Dirs) -> Result<Self, StoreError> {
        let dir = dirs.cache.join("stages");
        private(&dirs.cache)?;
        private(&dir)?;
        Ok(Self { dir, seal: Seal::open(dirs)? })
    }

    /// The result of that key. Whatever is not this user's own, whole and of this key is `None`.
    pub fn get(&self, key: &Key) -> Option<Kept> {
        let path = self.place(key);
        let bytes = read(&path, (TAG + LARGEST) as u64)?;
        let (tag, content) = bytes.split_at_checked(TAG)?;
        if self.tag(key, content) != <[u8; TAG]>::try_from(tag).ok()? {
            return None;
        }
        let raw: RawKept = serde_json::from_slice(content).ok()?;
        let findings = raw.findings.into_iter().map(|model| model.finding().ok()).collect::<Option<_>>()?;
        // It was of use: the next to go is another. Where the time cannot be set it goes earlier.
        let _ = fs::File::options().write(true).open(&path).and_then(|file| file.set_modified(SystemTime::now()));
        Some(Kept { findings, files: raw.files })
    }

    /// Keeps `kept` under `key`, and lets go of what was not used for long.
    ///
    /// A result with a value that a person may have chosen is not kept: what an allowance knows it by is made of the value.
    pub fn put(&self, key: &Key, kept: &Kept) -> Result<(), StoreError> {
        if kept.findings.iter().any(Finding::is_chosen) {
            return Ok(());
        }
        let raw = RawKept {
            files: kept.files,
            findings: kept.findings.iter().map(|finding| FindingModel::of(finding, false)).collect(),
        };
        let path = self.place(key);
        let content = serde_json::to_vec(&raw).map_err(|error| StoreError::unusable(&path)(error.into()))?;
        if content.len() > LARGEST {
            return Err(StoreError::TooLarge { size: content.len() });
        }
        let bytes = [self.tag(key, &content).as_bytes(), &content[..]].concat();
        replace(&path, &bytes).map_err(StoreError::unusable(&path))?;
        shrink(&self.dir, LARGEST_ALL, MOST);
        Ok(())
    }

    fn place(&self, key: &Key) -> PathBuf {
        self.dir.join(key.to_string())
    }

    /// The key is part of what is tagged: an entry under another's name is none.
    fn tag(&self, key: &Key, content: &[u8]) -> blake3::Hash {
        self.seal.tag("stage result", &[&key.0, content])
    }
}

/// Removes the files of `dir` that were not used longest, until at most three quarters of `bytes` and
/// `number` are left, where there is more than either.
fn shrink(dir: &Path, bytes: u64, number: usize) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    let now = SystemTime::now();
    let mut files: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
    for entry in entries.flatten() {
        let Ok(about) = entry.metadata() else { continue };
        let time = about.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        let unfinished = entry.path().extension().is_some_and(|extension| extension == "tmp");
        if !unfinished {
            files.push((time, about.len(), entry.path()));
        } else if now.duration_since(time).is_ok_and(|age| age > STALE) {
            forget(&entry.path());
        }
    }
    let (mut left, mut size) = (files.len(), files.iter().map(|(_, size, _)| size).sum::<u64>());
    if left <= number && size <= bytes {
        return;
    }
    files.sort();
    for (_, own, path) in files {
        if left <= number / 4 * 3 && size <= bytes / 4 * 3 {
            return;
        }
        forget(&path);
        left -= 1;
        size -= own;
    }
}

#[cfg(test)]
mod tests;
