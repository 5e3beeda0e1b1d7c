//! `gatehook baseline`: the file of what was there before the gate.

mod audit;
mod create;
mod update;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use gatehook::finding::{Exit, Finding, Gap, GapKind, Report, State, stretch_all};
use gatehook::policy::baseline::{self, Baseline, Entry};
use gatehook::session::{files, limits};

use super::here::{self, Here};
use crate::args;
use crate::say::{fail, stop};

pub(crate) fn run(command: &args::Baseline) -> Exit {
    let done = match command {
        args::Baseline::Create(args) => create::run(args),
        args::Baseline::Update(args) => update::run(args),
        args::Baseline::Audit(args) => audit::run(args),
    };
    done.unwrap_or_else(|exit| exit)
}

/// The file that holds the baseline.
pub(super) struct Held {
    pub(super) path: PathBuf,
    /// What it holds; `None` where it is not there.
    pub(super) baseline: Option<Baseline>,
}

impl Held {
    pub(super) fn read(here: &Here, file: &args::BaselineFile) -> Result<Self, Exit> {
        let name = here.config.baseline.as_deref().unwrap_or(baseline::FILE);
        if name.is_empty() && file.baseline.is_none() {
            let hint = "`gatehook config show --origin` tells which file says `baseline = \"\"`";
            return Err(stop("the configuration wants no baseline", hint));
        }
        let path = file.baseline.clone().unwrap_or_else(|| here.repo.top.join(name));
        let text = files::read_regular(&path, limits::BASELINE)
            .map_err(|error| fail(&error, Some(&format!("make `{}` readable", path.display())), Exit::Usage))?;
        let baseline = text.map(|text| Baseline::parse(&text)).transpose().map_err(|error| {
            let error_at = std::io::Error::other(format!("`{}`: {error}", path.display()));
            fail(&error_at, Some(error.hint()), Exit::Usage)
        })?;
        Ok(Self { path, baseline })
    }

    /// What it holds; an error where it is not there.
    fn there(self) -> Result<(PathBuf, Baseline), Exit> {
        match self.baseline {
            Some(baseline) => Ok((self.path, baseline)),
            None => Err(stop(&format!("there is no baseline `{}`", self.path.display()), "gatehook baseline create")),
        }
    }
}

/// Writes the baseline.
fn keep(path: &Path, baseline: &Baseline) -> Result<(), Exit> {
    here::write(path, baseline.render().as_bytes())
}

/// An entry for every finding that counts.
fn entries(findings: &[Finding]) -> Baseline {
    let new = || findings.iter().filter(|finding| finding.state == State::New);
    stretch_all(new());
    new().map(Entry::of).collect()
}

/// Tells what could not be looked at, and gives the exit code for it: the baseline is then not the
/// whole truth.
fn tell_gaps(report: &Report) -> Exit {
    let mut exit = Exit::Clean;
    for gap in report.gaps.iter().filter(|gap| is_hole(gap)) {
        let path = gap.path.as_ref().map(|path| format!("{path}: ")).unwrap_or_default();
        exit = stop(&format!("{path}not looked at: {}", gap.reason), or(&gap.hint, "what stands there is not known"));
    }
    if exit == Exit::Clean { exit } else { Exit::NotScanned }
}

fn or<'t>(text: &'t str, fallback: &'t str) -> &'t str {
    if text.is_empty() { fallback } else { text }
}

fn is_hole(gap: &Gap) -> bool {
    matches!(gap.kind, GapKind::Unread | GapKind::Partial)
}

/// Which files were not looked at: of these nothing is known to be gone.
struct Holes<'r> {
    paths: HashSet<&'r [u8]>,
    anywhere: bool,
}

impl<'r> Holes<'r> {
    fn of(report: &'r Report) -> Self {
        let holes = || report.gaps.iter().filter(|gap| is_hole(gap));
        Self {
            paths: holes().filter_map(|gap| Some(gap.path.as_ref()?.as_bytes())).collect(),
            anywhere: holes().any(|gap| gap.path.is_none()),
        }
    }

    fn cover(&self, entry: &Entry) -> bool {
        self.anywhere || self.paths.contains(entry.path.as_bytes())
    }
}

/// The file's name, for people.
fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// `1 finding`, `2 findings`.
fn count(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}
