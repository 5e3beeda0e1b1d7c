//! The repository as it lies on the disk: where its parts are, how it is set up, what HEAD names. Also how git itself
//! is started, and what can go wrong with it.

pub(in crate::git) mod doubt;
pub(in crate::git) mod env;
pub(in crate::git) mod error;
pub(in crate::git) mod layout;
pub(in crate::git) mod settings;
pub(in crate::git) mod discover;
pub(in crate::git) mod head;
pub(in crate::git) mod command;
pub(in crate::git) mod repo;
pub mod setup;
