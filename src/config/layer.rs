//! Layers of configuration: where a text and each value of it come from, and who outranks whom.

use std::fmt;
use std::path::PathBuf;

/// Where a layer's text comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A file on disk.
    File(PathBuf),
    /// A file of the repository as it stands in the index or a commit.
    Git {
        /// Its path from the repository's root, with `/`.
        path: String,
        /// The commit; `None` for the index.
        revision: Option<String>,
    },
}

impl Origin {
    /// The file's path from the repository's root, where it is one of the index or of a commit.
    pub fn in_repository(&self) -> Option<&str> {
        match self {
            Self::Git { path, .. } => Some(path),
            Self::File(_) => None,
        }
    }

    /// A command that prints the SHA-256 of the text.
    pub(super) fn digest_command(&self) -> String {
        match self {
            Self::File(path) if cfg!(windows) => format!("certutil -hashfile \"{}\" SHA256", path.display()),
            Self::File(path) => format!("sha256sum {}", path.display()),
            Self::Git { path, revision } => {
                format!("git show {}:{path} | sha256sum", revision.as_deref().unwrap_or_default())
            }
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(out, "{}", path.display()),
            Self::Git { path, revision: None } => write!(out, "{path} (staged)"),
            Self::Git { path, revision: Some(revision) } => {
                write!(out, "{path} at {}", revision.get(..12).unwrap_or(revision))
            }
        }
    }
}

/// Who speaks in a layer, in the order in which layers are laid.
///
/// An organisation outranks a repository, which outranks a user. What an organisation does not lock is
/// its default: the repository may set it otherwise. A user fills in only what neither of them says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// The machine's file, or one that the repository's extends.
    Organisation,
    /// The user's own file.
    User,
    /// The repository's file, or the one that a flag names in its place.
    Repository,
}

impl Rank {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Organisation => "organisation",
            Self::User => "user",
            Self::Repository => "repository",
        }
    }
}

/// A configuration's text and where it comes from.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Who speaks.
    pub rank: Rank,
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
    /// Who set it.
    pub rank: Rank,
    /// The layer.
    pub origin: Origin,
    /// Whether it stands beside other values of the same key instead of replacing them.
    pub joined: bool,
}

/// A value that would have loosened what an organisation locks. The stricter one holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The key.
    pub key: String,
    /// The value that was refused.
    pub value: String,
    /// The layer that asked for it.
    pub origin: Origin,
    /// The layer that locks the key.
    pub by: Origin,
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, value, origin, by } = self;
        write!(out, "`{key} = {value}` in {origin} is refused: {by} locks it, and what it says is stricter")
    }
}
