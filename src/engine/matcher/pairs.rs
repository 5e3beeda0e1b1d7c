//! Names and values that no operator joins: two tags, two pairs, a name and a block behind it.
//!
//! Each form is recognized by the bytes right behind the name, so that ordinary code costs one look.

use super::assignment::{Operator, blanks, blanks_and_break, operator};
use super::literal::{self, Ends, Literal};
use crate::engine::facts::FileFacts;
use crate::rules::Language as L;

use std::ops::Range;

/// Bytes of a Terraform block in which its default is looked for.
const BLOCK: usize = 400;

/// The value of the bare `name`, which no operator follows.
pub(super) fn unjoined(text: &[u8], name: &Range<usize>, facts: &FileFacts) -> Option<Literal> {
    match *text.get(name.end)? {
        b'\n' | b'\r' => listed(text, name, facts),
        b'<' => tagged(text, name),
        b',' => tupled(text, name),
        _ => None,
    }
}

/// `name: DB_PASSWORD`, and `value: …` on the next line.
fn listed(text: &[u8], name: &Range<usize>, facts: &FileFacts) -> Option<Literal> {
    if !facts.languages.has(L::Yaml) {
        return None;
    }
    let before = text[..name.start].trim_ascii_end();
    if !before.ends_with(b"name:") && !before.ends_with(b"key:") {
        return None;
    }
    paired(text, name.end - 1)
}

/// `<name>password</name> <value>v</value>`, `<key>password</key> <string>v</string>`.
fn tagged(text: &[u8], name: &Range<usize>) -> Option<Literal> {
    let before = &text[name.start.saturating_sub(6)..name.start];
    let rest = &text[name.end..];
    let mut at = if before.ends_with(b"<name>") && rest.starts_with(b"</name>") {
        name.end + b"</name>".len()
    } else if before.ends_with(b"<key>") && rest.starts_with(b"</key>") {
        name.end + b"</key>".len()
    } else {
        return None;
    };
    let last = text.len().min(at + 64);
    while at < last && text[at].is_ascii_whitespace() {
        at += 1;
    }
    let value =
        [&b"<value>"[..], b"<string>", b"<defaultValue>"].into_iter().find(|value| text[at..].starts_with(value))?;
    literal::markup(text, at + value.len())
}

/// `{password, "v"}`; `{token.COMMENT, "v"}` is something else.
fn tupled(text: &[u8], name: &Range<usize>) -> Option<Literal> {
    let opens = name.start > 0 && text[name.start - 1] == b'{' && !text[name.clone()].contains(&b'.');
    if opens { literal::quoted(text, blanks(text, name.end + 1)) } else { None }
}

/// `variable "db_password" { … default = "v" }`; the name ends at `name_end`, its quote behind it.
pub(super) fn defaulted(text: &[u8], name_end: usize, facts: &FileFacts) -> Option<Literal> {
    if !facts.languages.has(L::Terraform) {
        return None;
    }
    let open = blanks(text, name_end + 1);
    if text.get(open) != Some(&b'{') {
        return None;
    }
    let block = &text[open..text.len().min(open + BLOCK)];
    let block = &block[..memchr::memchr(b'}', block).unwrap_or(block.len())];
    let word = memchr::memmem::find(block, b"default")?;
    let (operator, value_at, _) = operator(text, open + word + b"default".len())?;
    if operator == Operator::Equals { literal::quoted(text, blanks(text, value_at)) } else { None }
}

/// `name="password" value="v"`, `"name": "PASSWORD", "value": "v"`, also with a line break between.
pub(super) fn paired(text: &[u8], name_end: usize) -> Option<Literal> {
    let from = name_end + 1;
    let window = &text[from.min(text.len())..text.len().min(from + 120)];
    let mut found = None;
    for at in memchr::memchr2_iter(b'v', b'V', window) {
        if window[at + 1..].len() >= 4 && window[at + 1..at + 5].eq_ignore_ascii_case(b"alue") {
            found = Some(at);
            break;
        }
        if !matches!(window.get(at.wrapping_sub(1)), Some(b' ' | b'"' | b'\'' | b'\n' | b'\t' | b',' | b'_')) {
            return None;
        }
    }
    let at = found?;
    let between = &window[..at];
    let blank = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b'"' | b'\'' | b'-' | b':' | b'\\');
    if !between.iter().all(blank) {
        return None;
    }
    let (operator, value_at, _) = operator(text, from + at + 5)?;
    if !matches!(operator, Operator::Equals | Operator::Colon) {
        return None;
    }
    let first = blanks_and_break(text, value_at);
    literal::quoted(text, first)
        .or_else(|| (operator == Operator::Colon).then(|| literal::bare(text, first, Ends::Line)).flatten())
}

/// `add_argument("--password", default="v")`, `find("password").send_keys("v")`: the value of a call about the quoted
/// name that begins at `start` and ends at `name_end`.
pub(super) fn argued(text: &[u8], start: usize, name_end: usize) -> Option<Literal> {
    let window = &text[name_end..text.len().min(name_end + 160)];
    let line = &window[..memchr::memchr(b'\n', window).unwrap_or(window.len())];
    let at = if text[..start].ends_with(b"--") {
        memchr::memmem::find(line, b"default=").map(|at| at + b"default=".len())?
    } else {
        let call = line.get(1..).filter(|rest| rest.starts_with(b")."))?;
        [&b").send_keys("[..], b").sendKeys(", b").fill(", b").setValue(", b").val("]
            .into_iter()
            .find(|name| call.starts_with(name))
            .map(|name| 1 + name.len())?
    };
    literal::quoted(text, name_end + at)
}
