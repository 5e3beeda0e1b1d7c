//! What gatehook keeps for this user on this machine: results of stages, and receipts of what the gates
//! passed, so that the same content is not looked at twice.
//!
//! Everything here but `bypass_log` only ever saves work. Each entry carries a tag made with a key that lies in
//! the user's own state directory; what is missing, damaged, cut off, of another machine or forged is a miss,
//! never an error that stops a gate and never a pass. `ci` and `pre-receive` do not open it.
//! Knows no git, no rule and no environment: who opens it says where the directories are.

mod advisories;
pub mod bypass_log;
mod cache;
mod dirs;
mod raw;
mod receipts;
mod seal;
mod trust;

use std::io;
use std::path::PathBuf;

pub use advisories::{AdvisoryFile, advisory_path};
pub use cache::{Cache, Kept, Key, KeyParts};
pub use dirs::Dirs;
pub use receipts::{Known, Receipts, Seen, Steps};
pub use trust::Trust;

/// Why nothing can be kept. No reason to stop: the work is done once more instead.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A directory or file cannot be made, read or written.
    #[error("cannot use `{path}`")]
    Unusable {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Others could have put anything there.
    #[error("`{0}` is another user's, or others may write there")]
    Foreign(PathBuf),
    /// The system gives no random bytes for the key.
    #[error("the system gives no random bytes")]
    NoRandom(#[source] getrandom::Error),
    /// More than is kept of one result.
    #[error("{size} bytes are too much to be kept")]
    TooLarge {
        /// How much it would be.
        size: usize,
    },
}

impl StoreError {
    fn unusable(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        |source| Self::Unusable { path: path.into(), source }
    }
}
