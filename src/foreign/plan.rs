//! What the entries of a foreign file become.

use crate::config::Allow;
use crate::config::edit::NewRule;
use crate::rules::Pack;
use crate::text::Secret;

/// A rule, an allowance or a switch for `gatehook.toml`.
#[derive(Clone, Debug, PartialEq)]
pub enum Write {
    /// A `[[rule]]` table.
    Rule(Box<NewRule>),
    /// An `[[allow]]` table.
    Allow(Allow),
    /// A member of `rules.disable`.
    Disable(String),
}

/// Findings that the other tool was told to accept, by where they stand.
#[derive(Clone, Debug)]
pub struct Spot {
    /// Hexadecimal id of the commit in whose tree they stand; `None` for the work tree.
    pub commit: Option<String>,
    /// The file; `None` for all that the commit brings.
    pub path: Option<String>,
    /// The line; `None` for all of the file.
    pub line: Option<u32>,
    /// Rules of ours that the entry's rule stands for; none where that is not known.
    pub rules: Vec<&'static str>,
    /// Rules of ours that alone count; none for all.
    pub only: Vec<String>,
    /// What is known of the value.
    pub value: Known,
    /// Whether somebody looked at it and let it stand; else it was only there before the tool was.
    pub settled: bool,
}

/// What an entry tells of a value.
#[derive(Clone)]
pub enum Known {
    /// Nothing: the place decides.
    Nothing,
    /// Its SHA-1.
    Sha1([u8; 20]),
    /// The value, or a text that it stands in.
    Text(Secret),
    /// The checksum that talisman gives to the file it stands in, in hexadecimal digits.
    File(String),
}

impl std::fmt::Debug for Known {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Nothing => "Nothing",
            Self::Sha1(_) => "Sha1",
            Self::Text(_) => "Text",
            Self::File(_) => "File",
        })
    }
}

/// An allowance for secrets in some paths. A scanner of secrets never said anything of insecure code.
pub(super) fn allowed(rules: Vec<String>, paths: Vec<String>, reason: &str) -> Became {
    let reason = reason.to_owned();
    Became::Written(vec![Write::Allow(Allow { rules, paths, stage: Some(Pack::Secrets), reason, ..Allow::default() })])
}

/// What an entry becomes.
#[derive(Clone, Debug)]
pub enum Became {
    /// These stand in `gatehook.toml` from now on.
    Written(Vec<Write>),
    /// Findings there go into the baseline.
    Accepted(Box<Spot>),
    /// Nothing has to be done, for this reason.
    Covered(String),
    /// It cannot be honoured.
    Refused {
        /// Why.
        why: String,
        /// What to do; empty where nothing can be done.
        hint: String,
    },
}

impl Became {
    /// Nothing has to be done.
    pub(super) fn covered(why: impl Into<String>) -> Self {
        Self::Covered(why.into())
    }

    /// It cannot be honoured.
    pub(super) fn refused(why: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Refused { why: why.into(), hint: hint.into() }
    }
}

/// One entry of a foreign file.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What it is, as a reader of the file would call it. Raw: escaped where it is shown.
    pub what: String,
    /// Its line, from 1; 0 where it is not known.
    pub line: u32,
    /// What it becomes.
    pub became: Became,
    /// What differs from what the other tool did.
    pub notes: Vec<String>,
}

/// All entries of a file, in its order.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The entries.
    pub entries: Vec<Entry>,
    /// Other files that this one names, relative to it, to be read as well.
    pub also: Vec<(super::Kind, String)>,
}

impl Plan {
    pub(super) fn add(&mut self, what: impl Into<String>, line: u32, became: Became) {
        self.noted(what, line, became, Vec::new());
    }

    pub(super) fn noted(&mut self, what: impl Into<String>, line: u32, became: Became, notes: Vec<String>) {
        self.entries.push(Entry { what: what.into(), line, became, notes });
    }

    /// Names a key that is not known here.
    pub(super) fn unknown(&mut self, key: &str, line: u32) {
        let why = "this key is not known to gatehook, so nothing of it was taken over";
        self.add(format!("key `{key}`"), line, Became::refused(why, ""));
    }
}
