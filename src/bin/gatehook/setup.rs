//! What `scan`, `hook` and `ci` share: style, the day, and how a report gets out.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use gatehook::config::{Config, Day};
use gatehook::finding::{Exit, Report};
use gatehook::git;
use gatehook::policy::baseline;
use gatehook::report::{self, Detail, Style};
use gatehook::store::Dirs;

use crate::args::{Color, Output};
use crate::commands::fail;
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
        return Ok(vec![baseline::Source { name: path.display().to_string(), text, kept: true }]);
    }
    let name = config.baseline.as_deref().unwrap_or(baseline::FILE);
    if name.is_empty() {
        return Ok(Vec::new());
    }
    let (text, told) = match from {
        ConfigFrom::Dir(dir) => {
            (read_regular(&dir.join(name), MOST_BASELINE).map_err(|error| whole(&error))?, name.to_owned())
        }
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
        Some(text) => Ok(vec![baseline::Source { name: told, text, kept: true }]),
        None if config.baseline.is_some() => Err(format!("`{told}` is named as the baseline and is not there")),
        None => Ok(Vec::new()),
    }
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
    Some(Dirs { cache, state })
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
    let seconds = seconds().saturating_sub(age);
    let of_day = seconds % 86_400;
    let day = civil(i64::try_from(seconds / 86_400).unwrap_or_default());
    format!("{day}T{:02}:{:02}:{:02}Z", of_day / 3600, of_day / 60 % 60, of_day % 60)
}

/// Seconds since 1970.
pub(crate) fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
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

/// Where the report for people goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum To {
    /// A command whose result it is.
    Stdout,
    /// A hook, whose standard output may belong to somebody else.
    Stderr,
}

/// Writes the report in every format that is asked for and gives the exit code.
pub(crate) fn emit(report: &Report, output: &Output, to: To) -> Exit {
    let mut exit = report.exit;
    let mut sink: Box<dyn Write> = match to {
        To::Stdout => Box::new(io::BufWriter::new(io::stdout().lock())),
        To::Stderr => Box::new(io::BufWriter::new(io::stderr().lock())),
    };
    let written = report::write(report, output.format, style(output, to), &mut sink).and_then(|()| sink.flush());
    drop(sink);
    match written {
        // Whoever reads has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        Err(error) => exit = fail(&error, None, exit.or(Exit::NotScanned)),
        Ok(()) => {}
    }
    for (format, path) in &output.reports {
        let mut bytes = Vec::new();
        let written = report::write(report, *format, Style::default(), &mut bytes).and_then(|()| replace(path, &bytes));
        if let Err(error) = written {
            let hint = format!("make `{}` writable, or name another file", path.display());
            exit = fail(&error, Some(&hint), exit.or(Exit::NotScanned));
        }
    }
    if output.exit_zero && exit == Exit::Blocked { Exit::Clean } else { exit }
}

/// Writes a file beside `path` and renames it there, so that nobody sees half a report. What is no
/// regular file (a device, a pipe, a link such as `/dev/stdout`) is written to and stays what it is.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if fs::symlink_metadata(path).is_ok_and(|about| !about.is_file()) {
        return fs::OpenOptions::new().write(true).create(true).truncate(true).open(path)?.write_all(bytes);
    }
    let mut name = path.file_name().ok_or_else(|| io::Error::other("that is no file name"))?.to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let beside = path.with_file_name(name);
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&beside)?;
    let as_before = fs::metadata(path).map_or(Ok(()), |about| file.set_permissions(about.permissions()));
    let written = as_before.and_then(|()| file.write_all(bytes)).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

fn style(output: &Output, to: To) -> Style {
    let terminal = match to {
        To::Stdout => io::stdout().is_terminal(),
        To::Stderr => io::stderr().is_terminal(),
    };
    let color = colored(output.color, terminal);
    let detail = match (output.quiet, output.verbose) {
        (true, _) => Detail::Quiet,
        (false, true) => Detail::Verbose,
        (false, false) => Detail::Usual,
    };
    let width = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(140);
    Style { color, detail, width }
}

/// Whether what a command prints on standard output takes colour.
pub(crate) fn colors(when: Color) -> bool {
    colored(when, io::stdout().is_terminal())
}

fn colored(when: Color, terminal: bool) -> bool {
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
