//! Index, ranges, pushes -> changes: the only place that names git2 or starts git.
//!
//! Nothing here ever writes to the work tree, the index or the object store, and no program that a
//! repository's configuration names is ever started. What the commit gate needs is read in process
//! (`repository`, `objects`, `change::index`); each of these gives a [`Doubt`] where it is not sure, and then
//! git's plumbing answers.

mod repository;
mod objects;
mod change;
mod history;
mod remote;
pub mod readers;

pub use history::ancestry;
pub use repository::setup;

pub use change::index::read_all as read_index;
pub use change::net::{Net, all_files, files_at, net_of, tree_id};
pub use change::pair::Pair;
pub use change::raw::Side;
pub use change::snapshot::{CommitTree, StagedFiles};
pub use change::staged::{index_parents, staged, staged_pairs, staged_pairs_by_plumbing};
pub use change::unchanged::staged_text;
pub use change::whole::{tracked, tree};
pub use change::worktree::work_tree;
pub use history::base::{Ends, Scope, complete, scope};
pub use history::commits::{commits, subjects};
pub use history::range::{history, range};
pub use history::walk::Passed;
pub use objects::file::{commit_id, file_at, has_commit, staged_file};
pub use objects::store::Before;
pub use remote::destination::default_branch;
pub use remote::fetch::Fetching;
pub use remote::push::{
    Outgoing, Push, RefUpdate, outgoing, outgoing_without, parse_received, parse_updates, plain_push, received,
    unpushed,
};
pub use repository::doubt::Doubt;
pub use repository::env::Env;
pub use repository::error::GitError;
pub use repository::repo::Repo;
