//! Files of a git directory as bytes: small ones read, large ones mapped.
//!
//! git puts another file in the place of one that changes, and a map then keeps the old content alive. A stranger
//! may cut a file short under the map all the same: what is then missing reads as zeros (`torn`), and
//! [`Map::is_whole`] tells. Whoever draws a conclusion from what is *not* in a map asks for that first.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Deref;
use std::path::Path;

use super::torn::Guard;

/// Files up to this size are read: that costs less than a map of them.
const SMALL: u64 = 64 << 10;

/// Bytes of a file all of which is read, at most: a file may claim any size without holding it.
const LARGEST: u64 = 1 << 30;

/// A file's bytes.
#[derive(Debug, Default)]
pub struct Map(Bytes);

#[derive(Debug)]
enum Bytes {
    Read(Vec<u8>),
    Mapped { guard: Guard, map: memmap2::Mmap, file: File },
}

impl Default for Bytes {
    fn default() -> Self {
        Self::Read(Vec::new())
    }
}

impl Map {
    /// The file at `path`, all of which is read. An empty file gives an empty slice.
    pub fn open(path: &Path) -> io::Result<Self> {
        // One call that maps the pages is cheaper than a fault for every sixteen.
        Self::opened(path, memmap2::MmapOptions::new().populate(), LARGEST)
    }

    /// The same for a file of which little is read.
    pub fn open_sparse(path: &Path) -> io::Result<Self> {
        Self::opened(path, &memmap2::MmapOptions::new(), u64::MAX)
    }

    /// Bytes that are at hand already.
    pub const fn of(bytes: Vec<u8>) -> Self {
        Self(Bytes::Read(bytes))
    }

    fn opened(path: &Path, options: &memmap2::MmapOptions, most: u64) -> io::Result<Self> {
        let (mut file, size) = super::open(path)?;
        if size > most {
            return Err(io::Error::other("it is too large"));
        }
        if size <= SMALL {
            let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default() + 1);
            (&mut file).take(SMALL + 1).read_to_end(&mut bytes)?;
            return if bytes.len() as u64 == size { Ok(Self::of(bytes)) } else { Err(changed()) };
        }
        #[allow(unsafe_code, reason = "mapping a file is unsafe by its nature; see the module's words")]
        // SAFETY: the map is read-only and private. Of a file that is cut short under it, pages of zeros take the
        // place of those that are gone, so that a read gives some byte and never a fault.
        let map =
            unsafe { options.clone().len(usize::try_from(size).map_err(io::Error::other)?).map_copy_read_only(&file)? };
        let guard = Guard::new(map.as_ptr(), map.len()).ok_or_else(|| io::Error::other("too many files are mapped"))?;
        Ok(Self(Bytes::Mapped { guard, map, file }))
    }

    /// Whether the file still is what it was when it was opened: it was not cut short, nor written to as far as
    /// its size tells.
    pub fn is_whole(&self) -> bool {
        match &self.0 {
            Bytes::Read(_) => true,
            Bytes::Mapped { guard, map, file } => {
                !guard.is_torn() && file.metadata().is_ok_and(|about| about.len() == map.len() as u64)
            }
        }
    }
}

fn changed() -> io::Error {
    io::Error::other("it changes while it is read")
}

impl Deref for Map {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.0 {
            Bytes::Read(bytes) => bytes,
            Bytes::Mapped { map, .. } => map,
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::disallowed_methods, reason = "a file to cut short")]
    fn a_file_cut_short_under_the_map_reads_as_zeros_and_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        for cut in [0, 1, 70_000, 99_999] {
            std::fs::write(&path, vec![b'x'; 100_000]).unwrap();
            for sparse in [true, false] {
                let map = if sparse { Map::open_sparse(&path) } else { Map::open(&path) }.unwrap();
                let other = Map::open(&path).unwrap();
                assert!(map.is_whole() && map[99_999] == b'x');
                File::options().write(true).open(&path).unwrap().set_len(cut).unwrap();
                let kept = memchr::memchr_iter(b'x', &map).count();
                assert_eq!(kept as u64, cut);
                assert!(!map.is_whole() && !other.is_whole());
                drop((map, other));
                std::fs::write(&path, vec![b'x'; 100_000]).unwrap();
                assert!(Map::open(&path).unwrap().is_whole(), "the place of a map that is gone serves the next");
            }
        }
        std::fs::write(&path, vec![b'x'; 1_000]).unwrap();
        let small = Map::open(&path).unwrap();
        std::fs::write(&path, b"").unwrap();
        assert!(small.is_whole() && small.len() == 1_000);
    }
}
