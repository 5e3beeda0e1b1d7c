//! Encoded pieces of a text, decoded, with the way back to the original bytes.
//!
//! Pure and bounded: a piece is looked for only where its alphabet runs long enough to hold a
//! credential, pieces that decode to anything but text are dropped, and the decoded text of one
//! input, all depths together, is at most four times as long as the input.

mod base64;
mod escapes;
mod hex;
mod joined;
mod notebook;

use std::ops::Range;

use crate::rules::LanguageSet;

/// A decoded piece.
#[derive(Debug)]
pub(super) struct Piece {
    /// How it was encoded.
    pub(super) kind: &'static str,
    /// The bytes that it was decoded from.
    pub(super) from: Range<usize>,
    /// The text.
    pub(super) text: Vec<u8>,
    /// Its language, where that is another than its file's.
    pub(super) languages: Option<LanguageSet>,
    /// The way back.
    map: Map,
}

/// Offsets in the decoded text to offsets in the encoded run.
#[derive(Debug)]
enum Map {
    /// So many encoded bytes for so many decoded ones.
    Ratio { encoded: usize, decoded: usize },
    /// One offset for each decoded byte, and one for the end.
    Each(Vec<u32>),
    /// Nothing smaller than the whole run.
    Whole,
}

impl Piece {
    /// The original bytes of `span` of the decoded text.
    pub(super) fn original(&self, span: &Range<usize>) -> Range<usize> {
        let (start, end) = match &self.map {
            Map::Ratio { encoded, decoded } => (span.start / decoded * encoded, span.end.div_ceil(*decoded) * encoded),
            Map::Each(offsets) => {
                let at = |index: usize| offsets.get(index).or(offsets.last()).map_or(0, |&offset| offset as usize);
                (at(span.start), at(span.end))
            }
            Map::Whole => (0, self.from.len()),
        };
        let within = |offset: usize| (self.from.start + offset).min(self.from.end);
        within(start)..within(end).max(within(start))
    }
}

/// The pieces in `ranges` of `text`, in order; `budget` is the decoded bytes that may still come.
pub(super) fn pieces(text: &[u8], ranges: &[Range<usize>], is_notebook: bool, budget: &mut usize) -> Vec<Piece> {
    let mut found = Vec::new();
    for range in ranges {
        if is_notebook {
            notebook::find(text, range, budget, &mut found);
        }
        joined::find(text, range, budget, &mut found);
        base64::find(text, range, budget, &mut found);
        escapes::find(text, range, budget, &mut found);
    }
    found
}

/// Whether decoded bytes are text: nearly all printable, no zero bytes.
fn is_text(bytes: &[u8]) -> bool {
    let odd =
        bytes.iter().filter(|&&byte| (byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r')) || byte >= 0x7f).count();
    !bytes.is_empty() && odd * 20 <= bytes.len() && !bytes.contains(&0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, budget: &mut usize) -> Vec<Piece> {
        pieces(text.as_bytes(), std::slice::from_ref(&(0..text.len())), false, budget)
    }

    fn all(text: &str) -> Vec<Piece> {
        let mut budget = text.len() * 4;
        of(text, &mut budget)
    }

    #[test]
    fn pieces_lead_back_to_their_bytes() {
        use ::base64::Engine as _;
        let secret = "user:correct horse battery staple";
        let encoded = ::base64::engine::general_purpose::STANDARD.encode(secret);
        let text = format!("x = \"{encoded}\"");
        let found = all(&text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].text, secret.as_bytes());
        let span = found[0].original(&(5..secret.len()));
        assert!(span.start >= 5 && span.end < text.len(), "{span:?}");

        let found = all("\\x70\\x61ss\\u0077ord=value and more");
        assert_eq!(found[0].text, b"password=value");
        assert_eq!(found[0].original(&(0..8)), 0..19);
        let found = all("https%3A%2F%2Fuser%3Apass%40host/x");
        assert_eq!(found[0].text, b"https://user:pass@host/x");
        let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(all(&hex)[0].text, secret.as_bytes());
    }

    #[test]
    fn what_is_no_text_is_no_piece() {
        assert!(all("d41d8cd98f00b204e9800998ecf8427e d41d8cd98f00b204e9800998ecf8427e").is_empty());
        assert!(all("the quick brown fox jumps over the lazy dog, 100% of the time").is_empty());
        assert!(all("aVeryLongIdentifierThatSomebodyWroteByHandInJava").is_empty());
    }

    #[test]
    fn the_budget_holds() {
        let text = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB ".repeat(100);
        let mut budget = 100;
        let decoded: usize = of(&text, &mut budget).iter().map(|piece| piece.text.len()).sum();
        assert!(decoded <= 100);
    }
}
