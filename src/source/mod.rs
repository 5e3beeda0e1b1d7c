//! Sources of changes that need no git, and what every source gives: a [`Listing`].

use crate::change::Change;
use crate::finding::{Gap, Scanned};

/// What a source found to look at.
#[derive(Debug, Default)]
pub struct Listing {
    /// The changes, in the source's order.
    pub changes: Vec<Change>,
    /// What could not be listed.
    pub gaps: Vec<Gap>,
    /// Base, head, how, commits. Files, lines and bytes are counted by who reads them.
    pub scanned: Scanned,
}

mod files;
mod message;
mod patch;

pub use files::{Files, at, label, unread, walk};
pub use message::{Cleanup, chosen_comment, message};
pub use patch::{NoPatch, patch};
