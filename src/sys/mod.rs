//! The operating system where the standard library does not reach: memory maps, files of strangers, owners,
//! locks, pipes, process groups and sessions, signals.
//!
//! The only module in which `unsafe` may stand. It knows nothing of git, rules or findings.

mod file;
mod group;
mod interrupt;
mod lock;
mod map;
mod torn;
mod owner;
pub mod pipe;
#[cfg(unix)]
pub mod process;

pub use file::{is_kernels, open};
pub use group::Group;
pub use interrupt::Interrupt;
pub use lock::lock;
pub use map::Map;
pub use owner::{Stamp, device, is_own, stamp};
