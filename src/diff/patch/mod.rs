//! Patch text to changes: what `git diff`, `show`, `log -p`, `format-patch`, `diff -u`, `svn diff` and
//! `hg diff` print.
//!
//! Every line ends up somewhere: in a hunk, in a header, or in a text that is looked at like a
//! commit's message. What the patch does not hold (a binary file's content, the rest of a hunk that
//! is cut off) is a [`Fault`]. Takes any bytes, in linear time.

mod cursor;
mod header;
mod hunk;
mod names;
mod reader;
#[cfg(test)]
mod tests;

use crate::change::Change;
use crate::paths::RepoPath;

/// What a patch holds.
#[derive(Debug, Default)]
pub struct Patch {
    /// Messages and files, in the patch's order.
    pub changes: Vec<Change>,
    /// What it does not hold, or not in a form that can be read.
    pub faults: Vec<Fault>,
    /// Commits that it names.
    pub commits: usize,
    /// Files that it changes. With none, the text is no patch.
    pub files: usize,
}

/// A place where the patch says less than the change was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file, where it is known.
    pub path: Option<RepoPath>,
    /// Line of the patch, from 1.
    pub line: usize,
    /// What is missing.
    pub lack: Lack,
}

/// What a patch can lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// The content of a binary file.
    Binary,
    /// A hunk has fewer lines than its header says.
    ShortHunk,
    /// Added or removed lines stand behind the end of a hunk.
    LongHunk,
    /// A hunk's header cannot be read.
    BadHunk,
    /// A file's header has no hunk behind it.
    NoHunk,
    /// A format other than unified.
    OtherFormat,
    /// A mail whose body is encoded for transfer.
    Encoded,
    /// A merge without a diff: `git log -p` shows none.
    Merge,
}

impl Lack {
    /// A sentence about it.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Binary => "the content of a binary file is not in the patch, or not readable there",
            Self::ShortHunk => "a hunk ends before all its lines have come",
            Self::LongHunk => "lines stand behind the end of a hunk",
            Self::BadHunk => "the header of a hunk cannot be read",
            Self::NoHunk => "there is no hunk behind a file's header",
            Self::OtherFormat => "this part is not in unified format",
            Self::Encoded => "the mail's body is encoded for transfer",
            Self::Merge => "a merge whose own changes the patch does not show",
        }
    }

    /// What to do about it.
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Binary => "scan the commits themselves: `gatehook scan --range A..B`",
            Self::ShortHunk | Self::LongHunk | Self::BadHunk | Self::NoHunk => {
                "make the patch again, and do not edit it"
            }
            Self::OtherFormat => "make it with `diff -u` or `git diff`",
            Self::Encoded => "give the output of `git mailinfo`, or of `git format-patch` as it is",
            Self::Merge => "`git log -p -c` shows them; `gatehook scan --range A..B` looks at them",
        }
    }
}

/// Reads `input`.
pub fn patch(input: &[u8]) -> Patch {
    reader::read(input)
}
