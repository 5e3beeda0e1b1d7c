//! `gatehook import`: what another tool was told, taken over entry by entry.
//!
//! Reads the foreign files, writes rules and allowances into `gatehook.toml` and accepted findings into the
//! baseline, and leaves no entry without a word. Nothing that is there is changed, so that a second run
//! changes nothing.

mod accept;
mod hook_entry;
mod sources;
mod told;
mod writes;

use gatehook::finding::Exit;
use gatehook::foreign::{Became, Entry};

use self::accept::Accepted;
use self::sources::Source;
use self::told::{Fate, Line};
use self::writes::Edited;
use super::here::Here;
use crate::args;
use crate::say::{say, stop};

pub(crate) fn run(args: &args::Import) -> Exit {
    import(args).unwrap_or_else(|exit| exit)
}

fn import(args: &args::Import) -> Result<Exit, Exit> {
    let here = Here::open()?;
    let (sources, mut unread) = sources::gather(&here, args)?;
    if sources.is_empty() && unread == Exit::Clean {
        let hint = "name the file: `gatehook import FILE`; `gatehook import --help` lists what is known";
        return Err(stop("there is nothing of another tool here that could be taken over", hint));
    }
    let mut edited = Edited::new(&here)?;
    let mut lines: Vec<(usize, Line)> = Vec::new();
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
    let hook = if args.pre_commit { hook_entry::entry(&here)? } else { hook_entry::Hook::default() };
    let mut files = Vec::new();
    if !args.dry_run {
        files.extend(edited.save(&here)?);
        files.extend(accepted.save()?);
        files.extend(hook.save()?);
    }
    let refused = lines.iter().filter(|(_, line)| matches!(line.fate, Fate::Refused { .. })).count();
    if refused > 0 && !args.partial {
        unread = unread.or(Exit::NotScanned);
    }
    let names: Vec<&str> = sources.iter().map(|source: &Source| &*source.name).collect();
    let summary = told::Summary {
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
        dry_run: args.dry_run,
    };
    Ok(unread.or(say(&told::told(&names, &lines, &summary))))
}

fn line(entry: &Entry, fate: Fate) -> Line {
    Line { what: entry.what.clone(), number: entry.line, fate, notes: entry.notes.clone() }
}
