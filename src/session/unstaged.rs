//! What the work tree says that a gate does not heed yet: its configuration and baseline, changed and not staged, or
//! staged and not committed. Asked only where a gate has stopped something.

use super::configuration::{ConfigFrom, Overrides, quietly};
use super::files::read_regular;
use super::{clock, limits};
use crate::config;
use crate::finding::{Exit, Finding, Report};
use crate::git;
use crate::pipeline;
use crate::policy::{self, baseline};

/// A line for each file of gatehook's own that stands otherwise in the work tree than where the gate read it.
pub fn notes(from: &ConfigFrom<'_>, report: &Report, over: &Overrides) -> Vec<String> {
    let (ConfigFrom::Index(repo) | ConfigFrom::Commit(repo, _)) = from else { return Vec::new() };
    if repo.bare || over.config.is_some() || !matches!(report.exit(), Exit::Blocked | Exit::Usage) {
        return Vec::new();
    }
    let config = quietly(&ConfigFrom::Dir(&repo.top), over);
    let baseline = config.baseline.clone().unwrap_or_else(|| baseline::FILE.to_owned());
    let mut notes = Vec::new();
    let below = below(repo, report);
    for name in [config::FILE, &baseline].into_iter().chain(below.iter().map(String::as_str)) {
        let here = read_regular(&repo.top.join(name), limits::BASELINE).ok().flatten();
        let Some(here) = here.filter(|_| !name.is_empty()) else { continue };
        let (there, lacks, next) = match from {
            ConfigFrom::Index(_) => (git::staged_file(repo, name), "staged", format!("git add {name}")),
            ConfigFrom::Commit(_, revision) => {
                (git::file_at(repo, revision, name), "committed", format!("git commit {name}"))
            }
            _ => return Vec::new(),
        };
        if there.is_ok_and(|there| there.as_ref() == Some(&here)) {
            continue;
        }
        let allowed = if name == config::FILE { allowed(report, &config) } else { 0 };
        let what = match allowed {
            0 => "differs in the work tree".to_owned(),
            1 => "in the work tree allows one of these findings".to_owned(),
            more => format!("in the work tree allows {more} of these findings"),
        };
        notes.push(format!("`{name}` {what} and is not {lacks}, so that does not count yet: {next}"));
    }
    notes
}

/// The configuration files of subdirectories that may speak of what blocks.
fn below(repo: &git::Repo, report: &Report) -> Vec<String> {
    let dirs = pipeline::directories(report.blocking_findings());
    dirs.iter().map(|dir| format!("{dir}/{}", config::FILE)).filter(|name| repo.top.join(name).is_file()).collect()
}

/// How many of the findings that block the configuration allows.
fn allowed(report: &Report, config: &config::Config) -> usize {
    let today = clock::today();
    // Those that are past a run's measure stay uncounted.
    let _ = policy::prepare(&report.findings, &config.allow);
    let holds = |finding: &&Finding| {
        let allows = |entry: &config::Allow| entry.expires.is_none_or(|last| last >= today);
        config.allow.iter().any(|entry| allows(entry) && policy::covers(entry, finding))
    };
    report.blocking_findings().filter(holds).count()
}
