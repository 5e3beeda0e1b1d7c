//! What every source gives: the changes it found, what it could not list, and how it looked.

use super::Change;
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
