//! The operating system where the standard library does not reach: memory maps.
//!
//! The only module in which `unsafe` may stand. It knows nothing of git, rules or findings.

mod map;

pub use map::Map;
