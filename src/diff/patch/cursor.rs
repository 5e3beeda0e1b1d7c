//! The lines of a patch, one after the other, with a look at the next.

/// A place in a text.
#[derive(Debug)]
pub(super) struct Cursor<'p> {
    text: &'p [u8],
    at: usize,
    /// Number of the line that [`Cursor::peek`] gives, from 1.
    pub(super) number: usize,
}

impl<'p> Cursor<'p> {
    pub(super) fn new(text: &'p [u8]) -> Self {
        Self { text, at: 0, number: 1 }
    }

    /// The next line with its end; `None` at the end of the text.
    pub(super) fn peek(&self) -> Option<&'p [u8]> {
        line_at(self.text, self.at)
    }

    /// The line behind the next one.
    pub(super) fn peek_second(&self) -> Option<&'p [u8]> {
        line_at(self.text, self.at + self.peek()?.len())
    }

    /// Goes one line on.
    pub(super) fn advance(&mut self) {
        if let Some(line) = self.peek() {
            self.at += line.len();
            self.number += 1;
        }
    }
}

fn line_at(text: &[u8], at: usize) -> Option<&[u8]> {
    let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
    Some(memchr::memchr(b'\n', rest).map_or(rest, |end| &rest[..=end]))
}

/// `line` without its end, be it `\n` or `\r\n`.
pub(super) fn bare(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}
