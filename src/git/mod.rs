//! Index, ranges, pushes -> changes: the only place that names git2 or starts git.
//!
//! Nothing here ever writes to the work tree, the index or the object store, and no program that a
//! repository's configuration names is ever started. What the commit gate needs is read in process
//! (`discover`, `head`, `index`, `odb`); each of these gives a [`Doubt`] where it is not sure, and then
//! git's plumbing answers.

mod doubt;
mod env;
mod settings;
mod layout;
mod discover;
mod head;
mod tree;
mod trees;
mod index;
mod odb;
mod compare;
mod pair;
mod cat_file;
mod command;
mod error;
mod file;
mod raw;
mod objects;
mod history;
mod plumbing;
mod staged;
mod store;
mod remote;
mod tips;
mod graph;
mod reach;
mod known;
mod push;
mod range;
mod gained;
mod commits;
mod fetch;
mod base;
mod unchanged;
mod whole;
mod worktree;
mod repo;
mod snapshot;
pub mod ancestry;
pub mod readers;
pub mod setup;

pub use base::{Ends, Scope, complete, scope};
pub use commits::{commits, subjects};
pub use doubt::Doubt;
pub use env::Env;
pub use error::GitError;
pub use fetch::Fetching;
pub use file::{file_at, has_commit, staged_file};
pub use gained::{Net, all_files, files_at, net_of, tree_id};
pub use history::Passed;
pub use index::read_all as read_index;
pub use pair::Pair;
pub use push::{
    Outgoing, Push, RefUpdate, outgoing, outgoing_without, parse_received, parse_updates, plain_push, received,
    unpushed,
};
pub use range::{history, range};
pub use raw::Side;
pub use remote::default_branch;
pub use repo::Repo;
pub use snapshot::{CommitTree, StagedFiles};
pub use staged::{index_parents, staged, staged_pairs, staged_pairs_by_plumbing};
pub use store::Before;
pub use unchanged::staged_text;
pub use whole::{tracked, tree};
pub use worktree::work_tree;
