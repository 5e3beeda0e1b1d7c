//! Loose objects: a file each, a zlib stream of `<type> SP <size> NUL <content>`.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::{Decompress, FlushDecompress, Status};

use super::{Fault, Type};
use crate::change::{Loaded, Oid};
use crate::sys;

/// Bytes of a file that are read at a time.
const CHUNK: usize = 64 << 10;
/// Bytes of content that are reserved on the word of a header alone.
const TRUSTED: usize = 1 << 20;
/// The longest header, `commit`, a number of twenty digits, and room.
const HEADER: usize = 32;

/// Buffers that serve one object after the other.
pub(in crate::git) struct Loose {
    inflate: Decompress,
    input: Box<[u8]>,
    path: PathBuf,
}

impl Default for Loose {
    fn default() -> Self {
        Self { inflate: Decompress::new(true), input: vec![0; CHUNK].into(), path: PathBuf::new() }
    }
}

impl Loose {
    /// Reads `id` from the object directory `place`.
    pub(super) fn read(&mut self, place: &Path, id: Oid, wanted: Type, limit: u64) -> Result<Loaded, Fault> {
        let file = self.open(place, id)?;
        self.object(file, wanted, limit)
    }

    /// What `id` is, as its header in the object directory `place` says.
    pub(super) fn kind(&mut self, place: &Path, id: Oid) -> Option<Type> {
        let file = self.open(place, id).ok()?;
        let mut stream = self.stream(file);
        let mut head = [0; HEADER];
        let (nul, _) = stream.header(&mut head).ok()?;
        Type::parse(head[..nul].split(|&byte| byte == b' ').next()?)
    }

    fn open(&mut self, place: &Path, id: Oid) -> Result<File, Fault> {
        let hex = id.to_string();
        self.path.clear();
        self.path.push(place);
        self.path.push(&hex[..2]);
        self.path.push(&hex[2..]);
        // A place that cannot be opened at all is git's to tell of.
        sys::open(&self.path).map(|(file, _)| file).map_err(|_| Fault::Missing)
    }

    fn stream<F: Read>(&mut self, file: F) -> Stream<'_, F> {
        self.inflate.reset(true);
        Stream { file, inflate: &mut self.inflate, input: &mut self.input, from: 0, to: 0 }
    }

    /// Reads the object that `file` holds.
    pub(in crate::git) fn object(&mut self, file: impl Read, wanted: Type, limit: u64) -> Result<Loaded, Fault> {
        let mut stream = self.stream(file);
        let mut head = [0; HEADER];
        let (nul, filled) = stream.header(&mut head)?;
        let size = size(&head[..nul], wanted)?;
        let want = usize::try_from(size.min(limit)).map_err(|_| Fault::Unfit("it is too large"))?;
        let mut bytes = Vec::with_capacity(want.min(TRUSTED));
        bytes.extend_from_slice(&head[nul + 1..filled]);
        if bytes.len() > want {
            if (bytes.len() as u64) > size {
                return Err(Fault::Unfit("it is longer than its header says"));
            }
            bytes.truncate(want);
            return Ok(Loaded { bytes, size });
        }
        while bytes.len() < want {
            let have = bytes.len();
            bytes.resize(want.min(have.max(TRUSTED) * 2), 0);
            let mut at = have;
            while at < bytes.len() {
                let (got, ended) = stream.inflate(&mut bytes[at..])?;
                at += got;
                if ended && at < bytes.len() {
                    return Err(Fault::Unfit("it is shorter than its header says"));
                }
            }
        }
        if want as u64 == size {
            stream.end()?;
        }
        Ok(Loaded { bytes, size })
    }
}

/// The size that the header `<type> SP <size>` gives, where the type is the wanted one.
fn size(header: &[u8], wanted: Type) -> Result<u64, Fault> {
    let digits = header.strip_prefix(wanted.word().as_bytes()).and_then(|rest| rest.strip_prefix(b" "));
    let digits = digits.ok_or(Fault::Unfit("it is of another type"))?;
    std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()).ok_or(Fault::Unfit("it has no size"))
}

/// A file being inflated.
struct Stream<'s, F> {
    file: F,
    inflate: &'s mut Decompress,
    input: &'s mut [u8],
    /// What of `input` is still to be inflated.
    from: usize,
    to: usize,
}

impl<F: Read> Stream<'_, F> {
    /// Inflates the beginning into `head`: where the header ends, and how many bytes there are.
    fn header(&mut self, head: &mut [u8; HEADER]) -> Result<(usize, usize), Fault> {
        let mut filled = 0;
        loop {
            let (got, ended) = self.inflate(&mut head[filled..])?;
            filled += got;
            match memchr::memchr(0, &head[..filled]) {
                Some(nul) => return Ok((nul, filled)),
                None if ended || filled == HEADER => return Err(Fault::Unfit("its header has no end")),
                None => {}
            }
        }
    }

    /// Inflates into `out`, not empty: how many bytes came, and whether the stream has ended. Gives at
    /// least one byte or the end.
    fn inflate(&mut self, out: &mut [u8]) -> Result<(usize, bool), Fault> {
        loop {
            let (read, written) = (self.inflate.total_in(), self.inflate.total_out());
            let status = self
                .inflate
                .decompress(&self.input[self.from..self.to], out, FlushDecompress::None)
                .map_err(|_| Fault::Unfit("it is not a zlib stream"))?;
            self.from += usize::try_from(self.inflate.total_in() - read).unwrap_or(usize::MAX);
            let got = usize::try_from(self.inflate.total_out() - written).unwrap_or(usize::MAX);
            if status == Status::StreamEnd {
                return Ok((got, true));
            }
            if got > 0 {
                return Ok((got, false));
            }
            // Only now is more input needed: a small file is read by one call.
            if self.from == self.to {
                self.to = self.file.read(self.input).map_err(|_| Fault::Unfit("it cannot be read"))?;
                self.from = 0;
                if self.to == 0 {
                    return Err(Fault::Unfit("it is cut off"));
                }
            }
        }
    }

    /// Reads on to the end of the stream, where its checksum is; no more content may come.
    fn end(&mut self) -> Result<(), Fault> {
        match self.inflate(&mut [0])? {
            (0, true) => Ok(()),
            _ => Err(Fault::Unfit("it is longer than its header says")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const ID: Oid = Oid::sha1([0xab; 20]);

    /// An object directory with `stream` as its one object.
    fn place(stream: &[u8]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let hex = ID.to_string();
        std::fs::create_dir(dir.path().join(&hex[..2])).unwrap();
        File::create(dir.path().join(&hex[..2]).join(&hex[2..])).unwrap().write_all(stream).unwrap();
        dir
    }

    fn deflate(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn object(header: &str, content: &[u8]) -> Vec<u8> {
        deflate(&[header.as_bytes(), b"\0", content].concat())
    }

    fn read(stream: &[u8], limit: u64) -> Result<(Vec<u8>, u64), Fault> {
        let dir = place(stream);
        let loaded = Loose::default().read(dir.path(), ID, Type::Blob, limit)?;
        Ok((loaded.bytes, loaded.size))
    }

    #[test]
    fn content_of_every_size_is_read_and_cut_at_the_limit() {
        // Bytes that hardly compress, so that the larger ones need several reads.
        let mut state = 1_u32;
        let mut noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        };
        for size in [0_usize, 1, 20, 31, 32, 33, 5_000, 200_000, 3_000_000] {
            let content: Vec<u8> = (0..size).map(|_| noise()).collect();
            let stream = object(&format!("blob {size}"), &content);
            assert_eq!(read(&stream, u64::MAX).unwrap(), (content.clone(), size as u64), "{size}");
            for limit in [0_usize, 1, 10, 100_000] {
                let kept = content[..content.len().min(limit)].to_vec();
                assert_eq!(read(&stream, limit as u64).unwrap(), (kept, size as u64), "{size} {limit}");
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_a_fault() {
        let good = object("blob 5", b"hello");
        for cut in 0..good.len() {
            assert!(read(&good[..cut], u64::MAX).is_err(), "{cut}");
        }
        for (header, content) in [
            ("blob 6", &b"hello"[..]),
            ("blob 4", b"hello"),
            ("blob 18446744073709551615", b"hello"),
            ("blob 99999999999999999999999999999999", b""),
            ("tree 5", b"hello"),
            ("blob", b"hello"),
            ("blob x", b"hello"),
            ("blob 100", &[b'a'; 99]),
            ("blob 100", &[b'a'; 101]),
        ] {
            assert!(read(&object(header, content), u64::MAX).is_err(), "{header}");
        }
        assert_eq!(read(b"no stream", u64::MAX), Err(Fault::Unfit("it is not a zlib stream")));
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(Loose::default().read(dir.path(), ID, Type::Blob, 1), Err(Fault::Missing)));
    }
}
