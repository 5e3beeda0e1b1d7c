//! Commits in their order: which ones a range holds, what each of them changes, where one stands beside others.

pub(in crate::git) mod walk;
pub(in crate::git) mod graph;
pub(in crate::git) mod reach;
pub(in crate::git) mod commits;
pub(in crate::git) mod range;
pub(in crate::git) mod tips;
pub mod ancestry;
pub(in crate::git) mod base;
