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
    /// Maps `path`, all of which is read. An empty file gives an empty slice.
    pub fn open(path: &Path) -> io::Result<Self> {
        // One call that maps the pages is cheaper than a fault for every sixteen.
        Self::mapped(path, memmap2::MmapOptions::new().populate())
    }

    /// The same for a file of which little is read.
    pub fn open_sparse(path: &Path) -> io::Result<Self> {
        Self::mapped(path, &memmap2::MmapOptions::new())
    }

    fn mapped(path: &Path, options: &memmap2::MmapOptions) -> io::Result<Self> {
        let file = File::open(path)?;
        if file.metadata()?.len() == 0 {
            return Ok(Self(None));
        }
        #[allow(unsafe_code, reason = "mapping a file is unsafe by its nature; see the type's contract")]
        // SAFETY: the map is read-only and private, and callers open only files that are replaced by rename.
        let map = unsafe { options.map_copy_read_only(&file)? };
        Ok(Self(Some(map)))
    }
}

impl Deref for Map {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.as_deref().unwrap_or_default()
    }
}
