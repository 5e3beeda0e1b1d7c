//! The operating system where the standard library does not reach: memory maps, owners, locks, process groups.
//!
//! The only module in which `unsafe` may stand. It knows nothing of git, rules or findings.

mod group;
mod lock;
mod map;
mod owner;

pub use group::Group;
pub use lock::lock;
pub use map::Map;
pub use owner::{Stamp, device, is_own, stamp};
