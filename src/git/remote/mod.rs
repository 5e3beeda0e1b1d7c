//! Remotes: which one a push goes to, what it already has, what the push brings, what a shallow clone lacks.

pub(in crate::git) mod fetch;
pub(in crate::git) mod destination;
pub(in crate::git) mod known;
pub(in crate::git) mod push;
