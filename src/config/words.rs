//! Words that several tables use.

use serde::Deserialize;

use crate::finding::{Severity, Tier};

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawSeverity {
    Low,
    Medium,
    High,
    Critical,
}

impl From<RawSeverity> for Severity {
    fn from(raw: RawSeverity) -> Self {
        match raw {
            RawSeverity::Low => Self::Low,
            RawSeverity::Medium => Self::Medium,
            RawSeverity::High => Self::High,
            RawSeverity::Critical => Self::Critical,
        }
    }
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawTier {
    Warn,
    Block,
}

impl From<RawTier> for Tier {
    fn from(raw: RawTier) -> Self {
        match raw {
            RawTier::Warn => Self::Warn,
            RawTier::Block => Self::Block,
        }
    }
}

/// A time as it is written: a number with `ms`, `s`, `m` or `h` behind it.
pub fn duration(word: &str) -> Option<std::time::Duration> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: u64 = digits.parse().ok()?;
    let millis = match &word[digits.len()..] {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    number.checked_mul(millis).filter(|&millis| millis > 0).map(std::time::Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::duration;
    use std::time::Duration;

    #[test]
    fn times_have_a_unit() {
        assert_eq!(duration("60s"), Some(Duration::from_secs(60)));
        assert_eq!(duration("5m"), Some(Duration::from_secs(300)));
        assert_eq!(duration("250ms"), Some(Duration::from_millis(250)));
        for none in ["", "5", "0s", "s", "1.5s", "99999999999999999999s", "18446744073709551615h", "é"] {
            assert_eq!(duration(none), None, "{none}");
        }
    }
}
