//! A patch as a source.

use crate::change::Listing;
use crate::diff::{self, Fault, Lack};
use crate::finding::{Gap, GapKind, Scanned};

/// The text holds no patch, so nothing in it was looked at.
#[derive(Debug, thiserror::Error)]
#[error("the input has no diff in it")]
pub struct NoPatch;

impl NoPatch {
    /// What to do.
    pub const fn hint() -> &'static str {
        "give it the output of `git diff`, `git log -p`, `git format-patch` or `diff -u`"
    }
}

/// The changes in `input`, see [`diff::patch`]. An empty input is an empty change, and the listing
/// says so.
pub fn patch(input: &[u8]) -> Result<Listing, NoPatch> {
    if input.trim_ascii().is_empty() {
        let scanned = Scanned { how: "patch: empty, nothing to scan".to_owned(), ..Scanned::default() };
        return Ok(Listing { scanned, ..Listing::default() });
    }
    let mut patch = diff::patch(input);
    if patch.files == 0 && memchr::memmem::find(input, b"\x1b[").is_some() {
        patch = diff::patch(&without_colors(input));
    }
    if patch.files == 0 {
        return Err(NoPatch);
    }
    let scanned = Scanned {
        how: format!("patch: {} commits, {} files", patch.commits, patch.files),
        commits: patch.commits,
        ..Scanned::default()
    };
    Ok(Listing { changes: patch.changes, gaps: patch.faults.into_iter().map(gap).collect(), scanned })
}

fn gap(fault: Fault) -> Gap {
    let kind = match fault.lack {
        // Most merges change nothing of their own, and then no option makes git show a diff.
        Lack::Merge => GapKind::Elsewhere,
        Lack::ShortHunk | Lack::LongHunk => GapKind::Partial,
        Lack::Binary | Lack::BadHunk | Lack::NoHunk | Lack::OtherFormat | Lack::Encoded => GapKind::Unread,
    };
    let reason = format!("line {} of the patch: {}", fault.line, fault.lack.reason());
    Gap { path: fault.path, kind, reason, hint: fault.lack.hint().to_owned() }
}

/// Without the sequences that `color.ui=always` puts in: ESC `[`, digits and `;`, then `m` or `K`.
fn without_colors(input: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(input.len());
    let mut rest = input;
    while let Some(at) = memchr::memmem::find(rest, b"\x1b[") {
        out.extend_from_slice(&rest[..at]);
        let behind = &rest[at + 2..];
        let end = behind.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b';').count();
        rest = match behind.get(end) {
            Some(b'm' | b'K') => &behind[end + 1..],
            _ => {
                out.extend_from_slice(b"\x1b[");
                behind
            }
        };
    }
    out.extend_from_slice(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_are_no_part_of_a_patch() {
        let text = b"\x1b[1mdiff --git a/x b/x\x1b[m\n\x1b[1m--- a/x\x1b[m\n\x1b[1m+++ b/x\x1b[m\n\x1b[36m@@ -0,0 +1 @@\x1b[m\n\x1b[32m+\x1b[m\x1b[32mb\x1b[m\n";
        let listing = patch(text).unwrap();
        assert_eq!((listing.changes.len(), listing.gaps.len()), (1, 0));
        assert_eq!(without_colors(b"a\x1b[0;1mb\x1b[Kc\x1b[Ad\x1b["), b"abc\x1b[Ad\x1b[");
    }

    #[test]
    fn no_patch_is_an_error_and_no_input_says_so() {
        assert!(patch(b"hello\n").is_err());
        assert!(patch(b"\x1b[1mhello\n").is_err());
        assert!(patch(b"\n").unwrap().scanned.how.contains("nothing to scan"));
    }
}
