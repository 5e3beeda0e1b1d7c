//! The operating system where the standard library does not reach: memory maps, owners, locks, process
//! groups and sessions, signals.
//!
//! The only module in which `unsafe` may stand. It knows nothing of git, rules or findings.

mod group;
mod interrupt;
mod lock;
mod map;
mod owner;
#[cfg(unix)]
pub mod process;

pub use group::Group;
pub use interrupt::Interrupt;
pub use lock::lock;
pub use map::Map;
pub use owner::{Stamp, device, is_own, stamp};
