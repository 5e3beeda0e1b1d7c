//! What the system said of a file when it was staged.

/// The parts of it that tell one state of a file from the next, each cut to 32 bits as in the index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::git) struct Stat {
    /// When its content or status was changed last: seconds and nanoseconds.
    pub(in crate::git) changed: (u32, u32),
    /// When its content was changed last.
    pub(in crate::git) modified: (u32, u32),
    /// Its inode.
    pub(in crate::git) number: u32,
    /// Its size in bytes.
    pub(in crate::git) size: u32,
}

impl Stat {
    /// From the first 40 bytes of an entry; all zeros where there are fewer.
    pub(in crate::git) fn of(entry: &[u8]) -> Self {
        let word = |at: usize| {
            let bytes = entry.get(4 * at..4 * at + 4).and_then(|bytes| bytes.try_into().ok());
            u32::from_be_bytes(bytes.unwrap_or_default())
        };
        Self { changed: (word(0), word(1)), modified: (word(2), word(3)), number: word(5), size: word(9) }
    }
}
