//! Index, ranges, pushes -> changes: the only place that names git2 or starts git.
//!
//! Nothing here ever writes to the work tree, the index or the object store, and no program that a
//! repository's configuration names is ever started.

mod cat_file;
mod command;
mod error;
mod file;
mod raw;
mod objects;
mod history;
mod plumbing;
mod remote;
mod tips;
mod push;
mod range;
mod worktree;
mod repo;
pub mod ancestry;
pub mod setup;

pub use error::GitError;
pub use file::{file_at, staged_file};
pub use plumbing::staged;
pub use push::{Push, RefUpdate, outgoing, parse_received, parse_updates, received, unpushed};
pub use range::{history, range};
pub use repo::Repo;
pub use worktree::work_tree;
