//! The operating system where the standard library does not reach: memory maps, owners, process groups.
//!
//! The only module in which `unsafe` may stand. It knows nothing of git, rules or findings.

mod group;
mod map;
mod owner;

pub use group::Group;
pub use map::Map;
pub use owner::{Stamp, device, is_own, stamp};
