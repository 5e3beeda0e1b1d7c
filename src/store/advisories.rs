//! Where the compiled advisory index lies: one file in the user's data directory, replaced as a whole.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use super::StoreError;
use super::dirs::{self, Dirs};
use crate::sys::Map;

/// The file's name.
const NAME: &str = "advisories.idx";

/// The path of the index.
pub fn advisory_path(dirs: &Dirs) -> PathBuf {
    dirs.data.join(NAME)
}

/// The index, mapped.
#[derive(Debug)]
pub struct AdvisoryFile {
    /// Its bytes.
    pub map: Map,
    /// When it was last written, in seconds of Unix time.
    pub written: u64,
}

impl AdvisoryFile {
    /// Maps the index; `None` where there is none.
    pub fn open(dirs: &Dirs) -> Result<Option<Self>, StoreError> {
        let path = advisory_path(dirs);
        let about = match fs::metadata(&path) {
            Ok(about) => about,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::unusable(path)(error)),
        };
        // Whoever can write it decides what this user's gates know.
        if !about.is_file() || !dirs::is_private(&path) {
            return Err(StoreError::Foreign(path));
        }
        let since = about.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let written = since.map_or(0, |since| since.as_secs());
        let map = Map::open_sparse(&path).map_err(StoreError::unusable(path))?;
        Ok(Some(Self { map, written }))
    }

    /// Puts a new index in the place of the old one, which stays where anything goes wrong.
    pub fn replace(dirs: &Dirs, bytes: &[u8]) -> Result<(), StoreError> {
        dirs::private(&dirs.data)?;
        let path = advisory_path(dirs);
        let beside = dirs::beside(&path, bytes).map_err(StoreError::unusable(path.clone()))?;
        // On disk before it is named: a crash leaves the old one or all of the new one.
        let put = fs::File::open(&beside).and_then(|file| file.sync_all()).and_then(|()| fs::rename(&beside, &path));
        put.inspect_err(|_| dirs::forget(&beside)).map_err(StoreError::unusable(path))
    }

    /// How many whole days old the index is: since it was compiled, or since its file was written where that is longer ago.
    pub fn days_old(&self, created: u64, now: SystemTime) -> u64 {
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        now.saturating_sub(created.min(self.written)) / 86_400
    }
}
