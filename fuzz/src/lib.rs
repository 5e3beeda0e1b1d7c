//! What both harnesses share: the targets with their seeds, and the mutations of the one that knows no coverage.

pub mod foreign;
pub mod iac;
pub mod gitdir;
pub mod kept;
pub mod mutate;
pub mod sca;
pub mod targets;
