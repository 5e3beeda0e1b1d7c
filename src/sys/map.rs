//! Read-only memory maps of files that other processes replace by rename.

use std::fs::File;
use std::io;
use std::ops::Deref;
use std::path::Path;

/// A file's bytes, mapped read-only.
///
/// Meant for files that are replaced by rename and never written in place, as git does with its
/// index: the map then keeps the old content alive. A file truncated in place under the map would
/// raise `SIGBUS`, so nothing else may be opened this way.
#[derive(Debug, Default)]
pub struct Map(Option<memmap2::Mmap>);

impl Map {
    /// Maps `path`. An empty file gives an empty slice.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        if file.metadata()?.len() == 0 {
            return Ok(Self(None));
        }
        // All of it will be read: one call that maps the pages is cheaper than a fault for every sixteen.
        #[allow(unsafe_code, reason = "mapping a file is unsafe by its nature; see the type's contract")]
        // SAFETY: the map is read-only and private, and callers open only files that are replaced by rename.
        let map = unsafe { memmap2::MmapOptions::new().populate().map_copy_read_only(&file)? };
        Ok(Self(Some(map)))
    }
}

impl Deref for Map {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.as_deref().unwrap_or_default()
    }
}
