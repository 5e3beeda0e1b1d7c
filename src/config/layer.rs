//! Layers of configuration: where a text and each value of it come from.

use std::fmt;
use std::path::PathBuf;

/// Where a layer's text comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A file on disk.
    File(PathBuf),
    /// The repository's file as it stands in the index or a commit, named here.
    Git(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(out, "{}", path.display()),
            Self::Git(name) => out.write_str(name),
        }
    }
}

/// A configuration's text and where it comes from.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Where from.
    pub origin: Origin,
    /// The text.
    pub text: Vec<u8>,
}

/// A value that some layer set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The key, as `gate.commit.block`.
    pub key: String,
    /// The value, as it would be written.
    pub value: String,
    /// The layer.
    pub origin: Origin,
}
