//! Version orders: which of two versions of a package is the older one, as its ecosystem says.
//!
//! Each order is written after its ecosystem's own specification or reference code, named in its file. Pure: no package, no advisory.

mod alpine;
mod composer;
mod debian;
mod dotted;
mod gem;
mod maven;
mod nuget;
mod pep440;
mod rpm;
mod semver;

use std::cmp::Ordering;

/// How the versions of an ecosystem are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Semantic versions, read leniently: a missing part is zero, a `v` in front is allowed.
    Semver,
    /// Semantic versions as Cargo reads them.
    Cargo,
    /// Semantic versions as npm reads them.
    Npm,
    /// Go's module versions.
    Go,
    /// Elixir's versions.
    Hex,
    /// Dart's versions, whose build part counts.
    Pub,
    /// PEP 440, and below it the order that setuptools once had.
    PyPI,
    /// Maven's `ComparableVersion`.
    Maven,
    /// `Gem::Version`.
    RubyGems,
    /// `NuGetVersion`.
    NuGet,
    /// Composer's semver and PHP's `version_compare`.
    Packagist,
    /// Lists of numbers between dots and dashes.
    Cran,
    /// Lists of numbers between dots.
    Hackage,
    /// dpkg.
    Debian,
    /// apk-tools.
    Alpine,
    /// rpm.
    Rpm,
}

/// Longest version that is read.
const LONGEST: usize = 512;

impl Order {
    /// Compares two versions; `None` where one cannot be read.
    pub fn compare(self, a: &str, b: &str) -> Option<Ordering> {
        if a.len() > LONGEST || b.len() > LONGEST {
            return None;
        }
        match self {
            Self::Semver => semver::compare(a, b, semver::Dialect::Lenient),
            Self::Cargo => semver::compare(a, b, semver::Dialect::Cargo),
            Self::Npm => semver::compare(a, b, semver::Dialect::Npm),
            Self::Go => semver::compare(a, b, semver::Dialect::Go),
            Self::Hex => semver::compare(a, b, semver::Dialect::Hex),
            Self::Pub => semver::compare(a, b, semver::Dialect::Pub),
            Self::PyPI => pep440::compare(a, b),
            Self::Maven => maven::compare(a, b),
            Self::RubyGems => gem::compare(a, b),
            Self::NuGet => nuget::compare(a, b),
            Self::Packagist => composer::compare(a, b),
            Self::Cran => dotted::compare(a, b, &['.', '-']),
            Self::Hackage => dotted::compare(a, b, &['.']),
            Self::Debian => debian::compare(a, b),
            Self::Alpine => alpine::compare(a, b),
            Self::Rpm => rpm::compare(a, b),
        }
    }

    /// Whether a version can be read.
    pub fn reads(self, version: &str) -> bool {
        self.compare(version, version).is_some()
    }

    /// Whether a version is a pre-release, as far as the order knows such a thing.
    pub fn is_prerelease(self, version: &str) -> bool {
        match self {
            Self::Semver | Self::Cargo | Self::Npm | Self::Go | Self::Hex | Self::Pub | Self::NuGet => {
                version.split('+').next().is_some_and(|core| core.contains('-'))
            }
            Self::RubyGems => version.bytes().any(|byte| byte.is_ascii_alphabetic()),
            Self::PyPI => pep440::is_prerelease(version),
            _ => false,
        }
    }
}

/// The runs of digits and of letters in a version; whatever else stands in it parts them.
fn runs(text: &str) -> Vec<String> {
    let kind = |c: char| u8::from(c.is_ascii_digit()) | u8::from(c.is_ascii_alphabetic()) << 1;
    let mut out: Vec<String> = Vec::new();
    let mut last = 0;
    for character in text.chars() {
        let kind = kind(character);
        match out.last_mut() {
            Some(run) if kind != 0 && kind == last => run.push(character),
            _ if kind != 0 => out.push(character.to_string()),
            _ => {}
        }
        last = kind;
    }
    out
}

/// Compares two runs of digits by value, of any length.
fn by_value(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// Whether text is one or more ASCII digits.
fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests;
