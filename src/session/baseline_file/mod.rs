//! The file of what was there before the gate: made, kept up to date.

mod create;
mod update;

pub use create::create;
pub use update::update;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::finding::{Exit, Finding, Gap, GapKind, Report, State, stretch_all};
use crate::policy::baseline::{self, Baseline, Entry};
use crate::session::{Failure, Workspace, fail, files, limits, stop};

/// The file that holds the baseline.
pub struct BaselineFile {
    /// Where it is.
    pub path: PathBuf,
    /// What it holds; `None` where it is not there.
    pub baseline: Option<Baseline>,
}

impl BaselineFile {
    /// Reads `file`, or the one that the configuration names.
    pub fn read(here: &Workspace, file: Option<&Path>) -> Result<Self, Failure> {
        let name = here.config.baseline.as_deref().unwrap_or(baseline::FILE);
        if name.is_empty() && file.is_none() {
            let hint = "`gatehook config show --origin` tells which file says `baseline = \"\"`";
            return Err(stop("the configuration wants no baseline", hint));
        }
        let path = file.map_or_else(|| here.repo.top.join(name), Path::to_owned);
        let text = files::read_regular(&path, limits::BASELINE)
            .map_err(|error| fail(&error, Some(&format!("make `{}` readable", path.display())), Exit::Usage))?;
        let baseline = text.map(|text| Baseline::parse(&text)).transpose().map_err(|error| {
            let error_at = std::io::Error::other(format!("`{}`: {error}", path.display()));
            fail(&error_at, Some(error.hint()), Exit::Usage)
        })?;
        Ok(Self { path, baseline })
    }

    /// What it holds; an error where it is not there.
    pub fn there(self) -> Result<(PathBuf, Baseline), Failure> {
        match self.baseline {
            Some(baseline) => Ok((self.path, baseline)),
            None => Err(stop(&format!("there is no baseline `{}`", self.path.display()), "gatehook baseline create")),
        }
    }
}

/// Writes the baseline.
pub fn keep(path: &Path, baseline: &Baseline) -> Result<(), Failure> {
    files::write(path, baseline.render().as_bytes())
}

/// An entry for every finding that counts.
fn entries(findings: &[Finding]) -> Baseline {
    let new = || findings.iter().filter(|finding| finding.state == State::New);
    stretch_all(new());
    new().map(Entry::of).collect()
}

/// What could not be looked at: the baseline is then not the whole truth.
fn gaps_of(report: &Report) -> Vec<Failure> {
    let hole = |gap: &Gap| {
        let path = gap.path.as_ref().map(|path| format!("{path}: ")).unwrap_or_default();
        let text = format!("{path}not looked at: {}", gap.reason);
        Failure { exit: Exit::NotScanned, ..stop(&text, or(&gap.hint, "what stands there is not known")) }
    };
    report.gaps.iter().filter(|gap| is_hole(gap)).map(hole).collect()
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
pub fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// `1 finding`, `2 findings`.
pub fn count(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

/// Rule, place and masked value.
pub fn place(finding: &Finding) -> String {
    let masked = if finding.masked.is_empty() { String::new() } else { format!(" ({})", finding.masked) };
    format!("{} in {}:{}{masked}", finding.rule, finding.path, finding.place.line)
}

/// A random salt for a repository's fingerprints.
pub fn salt() -> Result<String, Failure> {
    let mut random = [0; 16];
    getrandom::fill(&mut random)
        .map_err(|error| fail(&error, Some("put a `salt` of your own under `[fingerprint]`"), Exit::NotScanned))?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}
