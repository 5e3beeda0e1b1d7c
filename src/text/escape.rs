//! Repository text made fit for a terminal.

use std::fmt;

/// Bytes that print with every control, bidirectional and invisible character spelled out.
#[derive(Clone, Copy)]
pub struct Escaped<'a>(&'a [u8]);

/// Wraps `bytes` for display: C0 (tab excepted), DEL, C1, bidirectional controls, zero-width
/// characters and invalid UTF-8 become visible escapes.
pub fn escape(bytes: &[u8]) -> Escaped<'_> {
    Escaped(bytes)
}

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;
        for chunk in self.0.utf8_chunks() {
            for character in chunk.valid().chars() {
                if is_unsafe(character) {
                    write!(out, "\\u{{{:x}}}", u32::from(character))?;
                } else {
                    out.write_char(character)?;
                }
            }
            for byte in chunk.invalid() {
                write!(out, "\\x{byte:02x}")?;
            }
        }
        Ok(())
    }
}

/// Whether a terminal or reader could be misled by this character.
fn is_unsafe(character: char) -> bool {
    match character {
        '\t' => false,
        '\u{0}'..='\u{1f}'
        | '\u{7f}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_invisible_or_commanding_survives() {
        let hostile = "a\u{1b}[2Jb\u{202e}c\u{200b}\r\td".as_bytes();
        assert_eq!(escape(hostile).to_string(), "a\\u{1b}[2Jb\\u{202e}c\\u{200b}\\u{d}\td");
        assert_eq!(escape(b"\xff\xfeok").to_string(), "\\xff\\xfeok");
    }
}
