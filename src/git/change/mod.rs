//! What differs: the index against HEAD, one tree against others, the work tree against nothing. Gives changes and
//! snapshots, and knows nothing of ranges and remotes.

pub(in crate::git) mod raw;
pub(in crate::git) mod pair;
pub(in crate::git) mod index;
pub(in crate::git) mod compare;
pub(in crate::git) mod plumbing;
pub(in crate::git) mod staged;
pub(in crate::git) mod trees;
pub(in crate::git) mod net;
pub(in crate::git) mod unchanged;
pub(in crate::git) mod worktree;
pub(in crate::git) mod whole;
pub(in crate::git) mod snapshot;
