//! A line of a baseline: read without a copy, written so that it reads back.
//!
//! Paths and owners have every byte percent-encoded (RFC 3986) that is no visible ASCII character or
//! part of a word; reasons are the rest of their line.

use std::borrow::Cow;
use std::fmt::Write;

use super::{BaselineError, Entry};
use crate::config::Day;
use crate::finding::Fingerprint;
use crate::paths::RepoPath;
use crate::text::escape;

/// What a baseline begins with. The number is the format's.
pub(super) const HEADER: &str = "# gatehook-baseline 1: findings that were here before the gate was. A line may be deleted, \
                                 never written by hand; the marks #00 to #ff keep merges apart.";

/// The part of the header that tells the format.
const VERSION: &[u8] = b"# gatehook-baseline ";

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A line of a merge that was not finished.
    #[error("a mark of a merge conflict")]
    Conflict,
    /// The first line names another format.
    #[error("another version of the format")]
    Version,
    /// The line does not begin with 32 digits.
    #[error("no fingerprint of 32 hexadecimal digits at its beginning")]
    Fingerprint,
    /// No rule behind the fingerprint.
    #[error("no rule behind the fingerprint")]
    Rule,
    /// No path behind the rule.
    #[error("no path behind the rule")]
    Path,
    /// `expires=` without a date.
    #[error("`expires` takes a date, as 2027-06-30")]
    Expires,
    /// Something else than `expires=`, `owner=` and `-- reason` behind the path.
    #[error("only `expires=DATE`, `owner=NAME` and `-- reason` may stand behind the path")]
    Field,
}

/// A line as it stands.
#[derive(Clone, Copy, Debug)]
pub struct BaselineLine<'t> {
    /// The finding's name.
    pub fingerprint: Fingerprint,
    /// The rule.
    pub rule: &'t str,
    path: &'t [u8],
    /// Last day on which it holds.
    pub expires: Option<Day>,
    owner: &'t [u8],
    reason: &'t [u8],
}

impl<'t> BaselineLine<'t> {
    /// The file, decoded.
    pub fn path(&self) -> Cow<'t, [u8]> {
        decoded(self.path)
    }

    /// Why, made fit for display; empty where no one has looked yet.
    pub fn reason(&self) -> String {
        escape(self.reason).to_string()
    }

    /// Of two lines for one finding the lesser one holds.
    pub(super) fn weight(&self) -> Weight {
        Weight::of(self.expires, self.owner.is_empty(), self.reason.is_empty())
    }

    /// The same as an entry of its own.
    pub fn to_entry(&self) -> Entry {
        Entry {
            fingerprint: self.fingerprint,
            path: RepoPath::new(self.path().into_owned()),
            rule: self.rule.to_owned(),
            expires: self.expires,
            owner: escape(&decoded(self.owner)).to_string(),
            reason: self.reason(),
        }
    }
}

/// What tells which of two lines for one finding holds: one that ends before one that does not, then
/// one that says more.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Weight {
    endless: bool,
    last: Option<Day>,
    unexplained: bool,
    unowned: bool,
}

impl Weight {
    pub(super) const fn of(last: Option<Day>, unowned: bool, unexplained: bool) -> Self {
        Self { endless: last.is_none(), last, unexplained, unowned }
    }
}

/// The entries of a baseline's text, in the order in which they stand. Comments and empty lines are
/// passed over.
pub fn lines(text: &[u8]) -> impl Iterator<Item = Result<BaselineLine<'_>, BaselineError>> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut ends = memchr::memchr_iter(b'\n', text).chain([text.len()]);
    let mut from = 0;
    let split = std::iter::from_fn(move || {
        let end = ends.next()?;
        let line = &text[from..end];
        from = end + 1;
        Some(line)
    });
    split.enumerate().filter_map(|(before, line)| {
        let line = line.trim_ascii_end();
        let read = match line.first() {
            None => return None,
            Some(b'#') if line.strip_prefix(VERSION).is_none_or(|rest| rest.starts_with(b"1:")) => return None,
            Some(b'#') => Err(Fault::Version),
            _ => read(line),
        };
        Some(read.map_err(|fault| BaselineError { number: before + 1, fault }))
    })
}

fn read(line: &[u8]) -> Result<BaselineLine<'_>, Fault> {
    let (hex, rest) = word(line);
    let Some(fingerprint) = Fingerprint::from_hex(hex) else {
        let marks = [&b"<<<<<<<"[..], b"=======", b">>>>>>>", b"|||||||"];
        let conflict = marks.iter().any(|mark| line.starts_with(mark));
        return Err(if conflict { Fault::Conflict } else { Fault::Fingerprint });
    };
    let (rule, rest) = word(rest);
    let rule = std::str::from_utf8(rule).ok().filter(|rule| is_rule(rule)).ok_or(Fault::Rule)?;
    let (path, mut rest) = word(rest);
    if path.is_empty() {
        return Err(Fault::Path);
    }
    let mut read = BaselineLine { fingerprint, rule, path, expires: None, owner: b"", reason: b"" };
    while !rest.is_empty() {
        let (field, behind) = word(rest);
        if field == b"--" {
            read.reason = behind;
            break;
        } else if let Some(date) = field.strip_prefix(b"expires=") {
            read.expires = Some(std::str::from_utf8(date).ok().and_then(Day::parse).ok_or(Fault::Expires)?);
        } else if let Some(owner) = field.strip_prefix(b"owner=") {
            read.owner = owner;
        } else {
            return Err(Fault::Field);
        }
        rest = behind;
    }
    Ok(read)
}

/// The bytes up to the next blank, and those behind it.
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr(b' ', text) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, b""),
    }
}

fn is_rule(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// Appends the line of `entry` to `text`.
pub(super) fn write(entry: &Entry, text: &mut String) {
    // A String takes every write.
    let _ = write!(text, "{} {} {}", entry.fingerprint, entry.rule, encoded(entry.path.as_bytes()));
    if let Some(day) = entry.expires {
        let _ = write!(text, " expires={day}");
    }
    if !entry.owner.is_empty() {
        let _ = write!(text, " owner={}", encoded(entry.owner.as_bytes()));
    }
    let reason = entry.reason.split_whitespace().collect::<Vec<_>>().join(" ");
    if !reason.is_empty() {
        let _ = write!(text, " -- {}", escape(reason.as_bytes()));
    }
    text.push('\n');
}

fn encoded(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if character != '%'
                && (character.is_ascii_graphic() || !character.is_ascii() && character.is_alphanumeric())
            {
                out.push(character);
            } else {
                character.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| percent(byte, &mut out));
            }
        }
        chunk.invalid().iter().for_each(|&byte| percent(byte, &mut out));
    }
    out
}

fn percent(byte: u8, out: &mut String) {
    let _ = write!(out, "%{byte:02X}");
}

/// What is no valid escape stands for itself.
fn decoded(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'%', text).is_none() {
        return Cow::Borrowed(text);
    }
    let digit = |at: usize| text.get(at).and_then(|&byte| char::from(byte).to_digit(16));
    let (mut out, mut at) = (Vec::with_capacity(text.len()), 0);
    while let Some(&byte) = text.get(at) {
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or_default());
                at += 3;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    Cow::Owned(out)
}
