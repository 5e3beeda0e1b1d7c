//! What a coding agent is about to do, looked at: ways around the hooks, gatehook's own files, secrets and flaws in what it
//! writes, runs or sends.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::configuration::{ConfigFrom, Overrides, load};
use super::files;
use super::look::look;
use crate::agent::mcp::{Told, Tools};
use crate::agent::{Event, Judgement, Moment, Piece, Refusal, changes_own_files, refused};
use crate::change::{Blob, Change, Content, Entry, Kind, Listing};
use crate::finding::{Exit, Finding, Report, Scanned, State};
use crate::git::Repo;
use crate::paths::RepoPath;
use crate::rules::RuleSet;
use crate::source::Files;

/// Findings that a reason names, at most.
const NAMED: usize = 3;
/// Findings that a tool tells, at most.
const MOST_TOLD: usize = 50;
/// Bytes of the file that is written over, at most: a larger one counts as not there.
const LARGEST: u64 = 16 << 20;

/// Judges what `event` says, for an agent that was started in `here`.
pub fn judged(event: &Event, here: &Path) -> Judgement {
    let dir = event.directory.as_deref().filter(|dir| !dir.is_empty()).map_or_else(|| here.to_owned(), PathBuf::from);
    match &event.moment {
        Moment::Other => Judgement::Go(None),
        Moment::Command(line) => match refused(line) {
            Some(refusal) => stop(&refusal),
            None => found(&dir, vec![change("command.sh", Entry::File, line.as_bytes(), Vec::new())], "run"),
        },
        Moment::Prompt(text) => {
            found(&dir, vec![change("prompt", Entry::Message, text.as_bytes(), Vec::new())], "send")
        }
        Moment::Write { path, pieces } => match changes_own_files(path) {
            Some(refusal) => stop(&refusal),
            None => found(&dir, written(&dir, path, pieces), "write"),
        },
    }
}

fn stop(refusal: &Refusal) -> Judgement {
    Judgement::Stop(format!("gatehook: {}. Instead: {}.", refusal.why, refusal.instead))
}

fn change(path: &str, entry: Entry, text: &[u8], old: Vec<Blob>) -> Change {
    let content = Content::Blobs { new: Some(Blob::Text(Arc::from(text))), old };
    Change { path: RepoPath::from(path), kind: Kind::Added, entry, content, commit: None }
}

/// The pieces as changes of the file: what stood there already is not new.
fn written(dir: &Path, path: &str, pieces: &[Piece]) -> Vec<Change> {
    let full = dir.join(path);
    let top = Repo::discover(dir).ok().map(|repo| repo.top);
    let shown = top.and_then(|top| full.strip_prefix(top).ok().map(Path::to_owned)).unwrap_or_else(|| full.clone());
    let shown = shown.to_string_lossy().replace('\\', "/");
    let old = |piece: &Piece| match &piece.old {
        Some(old) => Some(old.as_bytes().to_vec()),
        None => files::read_regular(&full, LARGEST).ok().flatten(),
    };
    let blobs = |piece: &Piece| old(piece).map(|old| Blob::Text(Arc::from(old))).into_iter().collect();
    pieces.iter().map(|piece| change(&shown, Entry::File, piece.new.as_bytes(), blobs(piece))).collect()
}

/// The tools of the MCP server, for whoever works in `dir`.
pub struct Here {
    /// The directory.
    pub dir: PathBuf,
}

impl Tools for Here {
    fn scan_text(&self, text: &str, path: &str) -> Told {
        let looked = looked_at(&self.dir, vec![change(path, Entry::File, text.as_bytes(), Vec::new())], "write");
        Ok(told(&looked.report, looked.trouble.as_deref()))
    }

    fn scan_staged(&self) -> Told {
        let repo = Repo::discover(&self.dir).map_err(|error| error.to_string())?;
        let from = ConfigFrom::Index(&repo);
        let loaded = load(&from, &Overrides::default());
        let listing = crate::git::staged(&repo).map_err(|error| error.to_string())?;
        let report = look(&loaded.config, Some(&from), listing, &repo.before("HEAD"));
        let trouble = loaded.failure.map(|failure| failure.to_string()).or_else(|| not_looked_at(&report));
        Ok(told(&report, trouble.as_deref()))
    }

    fn explain(&self, rule: &str) -> Told {
        let known = RuleSet::default();
        let rule = known.find(rule).ok_or_else(|| format!("there is no rule `{rule}`; a finding names its rule"))?;
        let line = |what: &str, text: &str| if text.is_empty() { String::new() } else { format!("{what}: {text}\n") };
        Ok([
            format!("{}: {} ({}, {})\n", rule.id, rule.title, rule.severity, rule.cwe.join(", ")),
            line("why", &rule.why),
            line("fix", &rule.fix),
            line("rotate", &rule.rotate),
            line("reference", &rule.reference),
        ]
        .concat())
    }
}

/// A report as a few lines for a model: what blocks first.
fn told(report: &Report, trouble: Option<&str>) -> String {
    let blocks: Vec<&Finding> = report.blocking_findings().collect();
    let is_new = |finding: &&Finding| finding.state == State::New;
    let warns = report.findings.iter().filter(is_new).filter(|one| !blocks.iter().any(|two| std::ptr::eq(*one, *two)));
    let line = |what: &str, finding: &Finding| {
        format!(
            "{what} {} {}:{} {}. fix: {}\n",
            finding.rule, finding.path, finding.place.line, finding.title, finding.advice.fix
        )
    };
    let lines = blocks.iter().map(|finding| line("blocks", finding)).chain(warns.map(|finding| line("warns", finding)));
    let mut text: String = lines.take(MOST_TOLD).collect();
    if text.is_empty() {
        text.push_str("no findings\n");
    }
    match trouble {
        Some(trouble) => format!("{text}not all of it was looked at: {trouble}\n"),
        None => text,
    }
}

/// What a look gave, and what of it could not be looked at.
struct Looked {
    report: Report,
    trouble: Option<String>,
}

fn found(dir: &Path, changes: Vec<Change>, doing: &str) -> Judgement {
    let Looked { report, trouble } = looked_at(dir, changes, doing);
    let blocking: Vec<&Finding> = report.blocking_findings().collect();
    if !blocking.is_empty() {
        return Judgement::Stop(reason(&blocking, doing));
    }
    // The hooks look again; what could not be looked at here is said and does not hold the agent up.
    Judgement::Go(trouble.map(|trouble| format!("gatehook did not look at all of it: {trouble}")))
}

fn looked_at(dir: &Path, changes: Vec<Change>, doing: &str) -> Looked {
    let repo = Repo::discover(dir).ok().filter(|repo| !repo.bare);
    let from = repo.as_ref().map(|repo| ConfigFrom::Dir(&repo.top));
    let loaded = from.as_ref().map(|from| load(from, &Overrides::default()));
    let (config, failure) = loaded.map_or_else(Default::default, |loaded| (loaded.config, loaded.failure));
    let how = format!("what an agent is about to {doing}");
    let scanned = Scanned { how, ..Scanned::default() };
    let report = look(&config, from.as_ref(), Listing { changes, scanned, ..Listing::default() }, &Files);
    let trouble = failure.map(|failure| failure.to_string()).or_else(|| not_looked_at(&report));
    Looked { report, trouble }
}

fn not_looked_at(report: &Report) -> Option<String> {
    let first = report.gaps.first().map_or_else(|| "it stopped early".to_owned(), |gap| gap.reason.clone());
    (report.exit() == Exit::NotScanned).then_some(first)
}

fn reason(blocking: &[&Finding], doing: &str) -> String {
    let named = blocking.iter().take(NAMED).map(|finding| {
        format!(
            "`{}` in {}:{}: {} ({})",
            finding.rule, finding.path, finding.place.line, finding.title, finding.advice.fix
        )
    });
    let more = if blocking.len() > NAMED { format!("; and {} more", blocking.len() - NAMED) } else { String::new() };
    format!(
        "gatehook: what you are about to {doing} holds what must not leave: {}{more}. Mend that; whether an exception is \
         right a person decides.",
        named.collect::<Vec<_>>().join("; ")
    )
}
