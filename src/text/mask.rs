//! Redaction: what may be shown of a found value.

use std::ops::Range;

/// Stars shown for a hidden part, at most. The true length stays hidden beyond it.
const STARS: usize = 20;

/// Shows `value` as the issuer's fixed `prefix` (how many bytes of it are public) and stars.
///
/// A generic value or password has no public prefix: only stars, as many as it has characters, at
/// most 20.
pub fn mask_value(value: &[u8], prefix: usize) -> String {
    let prefix = prefix.min(value.len());
    let shown: String = value[..prefix].iter().map(|&byte| printable(byte)).collect();
    let hidden = (value.len() - prefix).min(STARS);
    shown + &"*".repeat(hidden)
}

/// `line` with every span of `hidden` (offsets into `line`) replaced by stars, one a byte, so that
/// columns of ASCII text stay where they were. The first `keep` bytes of a span stay readable.
pub fn mask_all(line: &[u8], hidden: &[(Range<usize>, usize)]) -> Vec<u8> {
    let mut masked = line.to_vec();
    for (span, keep) in hidden {
        let start = (span.start + keep).min(masked.len());
        let end = span.end.min(masked.len());
        for byte in masked.get_mut(start..end).unwrap_or_default() {
            if *byte != b'\n' && *byte != b'\r' {
                *byte = b'*';
            }
        }
    }
    masked
}

fn printable(byte: u8) -> char {
    if byte.is_ascii_graphic() { char::from(byte) } else { '?' }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_prefix_is_shown() {
        assert_eq!(mask_value(b"AKIAabcdefghijklmnop", 4), "AKIA****************");
        assert_eq!(mask_value(b"hunter2", 0), "*******");
        assert_eq!(mask_value(&[b'x'; 500], 0).len(), STARS);
    }

    #[test]
    fn all_spans_of_a_line_are_hidden() {
        assert_eq!(mask_all(b"a=AKIAxyz b=pw", &[(2..9, 4), (12..14, 0)]), b"a=AKIA*** b=**");
    }
}
