//! Sources of changes that need no git: the work tree, patches, messages.

mod files;
mod message;
mod patch;

pub use files::{Files, at, label, unread, walk};
pub use message::{Cleanup, chosen_comment, message};
pub use patch::{NoPatch, patch};
