//! Repository-relative paths, as the bytes that git keeps.

mod glob;

use std::fmt;
use std::path::{Path, PathBuf};

pub use glob::matches;

use crate::text::escape;

/// A path relative to the repository's root (or to the scanned directory outside one), with `/`
/// between its parts, without `./`. Bytes: it need not be UTF-8.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepoPath(Box<[u8]>);

impl RepoPath {
    /// Takes the bytes as git gives them.
    pub fn new(bytes: impl Into<Box<[u8]>>) -> Self {
        Self(bytes.into())
    }

    /// The bytes as git keeps them.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The last part.
    pub fn file_name(&self) -> &[u8] {
        self.0.rsplit(|&byte| byte == b'/').next().unwrap_or_default()
    }

    /// The part of the file name behind its last dot; empty where there is none.
    pub fn extension(&self) -> &[u8] {
        let name = self.file_name();
        match memchr::memrchr(b'.', name) {
            Some(dot) if dot > 0 => &name[dot + 1..],
            _ => b"",
        }
    }

    /// As a path of the operating system, relative to the repository's root.
    #[cfg(unix)]
    pub fn to_path(&self) -> PathBuf {
        use std::os::unix::ffi::OsStrExt;
        PathBuf::from(std::ffi::OsStr::from_bytes(&self.0))
    }

    /// As a path of the operating system, relative to the repository's root.
    #[cfg(not(unix))]
    pub fn to_path(&self) -> PathBuf {
        PathBuf::from(String::from_utf8_lossy(&self.0).into_owned())
    }

    /// From a relative path of the operating system; `./` and `\` on Windows are normalised.
    pub fn from_path(path: &Path) -> Self {
        let mut bytes = Vec::new();
        for part in path.components() {
            if let std::path::Component::CurDir = part {
                continue;
            }
            if !bytes.is_empty() && bytes != b"/" {
                bytes.push(b'/');
            }
            bytes.extend_from_slice(part.as_os_str().as_encoded_bytes());
        }
        Self::new(bytes)
    }
}

/// Fit for a terminal: control and misleading characters are spelled out.
impl fmt::Display for RepoPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        escape(&self.0).fmt(out)
    }
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self}")
    }
}

impl From<&str> for RepoPath {
    fn from(path: &str) -> Self {
        Self::new(path.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_path() {
        let path = RepoPath::from("a/b.tar.gz");
        assert_eq!(path.file_name(), b"b.tar.gz");
        assert_eq!(path.extension(), b"gz");
        assert_eq!(RepoPath::from(".env").extension(), b"");
        assert_eq!(RepoPath::from_path(Path::new("./a/./b")).as_bytes(), b"a/b");
    }
}
