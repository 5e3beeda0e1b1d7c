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

/// How a whole output is made fit for its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dress {
    /// Lines for people.
    Plain,
    /// The same with terminal colours.
    Colored,
    /// JSON: what is spelled out stands in its strings.
    Json,
}

/// `text` with every unsafe character spelled out but line ends and, where there are any, colours.
pub fn dressed(text: &[u8], dress: Dress) -> Vec<u8> {
    use std::io::Write;
    let mut out = Vec::with_capacity(text.len());
    let spell = |character: char, out: &mut Vec<u8>| {
        let mut units = [0; 2];
        // A Vec takes every write.
        let _ = match dress {
            Dress::Json => character.encode_utf16(&mut units).iter().try_for_each(|unit| write!(out, "\\u{unit:04x}")),
            Dress::Plain | Dress::Colored => write!(out, "\\u{{{:x}}}", u32::from(character)),
        };
    };
    for chunk in text.utf8_chunks() {
        let mut rest = chunk.valid();
        while let Some(character) = rest.chars().next() {
            let color = if dress == Dress::Colored { color(rest) } else { 0 };
            let taken = if color > 0 { color } else { character.len_utf8() };
            if color > 0 || character == '\n' || !is_unsafe(character) {
                out.extend_from_slice(&rest.as_bytes()[..taken]);
            } else {
                spell(character, &mut out);
            }
            rest = &rest[taken..];
        }
        for byte in chunk.invalid() {
            let _ = match dress {
                Dress::Json => write!(out, "\\ufffd"),
                Dress::Plain | Dress::Colored => write!(out, "\\x{byte:02x}"),
            };
        }
    }
    out
}

/// Length of the colour that `text` begins with: `ESC [ digits and ; m`.
fn color(text: &str) -> usize {
    let Some(codes) = text.strip_prefix("\u{1b}[") else { return 0 };
    let end = codes.bytes().take(24).position(|byte| !byte.is_ascii_digit() && byte != b';').unwrap_or(24);
    if codes.as_bytes().get(end) == Some(&b'm') { end + 3 } else { 0 }
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
    fn an_output_keeps_its_lines_and_its_own_colours_only() {
        let hostile = "a\u{1b}[1;31mb\u{1b}[0m\n\u{1b}[2J\u{9b}\u{202e}\u{e0041}".as_bytes();
        let shown = |dress| String::from_utf8(dressed(hostile, dress)).unwrap();
        assert_eq!(shown(Dress::Plain), "a\\u{1b}[1;31mb\\u{1b}[0m\n\\u{1b}[2J\\u{9b}\\u{202e}\\u{e0041}");
        assert_eq!(shown(Dress::Colored), "a\u{1b}[1;31mb\u{1b}[0m\n\\u{1b}[2J\\u{9b}\\u{202e}\\u{e0041}");
        let json: String =
            serde_json::from_slice(&dressed("\"x\u{202e}\u{e0041}\u{85}\"".as_bytes(), Dress::Json)).unwrap();
        assert_eq!(json, "x\u{202e}\u{e0041}\u{85}");
        assert_eq!(dressed(b"\xff", Dress::Json), b"\\ufffd");
    }

    #[test]
    fn nothing_invisible_or_commanding_survives() {
        let hostile = "a\u{1b}[2Jb\u{202e}c\u{200b}\r\td".as_bytes();
        assert_eq!(escape(hostile).to_string(), "a\\u{1b}[2Jb\\u{202e}c\\u{200b}\\u{d}\td");
        assert_eq!(escape(b"\xff\xfeok").to_string(), "\\xff\\xfeok");
    }
}
