//! Dependencies.
pub mod document;
pub mod ecosystem;
pub mod versions;
pub use ecosystem::Ecosystem;
