//! Passwords in rows that a statement inserts: `INSERT INTO users (name, password) VALUES ('anna', '…')`.
//!
//! Finds the column that is called a password, and reads the value in its place of each row.

use std::ops::Range;

use super::Candidate;
use super::name::classify;
use crate::engine::facts::FileFacts;
use crate::engine::validate::{Grade, Kind, certain};

/// Bytes of a statement that are looked at.
const REACH: usize = 4096;
/// Columns that are counted.
const COLUMNS: usize = 64;

/// The first password in the statement whose `insert into` is at `hit`.
pub(super) fn read(text: &[u8], hit: &Range<usize>, facts: &FileFacts) -> Option<Candidate> {
    let last = text.len().min(hit.end + REACH);
    let open = hit.end + memchr::memchr2(b'(', b';', &text[hit.end..last.min(hit.end + 160)])?;
    if text[open] != b'(' {
        return None;
    }
    let (columns, behind) = fields(text, open + 1, last)?;
    let column = columns.iter().position(|column| {
        let name = text[column.clone()].trim_ascii();
        let name = name
            .strip_prefix(b"`")
            .or_else(|| name.strip_prefix(b"\""))
            .or_else(|| name.strip_prefix(b"["))
            .unwrap_or(name);
        let name = name.split(|byte| matches!(byte, b'`' | b'"' | b']')).next().unwrap_or_default();
        classify(name) == Some(Kind::Password)
    })?;
    let rest = text[behind..last].trim_ascii_start();
    if rest.len() < 6 || !rest[..6].eq_ignore_ascii_case(b"values") {
        return None;
    }
    let mut at = last - rest.len() + 6;
    let mut weak = None;
    while let Some(open) = next_row(text, at, last) {
        let (values, behind) = fields(text, open, last)?;
        at = behind;
        if values.len() != columns.len() {
            continue;
        }
        let Some(value) = quoted(text, &values[column]) else { continue };
        let grade = certain(&text[value.clone()], facts)
            .map(|grade| if facts.test || facts.prose { Grade::Weak } else { grade });
        match grade {
            Some(Grade::Strong) => {
                return Some(Candidate::certain(hit.start..value.end, value, Kind::Password, Grade::Strong));
            }
            Some(Grade::Weak) if weak.is_none() => weak = Some(value),
            _ => {}
        }
    }
    let value = weak?;
    Some(Candidate::certain(hit.start..value.end, value, Kind::Password, Grade::Weak))
}

/// Behind the bracket that opens the next row.
fn next_row(text: &[u8], at: usize, last: usize) -> Option<usize> {
    let rest = &text[at..last];
    let blank = rest.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == b',').count();
    (rest.get(blank) == Some(&b'(')).then_some(at + blank + 1)
}

/// The fields up to the closing bracket, and where it ends. Commas and brackets in quotes do not count.
fn fields(text: &[u8], from: usize, last: usize) -> Option<(Vec<Range<usize>>, usize)> {
    let (mut found, mut start, mut at, mut depth) = (Vec::new(), from, from, 0_usize);
    while at < last {
        match text[at] {
            b'\'' => at += 1 + text[at + 1..last].iter().position(|&byte| byte == b'\'')?,
            b'(' => depth += 1,
            b')' if depth > 0 => depth -= 1,
            b')' => {
                found.push(start..at);
                return Some((found, at + 1));
            }
            b',' if depth == 0 => {
                found.push(start..at);
                start = at + 1;
                if found.len() > COLUMNS {
                    return None;
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// What stands between the quotes of a field that is a literal.
fn quoted(text: &[u8], field: &Range<usize>) -> Option<Range<usize>> {
    let inner = text[field.clone()].trim_ascii();
    let start = field.end - text[field.clone()].trim_ascii_start().len();
    let bare = inner.strip_prefix(b"N").map_or(0, |_| 1);
    let value = inner[bare..].strip_prefix(b"'")?.strip_suffix(b"'")?;
    (!value.is_empty() && !value.contains(&b'\'')).then(|| start + bare + 1..start + bare + 1 + value.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<&str> {
        read(text.as_bytes(), &(0..11), &FileFacts::default()).map(|found| &text[found.value])
    }

    #[test]
    fn the_password_is_read_in_its_column() {
        let secret = "kx82hfqa7";
        for text in [
            format!("INSERT INTO users (id, name, password) VALUES (1, 'an,na', '{secret}');"),
            format!("INSERT INTO `users` (`password`,`id`) VALUES\n  ('{secret}', 1),\n ('x', 2)"),
            format!("INSERT INTO [users] ([Id], [PassWord]) VALUES (NEWID(), N'{secret}')"),
            format!("insert into u(id, pass) values (1, 'changeme'), (2, '{secret}')"),
        ] {
            assert_eq!(value(&text), Some(secret), "{text}");
        }
        for text in [
            "INSERT INTO users (id, password) VALUES (1, '$2y$10$N9qo8uLOickgx2ZMRZoMye');",
            "INSERT INTO users (id, password) VALUES (?, ?)",
            "INSERT INTO users (id, password) SELECT 1, 'kx82hfqa7'",
            "INSERT INTO users VALUES (1, 'kx82hfqa7')",
            "INSERT INTO users (id, password",
        ] {
            assert_eq!(value(text), None, "{text}");
        }
    }
}
