//! Text for XML 1.0 and HTML: escaped so that it ends no element, attribute, comment or section, and
//! free of the characters that XML cannot hold.

use std::fmt::{self, Display, Write};

/// Displays its content escaped for element text and for quoted attributes, in XML and HTML.
pub(super) struct Xml<T>(pub(super) T);

impl<T: Display> Display for Xml<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Sieve(out), "{}", self.0)
    }
}

struct Sieve<'a, 'f>(&'a mut fmt::Formatter<'f>);

impl Write for Sieve<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = 0;
        for (at, character) in text.char_indices() {
            let entity = match character {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\'' => "&#39;",
                // Attributes turn white space into blanks unless it is spelled out.
                '\t' => "&#9;",
                '\n' => "&#10;",
                // No reference may stand for the others, so they become visible.
                '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => {
                    self.0.write_str(&text[rest..at])?;
                    write!(self.0, "\\u{{{:x}}}", u32::from(character))?;
                    rest = at + character.len_utf8();
                    continue;
                }
                _ => continue,
            };
            self.0.write_str(&text[rest..at])?;
            self.0.write_str(entity)?;
            rest = at + character.len_utf8();
        }
        self.0.write_str(&text[rest..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_what_it_stands_in() {
        assert_eq!(Xml("a<b>&\"'c]]>").to_string(), "a&lt;b&gt;&amp;&quot;&#39;c]]&gt;");
        assert_eq!(Xml("\0\u{b}\u{7f}\u{fffe}\r\n\t").to_string(), "\\u{0}\\u{b}\\u{7f}\\u{fffe}\\u{d}&#10;&#9;");
        assert_eq!(Xml("grün 🔑").to_string(), "grün 🔑");
    }
}
