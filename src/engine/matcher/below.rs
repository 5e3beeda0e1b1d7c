//! Values that stand below their name: the scalars of YAML that begin on the next line, and what a here-document or a
//! block of YAML holds of another format.

use super::literal::{self, Ends, Literal};
use crate::text::line_bounds;

/// Bytes before a line in which the `<<` of its here-document is looked for.
const REACH: usize = 4096;

/// The scalar of one line below the key whose value would begin at `at`: `key: >-`, `key: |` or nothing behind the
/// colon. A block of several lines holds a document, not a value.
pub(super) fn scalar(text: &[u8], name_start: usize, at: usize) -> Option<Literal> {
    let line = line_bounds(text, at);
    let head = text[at..line.end].trim_ascii();
    let is_block = matches!(head, [b'|' | b'>'] | [b'|' | b'>', b'-' | b'+']);
    if !(head.is_empty() || is_block) || line.end >= text.len() {
        return None;
    }
    let key = line_bounds(text, name_start);
    let indent = indent(&text[key.clone()]);
    let below = line_bounds(text, line.end + 1);
    let content = text[below.clone()].trim_ascii();
    if indent_of(&text[below.clone()]) <= indent || content.is_empty() || content.starts_with(b"- ") {
        return None;
    }
    // `key:` with a mapping below it, or a text of several lines.
    let is_mapping = content.ends_with(b":") || content.windows(2).any(|pair| pair == b": ");
    if is_mapping || below.end < text.len() && goes_on(text, below.end + 1, indent) {
        return None;
    }
    let start = below.start + text[below].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    literal::quoted(text, start).or_else(|| literal::bare(text, start, Ends::Line))
}

/// Blanks before a key, with the dash of a list.
fn indent(line: &[u8]) -> usize {
    let blanks = indent_of(line);
    if line[blanks..].starts_with(b"- ") { blanks + 2 } else { blanks }
}

fn indent_of(line: &[u8]) -> usize {
    line.iter().take_while(|&&byte| byte == b' ').count()
}

fn goes_on(text: &[u8], at: usize, indent: usize) -> bool {
    let next = line_bounds(text, at);
    let next = &text[next];
    !next.trim_ascii().is_empty() && indent_of(next) > indent
}

/// Whether the name at `start` begins its line.
pub(super) fn begins_line(text: &[u8], start: usize) -> bool {
    let before = &text[start.saturating_sub(64)..start];
    let blank = before.iter().rev().take_while(|&&byte| matches!(byte, b' ' | b'\t')).count();
    blank == start || before.len() > blank && before[before.len() - blank - 1] == b'\n'
}

/// Whether `at` stands in a here-document: `<<EOF` on a line above, and no line that is `EOF` since.
pub(super) fn in_heredoc(text: &[u8], at: usize) -> bool {
    let before = &text[at.saturating_sub(REACH)..at];
    let Some(open) = memchr::memmem::rfind(before, b"<<") else { return false };
    let rest = &before[open + 2..];
    let rest = rest.strip_prefix(b"-").or_else(|| rest.strip_prefix(b"~")).unwrap_or(rest).trim_ascii_start();
    let rest = rest.strip_prefix(b"'").or_else(|| rest.strip_prefix(b"\"")).unwrap_or(rest);
    let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    let (mark, rest) = rest.split_at(length);
    let Some(first) = memchr::memchr(b'\n', rest) else { return false };
    length > 0 && !rest[first..].split(|&byte| byte == b'\n').any(|line| line.trim_ascii() == mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn below(text: &str) -> Option<&str> {
        let colon = text.find(':').expect("a colon");
        scalar(text.as_bytes(), text.find('k').expect("a key"), colon + 1).map(|literal| &text[literal.value])
    }

    #[test]
    fn a_scalar_of_one_line_is_read_below_its_key() {
        for text in [
            "key: >-\n  abcdef\n",
            "a:\n  - key: |\n      abcdef\nb: 1\n",
            "key:\n  \"abcdef\"",
            "  key:\n    abcdef\n\nx",
        ] {
            let text = text.strip_prefix("a:\n").unwrap_or(text);
            assert_eq!(below(text), Some("abcdef"), "{text}");
        }
        for text in [
            "key: |\n  one\n  two\n",
            "key:\n  name: x\n",
            "key:\nother: 1\n",
            "key: abcdef\n  x\n",
            "key:\n  - abcdef\n",
        ] {
            assert_eq!(below(text), None, "{text}");
        }
    }

    #[test]
    fn a_here_document_ends_with_its_mark() {
        let text = b"cat > a <<'EOF'\nx = 1\nEOF\ny = 1\n";
        assert!(in_heredoc(text, 18) && !in_heredoc(text, 28) && begins_line(text, 16) && !begins_line(text, 18));
    }
}
