//! Advisories: records of several databases, compiled to one file that is mapped and read without parsing, and how a version matches them.

mod archive;
mod bytes;
mod compile;
mod foreign;
mod index;
mod matching;
mod osv;
mod record;
mod severity;
mod weights;

pub use archive::{Archive, ArchiveError};
pub use compile::{Compiled, Compiler, Origin};
pub use index::{Corrupt, EcosystemCount, Index, SourceInfo};
pub use matching::{Group, Hit, groups, is_affected, is_mended_since, smallest_fix};
pub use osv::records;
pub use record::{Advisory, Affected, Event, Level, Range};
pub use severity::score;
pub use weights::{Weight, Weights, cve, weights};

/// The digest of what was read, in hexadecimal digits.
pub fn digest(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

#[cfg(test)]
mod tests;
