//! Reads a value as it is written: quoted, escaped, bare, or in markup.

use std::ops::Range;

use crate::engine::validate::{Style, is_grouped};

/// A value and how it is written.
#[derive(Clone, Debug)]
pub(super) struct Literal {
    pub(super) value: Range<usize>,
    pub(super) style: Style,
}

/// Bytes that a value may have.
const LONGEST: usize = 1024;

/// Calls that give back the literal they take, in some form.
const WRAPPERS: &[&[u8]] = &[
    b"String::from",
    b"Some",
    b"new String",
    b"String",
    b"Buffer.from",
    b"bytes.fromhex",
    b"unhexlify",
    b"b64decode",
    b"SecretStr",
    b"base64.b64decode",
    b"Cow::from",
    b"str",
    b"bytes",
    b"bytearray",
    b"new SecretKeySpec",
    b"[]byte",
    b"SecretString::new",
    b"atob",
    b"NSString stringWithString",
    b"std::string",
    b"QString",
    b"QStringLiteral",
    b"TEXT",
    b"_T",
    b"L",
    b"Secret::new",
    b"mark_safe",
    b"Value",
    b"hex.DecodeString",
    b"Encoding.UTF8.GetBytes",
    b"Encoding.ASCII.GetBytes",
    b"aws.String",
    b"pulumi.String",
    b"Buffer",
    b"new Buffer",
    b"ConvertTo-SecureString",
    b"new NetworkCredential",
    b"SecureString",
    b"base64.b64encode",
    b"AES.new",
    b"Fernet",
    b"Uint8Array",
];

/// The quoted literal at `at`, prefixes and wrapping calls allowed.
pub(super) fn quoted(text: &[u8], at: usize) -> Option<Literal> {
    let mut at = at;
    for _ in 0..2 {
        match *text.get(at)? {
            b'"' | b'\'' | b'`' => return closed(text, at, text[at]),
            b'\\' => return escaped(text, at),
            b'&' if let Some(mark) = entity(&text[at..]) => return between_entities(text, at + mark.len(), mark),
            byte if byte.is_ascii_alphabetic() || matches!(byte, b'@' | b'$' | b'&' | b'[') => {
                if let Some(behind) = prefix(text, at) {
                    at = behind;
                    continue;
                }
                at = wrapper(text, at)?;
            }
            _ => return None,
        }
    }
    match *text.get(at)? {
        quote @ (b'"' | b'\'' | b'`') => closed(text, at, quote),
        _ => None,
    }
}

/// Behind `b`, `rb`, `@`, `u8` and the like, if a quote follows.
fn prefix(text: &[u8], at: usize) -> Option<usize> {
    let behind = (1..=3).find(|&length| matches!(text.get(at + length), Some(b'"' | b'\'')))?;
    let known: &[&[u8]] = &[
        b"b", b"u", b"r", b"f", b"rb", b"br", b"B", b"R", b"U", b"L", b"N", b"@", b"$", b"$@", b"@$", b"u8", b"c",
        b"x", b"E", b"s", b"&",
    ];
    known.contains(&&text[at..at + behind]).then_some(at + behind)
}

/// Behind the bracket of a wrapping call, if a quote follows.
fn wrapper(text: &[u8], at: usize) -> Option<usize> {
    let head = &text[at..text.len().min(at + 40)];
    let open = memchr::memchr2(b'(', b'\n', head)?;
    if head[open] != b'(' || !WRAPPERS.contains(&&head[..open]) {
        return None;
    }
    let mut behind = at + open + 1;
    while matches!(text.get(behind), Some(b' ' | b'b' | b'r')) && behind < at + open + 3 {
        behind += 1;
    }
    matches!(text.get(behind), Some(b'"' | b'\'' | b'`')).then_some(behind)
}

/// A literal between two `quote`s on one line; triple quotes too.
fn closed(text: &[u8], at: usize, quote: u8) -> Option<Literal> {
    let mut start = at + 1;
    if text[start..].starts_with(&[quote, quote]) {
        start += 2;
        if text.get(start) == Some(&b'\n') {
            start += 1;
        }
    }
    let mut end = start;
    let last = text.len().min(start + LONGEST);
    while end < last {
        match text[end] {
            b'\\' => end += 1,
            b'\n' | b'\r' => return None,
            byte if byte == quote => {
                return (end > start).then_some(Literal { value: start..end, style: Style::Quoted });
            }
            _ => {}
        }
        end += 1;
    }
    None
}

/// A literal between escaped quotes: JSON in a string, or in a string in a string.
fn escaped(text: &[u8], at: usize) -> Option<Literal> {
    let depth = text[at..].iter().take(8).take_while(|&&byte| byte == b'\\').count();
    let quote = *text.get(at + depth)?;
    if !matches!(quote, b'"' | b'\'') {
        return None;
    }
    let start = at + depth + 1;
    let last = text.len().min(start + LONGEST);
    let mut run = 0;
    for (end, &byte) in text.iter().enumerate().take(last).skip(start) {
        match byte {
            b'\n' => return None,
            b'\\' => run += 1,
            _ if byte == quote => {
                let value = start..end.saturating_sub(depth);
                return (run == depth && value.end > start).then_some(Literal { value, style: Style::Quoted });
            }
            _ => run = 0,
        }
    }
    None
}

/// The quote that `rest` begins with as HTML writes it.
pub(super) fn entity(rest: &[u8]) -> Option<&'static [u8]> {
    [&b"&quot;"[..], b"&#34;", b"&#39;", b"&apos;", b"&#x22;", b"&#x27;"]
        .into_iter()
        .find(|mark| rest.starts_with(mark))
}

/// A literal up to the next such quote.
fn between_entities(text: &[u8], start: usize, mark: &[u8]) -> Option<Literal> {
    let rest = &text[start..text.len().min(start + LONGEST)];
    let line = &rest[..memchr::memchr2(b'\n', b'<', rest).unwrap_or(rest.len())];
    let length = memchr::memmem::find(line, mark)?;
    (length > 0).then_some(Literal { value: start..start + length, style: Style::Quoted })
}

/// How a bare value ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ends {
    /// With the line: words behind it make it prose.
    Line,
    /// With a blank: more may follow.
    Blank,
    /// With `&` or `#`: a query.
    Query,
    /// With `}`: the default of a shell variable.
    Brace,
    /// With `;`: a connection string.
    Field,
}

/// The bare value at `at`.
pub(super) fn bare(text: &[u8], at: usize, ends: Ends) -> Option<Literal> {
    let mut end = at;
    let last = text.len().min(at + LONGEST);
    while end < last {
        match text[end] {
            byte if byte.is_ascii_whitespace() || !(b'!'..=b'~').contains(&byte) => break,
            b'"' | b'\'' | b'`' | b'<' | b'>' | b'|' => break,
            b'&' | b'#' if ends == Ends::Query => break,
            b'}' if ends == Ends::Brace => break,
            b';' | b'&' if ends == Ends::Field => break,
            b'\\' if matches!(text.get(end + 1), Some(b'n' | b'r' | b't' | b'"' | b'\n')) => break,
            _ => {}
        }
        end += 1;
    }
    let closed_by = text.get(end).copied().unwrap_or(b'\n');
    if ends == Ends::Line && matches!(closed_by, b' ' | b'\t') && !ends_line(&text[end..]) {
        let line = crate::text::line_bounds(text, at).end.min(last);
        let value = at..at + text[at..line].trim_ascii_end().len();
        return is_grouped(&text[value.clone()]).then_some(Literal { value, style: Style::Bare });
    }
    if matches!(closed_by, b'"' | b'\'') && ends == Ends::Line {
        return None;
    }
    while end > at && matches!(text[end - 1], b',' | b';' | b')' | b']' | b'}') {
        end -= 1;
    }
    (end > at).then_some(Literal { value: at..end, style: Style::Bare })
}

/// Whether nothing but blanks and a comment follows on the line.
fn ends_line(rest: &[u8]) -> bool {
    // A line that goes on for longer is no assignment with a comment.
    let rest = &rest[..rest.len().min(256)];
    let line = rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())].trim_ascii();
    line.is_empty() || line.starts_with(b"#") || line.starts_with(b";") || line.starts_with(b"//") || line == b"\\"
}

/// The text between a tag that ends before `at` and the next `<`.
pub(super) fn markup(text: &[u8], at: usize) -> Option<Literal> {
    let last = text.len().min(at + LONGEST);
    let length = memchr::memchr2(b'<', b'\n', &text[at..last])?;
    (text[at + length] == b'<' && length > 0 && text.get(at + length + 1) == Some(&b'/'))
        .then_some(Literal { value: at..at + length, style: Style::Markup })
}
