//! How reports get out: each to its place, whole or not at all.

use std::collections::HashSet;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use gatehook::finding::{Exit, Report};
use gatehook::policy;
use gatehook::report::{self, Detail, Format, Style};
use gatehook::session::{clock, files};
use gatehook::sys;
use gatehook::text::Dress;

use crate::args::Reports;
pub(crate) use crate::args::is_stdout;
use crate::door::{self, Content, Door};
use crate::say::fail;
use crate::setup;

/// Bytes of a step summary, beyond which GitHub drops it whole.
const SUMMARY: u64 = 1 << 20;

/// Where the report for people goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum To {
    /// A command whose result it is.
    Stdout,
    /// A hook, whose standard output may belong to another program.
    Stderr,
}

/// Refuses two reports to one place, before anything is looked at.
pub(crate) fn check(reports: &Reports) -> Result<(), Exit> {
    let refuse = |text: String| Err(fail(&io::Error::other(text), Some("name another file"), Exit::Usage));
    if reports.takes_stdout() && reports.format != Format::Text {
        return refuse("two reports go to standard output: that of `--format`, and one of `--report`".to_owned());
    }
    let mut places = HashSet::new();
    for (format, path) in &reports.files {
        if !places.insert(place(path)) && !is_sink(path) {
            return refuse(format!("two reports go to `{}`, one of them {}", path.display(), format.word()));
        }
    }
    Ok(())
}

/// What a path names, however it is written: where it leads, or where it would be made.
fn place(path: &Path) -> PathBuf {
    if is_stdout(path) {
        return path.to_owned();
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    path.canonicalize()
        .or_else(|_| Ok::<_, io::Error>(parent.canonicalize()?.join(path.file_name().unwrap_or_default())))
        .unwrap_or_else(|_| path.to_owned())
}

/// A device takes what comes.
fn is_sink(path: &Path) -> bool {
    !is_stdout(path) && fs::metadata(path).is_ok_and(|about| !about.is_file())
}

/// Writes the report in every format that is asked for and gives the exit code.
pub(crate) fn emit(report: &Report, reports: &Reports, to: To) -> Exit {
    // Somebody reads a further report there.
    let to = if reports.takes_stdout() { To::Stderr } else { to };
    let style = style(report, reports, to);
    let mut written = print(report, reports.format, &style, to);
    if reports.format == Format::Github && reports.files.iter().all(|(format, _)| *format != Format::GithubSummary) {
        written = written.or(summary(report, &style));
    }
    for (format, path) in &reports.files {
        written = written.or(if is_stdout(path) {
            print(report, *format, &style, To::Stdout)
        } else {
            to_file(report, *format, path)
        });
    }
    let exit =
        if reports.exit_zero && report.exit() == Exit::Blocked { but_for_findings(report) } else { report.exit() };
    exit.or(written)
}

/// The exit code were there no findings: those that block outweigh what could not be looked at, and
/// where they are let pass, that must not pass with them.
fn but_for_findings(report: &Report) -> Exit {
    policy::decide(&report.terms.demand, &[], &report.stages, &report.gaps, &report.scanned).exit()
}

fn print(report: &Report, format: Format, style: &Style, to: To) -> Exit {
    let mut sink: Box<dyn Write> = match to {
        To::Stdout => Box::new(door::stdout(dress(format, style), Content::Anyones)),
        To::Stderr => Box::new(door::stderr(dress(format, style), Content::Anyones)),
    };
    let written = report::write(report, format, style, &mut sink).and_then(|()| sink.flush());
    drop(sink);
    match written {
        // Whoever reads has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Clean,
        Err(error) => fail(&error, None, Exit::NotScanned),
        Ok(()) => Exit::Clean,
    }
}

/// Writes one report to a file; what goes wrong is reported.
pub(crate) fn to_file(report: &Report, format: Format, path: &Path) -> Exit {
    let style = Style { color: false, ..style(report, &Reports::default(), To::Stdout) };
    let written = files::replace(path, |out| {
        let mut door = Door::new(out, dress(format, &style), Content::Anyones);
        report::write(report, format, &style, &mut door).and_then(|()| door.flush())
    });
    match written {
        Ok(()) => Exit::Clean,
        Err(error) => {
            let hint = format!("make `{}` writable, or name another file", path.display());
            fail(&error, Some(&hint), Exit::NotScanned)
        }
    }
}

/// How a report in that format is made fit for its reader.
const fn dress(format: Format, style: &Style) -> Dress {
    match format {
        Format::Text if style.color => Dress::Colored,
        Format::Json
        | Format::Jsonl
        | Format::Sarif
        | Format::GitlabSecrets
        | Format::GitlabSast
        | Format::GitlabDependencies
        | Format::CodeQuality
        | Format::Rdjson
        | Format::Rdjsonl => Dress::Json,
        _ => Dress::Plain,
    }
}

/// Adds the step summary to what the step's other commands wrote, while there is room.
fn summary(report: &Report, style: &Style) -> Exit {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()).map(PathBuf::from) else {
        return Exit::Clean;
    };
    let mut page = Vec::new();
    let written = report::write(report, Format::GithubSummary, style, &mut page).and_then(|()| {
        let there = fs::metadata(&path).map_or(0, |about| about.len());
        if there + page.len() as u64 > SUMMARY {
            page.clear();
            report::write(report, Format::Markdown, style, &mut page)?;
        }
        fs::OpenOptions::new().append(true).create(true).open(&path).and_then(|file| {
            let mut door = Door::new(file, Dress::Plain, Content::Anyones);
            door.write_all(&page).and_then(|()| door.flush())
        })
    });
    match written {
        Ok(()) => Exit::Clean,
        Err(error) => fail(&error, Some("GITHUB_STEP_SUMMARY names the file of the step summary"), Exit::NotScanned),
    }
}

fn style(report: &Report, reports: &Reports, to: To) -> Style {
    let terminal = match to {
        To::Stdout => io::stdout().is_terminal(),
        To::Stderr => io::stderr().is_terminal(),
    };
    let color = setup::colored(reports.color, terminal);
    let detail = match (reports.quiet, reports.verbose) {
        (true, _) => Detail::Quiet,
        (false, true) => Detail::Verbose,
        (false, false) => Detail::Usual,
    };
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let width = told.unwrap_or_else(|| if terminal { sys::columns(to == To::Stderr) } else { 0 });
    let ended = clock::since_epoch();
    let started = ended.saturating_sub(Duration::from_millis(report.millis));
    Style { color, detail, width, started: clock::stamp(started), ended: clock::stamp(ended) }
}
