//! One hunk, of a plain or a combined diff, to a fragment.

use std::ops::Range;

use super::cursor::{Cursor, bare};
use crate::change::Fragment;

/// What a hunk's header says: `@@ -1,2 +3,4 @@`, or with one `@` and one old side more a parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// Lines of each old side.
    old: Vec<u32>,
    /// First line and lines of the new side.
    new: (u32, u32),
}

/// Reads a header. `None` where `line` begins like one but is none.
pub(super) fn header(line: &[u8]) -> Option<Header> {
    let ats = line.iter().take_while(|&&byte| byte == b'@').count();
    let rest = line[ats..].strip_prefix(b" ")?;
    let end = memchr::memmem::find(rest, &[&b" "[..], &line[..ats]].concat())?;
    let mut ranges = rest[..end].split(|&byte| byte == b' ');
    let old = (1..ats).map(|_| Some(range(ranges.next()?.strip_prefix(b"-")?)?.1)).collect::<Option<Vec<_>>>()?;
    let new = range(ranges.next()?.strip_prefix(b"+")?)?;
    (ats >= 2 && ranges.next().is_none()).then_some(Header { old, new })
}

/// Whether `line` begins like a hunk's header.
pub(super) fn begins(line: &[u8]) -> bool {
    let ats = line.iter().take_while(|&&byte| byte == b'@').count();
    ats >= 2 && line[ats..].starts_with(b" -")
}

fn range(text: &[u8]) -> Option<(u32, u32)> {
    let number = |digits: &[u8]| std::str::from_utf8(digits).ok()?.parse().ok();
    match memchr::memchr(b',', text) {
        Some(comma) => Some((number(&text[..comma])?, number(&text[comma + 1..])?)),
        None => Some((number(text)?, 1)),
    }
}

/// A hunk's new side.
#[derive(Debug)]
pub(super) struct Hunk {
    /// Its lines with those that were added. Nothing where only lines went.
    pub(super) fragment: Option<Fragment>,
    /// Whether all lines came that the header is about.
    pub(super) whole: bool,
}

/// Reads the lines behind `header`.
pub(super) fn read(header: &Header, lines: &mut Cursor<'_>) -> Hunk {
    let mut text = Vec::new();
    let mut added: Vec<Range<usize>> = Vec::new();
    let (mut old, mut new) = (header.old.clone(), header.new.1);
    let mut in_new = false;
    while let Some(line) = lines.peek() {
        if line.starts_with(b"\\") {
            // "\ No newline at end of file", in whatever language.
            if in_new && text.last() == Some(&b'\n') {
                text.pop();
                shorten(&mut added, text.len());
            }
            lines.advance();
            continue;
        }
        if new == 0 && old.iter().all(|&left| left == 0) {
            break;
        }
        let marks = marks(line, old.len());
        let Some(marks) = marks else { break };
        let content = line.get(old.len()..).filter(|_| !bare(line).is_empty()).unwrap_or(line);
        in_new = !marks.contains(&b'-');
        let Some(()) = count(&mut old, &mut new, marks) else { break };
        lines.advance();
        if in_new {
            let from = text.len();
            text.extend_from_slice(content);
            if marks.iter().all(|&mark| mark == b'+') {
                match added.last_mut() {
                    Some(last) if last.end == from => last.end = text.len(),
                    _ => added.push(from..text.len()),
                }
            }
        }
    }
    let whole = new == 0 && old.iter().all(|&left| left == 0);
    let fragment = (!added.is_empty()).then(|| Fragment { text: text.into(), first_line: header.new.0.max(1), added });
    Hunk { fragment, whole }
}

/// The marks before a line's content, one a parent. An empty line stands for an empty line of
/// context: mailers and `diff.suppressBlankEmpty` cut the space.
fn marks(line: &[u8], parents: usize) -> Option<&[u8]> {
    const BLANK: &[u8] = &[b' '; 64];
    if bare(line).is_empty() {
        return BLANK.get(..parents);
    }
    let marks = line.get(..parents)?;
    marks.iter().all(|mark| matches!(mark, b' ' | b'+' | b'-')).then_some(marks)
}

/// Takes a line off what is still to come. `None` where it is more than the header told.
fn count(old: &mut [u32], new: &mut u32, marks: &[u8]) -> Option<()> {
    let gone = marks.contains(&b'-');
    let counts = |mark: u8| if gone { mark == b'-' } else { mark == b' ' };
    if !gone && *new == 0 || old.iter().zip(marks).any(|(&left, &mark)| counts(mark) && left == 0) {
        return None;
    }
    *new -= u32::from(!gone);
    for (left, &mark) in old.iter_mut().zip(marks) {
        *left -= u32::from(counts(mark));
    }
    Some(())
}

fn shorten(added: &mut Vec<Range<usize>>, len: usize) {
    if let Some(last) = added.last_mut() {
        last.end = last.end.min(len);
        if last.start >= last.end {
            added.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(patch: &str) -> (String, Vec<String>, u32, bool) {
        let mut lines = Cursor::new(patch.as_bytes());
        let header = header(lines.peek().unwrap()).unwrap();
        lines.advance();
        let hunk = read(&header, &mut lines);
        let Some(fragment) = hunk.fragment else { return (String::new(), Vec::new(), 0, hunk.whole) };
        let text = |range: Range<usize>| String::from_utf8(fragment.text[range].to_vec()).unwrap();
        let added = fragment.added.iter().cloned().map(text).collect();
        (text(0..fragment.text.len()), added, fragment.first_line, hunk.whole)
    }

    #[test]
    fn the_new_side_of_a_hunk_is_read() {
        let found = told("@@ -1,3 +7,4 @@ fn x\n a\n-b\n+c\n+d\n\n@@ -9 +9 @@\n");
        assert_eq!(found, ("a\nc\nd\n\n".to_owned(), vec!["c\nd\n".to_owned()], 7, true));
        let found = told("@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n");
        assert_eq!(found, ("b".to_owned(), vec!["b".to_owned()], 1, true));
        assert!(told("@@ -1,2 +1 @@\n a\r\n-b\r\n").3);
        assert_eq!(told("@@ -0,0 +1,2 @@\n+a\r\n+\r\n").0, "a\r\n\r\n");
    }

    #[test]
    fn a_combined_hunk_adds_what_no_parent_has() {
        let found = told("@@@ -1,1 -1,3 +1,3 @@@\n  a\n+ b\n -c\n++d\n");
        assert_eq!(found, ("a\nb\nd\n".to_owned(), vec!["d\n".to_owned()], 1, true));
    }

    #[test]
    fn too_few_lines_are_told_and_too_many_are_left() {
        assert!(!told("@@ -1 +1,3 @@\n a\n+b\n").3);
        assert!(!told("@@ -1 +1,3 @@\n a\n+b\ndiff --git a/x b/x\n").3);
        let mut lines = Cursor::new(b"+a\n+b\n");
        assert!(read(&header(b"@@ -0,0 +1 @@").unwrap(), &mut lines).whole);
        assert_eq!(lines.peek(), Some(&b"+b\n"[..]));
    }

    #[test]
    fn headers_are_read_or_refused() {
        assert_eq!(header(b"@@ -1 +2,3 @@ x @@"), Some(Header { old: vec![1], new: (2, 3) }));
        assert_eq!(header(b"@@@ -1,2 -3,4 +5,6 @@@"), Some(Header { old: vec![2, 4], new: (5, 6) }));
        for bad in ["@@ -1 @@", "@@ -a +1 @@", "@ -1 +1 @", "@@ -1 +1", "@@ -1 +99999999999 @@", "@@"] {
            assert_eq!(header(bad.as_bytes()), None, "{bad}");
        }
    }
}
