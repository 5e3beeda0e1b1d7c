//! The baseline: findings that stood here when the gate was switched on, a committed file.
//!
//! One line a finding, without time stamps, machine paths or line numbers:
//!
//! ```text
//! FINGERPRINT RULE PATH [expires=DATE] [owner=NAME] [-- REASON]
//! ```
//!
//! An entry covers the finding of that fingerprint in that path. Lines are sorted by fingerprint,
//! which scatters what two branches do, and a mark (`#00` to `#ff`) stands before those that begin
//! with the same two digits: git merges two changes as long as one unchanged line lies between them.
//! Order and repetition mean nothing to the reader, so that what `merge=union` makes of a file is a
//! baseline too. Pure: text in, text out.

mod line;
mod merge;
mod suppress;

use std::fmt::Write;

pub use line::{BaselineLine, Fault, lines};
pub use merge::merge;
pub use suppress::{Scope, suppress};

use crate::config::Day;
use crate::finding::{Finding, Fingerprint};
use crate::paths::RepoPath;

/// Name of the file at a repository's root, where the configuration names no other.
pub const FILE: &str = ".gatehook-baseline";

/// The attribute that keeps both sides of a merge: a line for `.gitattributes`.
pub const ATTRIBUTE: &str = "merge=union";

/// The text of a baseline and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Where from, as a reader is reported.
    pub name: String,
    /// The file's bytes.
    pub text: Vec<u8>,
    /// Whether somebody keeps it, so that a line which covers nothing any more is worth a word.
    pub kept: bool,
    /// What it was before the change that is judged, where that is known and another.
    pub before: Option<Vec<u8>>,
}

/// One finding that is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The finding's lasting name.
    pub fingerprint: Fingerprint,
    /// The file it stands in.
    pub path: RepoPath,
    /// The rule that found it.
    pub rule: String,
    /// Last day on which the entry holds.
    pub expires: Option<Day>,
    /// Who answers for it; empty where no one is named.
    pub owner: String,
    /// Why it may stay; empty where no one has looked yet.
    pub reason: String,
}

impl Entry {
    /// The entry for a finding, which no one has looked at yet.
    pub fn of(finding: &Finding) -> Self {
        Self {
            fingerprint: finding.lasting_name(),
            path: finding.path.clone(),
            rule: finding.rule.to_string(),
            expires: None,
            owner: String::new(),
            reason: String::new(),
        }
    }

    /// Whether somebody has decided what becomes of it.
    pub fn is_settled(&self) -> bool {
        !self.reason.is_empty() || self.expires.is_some()
    }

    /// Whether both speak of the same finding.
    pub fn is_same(&self, other: &Self) -> bool {
        self.fingerprint == other.fingerprint && self.path == other.path
    }
}

/// Why a text is no baseline.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("line {number}: {fault}")]
pub struct BaselineError {
    /// Number of the line, from 1.
    pub number: usize,
    /// What is wrong with it.
    pub fault: Fault,
}

impl BaselineError {
    /// What to do about it.
    pub const fn hint(&self) -> &'static str {
        match self.fault {
            Fault::Conflict => "keep the lines of both sides and take the conflict marks out: order means nothing",
            Fault::Version => "install the gatehook that wrote it, or a younger one",
            _ => "fix or delete that line; `gatehook baseline update` rewrites the file",
        }
    }
}

/// Entries in order, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline(Vec<Entry>);

impl Baseline {
    /// Reads a baseline's text. Of two lines for one finding the one that ends holds, then the one that
    /// says more.
    pub fn parse(text: &[u8]) -> Result<Self, BaselineError> {
        lines(text).map(|line| line.map(|line| line.to_entry())).collect()
    }

    /// All entries, by fingerprint and path.
    pub fn entries(&self) -> &[Entry] {
        &self.0
    }

    /// The entry that is about the same finding as `other`.
    pub fn find(&self, other: &Entry) -> Option<&Entry> {
        let key = (other.fingerprint, &other.path);
        self.0.binary_search_by(|own| (own.fingerprint, &own.path).cmp(&key)).ok().map(|at| &self.0[at])
    }

    /// Puts `entry` in the place of one for the same finding, or adds it.
    pub fn set(&mut self, entry: Entry) {
        let key = (entry.fingerprint, &entry.path);
        match self.0.binary_search_by(|own| (own.fingerprint, &own.path).cmp(&key)) {
            Ok(at) => self.0[at] = entry,
            Err(at) => self.0.insert(at, entry),
        }
    }

    /// Takes out those that `keep` does not hold for.
    pub fn retain(&mut self, keep: impl FnMut(&Entry) -> bool) {
        self.0.retain(keep);
    }

    /// The text: sorted, the same on every machine.
    pub fn render(&self) -> String {
        let mut text = format!("{}\n", line::HEADER);
        let mut entries = self.0.iter().peekable();
        for mark in 0..=u8::MAX {
            let digits = format!("{mark:02x}");
            let _ = writeln!(text, "#{digits}");
            while let Some(entry) = entries.next_if(|entry| entry.fingerprint.short().starts_with(&digits)) {
                line::write(entry, &mut text);
            }
        }
        text
    }
}

/// Sorts, and of several entries for one finding keeps the one that ends, then the one that says more.
impl FromIterator<Entry> for Baseline {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        let mut entries: Vec<Entry> = entries.into_iter().collect();
        let said = |entry: &Entry| line::Weight::of(entry.expires, entry.owner.is_empty(), entry.reason.is_empty());
        entries.sort_by(|one, other| {
            (one.fingerprint, &one.path, said(one), one).cmp(&(other.fingerprint, &other.path, said(other), other))
        });
        entries.dedup_by(|later, first| first.is_same(later));
        Self(entries)
    }
}

#[cfg(test)]
mod tests;
