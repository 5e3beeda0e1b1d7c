//! The operating system where the standard library does not reach: memory maps, files of strangers, owners,
//! locks, pipes, process groups and sessions, signals, what a program may reach, and what others see of this one.
//!
//! The only module in which `unsafe` may stand. It knows nothing of git, rules or findings.

pub mod confine;
mod file;
mod group;
mod guard;
mod interrupt;
mod lock;
mod map;
mod torn;
mod owner;
pub mod pipe;
#[cfg(unix)]
pub mod process;
pub mod program;
mod terminal;

pub use file::{is_kernels, open};
pub use group::Group;
pub use guard::guard;
pub use interrupt::Interrupt;
pub use lock::lock;
pub use map::Map;
pub use owner::{Stamp, device, is_own, stamp};
pub use terminal::columns;
