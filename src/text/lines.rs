//! Byte offsets to lines and columns, as git and editors count them.

use std::cell::Cell;
use std::ops::Range;

/// A place in a text: lines from 1, columns in code points from 1, the end exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// First line.
    pub line: u32,
    /// First column, in code points.
    pub column: u32,
    /// Line of the end.
    pub end_line: u32,
    /// Column just behind the last character.
    pub end_column: u32,
}

/// Where each line of a text begins. Lines end with `\n`, as in git: a lone `\r` is no line end.
#[derive(Debug)]
pub struct LineIndex {
    starts: Vec<usize>,
    first: u32,
    /// The last beginning asked for, as offset and column: on a long line the next place counts on
    /// from it. Never an end: the next place may begin before it.
    last: Cell<(usize, u32)>,
}

impl LineIndex {
    /// Indexes `text`, whose first line has the number `first` in its file.
    pub fn new(text: &[u8], first: u32) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', text).map(|at| at + 1));
        Self { starts, first, last: Cell::new((0, 0)) }
    }

    /// The place of `span` in `text`, which must be the text that was indexed.
    pub fn place(&self, text: &[u8], span: &Range<usize>) -> Place {
        let (line, column, counted) = self.point(text, span.start);
        self.last.set(counted);
        let (end_line, end_column, _) = self.point(text, span.end.max(span.start));
        Place { line, column, end_line, end_column }
    }

    /// Line and column of `at`, and what to count on from.
    fn point(&self, text: &[u8], at: usize) -> (u32, u32, (usize, u32)) {
        let at = at.min(text.len());
        let row = self.starts.partition_point(|&start| start <= at).saturating_sub(1);
        let line = self.first.saturating_add(u32::try_from(row).unwrap_or(u32::MAX));
        let start = self.starts[row];
        let (known, counted) = self.last.get();
        let column = if (start..=at).contains(&known) {
            counted.saturating_add(code_points(&text[known..at]))
        } else {
            code_points(&text[start..at])
        };
        (line, column.saturating_add(1), (at, column))
    }

    /// The bytes of line `number`, without its line end; `None` outside the text.
    pub fn line<'t>(&self, text: &'t [u8], number: u32) -> Option<&'t [u8]> {
        let row = number.checked_sub(self.first)? as usize;
        let start = *self.starts.get(row)?;
        let end = self.starts.get(row + 1).map_or(text.len(), |next| next - 1);
        let line = text.get(start..end)?;
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }

    /// Byte offset at which line `number` begins; `None` outside the text.
    pub fn start(&self, number: u32) -> Option<usize> {
        self.starts.get(number.checked_sub(self.first)? as usize).copied()
    }
}

/// Code points in `bytes`: every byte that does not continue a UTF-8 sequence.
fn code_points(bytes: &[u8]) -> u32 {
    let count = bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Bytes of a line either side of a place that are looked at, at most: a file of a single line must
/// not cost its length again for every match in it.
const REACH: usize = 4096;

/// The bounds of the line that holds `at`, without its `\n`, cut to 4 KiB either side.
pub fn line_bounds(text: &[u8], at: usize) -> Range<usize> {
    let at = at.min(text.len());
    let (low, high) = (at.saturating_sub(REACH), text.len().min(at + REACH));
    let start = memchr::memrchr(b'\n', &text[low..at]).map_or(low, |newline| low + newline + 1);
    let end = memchr::memchr(b'\n', &text[at..high]).map_or(high, |newline| at + newline);
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_code_points_and_the_end_is_exclusive() {
        let text = "eins\nzw\u{f6}lf x\n".as_bytes();
        let at = text.len() - 2;
        let place = LineIndex::new(text, 1).place(text, &(at..at + 1));
        assert_eq!(place, Place { line: 2, column: 7, end_line: 2, end_column: 8 });
    }

    #[test]
    fn places_that_overlap_on_a_long_line_do_not_count_it_anew() {
        let text = vec![b'x'; 16 << 20];
        let index = LineIndex::new(&text, 1);
        let begin = std::time::Instant::now();
        for at in (15 << 20..16 << 20).step_by(200) {
            let (column, end) = (u32::try_from(at).unwrap() + 1, u32::try_from(at + 400).unwrap() + 1);
            let place = index.place(&text, &(at..at + 400));
            assert_eq!((place.column, place.end_column), (column, end.min((16 << 20) + 1)));
        }
        assert!(begin.elapsed().as_secs() < 10, "5,000 places took {:?}", begin.elapsed());
    }

    #[test]
    fn lines_come_without_their_ends() {
        let index = LineIndex::new(b"a\r\nb", 10);
        assert_eq!(index.line(b"a\r\nb", 10), Some(&b"a"[..]));
        assert_eq!(index.line(b"a\r\nb", 11), Some(&b"b"[..]));
        assert_eq!(index.line(b"a\r\nb", 12), None);
    }
}
