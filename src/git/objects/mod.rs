//! Commits, trees, blobs and tags by their ids: read in process where that is possible, through `git cat-file` where not.

pub(in crate::git) mod odb;
pub(in crate::git) mod tree;
pub(in crate::git) mod marks;
pub(in crate::git) mod cat_file;
pub(in crate::git) mod store;
pub(in crate::git) mod file;
