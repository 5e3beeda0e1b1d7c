//! A value assigned to a telling name, in any notation: `key = "v"`, `"key": "v"`, `KEY=v`,
//! `<key>v</key>`, `set_key("v")`, `--key v` and their kin.
//!
//! Reads from the keyword to the right first: in ordinary code the next byte settles it.

use std::ops::Range;

use super::Candidate;
use super::below;
use super::literal::{self, Ends, Literal};
use super::login;
use super::name;
use super::pairs;
use crate::engine::facts::FileFacts;
use crate::engine::validate::{Kind, Place, Style, grade};
use crate::rules::Language as L;

/// Bytes that a name may have either side of its keyword.
const REACH: usize = 48;

/// What stands between name and value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    /// `=`, `:=`, `=>`, `?=`, `||`, `??`.
    Equals,
    /// `:`.
    Colon,
    /// `==`, `!=`.
    Compares,
    /// `,` behind a quoted name, `(` behind a bare one.
    Passes,
    /// `>`.
    Tag,
    /// Blanks.
    Blank,
    /// `:-` in `${NAME:-value}`.
    Default,
}

/// The candidate around the keyword at `hit`.
pub(super) fn read(text: &[u8], hit: &Range<usize>, facts: &FileFacts) -> Option<Candidate> {
    let end = name_end(text, hit.end);
    let Some((operator, value_at, is_quoted)) = operator(text, end) else {
        let start = name_start(text, hit.start);
        let literal = pairs::unjoined(text, &(start..end), facts)?;
        return graded(text, start..end, literal, How::default(), facts);
    };
    let start = name_start(text, hit.start);
    // `"AWS::IAM::AccessKey": "…"` names a type.
    if start >= 2 && &text[start - 2..start] == b"::" {
        return None;
    }
    if matches!(operator, Operator::Passes | Operator::Equals | Operator::Colon | Operator::Blank)
        && let Some(found) = login::read(text, &(start..end), value_at, facts)
    {
        return Some(found);
    }
    // `"name": "DB_PASSWORD", "value": "v"`: the next string is a key, not the value.
    let pair = if operator == Operator::Passes && is_quoted { pairs::paired(text, end) } else { None };
    let (literal, how) = match value(text, start, value_at, operator, is_quoted, facts) {
        _ if pair.is_some() => (pair?, How::default()),
        Some(literal) => {
            let passes = operator == Operator::Passes && is_quoted;
            (literal, How { compares: operator == Operator::Compares, passes })
        }
        None if is_quoted => {
            let found = pairs::paired(text, end).or_else(|| pairs::defaulted(text, end, facts));
            (found.or_else(|| pairs::argued(text, start, end))?, How::default())
        }
        None => return None,
    };
    // `password.lstrip("…")` asks the value for something.
    let called = text[start..end].rsplit(|&byte| byte == b'.').next().unwrap_or_default();
    if operator == Operator::Passes && !is_quoted && called.len() < end - start && name::classify(called).is_none() {
        return None;
    }
    // `["password", "port"]`: a list of names.
    if how.passes && !is_first_argument(text, start) {
        return None;
    }
    graded(text, start..end, literal, how, facts)
}

/// How a value is given to its name, beyond being assigned.
#[derive(Clone, Copy, Default)]
struct How {
    compares: bool,
    /// `set("password", "v")`.
    passes: bool,
}

/// Whether the quoted name at `start` is the first argument of a call or the first of a pair, or a selector.
fn is_first_argument(text: &[u8], start: usize) -> bool {
    let low = start.saturating_sub(24);
    let before = text[low..start].trim_ascii_end();
    let before = before.strip_suffix(b"\"").or_else(|| before.strip_suffix(b"'")).unwrap_or(before).trim_ascii_end();
    matches!(before.last(), Some(b'(' | b'{' | b'#'))
}

fn graded(text: &[u8], name: Range<usize>, literal: Literal, how: How, facts: &FileFacts) -> Option<Candidate> {
    let value = &text[literal.value.clone()];
    let start = name.start;
    let name = &text[name];
    if value.len() < 4 || (literal.style == Style::Bare && memchr::memchr2(b'(', b'[', value).is_some()) {
        return None;
    }
    let kind = name::classify(name)?;
    // Of a `key` in code nothing is known; a variable of an environment opens something.
    let opens = kind == Kind::Key && literal.style == Style::Bare && is_constant(name) && !facts.test;
    let kind = if opens { Kind::ApiKey } else { kind };
    let at = literal.value.start;
    let place = Place { kind, name, facts, style: literal.style, compares: how.compares, passes: how.passes, text, at };
    let judged = grade(value, &place)?;
    // An `auth` that holds a password is one.
    let kind = if judged.is_sure() && kind == Kind::Credential { Kind::Password } else { kind };
    Some(Candidate::judged(start..literal.value.end, literal.value, kind, judged))
}

fn is_constant(name: &[u8]) -> bool {
    name.contains(&b'_') && !name.iter().any(u8::is_ascii_lowercase)
}

fn name_end(text: &[u8], from: usize) -> usize {
    let last = text.len().min(from + REACH);
    let mut end = from;
    while end < last {
        let next = text.get(end + 1).copied().unwrap_or(b' ');
        match text[end] {
            byte if byte.is_ascii_alphanumeric() || byte == b'_' => {}
            b'-' if next.is_ascii_alphanumeric() => {}
            b'.' if next.is_ascii_alphabetic() => {}
            _ => break,
        }
        end += 1;
    }
    end
}

fn name_start(text: &[u8], from: usize) -> usize {
    let first = from.saturating_sub(REACH);
    let mut start = from;
    while start > first {
        let before = if start >= 2 { text[start - 2] } else { b' ' };
        match text[start - 1] {
            byte if byte.is_ascii_alphanumeric() || byte == b'_' => {}
            b'-' | b'.' if before.is_ascii_alphanumeric() || before == b'_' => {}
            _ => break,
        }
        start -= 1;
    }
    start
}

/// The operator behind a name that ends at `at`, where its value begins, and whether the name
/// stands in quotes.
pub(super) fn operator(text: &[u8], at: usize) -> Option<(Operator, usize, bool)> {
    let mut at = at;
    let mut is_quoted = false;
    for _ in 0..6 {
        match *text.get(at)? {
            b'"' | b'\'' => is_quoted = true,
            b'\\' if matches!(text.get(at + 1), Some(b'"' | b'\'' | b'\\')) => {}
            b'&' if let Some(mark) = literal::entity(&text[at..]) => {
                is_quoted = true;
                at += mark.len();
                continue;
            }
            b']' | b'*' | b'`' => {}
            b'?' | b'!' if text.get(at + 1) == Some(&b':') => {}
            _ => break,
        }
        at += 1;
    }
    let name_end = at;
    at = blanks(text, at);
    let next = |by: usize| text.get(at + by).copied().unwrap_or(b'\n');
    let (operator, length) = match next(0) {
        b'=' => match next(1) {
            b'=' => (Operator::Compares, if next(2) == b'=' { 3 } else { 2 }),
            b'>' => (Operator::Equals, 2),
            b'~' => return None,
            _ => (Operator::Equals, 1),
        },
        b':' => match next(1) {
            b'=' => (Operator::Equals, 2),
            b':' if next(2) == b'=' => (Operator::Equals, 3),
            b':' => return None,
            b'-' => (Operator::Default, 2),
            _ => (Operator::Colon, 1),
        },
        b'?' if next(1) == b'=' => (Operator::Equals, 2),
        b'?' if next(1) == b'?' => (Operator::Equals, if next(2) == b'=' { 3 } else { 2 }),
        b'|' if next(1) == b'|' => (Operator::Equals, if next(2) == b'=' { 3 } else { 2 }),
        b'!' if next(1) == b'=' => (Operator::Compares, if next(2) == b'=' { 3 } else { 2 }),
        b'>' => (Operator::Tag, 1),
        // A property of C#: `{ get; set; } = "v"`.
        b'{' if text[at..].starts_with(b"{ get") => {
            let close = memchr::memmem::find(&text[at..text.len().min(at + 48)], b"} =")?;
            (Operator::Equals, close + 3)
        }
        b',' if is_quoted => (Operator::Passes, 1),
        b'(' if at == name_end && !is_quoted => (Operator::Passes, 1),
        b')' if is_quoted && next(1) == b',' => (Operator::Passes, 2),
        b'\n' | b'\r' | b'}' | b';' | b')' | b'.' if !is_quoted => return None,
        _ if at > name_end || is_quoted => (Operator::Blank, 0),
        _ => return None,
    };
    Some((operator, at + length, is_quoted))
}

pub(super) fn blanks(text: &[u8], from: usize) -> usize {
    let mut at = from;
    while matches!(text.get(at), Some(b' ' | b'\t')) && at < from + 64 {
        at += 1;
    }
    at
}

/// Blanks, one line break with or without a backslash, blanks again.
pub(super) fn blanks_and_break(text: &[u8], from: usize) -> usize {
    let mut at = blanks(text, from);
    if text.get(at) == Some(&b'(') && matches!(text.get(at + 1), Some(b'\n' | b'\r')) {
        at += 1;
    }
    if text.get(at) == Some(&b'\\') && matches!(text.get(at + 1), Some(b'\n' | b'\r')) {
        at += 1;
    }
    if text.get(at) == Some(&b'\r') {
        at += 1;
    }
    if text.get(at) == Some(&b'\n') { blanks(text, at + 1) } else { at }
}

/// The value that begins at or behind `at`.
fn value(
    text: &[u8],
    start: usize,
    at: usize,
    operator: Operator,
    is_quoted: bool,
    facts: &FileFacts,
) -> Option<Literal> {
    match operator {
        Operator::Tag => {
            let opens = is_quoted || start.checked_sub(1).is_some_and(|before| matches!(text[before], b'<' | b':'));
            return if opens { literal::markup(text, at) } else { None };
        }
        Operator::Default => {
            let opens = start >= 2 && &text[start - 2..start] == b"${";
            return if opens { literal::bare(text, at, Ends::Brace) } else { None };
        }
        Operator::Blank => return behind_blank(text, start, at, facts),
        Operator::Equals | Operator::Colon | Operator::Compares | Operator::Passes => {}
    }
    let first = blanks_and_break(text, at);
    if let Some(literal) = literal::quoted(text, first) {
        // `"a" "b"` in a list and `key, 'word'` of a call to translate: the value ends its argument.
        return Some(literal);
    }
    match operator {
        Operator::Colon => {
            // `@Value("${db.password:v}")`, `${DB_PASSWORD:v}`.
            if start >= 2 && &text[start - 2..start] == b"${" {
                return literal::bare(text, at, Ends::Brace);
            }
            if facts.languages.has(L::Yaml)
                && !is_quoted
                && let Some(literal) = below::scalar(text, start, at)
            {
                return Some(literal);
            }
            if let Some(literal) = behind_type(text, at).or_else(|| header(text, start, at)) {
                return Some(literal);
            }
        }
        Operator::Compares | Operator::Passes => return None,
        _ => {}
    }
    let ends = bare_ends(text, start, at, operator, is_quoted, facts)?;
    let first = if text[at..].starts_with(b"\\\n") { first } else { blanks(text, at) };
    literal::bare(text, first, ends)
}

/// `: Type = "v"`.
fn behind_type(text: &[u8], at: usize) -> Option<Literal> {
    let first = blanks(text, at);
    let last = text.len().min(first + 48);
    let mut here = first;
    while here < last {
        match text[here] {
            b'=' => break,
            byte if byte.is_ascii_alphanumeric() => {}
            b'_' | b'&' | b'\'' | b'<' | b'>' | b'[' | b']' | b'?' | b'.' | b'|' | b' ' | b'*' | b':' => {}
            _ => return None,
        }
        here += 1;
    }
    if here == last || here == first || text[here - 1] != b' ' || matches!(text.get(here + 1), Some(b'=' | b'>')) {
        return None;
    }
    literal::quoted(text, blanks_and_break(text, here + 1))
}

/// `"X-Api-Key: v"`: a header, or a pair in a string, that its quotes hold together.
fn header(text: &[u8], start: usize, at: usize) -> Option<Literal> {
    let quote = *text.get(start.checked_sub(1)?)?;
    if !matches!(quote, b'"' | b'\'' | b'`') {
        return None;
    }
    let literal = literal::bare(text, blanks(text, at), Ends::Blank)?;
    (text.get(literal.value.end) == Some(&quote)).then_some(literal)
}

/// `#define KEY "v"`, `PASSWORD 'v'`, `ENV KEY v`, `--key v`, `key or "v"`.
fn behind_blank(text: &[u8], start: usize, at: usize, facts: &FileFacts) -> Option<Literal> {
    let line = crate::text::line_bounds(text, start).start.max(start.saturating_sub(160));
    let before = text[line..start].trim_ascii();
    let is_flag =
        text[line..start].ends_with(b"-") && (before.ends_with(b"--") || before == b"-" || before.ends_with(b" -"));
    let rest = &text[at..];
    // `'PASSWORD' or 'HASH'` in a sentence.
    let is_sentence = text[start..at].trim_ascii_end().last().is_some_and(|byte| matches!(byte, b'"' | b'\''));
    if is_sentence && rest.starts_with(b"or ") {
        return None;
    }
    // `pass to 'tool'`.
    if rest.starts_with(b"to ") && text[start..at].trim_ascii_end() == b"pass" {
        return None;
    }
    for word in [&b"or "[..], b"eq ", b"is ", b"BY ", b"by ", b"to ", b"= ", b"As String = ", b"As String=", b"<- "] {
        if rest.starts_with(word) {
            let first = blanks(text, at + word.len());
            return matches!(text.get(first), Some(b'"' | b'\'')).then(|| literal::quoted(text, first)).flatten();
        }
    }
    let defines = [&b"#define"[..], b"ENV", b"ARG", b"setenv", b"set", b"-D"].iter().any(|word| before.ends_with(word));
    let first = *rest.first()?;
    let is_sql = facts.languages.has(L::Sql) || before.ends_with(b"WITH") || before.ends_with(b"with");
    if matches!(first, b'"' | b'\'') && (defines || is_flag || is_sql) || first == b'@' && defines {
        return literal::quoted(text, at);
    }
    let is_keyword = start > line && text[start - 1] == b':' && first == b'"';
    // Gradle, Ruby, configuration files: the name begins the line and the value ends it. Clojure: a keyword.
    if is_keyword {
        return literal::quoted(text, at);
    }
    if matches!(first, b'"' | b'\'') && (before.is_empty() || before.ends_with(b"{")) {
        let literal = literal::quoted(text, at)?;
        let rest = &text[literal.value.end + 1..text.len().min(literal.value.end + 64)];
        let ends = rest
            .iter()
            .take_while(|&&byte| byte != b'\n')
            .all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b',' | b';' | b'}'));
        return ends.then_some(literal);
    }
    // A line of a configuration file without a language: `password v` and nothing else.
    if before.is_empty()
        && facts.languages.is_empty()
        && !facts.prose
        && text[at - 1] != b'"'
        && is_password(text, start)
    {
        return literal::bare(text, at, Ends::Line);
    }
    let bare = (before.ends_with(b"ENV") || before.ends_with(b"setenv") || (is_flag && is_command_file(facts)))
        && !matches!(first, b'-' | b'|' | b'&' | b'<' | b'>' | b'\\');
    if bare { literal::bare(text, at, Ends::Blank) } else { None }
}

fn is_password(text: &[u8], start: usize) -> bool {
    [&b"pass"[..], b"pwd", b"pw "].iter().any(|word| text[start..].starts_with(word))
}

fn is_command_file(facts: &FileFacts) -> bool {
    let set = facts.languages;
    set.is_empty()
        || facts.prose
        || [L::Shell, L::Dockerfile, L::Yaml, L::Make, L::Powershell].iter().any(|&one| set.has(one))
}

/// How a bare value ends here; `None` where a bare word is no literal.
fn bare_ends(
    text: &[u8],
    start: usize,
    at: usize,
    operator: Operator,
    is_quoted: bool,
    facts: &FileFacts,
) -> Option<Ends> {
    let before = if start == 0 { b'\n' } else { text[start - 1] };
    let tight =
        !matches!(text.get(at), Some(b' ' | b'\t')) && text[at - 1] == b'=' && !matches!(text[at - 2], b' ' | b'\t');
    if operator == Operator::Equals && tight && matches!(before, b'?' | b'&') {
        // The token of a badge only shows the badge.
        let address = &text[start.saturating_sub(48)..start];
        let badge = address.ends_with(b".svg?") || address.windows(5).any(|part| part == b"badge");
        return if badge { None } else { Some(Ends::Query) };
    }
    if is_quoted {
        return None;
    }
    let set = facts.languages;
    let any = |list: &[L]| list.iter().any(|&one| set.has(one));
    match operator {
        Operator::Equals if any(&[L::Env, L::Properties, L::Ini]) => Some(Ends::Line),
        Operator::Colon if any(&[L::Properties, L::Ini]) => Some(Ends::Line),
        Operator::Colon if set.has(L::Yaml) => Some(Ends::Line),
        Operator::Equals if any(&[L::Yaml, L::Shell, L::Dockerfile]) && tight => Some(Ends::Blank),
        Operator::Equals if set.has(L::Make) => Some(Ends::Line),
        // `name = v` begins no line of these, but one of a file that stands in them.
        Operator::Equals if set.has(L::Yaml) && below::begins_line(text, start) => Some(Ends::Line),
        Operator::Equals | Operator::Colon
            if any(&[L::Shell, L::Dockerfile]) && below::begins_line(text, start) && below::in_heredoc(text, start) =>
        {
            Some(Ends::Line)
        }
        _ if set.is_empty() || facts.prose => match operator {
            Operator::Equals if tight => Some(Ends::Blank),
            _ => Some(Ends::Line),
        },
        Operator::Equals if tight && matches!(before, b';' | b'"' | b'\'' | b',') => Some(Ends::Field),
        _ => None,
    }
}
