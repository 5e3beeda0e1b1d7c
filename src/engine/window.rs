//! What a pattern sees around a keyword.

use std::ops::Range;

use crate::rules::Window;

/// Bytes either side of the keyword, at most, within its line.
const LINE_REACH: usize = 1024;
/// Bytes either side, at most, for the neighbouring lines.
const LINES_REACH: usize = 2048;
/// Bytes behind the keyword, at most, for blocks such as PEM.
const BLOCK_REACH: usize = 16 * 1024;

/// The part of `text` in which a rule of that window looks for the keyword at `hit`.
pub(super) fn around(text: &[u8], hit: &Range<usize>, window: Window) -> Range<usize> {
    match window {
        Window::Line => lines(text, hit, 0, LINE_REACH),
        Window::Lines => lines(text, hit, 4, LINES_REACH),
        Window::Block => {
            let start = lines(text, hit, 4, LINES_REACH).start;
            start..text.len().min(on_grid(hit.end + BLOCK_REACH))
        }
    }
}

/// The next multiple of 1 KiB: keywords close together on a long line share the end of their window,
/// so that no byte is searched more than a few times by one rule, however often its keyword stands there.
fn on_grid(end: usize) -> usize {
    end.next_multiple_of(1024)
}

/// The furthest that a window of that kind can reach: known without a look at the text.
pub(super) fn furthest(text: &[u8], hit: &Range<usize>, window: Window) -> usize {
    let reach = match window {
        Window::Line => LINE_REACH,
        Window::Lines => LINES_REACH,
        Window::Block => BLOCK_REACH,
    };
    text.len().min(on_grid(hit.end + reach))
}

fn lines(text: &[u8], hit: &Range<usize>, more: usize, reach: usize) -> Range<usize> {
    let low = hit.start.saturating_sub(reach);
    let high = text.len().min(on_grid(hit.end + reach));
    let start = memchr::memrchr_iter(b'\n', &text[low..hit.start]).nth(more).map_or(low, |newline| low + newline + 1);
    let end = memchr::memchr_iter(b'\n', &text[hit.end..high]).nth(more).map_or(high, |newline| hit.end + newline);
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_hold_their_lines_and_no_more() {
        let text = b"one\ntwo key\nthree\n";
        assert_eq!(around(text, &(8..11), Window::Line), 4..11);
        assert_eq!(around(text, &(8..11), Window::Lines), 0..18);
        let long = vec![b'x'; 10_000];
        assert_eq!(around(&long, &(5000..5004), Window::Line), 3976..6144);
    }
}
