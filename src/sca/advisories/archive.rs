//! ZIP archives, read from memory: stored and deflated entries, with their checksums, as OSV publishes them
//! (<https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>). Bounds what one entry may unpack to.

use std::io::Read;

/// Most bytes of one entry.
const LARGEST: u64 = 64 << 20;
/// Most entries.
const MOST: u64 = 4_000_000;

/// Why an archive or an entry of it cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ArchiveError(pub String);

fn fault<T>(reason: &str) -> Result<T, ArchiveError> {
    Err(ArchiveError(reason.to_owned()))
}

/// An archive in memory.
pub struct Archive<'a> {
    bytes: &'a [u8],
    /// Where the central directory goes on, and how many entries are left.
    at: usize,
    left: u64,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?)))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

impl<'a> Archive<'a> {
    /// Opens one: finds its directory at the end.
    pub fn open(bytes: &'a [u8]) -> Result<Self, ArchiveError> {
        let tail = bytes.len().saturating_sub(66_000);
        let Some(end) = memchr::memmem::rfind(&bytes[tail..], b"PK\x05\x06").map(|at| at + tail) else {
            return fault("is not a ZIP archive, or is cut off");
        };
        let (Some(left), Some(mut at)) = (u16_at(bytes, end + 10), u32_at(bytes, end + 16)) else {
            return fault("is cut off");
        };
        let mut left = left as u64;
        if left == 0xffff || at == 0xffff_ffff {
            let record = end.checked_sub(20).filter(|locator| bytes.get(*locator..locator + 4) == Some(b"PK\x06\x07"));
            let record = record.and_then(|locator| u64_at(bytes, locator + 8)).and_then(|at| usize::try_from(at).ok());
            let found = record.and_then(|record| Some((u64_at(bytes, record + 32)?, u64_at(bytes, record + 48)?)));
            (left, at) = found.ok_or_else(|| ArchiveError("has a broken directory".to_owned()))?;
        }
        if left > MOST {
            return fault("has too many entries");
        }
        Ok(Self { bytes, at: usize::try_from(at).unwrap_or(usize::MAX), left })
    }

    /// The next file: its name and bytes. Directories are passed over.
    pub fn next_file(&mut self) -> Result<Option<(String, Vec<u8>)>, ArchiveError> {
        while self.left > 0 {
            self.left -= 1;
            let head = self.bytes.get(self.at..).filter(|head| head.starts_with(b"PK\x01\x02"));
            let Some(head) = head else { return fault("has a broken directory") };
            let read = (|| {
                let (method, crc) = (u16_at(head, 10)?, u32_at(head, 16)?);
                let (mut packed, mut size, mut offset) = (u32_at(head, 20)?, u32_at(head, 24)?, u32_at(head, 42)?);
                let (name, extra, comment) = (u16_at(head, 28)?, u16_at(head, 30)?, u16_at(head, 32)?);
                let path = head.get(46..46 + name)?;
                let mut fields = head.get(46 + name..46 + name + extra)?;
                while fields.len() >= 4 {
                    let (kind, length) = (u16_at(fields, 0)?, u16_at(fields, 2)?);
                    let body = fields.get(4..4 + length)?;
                    if kind == 1 {
                        let mut place = 0;
                        for value in [&mut size, &mut packed, &mut offset] {
                            if *value == 0xffff_ffff {
                                *value = u64_at(body, place)?;
                                place += 8;
                            }
                        }
                    }
                    fields = &fields[4 + length..];
                }
                Some((method, crc, packed, size, offset, path, 46 + name + extra + comment))
            })();
            let Some((method, crc, packed, size, offset, path, length)) = read else {
                return fault("has a broken directory");
            };
            self.at += length;
            let path = String::from_utf8_lossy(path).into_owned();
            if path.ends_with('/') {
                continue;
            }
            if size > LARGEST {
                return Err(ArchiveError(format!(
                    "holds `{}`, which is larger than {} MiB",
                    crate::sca::shown(&path),
                    LARGEST >> 20
                )));
            }
            let broken = || ArchiveError(format!("holds `{}`, which is broken", crate::sca::shown(&path)));
            let data = (|| {
                let offset = usize::try_from(offset).ok()?;
                let local = self.bytes.get(offset..).filter(|local| local.starts_with(b"PK\x03\x04"))?;
                let start = 30 + u16_at(local, 26)? + u16_at(local, 28)?;
                local.get(start..start.checked_add(usize::try_from(packed).ok()?)?)
            })()
            .ok_or_else(broken)?;
            let mut out = Vec::new();
            match method {
                0 => out.extend_from_slice(data),
                8 => {
                    flate2::read::DeflateDecoder::new(data)
                        .take(size + 1)
                        .read_to_end(&mut out)
                        .map_err(|_| broken())?;
                }
                _ => {
                    return Err(ArchiveError(format!(
                        "holds `{}`, packed in an unknown way",
                        crate::sca::shown(&path)
                    )));
                }
            }
            if out.len() as u64 != size || u64::from(crc32fast::hash(&out)) != crc {
                return Err(broken());
            }
            return Ok(Some((path, out)));
        }
        Ok(None)
    }
}
