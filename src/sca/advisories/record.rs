//! An advisory as it is kept: what a match and a message need, and no more.

use super::bytes::{Reader, Writer};
use super::index::Corrupt;
use crate::sca::Ecosystem;

/// How bad it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Little.
    Low,
    /// Some.
    Medium,
    /// Much. Also what no database has weighed.
    #[default]
    High,
    /// All.
    Critical,
}

impl Level {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The one of a CVSS score in tenths, as CVSS v3 and v4 name them.
    pub const fn of_score(tenths: u8) -> Self {
        match tenths {
            0..=39 => Self::Low,
            40..=69 => Self::Medium,
            70..=89 => Self::High,
            _ => Self::Critical,
        }
    }

    /// Reads a database's word.
    pub fn of_word(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "low" | "negligible" | "minor" | "none" | "informational" => Self::Low,
            "medium" | "moderate" => Self::Medium,
            "high" | "important" => Self::High,
            "critical" => Self::Critical,
            _ => return None,
        })
    }
}

/// Where a range begins or ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// From this version on; `0` is before every version.
    Introduced(String),
    /// Up to this version, which is mended.
    Fixed(String),
    /// Up to this version, which is not.
    LastAffected(String),
    /// Nothing from this version on counts.
    Limit(String),
}

/// A range of versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// Whether versions are compared as semantic ones, whatever the ecosystem.
    pub semver: bool,
    /// Its ends.
    pub events: Vec<Event>,
}

/// One package that is affected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Affected {
    /// Its ecosystem.
    pub ecosystem: Ecosystem,
    /// The release of a distribution, as behind the colon of `Debian:12`; empty for all.
    pub release: String,
    /// Its name as its registry compares it.
    pub name: String,
    /// Ranges of versions.
    pub ranges: Vec<Range>,
    /// Versions by name.
    pub versions: Vec<String>,
    /// Functions and types that hold the flaw, where the record names them.
    pub symbols: Vec<String>,
}

/// An advisory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Advisory {
    /// Its id in its database.
    pub id: String,
    /// Its ids in others.
    pub aliases: Vec<String>,
    /// One line.
    pub summary: String,
    /// The text, shortened.
    pub details: String,
    /// When it was published, as RFC 3339.
    pub published: String,
    /// When it was last changed.
    pub modified: String,
    /// How bad it is.
    pub level: Level,
    /// Its CVSS score in tenths; 0 for none.
    pub score: u8,
    /// The vector that the score comes from.
    pub vector: String,
    /// Whether the package is malicious as a whole.
    pub malicious: bool,
    /// Whether it only informs: a package without a maintainer, say.
    pub informational: bool,
    /// CWE ids.
    pub cwe: Vec<String>,
    /// The page to read.
    pub reference: String,
    /// Whom it affects.
    pub affected: Vec<Affected>,
}

impl Advisory {
    /// Its id and all its aliases.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.id.as_str()).chain(self.aliases.iter().map(String::as_str))
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.text(&self.id);
        out.texts(&self.aliases);
        out.text(&self.summary);
        out.text(&self.published);
        out.text(&self.modified);
        out.byte(self.level as u8);
        out.byte(self.score);
        out.byte(u8::from(self.malicious) | u8::from(self.informational) << 1);
        out.text(&self.vector);
        out.texts(&self.cwe);
        out.text(&self.reference);
        out.number(self.affected.len() as u64);
        for one in &self.affected {
            out.byte(one.ecosystem.number());
            out.text(&one.release);
            out.text(&one.name);
            out.number(one.ranges.len() as u64);
            for range in &one.ranges {
                out.byte(u8::from(range.semver));
                out.number(range.events.len() as u64);
                for event in &range.events {
                    let (kind, version) = match event {
                        Event::Introduced(version) => (0, version),
                        Event::Fixed(version) => (1, version),
                        Event::LastAffected(version) => (2, version),
                        Event::Limit(version) => (3, version),
                    };
                    out.byte(kind);
                    out.text(version);
                }
            }
            out.texts(&one.versions);
            out.texts(&one.symbols);
        }
        out.text(&self.details);
        out.bytes
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, Corrupt> {
        let mut from = Reader::new(bytes);
        let mut one = Self {
            id: from.text()?,
            aliases: from.texts()?,
            summary: from.text()?,
            published: from.text()?,
            modified: from.text()?,
            level: match from.byte()? {
                0 => Level::Low,
                1 => Level::Medium,
                2 => Level::High,
                _ => Level::Critical,
            },
            score: from.byte()?,
            ..Self::default()
        };
        let flags = from.byte()?;
        (one.malicious, one.informational) = (flags & 1 != 0, flags & 2 != 0);
        one.vector = from.text()?;
        one.cwe = from.texts()?;
        one.reference = from.text()?;
        for _ in 0..from.count()? {
            let ecosystem = Ecosystem::from_number(from.byte()?).ok_or(Corrupt("an ecosystem is unknown"))?;
            let (release, name) = (from.text()?, from.text()?);
            let mut ranges = Vec::new();
            for _ in 0..from.count()? {
                let semver = from.byte()? != 0;
                let mut events = Vec::new();
                for _ in 0..from.count()? {
                    let kind = from.byte()?;
                    let version = from.text()?;
                    events.push(match kind {
                        0 => Event::Introduced(version),
                        1 => Event::Fixed(version),
                        2 => Event::LastAffected(version),
                        _ => Event::Limit(version),
                    });
                }
                ranges.push(Range { semver, events });
            }
            one.affected.push(Affected {
                ecosystem,
                release,
                name,
                ranges,
                versions: from.texts()?,
                symbols: from.texts()?,
            });
        }
        one.details = from.text()?;
        Ok(one)
    }
}
