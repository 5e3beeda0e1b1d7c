//! The message of a commit being made.

use std::ops::Range;

use crate::change::{Change, Content, Entry, Fragment, Kind, Listing};
use crate::finding::Scanned;
use crate::paths::RepoPath;

/// What git does to a message before it keeps it, as far as it drops anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cleanup<'c> {
    /// Lines that begin with this are dropped.
    pub drops: Option<&'c [u8]>,
    /// A scissors line that begins with this ends the message.
    pub cuts: Option<&'c [u8]>,
}

impl<'c> Cleanup<'c> {
    /// For a message that was written in an editor, under `commit.cleanup = mode` and lines of
    /// comment that begin with `comment`. Without an editor (`-m`, `-F`) nothing is dropped: that is
    /// the default.
    pub fn edited(mode: Option<&str>, comment: &'c [u8]) -> Self {
        let strips = !matches!(mode, Some("verbatim" | "whitespace" | "scissors"));
        // `commit --verbose` cuts in every mode.
        Self { drops: strips.then_some(comment), cuts: Some(comment) }
    }
}

/// What begins a comment where `core.commentChar` is `auto`: git has chosen a character that begins
/// no line of the message and ends the template with several lines of comment.
pub fn chosen_comment(text: &[u8]) -> Option<&[u8]> {
    // Without the diff of `commit --verbose`, whose header always stands on a line of its own.
    let end = memchr::memmem::find(text, b"\ndiff --git ").unwrap_or(text.len());
    let mut last = text[..end].trim_ascii_end().rsplit(|&byte| byte == b'\n');
    let (one, other) = (last.next()?, last.next()?);
    let first = one.get(..1).filter(|first| b"#;@!$%^&|:".contains(&first[0]))?;
    other.starts_with(first).then_some(first)
}

/// The message in `text`, the file that git gives `commit-msg`, as the path `commit message`.
pub fn message(text: &[u8], cleanup: Cleanup<'_>) -> Listing {
    let added = kept(text, cleanup);
    let scanned = Scanned { head: Some("message".to_owned()), how: "commit message".to_owned(), ..Scanned::default() };
    let mut listing = Listing { scanned, ..Listing::default() };
    if !added.is_empty() {
        listing.changes.push(Change {
            path: RepoPath::from("commit message"),
            kind: Kind::Added,
            entry: Entry::Message,
            content: Content::Fragments(vec![Fragment { text: text.to_vec().into(), first_line: 1, added }]),
            commit: None,
        });
    }
    listing
}

/// The lines that will be part of the commit, neighbours joined.
fn kept(text: &[u8], cleanup: Cleanup<'_>) -> Vec<Range<usize>> {
    let mut kept: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let (start, end) = (at, at + line.len());
        at = end;
        if cleanup.cuts.is_some_and(|comment| is_scissors(line, &text[end..], comment)) {
            break;
        }
        if cleanup.drops.is_some_and(|comment| line.starts_with(comment)) {
            continue;
        }
        match kept.last_mut() {
            Some(last) if last.end == start => last.end = end,
            _ => kept.push(start..end),
        }
    }
    kept
}

/// git writes a comment below its scissors line; one that a person typed is text like any other.
fn is_scissors(line: &[u8], below: &[u8], comment: &[u8]) -> bool {
    let rest = line.strip_prefix(comment).map(<[u8]>::trim_ascii);
    rest == Some(b"------------------------ >8 ------------------------") && below.starts_with(comment)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUT: &str = "# ------------------------ >8 ------------------------\n# Do not modify\n";

    fn text<'t>(text: &'t str, cleanup: Cleanup<'_>) -> Vec<&'t str> {
        kept(text.as_bytes(), cleanup).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn only_what_git_keeps_of_a_message_counts() {
        let template = format!("fix\n\n# Please enter\nbody\n{CUT}diff\n");
        assert_eq!(text(&template, Cleanup::edited(None, b"#")), ["fix\n\n", "body\n"]);
        assert_eq!(text(&template, Cleanup::edited(Some("scissors"), b"#")), ["fix\n\n# Please enter\nbody\n"]);
        assert_eq!(text(&template, Cleanup::default()), [&template]);
        assert_eq!(text("fix\n# kept with -m\n", Cleanup::default()), ["fix\n# kept with -m\n"]);
        assert_eq!(text("# only\n", Cleanup::edited(Some("strip"), b"#")), Vec::<&str>::new());
        assert_eq!(text("a\n;; b", Cleanup::edited(None, b";;")), ["a\n"]);
    }

    #[test]
    fn scissors_that_a_person_typed_cut_nothing() {
        let typed = CUT.replace("# Do not modify\n", "");
        assert_eq!(text(&format!("{typed}below\n"), Cleanup::edited(None, b"#")), ["below\n"]);
    }

    #[test]
    fn the_comment_that_git_chose_is_seen() {
        assert_eq!(chosen_comment(b"#1 fixed\n; Please enter\n;\n;\tnew file\n\n"), Some(&b";"[..]));
        assert_eq!(chosen_comment(b"a\n; b\n; c\ndiff --git a/x b/x\n-y\n-z\n"), Some(&b";"[..]));
        assert_eq!(chosen_comment(b"fixed\n\n#1\n"), None);
        assert_eq!(chosen_comment(b""), None);
    }

    #[test]
    fn an_empty_message_is_said_to_be_one() {
        let listing = message(b"", Cleanup::default());
        assert!(listing.changes.is_empty());
        assert_eq!(listing.scanned.how, "commit message");
    }
}
