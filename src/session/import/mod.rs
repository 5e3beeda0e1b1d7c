//! What `gatehook import` does: the configuration of another tool, taken over entry by entry.
//!
//! Reads the foreign Workspace, writes rules and allowances into `gatehook.toml` and accepted findings into the
//! baseline, and leaves no entry without a word. Nothing that is there is changed, so that a second run
//! changes nothing.

mod accept;
mod framework_entry;
mod sources;
mod summary;
mod writes;

use std::path::PathBuf;

use crate::finding::Exit;
use crate::foreign::{Became, Entry};
use crate::session::{Completed, Failure, Workspace, stop};

use self::accept::Accepted;
use self::sources::Source;
use self::summary::{EntryReport, Fate};
use self::writes::Edited;

/// What is to be taken over.
#[derive(Clone, Debug, Default)]
pub struct ImportRequest {
    /// These files; with none, those that are known.
    pub files: Vec<PathBuf>,
    /// Only what belongs to this tool.
    pub from: Option<Tool>,
    /// Nothing is written.
    pub dry_run: bool,
    /// An entry that is not honoured is no failure.
    pub partial: bool,
    /// gatehook's hook goes into the framework's file.
    pub pre_commit: bool,
}

/// A tool that was there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the tools'")]
pub enum Tool {
    Gitleaks,
    DetectSecrets,
    Talisman,
    GitSecrets,
    PreCommit,
}

/// Takes over what `request` asks for into the repository around the current directory.
pub fn import(request: &ImportRequest) -> Result<Completed, Failure> {
    let here = Workspace::open()?;
    let (sources, unread) = sources::gather(&here, request)?;
    if sources.is_empty() && unread.is_empty() {
        let hint = "name the file: `gatehook import FILE`; `gatehook import --help` lists what is known";
        return Err(stop("there is nothing of another tool here that could be taken over", hint));
    }
    let mut edited = Edited::new(&here)?;
    let mut lines: Vec<(usize, EntryReport)> = Vec::new();
    let mut spots = Vec::new();
    for (number, source) in sources.iter().enumerate() {
        for entry in &source.plan.entries {
            let at = lines.len();
            let fate = match &entry.became {
                Became::Written(writes) => edited.write(writes)?,
                Became::Covered(why) => Fate::Covered(why.clone()),
                Became::Refused { why, hint } => Fate::refused(why, hint),
                Became::Accepted(spot) => {
                    spots.push((at, &**spot));
                    Fate::Covered(String::new())
                }
            };
            lines.push((number, line(entry, fate)));
        }
    }
    let mut accepted = Accepted::read(&here)?;
    let fates = accepted.resolve(&here, &edited.config, &spots, &|at| sources[lines[at].0].name.clone())?;
    for ((at, _), fate) in spots.iter().zip(fates) {
        lines[*at].1.fate = fate;
    }
    let hook = if request.pre_commit { framework_entry::entry(&here)? } else { framework_entry::Hook::default() };
    let mut files = Vec::new();
    if !request.dry_run {
        files.extend(edited.save(&here)?);
        files.extend(accepted.save()?);
        files.extend(hook.save()?);
    }
    let refused = lines.iter().filter(|(_, line)| matches!(line.fate, Fate::Refused { .. })).count();
    let names: Vec<&str> = sources.iter().map(|source: &Source| &*source.name).collect();
    let summary = summary::Summary {
        rules: edited.rules,
        allowances: edited.allowances,
        disabled: edited.disabled,
        findings: accepted.added,
        hook: hook.told,
        next: if files.is_empty() {
            None
        } else {
            Some(here.git_add(&files.iter().map(|file| &**file).collect::<Vec<_>>()))
        },
        dry_run: request.dry_run,
    };
    let mut completed = Completed::but_for(summary::render(&names, &lines, &summary), &unread);
    if refused > 0 && !request.partial {
        completed.exit = completed.exit.or(Exit::NotScanned);
    }
    Ok(completed)
}

fn line(entry: &Entry, fate: Fate) -> EntryReport {
    EntryReport { what: entry.what.clone(), number: entry.line, fate, notes: entry.notes.clone() }
}
