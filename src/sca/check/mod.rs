//! What a change brings: both sides of each project that it touches, compared package by package and held against the advisories.
//!
//! A project is a folder, and in it an ecosystem. What stood in the project before, in whatever lock file, is already there; a project
//! that was moved takes its past along. Pure: it is given both sides as [`Tree`]s, and the time.

mod exempt;
mod hints;
mod project;
mod signals;
mod told;
mod unchanged;
mod verdict;

use std::collections::{BTreeMap, BTreeSet};

use super::Ecosystem;
use super::advisories::{Index, Level};
use super::licences::Licences;
use super::lockfiles::{Format, Package};

pub use project::{is_manifest, is_relevant};

/// One side of a change, with paths between slashes.
pub trait Tree {
    /// The bytes of a file; `None` where there is none.
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String>;
    /// The paths of all files under a folder; of the whole tree for the empty one.
    fn under(&self, folder: &str) -> Result<Vec<String>, String>;
}

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// How old a release must be, in days; 0 for any age.
    pub cooldown: u32,
    /// Which licences may be used.
    pub licences: Licences,
    /// Hosts of registries that may be used besides the usual ones; empty for no opinion.
    pub registries: Vec<String>,
    /// Today, in days since 1970.
    pub today: i64,
    /// Whether the change's own `OpenVEX` documents count; else those of the base alone do.
    pub trusts_change: bool,
}

/// Whether a finding is of this change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The change brings it.
    Introduced,
    /// It was there, and the change makes it worse: what was needed for development alone is now needed to run.
    Worsened,
    /// It was there.
    Existing,
    /// It was there, and its advisory is new.
    Published,
}

/// What kind of finding it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A version with a known flaw.
    Vulnerable,
    /// A package that was made to do harm.
    Malicious,
    /// An advisory that only informs.
    Informational,
    /// The registry's host is another one.
    Registry,
    /// A checksum is gone, or another one for the same version.
    Integrity,
    /// A dependency by git, URL or path.
    Origin,
    /// Manifest and lock file disagree.
    OutOfStep,
    /// A name close to a popular one.
    Lookalike,
    /// An install script.
    Script,
    /// A young release.
    Young,
    /// A licence that is not allowed.
    Licence,
}

impl Kind {
    /// The rule's id; findings of advisories go by their advisory.
    pub const fn rule(self) -> &'static str {
        match self {
            Self::Vulnerable => "vulnerable-dependency",
            Self::Malicious => "malicious-dependency",
            Self::Informational => "dependency-notice",
            Self::Registry => "dependency-registry-changed",
            Self::Integrity => "dependency-checksum-changed",
            Self::Origin => "dependency-outside-registry",
            Self::OutOfStep => "lock-file-out-of-step",
            Self::Lookalike => "dependency-lookalike-name",
            Self::Script => "dependency-install-script",
            Self::Young => "dependency-too-young",
            Self::Licence => "dependency-licence",
        }
    }
}

/// Something found.
#[derive(Clone, Debug)]
pub struct Found {
    /// What kind.
    pub kind: Kind,
    /// The lock file.
    pub path: String,
    /// The line; 0 for the file as such.
    pub line: u32,
    /// The package.
    pub package: Package,
    /// All ids of the advisory, the best known first; empty for signals.
    pub ids: Vec<String>,
    /// How bad it is.
    pub level: Level,
    /// Whether it may block.
    pub blocks: bool,
    /// One line that says what it is.
    pub title: String,
    /// Why it matters.
    pub why: String,
    /// What to do.
    pub fix: String,
    /// The page to read.
    pub reference: String,
    /// CWE ids.
    pub cwe: Vec<String>,
    /// The version that mends it.
    pub fixed: Option<String>,
    /// The vulnerable range, in words.
    pub range: String,
    /// From a direct dependency to the package: names with versions.
    pub via: Vec<String>,
    /// Functions that hold the flaw, as the record names them.
    pub symbols: Vec<String>,
    /// Whether it is of this change.
    pub standing: Standing,
    /// When its advisory was published, as a day.
    pub published: String,
    /// Why it does not count, where an `OpenVEX` document says so: the document and its words.
    pub exempt: Option<String>,
}

/// Something that could not be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hole {
    /// The file.
    pub path: String,
    /// Why.
    pub reason: String,
    /// What to do.
    pub hint: String,
}

/// What a check gives.
#[derive(Debug, Default)]
pub struct Checked {
    /// What was found.
    pub findings: Vec<Found>,
    /// What could not be checked.
    pub holes: Vec<Hole>,
    /// Remarks.
    pub notes: Vec<String>,
    /// Advisories that the change mends, each with its package.
    pub mended: Vec<String>,
    /// Files that were looked at.
    pub files: usize,
    /// Packages that were compared.
    pub packages: usize,
    /// Why the index could not answer for all of it, where it could not.
    pub unanswered: Option<String>,
}

/// A package and where it stands.
#[derive(Clone, Debug)]
struct Placed {
    path: String,
    format: Format,
    package: Package,
    /// Its place in its lock file.
    place: usize,
}

/// The packages of a project: by normalised name.
type Packages = BTreeMap<String, Vec<Placed>>;

/// Checks a change. `paths`: what changed, both names of what was renamed. Without `bases` all of it counts.
pub fn check(
    paths: &BTreeSet<String>,
    bases: &[&dyn Tree],
    head: &dyn Tree,
    index: Option<&Index<'_>>,
    settings: &Settings,
) -> Checked {
    let mut checked = Checked::default();
    let folders = project::folders(paths, bases, head, &mut checked);
    let sides = project::Sides::read(&folders, bases, head, paths, &mut checked);
    for ((folder, ecosystem), now) in &sides.head {
        let before = sides.before(folder, *ecosystem, bases.is_empty());
        let side = verdict::Side { ecosystem: *ecosystem, now, before: before.as_deref(), today: settings.today };
        verdict::judge(&side, head, index, &mut checked);
        signals::look(*ecosystem, now, before.as_deref(), settings, &mut checked);
    }
    signals::out_of_step(&sides, &mut checked);
    hints::name(head, &mut checked);
    // What a change may say of itself its gate decides.
    let trusted = if settings.trusts_change || bases.is_empty() { head } else { bases[0] };
    exempt::apply(trusted, &mut checked);
    checked.holes.sort_by(|a, b| (&a.path, &a.reason).cmp(&(&b.path, &b.reason)));
    checked.holes.dedup();
    checked.findings.sort_by(|a, b| {
        (&a.path, a.line, a.kind, &a.ids, &a.package.name).cmp(&(&b.path, b.line, b.kind, &b.ids, &b.package.name))
    });
    checked
}

/// Days since 1970 of a time as RFC 3339 writes it, after Howard Hinnant's `days_from_civil`.
fn day_of(time: &str) -> Option<i64> {
    let mut parts = time.get(..10)?.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let year = year - i64::from(month <= 2);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let of_era = year.rem_euclid(400);
    Some(year.div_euclid(400) * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// Whether a version is looked up at all: what comes from the project itself or, for Cargo, from git has no advisories.
fn is_looked_up(package: &Package) -> bool {
    use super::lockfiles::Source;
    match &package.source {
        Source::Path(_) => false,
        Source::Git(_) => package.ecosystem != Ecosystem::CratesIo,
        _ => true,
    }
}

#[cfg(test)]
mod tests;
