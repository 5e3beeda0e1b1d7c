//! The message of a commit being made.

use std::ops::Range;

use super::Listing;
use crate::change::{Change, Content, Entry, Fragment, Kind};
use crate::finding::Scanned;
use crate::paths::RepoPath;

/// The message in `text`, the file that git gives `commit-msg`, as the path `commit message`.
///
/// `comment` is what begins a line that git will drop (`core.commentChar`, `#` by default), or `None`
/// where it drops none: with `-m` and `-F` such lines stay, and git tells its hooks so by
/// `GIT_EDITOR=:`. What stands below the scissors line of `commit --verbose` never counts.
pub fn message(text: &[u8], comment: Option<&[u8]>) -> Listing {
    let added = kept(text, comment);
    let scanned = Scanned { head: Some("message".to_owned()), how: "commit message".to_owned(), ..Scanned::default() };
    let mut listing = Listing { scanned, ..Listing::default() };
    if !added.is_empty() {
        listing.changes.push(Change {
            path: RepoPath::from("commit message"),
            kind: Kind::Added,
            entry: Entry::Message,
            content: Content::Fragments(vec![Fragment { text: text.into(), first_line: 1, added }]),
            commit: None,
        });
    }
    listing
}

/// The lines that will be part of the commit, neighbours joined.
fn kept(text: &[u8], comment: Option<&[u8]>) -> Vec<Range<usize>> {
    let mut kept: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let (start, end) = (at, at + line.len());
        at = end;
        if let Some(rest) = comment.and_then(|comment| line.strip_prefix(comment)) {
            if rest.trim_ascii() == b"------------------------ >8 ------------------------" {
                break;
            }
            continue;
        }
        match kept.last_mut() {
            Some(last) if last.end == start => last.end = end,
            _ => kept.push(start..end),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text<'t>(text: &'t str, comment: Option<&str>) -> Vec<&'t str> {
        kept(text.as_bytes(), comment.map(str::as_bytes)).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn only_what_git_keeps_of_a_message_counts() {
        let template = "fix\n\n# Please enter\nbody\n# ------------------------ >8 ------------------------\ndiff\n";
        assert_eq!(text(template, Some("#")), ["fix\n\n", "body\n"]);
        assert_eq!(text("fix\n# kept with -m\n", None), ["fix\n# kept with -m\n"]);
        assert_eq!(text("# only\n", Some("#")), Vec::<&str>::new());
        assert_eq!(text("a\n;; b", Some(";;")), ["a\n"]);
    }

    #[test]
    fn an_empty_message_is_said_to_be_one() {
        let listing = message(b"", None);
        assert!(listing.changes.is_empty());
        assert_eq!(listing.scanned.how, "commit message");
    }
}
