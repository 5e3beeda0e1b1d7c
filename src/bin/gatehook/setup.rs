//! What `scan`, `hook` and `ci` share: the baseline, the clock, the user's directories, colour.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use gatehook::config::{Config, Day};
use gatehook::git;
use gatehook::policy::baseline;
use gatehook::store::Dirs;

use crate::args::{Color, Output};
use crate::layers::Base;
pub(crate) use crate::layers::{ConfigFrom, load};
use crate::layers::{is_missing, regular};

/// Bytes that a baseline may have: some 700,000 entries.
pub(crate) const MOST_BASELINE: u64 = 64 << 20;

/// The bytes of `path`; `None` where it is not there.
pub(crate) fn read_regular(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    match regular(path, most) {
        Ok(text) => Ok(Some(text)),
        Err(error) if is_missing(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads the baseline from where the configuration is read from. None is there unless somebody made
/// one; one that is named and missing is an error.
pub(crate) fn baseline(
    from: &ConfigFrom<'_>,
    config: &Config,
    output: &Output,
) -> Result<Vec<baseline::Source>, String> {
    let whole = |error: &dyn std::error::Error| {
        let causes = std::iter::successors(error.source(), |cause| cause.source());
        causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
    };
    if let Some(path) = &output.baseline {
        let missing = || format!("there is no file `{}`", path.display());
        let text = read_regular(path, MOST_BASELINE).map_err(|error| whole(&error))?.ok_or_else(missing)?;
        return Ok(vec![baseline::Source { name: path.display().to_string(), text, kept: true, before: None }]);
    }
    let name = config.baseline.as_deref().unwrap_or(baseline::FILE);
    if name.is_empty() {
        return Ok(Vec::new());
    }
    let (text, told) = match from {
        ConfigFrom::Dir(dir) => {
            (read_regular(&dir.join(name), MOST_BASELINE).map_err(|error| whole(&error))?, name.to_owned())
        }
        ConfigFrom::Nothing(_) => return Ok(Vec::new()),
        ConfigFrom::Index(repo) => {
            (git::staged_text(repo, name).map_err(|error| whole(&error))?, format!("{name} (staged)"))
        }
        ConfigFrom::Commit(repo, revision) | ConfigFrom::Server(repo, revision) => {
            let short = &revision[..revision.len().min(12)];
            (git::file_at(repo, revision, name).map_err(|error| whole(&error))?, format!("{name} at {short}"))
        }
    };
    match text {
        Some(text) if text.len() as u64 > MOST_BASELINE => Err(format!("`{told}` is too large")),
        Some(text) => Ok(vec![baseline::Source { name: told, text, kept: true, before: None }]),
        None if config.baseline.is_some() => Err(format!("`{told}` is named as the baseline and is not there")),
        None => Ok(Vec::new()),
    }
}

/// The same, each with what it was in `base` where that is another: lines that a change adds are told.
pub(crate) fn baseline_after(
    base: Option<&Base<'_>>,
    from: &ConfigFrom<'_>,
    config: &Config,
    output: &Output,
) -> Result<Vec<baseline::Source>, String> {
    let mut sources = baseline(from, config, output)?;
    let Some(base) = base.filter(|_| output.baseline.is_none()) else { return Ok(sources) };
    // Where there was none, or none that can be read, every line is new.
    let before = baseline(&base.from, &base.config, output).ok().and_then(|mut before| before.pop());
    let before = before.map(|source| source.text).unwrap_or_default();
    for source in &mut sources {
        source.before = (source.text != before).then(|| before.clone());
    }
    Ok(sources)
}

/// A directory of the user's, after the XDG base directory specification.
pub(crate) fn user_dir(variable: &str, under_home: &str) -> Option<PathBuf> {
    let set = std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    set.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(under_home)))
}

/// Where what is kept for this user lies; `None` where nobody says who that is.
pub(crate) fn dirs() -> Option<Dirs> {
    let cache = user_dir("XDG_CACHE_HOME", ".cache")?.join("gatehook");
    let state = user_dir("XDG_STATE_HOME", ".local/state")?.join("gatehook");
    let data = user_dir("XDG_DATA_HOME", ".local/share")?.join("gatehook");
    Some(Dirs { cache, state, data })
}

/// Today, in UTC.
pub(crate) fn today() -> Day {
    civil(i64::try_from(seconds() / 86_400).unwrap_or_default())
}

/// The day so many days from now.
pub(crate) fn in_days(days: i64) -> Day {
    civil(i64::try_from(seconds() / 86_400).unwrap_or_default() + days)
}

/// This second as RFC 3339 in UTC.
pub(crate) fn now() -> String {
    ago(0)
}

/// The second that was `age` seconds before this one, as RFC 3339 in UTC.
pub(crate) fn ago(age: u64) -> String {
    stamp(since_epoch().saturating_sub(Duration::from_secs(age))) + "Z"
}

/// A time as `2026-11-24T08:00:00`, in UTC.
pub(crate) fn stamp(time: Duration) -> String {
    let seconds = time.as_secs();
    let of_day = seconds % 86_400;
    let day = civil(i64::try_from(seconds / 86_400).unwrap_or_default());
    format!("{day}T{:02}:{:02}:{:02}", of_day / 3600, of_day / 60 % 60, of_day % 60)
}

/// Seconds since 1970.
pub(crate) fn seconds() -> u64 {
    since_epoch().as_secs()
}

/// What the clock says.
pub(crate) fn since_epoch() -> Duration {
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

/// Whether what a command prints on standard output takes colour.
pub(crate) fn colors(when: Color) -> bool {
    colored(when, io::stdout().is_terminal())
}

/// Whether what goes to a terminal or not takes colour.
pub(crate) fn colored(when: Color, terminal: bool) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match when {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if set("NO_COLOR") => false,
        Color::Auto => {
            terminal && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
                || std::env::var_os("CLICOLOR_FORCE").is_some_and(|value| value != "0" && !value.is_empty())
        }
    }
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
