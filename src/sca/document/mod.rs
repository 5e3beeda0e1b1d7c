//! JSON, YAML, TOML and XML as one tree whose every node knows its line.
//!
//! All four readers bound depth, nodes and what aliases may blow up. They know no lock file.

mod json;
mod toml;
mod xml;
mod yaml;

use std::borrow::Cow;

pub use json::{json, json_without};
pub use toml::toml;
pub use xml::{Element, xml};
pub use yaml::yaml;

/// Deepest nesting that is followed.
const DEEPEST: usize = 128;
/// Most nodes that are made of one file.
const MOST_NODES: usize = 8_000_000;

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line, where it is known.
    pub line: Option<u32>,
    /// What is wrong, lower case.
    pub reason: String,
}

impl Fault {
    /// One at a line.
    pub fn at(line: u32, reason: impl Into<String>) -> Self {
        Self { line: Some(line), reason: reason.into() }
    }

    /// One of the whole file.
    pub fn whole(reason: impl Into<String>) -> Self {
        Self { line: None, reason: reason.into() }
    }
}

/// A value and its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node<'a> {
    /// The line it begins at, from 1.
    pub line: u32,
    /// What it is.
    pub value: Value<'a>,
}

/// A key, its line, and what it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The key.
    pub key: Cow<'a, str>,
    /// The key's line.
    pub line: u32,
    /// The value.
    pub node: Node<'a>,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// Nothing.
    Null,
    /// A number or a truth value, as written.
    Plain(Cow<'a, str>),
    /// Text.
    Text(Cow<'a, str>),
    /// A list.
    List(Vec<Node<'a>>),
    /// A table.
    Map(Vec<Entry<'a>>),
}

impl<'a> Node<'a> {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.node)
    }

    /// The text of a key: of a number or truth value too.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Self::str)
    }

    /// Whether a key says `true`.
    pub fn truth(&self, key: &str) -> bool {
        self.text(key) == Some("true")
    }

    /// Its text, where it is no list and no table.
    pub fn str(&self) -> Option<&str> {
        match &self.value {
            Value::Plain(text) | Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The list's nodes; none where it is no list.
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The table's entries; none where it is no table.
    pub fn entries(&self) -> &[Entry<'a>] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The list under a key.
    pub fn list(&self, key: &str) -> &[Self] {
        self.get(key).map_or(&[], Self::items)
    }

    /// The table under a key.
    pub fn map(&self, key: &str) -> &[Entry<'a>] {
        self.get(key).map_or(&[], Self::entries)
    }

    /// Whether it is a table.
    pub const fn is_map(&self) -> bool {
        matches!(self.value, Value::Map(_))
    }
}

/// The line, from 1, of a byte.
pub fn line_of(bytes: &[u8], at: usize) -> u32 {
    let before = bytes.get(..at).unwrap_or(bytes);
    u32::try_from(memchr::memchr_iter(b'\n', before).count()).unwrap_or(u32::MAX).saturating_add(1)
}

/// The bytes as text, without a byte order mark.
pub fn utf8(bytes: &[u8]) -> Result<&str, Fault> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| Fault::at(line_of(bytes, error.valid_up_to()), "is not UTF-8"))
}

/// The text of bytes in UTF-16 that begin with a byte order mark.
pub fn utf16(bytes: &[u8]) -> Result<Cow<'_, str>, Fault> {
    let unit = if bytes.starts_with(&[0xff, 0xfe]) { u16::from_le_bytes } else { u16::from_be_bytes };
    let pairs = bytes.get(2..).unwrap_or_default().chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return Err(Fault::whole("is cut off: half a character of UTF-16 stands at its end"));
    }
    let units: Vec<u16> = pairs.map(|pair| unit([pair[0], pair[1]])).collect();
    String::from_utf16(&units).map(Cow::Owned).map_err(|_| Fault::whole("is not UTF-16, though its mark says so"))
}

/// The first line that a merge left with its marks, where there is one.
pub fn conflict(bytes: &[u8]) -> Option<u32> {
    memchr::memmem::find_iter(bytes, b"<<<<<<< ")
        .chain(memchr::memmem::find_iter(bytes, b">>>>>>> "))
        .filter(|at| *at == 0 || bytes[*at - 1] == b'\n')
        .min()
        .map(|at| line_of(bytes, at))
}

#[cfg(test)]
mod tests;
