//! Fragments x rules -> matches.
//!
//! Pure: reads no file, clock or variable, never fails on content, and takes linear time and bounded
//! memory on any input. One pass of the keyword automaton opens windows; in them the regexes of the
//! waiting rules run, compiled on first use; validators drop what only looks right.

mod compiled;
mod decode;
mod facts;
mod matcher;
pub mod proof;
mod scan;
mod study;
mod syntax;
pub mod unicode;
mod validate;
mod window;

pub use compiled::{compiles, has_matcher};
pub use facts::FileFacts;
pub use scan::{Engine, Found, Input, Match};
pub use study::{Studied, digest, key_digests, study};
