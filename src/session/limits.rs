//! How much is read, at most: each limit once.

/// Bytes of a file that the commit gate looks at.
pub const AT_COMMIT: u64 = 64 << 20;
/// Bytes of a file that every other gate and a scan by hand look at.
pub const ELSEWHERE: u64 = 512 << 20;
/// Bytes that a baseline may have: some 700,000 entries.
pub const BASELINE: u64 = 64 << 20;
/// Bytes of a CI event's payload.
pub const PAYLOAD: u64 = 64 << 20;
/// Bytes of a file that an accepted place of another tool lies in.
pub const IMPORTED: u64 = 64 << 20;
/// Bytes that a `.gitattributes` may have.
pub const ATTRIBUTES: u64 = 1 << 20;
/// Bytes of a report that is evidence for a release.
pub const EVIDENCE: u64 = 256 << 20;
/// Bytes of a signed envelope.
pub const ENVELOPE: u64 = 16 << 20;
/// Bytes of a file that holds a key.
pub const KEY: u64 = 64 << 10;
