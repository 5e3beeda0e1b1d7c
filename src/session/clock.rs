//! What the clock says, as the days and seconds that reports, baselines and receipts hold.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::config::Day;

/// Today, in UTC.
pub fn today() -> Day {
    civil(i64::try_from(seconds() / 86_400).unwrap_or_default())
}

/// The day so many days from now.
pub fn in_days(days: i64) -> Day {
    civil(i64::try_from(seconds() / 86_400).unwrap_or_default() + days)
}

/// This second as RFC 3339 in UTC.
pub fn now() -> String {
    ago(0)
}

/// The second that was `age` seconds before this one, as RFC 3339 in UTC.
pub fn ago(age: u64) -> String {
    stamp(since_epoch().saturating_sub(Duration::from_secs(age))) + "Z"
}

/// A second since 1970 as RFC 3339 in UTC.
pub fn at(second: u64) -> String {
    stamp(Duration::from_secs(second)) + "Z"
}

/// A time as `2026-11-24T08:00:00`, in UTC.
pub fn stamp(time: Duration) -> String {
    let seconds = time.as_secs();
    let of_day = seconds % 86_400;
    let day = civil(i64::try_from(seconds / 86_400).unwrap_or_default());
    format!("{day}T{:02}:{:02}:{:02}", of_day / 3600, of_day / 60 % 60, of_day % 60)
}

/// The seconds of an age such as 90m, 24h or 7d.
pub fn age(word: &str) -> Result<u64, String> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &word[digits.len()..] {
        "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3600),
        "d" => Some(86_400),
        _ => None,
    };
    let seconds = unit.zip(digits.parse::<u64>().ok()).and_then(|(unit, number)| number.checked_mul(unit));
    seconds.filter(|seconds| *seconds > 0).ok_or_else(|| "write it as 90m, 24h or 7d".to_owned())
}

/// Seconds since 1970.
pub fn seconds() -> u64 {
    since_epoch().as_secs()
}

/// What the clock says.
pub fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Days since 1970-01-01 to a date, after Howard Hinnant's `civil_from_days`.
fn civil(days: i64) -> Day {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let small = |number: i64| u8::try_from(number).unwrap_or_default();
    Day { year: u16::try_from(year).unwrap_or_default(), month: small(month), day: small(day) }
}

#[cfg(test)]
mod tests {
    use super::civil;

    #[test]
    fn days_become_dates() {
        for (days, date) in [(0, "1970-01-01"), (19_782, "2024-02-29"), (20_781, "2026-11-24"), (20_819, "2027-01-01")]
        {
            assert_eq!(civil(days).to_string(), date);
        }
    }
}
