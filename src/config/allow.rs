//! `[[allow]]`: findings that somebody answers for.

use std::fmt;

use serde::Deserialize;

use super::Config;
use super::layer::Rank;
use super::layer_merge::LayerMerge;
use super::raw::OneOrMany;
use crate::rules::Pack;

/// A calendar day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    /// Year.
    pub year: u16,
    /// Month, from 1.
    pub month: u8,
    /// Day of the month, from 1.
    pub day: u8,
}

impl Day {
    /// Reads a date such as `2027-06-30`; `None` where there is no such day.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let number = |part: &[u8]| {
            part.iter()
                .try_fold(0, |number: u16, byte| byte.is_ascii_digit().then(|| number * 10 + u16::from(byte - b'0')))
        };
        let (year, month, day) = (number(&bytes[..4])?, number(&bytes[5..7])?, number(&bytes[8..])?);
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let last = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        let small = |number: u16| u8::try_from(number).ok();
        Some(Self { year, month: small(month)?, day: small(day).filter(|_| (1..=last).contains(&day))? })
    }

    /// Days since 1970-01-01, after Howard Hinnant's `days_from_civil`.
    pub fn since_epoch(self) -> i64 {
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let month = (i64::from(self.month) + 9) % 12;
        let of_year = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
    }
}

impl fmt::Display for Day {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// An `[[allow]]` table: findings that somebody answers for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allow {
    /// Rule ids; none stands for any.
    pub rules: Vec<String>,
    /// Globs; none stands for any path.
    pub paths: Vec<String>,
    /// Fingerprints or their first eight digits and more; none stands for any.
    pub fingerprints: Vec<String>,
    /// Packages, as `npm:lodash` or `npm:lodash@4.17.15`; none stands for any.
    pub packages: Vec<String>,
    /// The stage whose findings it covers; `None` stands for any.
    pub stage: Option<Pack>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// Last day on which it holds.
    pub expires: Option<Day>,
    /// Who says so; `None` before it is read.
    pub rank: Option<Rank>,
    /// The file that says so, from the repository's root; its usual one elsewhere.
    pub file: String,
    /// The directory that it is about, which its globs begin at; empty for the whole repository.
    pub under: String,
}

impl fmt::Display for Allow {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("{ ")?;
        for (key, list) in [
            ("rule", &self.rules),
            ("paths", &self.paths),
            ("fingerprint", &self.fingerprints),
            ("package", &self.packages),
        ] {
            if !list.is_empty() {
                write!(out, "{key} = {list:?}, ")?;
            }
        }
        if let Some(stage) = self.stage {
            write!(out, "stage = {:?}, ", stage.word())?;
        }
        write!(out, "reason = {:?}", self.reason)?;
        if !self.owner.is_empty() {
            write!(out, ", owner = {:?}", self.owner)?;
        }
        if let Some(expires) = self.expires {
            write!(out, ", expires = {expires}")?;
        }
        out.write_str(" }")
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawAllow {
    rule: Option<OneOrMany>,
    #[serde(default)]
    paths: Vec<String>,
    fingerprint: Option<OneOrMany>,
    package: Option<OneOrMany>,
    stage: Option<RawStage>,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    owner: String,
    expires: Option<toml::value::Datetime>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawStage {
    Secrets,
    Insecure,
}

pub(super) fn apply(config: &mut Config, raw: Vec<RawAllow>, merge: &mut LayerMerge<'_>) {
    for raw in raw {
        match allowance(raw) {
            // An allowance always loosens.
            Ok(allow) if merge.may_add("allow", allow.to_string()) => {
                let file = merge.origin().in_repository().unwrap_or(super::FILE).to_owned();
                config.allow.push(Allow { rank: Some(merge.rank()), file, ..allow });
            }
            Ok(_) => {}
            Err(fault) => merge.fault(fault),
        }
    }
}

pub(super) fn allowance(raw: RawAllow) -> Result<Allow, String> {
    let rules = raw.rule.map(OneOrMany::into_vec).unwrap_or_default();
    let fingerprints = raw.fingerprint.map(OneOrMany::into_vec).unwrap_or_default();
    let packages = raw.package.map(OneOrMany::into_vec).unwrap_or_default();
    if raw.reason.trim().is_empty() {
        return Err("an `[[allow]]` takes a `reason`".to_owned());
    }
    if rules.is_empty() && fingerprints.is_empty() && raw.paths.is_empty() && packages.is_empty() {
        return Err("an `[[allow]]` takes a `rule`, a `fingerprint`, a `package` or `paths`".to_owned());
    }
    if let Some(short) = fingerprints.iter().find(|print| print.len() < 8) {
        return Err(format!("the fingerprint `{short}` is too short: at least eight digits"));
    }
    if let Some(bare) = packages.iter().find(|package| !package.contains(':')) {
        return Err(format!("the package `{bare}` takes its ecosystem in front, as `npm:{bare}`"));
    }
    let expires = match raw.expires.map(|at| at.date) {
        None => None,
        Some(Some(date)) => Some(Day { year: date.year, month: date.month, day: date.day }),
        Some(None) => return Err("`expires` takes a date, as 2027-06-30".to_owned()),
    };
    let stage = raw.stage.map(|stage| match stage {
        RawStage::Secrets => Pack::Secrets,
        RawStage::Insecure => Pack::Insecure,
    });
    Ok(Allow {
        rules,
        paths: raw.paths,
        fingerprints,
        packages,
        stage,
        reason: raw.reason,
        owner: raw.owner,
        expires,
        ..Allow::default()
    })
}
