//! `gatehook baseline audit`: one entry after the other, keep, allow or fix later.
//!
//! Every answer is written at once, so it may be left at any time and goes on where it was left: what
//! has a reason or a last day is decided. Values are shown masked, as in every report.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use gatehook::config::{Allow, Day, edit};
use gatehook::finding::{Decision, Exit, Finding, Report, stretch_all};
use gatehook::policy::baseline::{Baseline, Entry};
use gatehook::report::{self, Detail, Format, Style};
use gatehook::session::baseline_file::{BaselineFile, count, keep, name, place};
use gatehook::session::{Failure, Workspace, clock, fail, holds_secret};

use crate::args;
use crate::ask::{ask, is_interactive};
use crate::say::say;
use crate::setup;

/// Days that "fix later" gives where no one says another date.
const LATER: i64 = 90;

pub(super) fn run(args: &args::Audit) -> Result<Exit, Failure> {
    let here = Workspace::open()?;
    let (path, baseline) = BaselineFile::read(&here, args.file.baseline.as_deref())?.there()?;
    let today = clock::today();
    let open: Vec<Entry> = baseline
        .entries()
        .iter()
        .filter(|entry| args.all || !entry.is_settled() || entry.expires.is_some_and(|last| last < today))
        .cloned()
        .collect();
    if open.is_empty() {
        return Ok(say(&format!("{} decided on, none open\n", count(baseline.entries().len(), "finding"))));
    }
    let report = here.tracked(&here.config)?;
    let asked: HashSet<_> = open.iter().map(|entry| (&entry.rule[..], &entry.path)).collect();
    stretch_all(report.findings.iter().filter(|finding| asked.contains(&(&*finding.rule, &finding.path))));
    let mut places: HashMap<_, usize> = HashMap::new();
    for (at, finding) in report.findings.iter().enumerate() {
        for name in finding.names() {
            places.entry((name, &finding.path)).or_insert(at);
        }
    }
    let found = |entry: &Entry| places.get(&(entry.fingerprint, &entry.path)).map(|&at| &report.findings[at]);
    if !is_interactive() {
        return Ok(say(&listed(&open, found, &path)));
    }
    let mut session = Session { here, path, baseline, changed: false };
    for (number, entry) in open.iter().enumerate() {
        show(entry, found(entry), &report);
        let left = format!("[{}/{}]", number + 1, open.len());
        if !session.decide(entry, found(entry).is_some(), &left)? {
            break;
        }
    }
    Ok(session.end())
}

/// What to do without a terminal: the entries, and how to go on.
fn listed<'f>(open: &[Entry], found: impl Fn(&Entry) -> Option<&'f Finding>, path: &Path) -> String {
    let mut out = String::new();
    for entry in open {
        let place = found(entry).map_or_else(|| format!("{} in {}: not found any more", entry.rule, entry.path), place);
        let until = entry.expires.map(|day| format!(" (until {day})")).unwrap_or_default();
        let _ = writeln!(out, "{} {place}{until}", entry.fingerprint.short());
    }
    let _ = writeln!(
        out,
        "{} to decide on: run this on a terminal, or write behind the path of a line in {}",
        count(open.len(), "finding"),
        name(path)
    );
    out.push_str("  -- why it may stay\n  expires=2027-06-30 owner=team -- fix later\n");
    out
}

/// Shows an entry as a report shows a finding.
fn show(entry: &Entry, finding: Option<&Finding>, report: &Report) {
    let color = setup::colored(args::Color::Auto, std::io::IsTerminal::is_terminal(&std::io::stderr()));
    let dress = if color { gatehook::text::Dress::Colored } else { gatehook::text::Dress::Plain };
    let mut out = crate::door::stderr(dress, crate::door::Content::Anyones);
    let Some(finding) = finding else {
        let _ = writeln!(out, "\n{} in {}: not found any more", entry.rule, entry.path);
        return;
    };
    let one = Report {
        findings: vec![finding.clone()],
        gaps: Vec::new(),
        notes: Vec::new(),
        decision: Decision::new(report.verdict(), report.exit(), Vec::new()),
        gate: "audit".into(),
        ..report.clone()
    };
    let style = Style { detail: Detail::Quiet, color, ..Style::default() };
    let mut text = Vec::new();
    // A Vec takes every write.
    let _ = report::write(&one, Format::Text, &style, &mut text);
    let _ = writeln!(out).and_then(|()| out.write_all(&text));
}

/// The files as they are after the answers so far.
struct Session {
    here: Workspace,
    path: PathBuf,
    baseline: Baseline,
    /// Whether the configuration was written.
    changed: bool,
}

impl Session {
    /// Asks until there is an answer. `false` where somebody has enough.
    fn decide(&mut self, entry: &Entry, stands: bool, left: &str) -> Result<bool, Failure> {
        loop {
            let what = if stands { "[k]eep, [a]llow, fix [l]ater" } else { "[r]emove" };
            let Some(answer) = ask(&format!("{left} {what}, [s]kip, [q]uit: ")) else { return Ok(false) };
            let done = match (answer.as_str(), stands) {
                ("k" | "keep", true) => self.keep(entry),
                ("a" | "allow", true) => self.allow(entry),
                ("l" | "later", true) => self.later(entry),
                ("r" | "remove", false) => {
                    self.baseline.retain(|own| !own.is_same(entry));
                    keep(&self.path, &self.baseline).map(|()| true)
                }
                ("s" | "skip", _) => return Ok(true),
                ("q" | "quit", _) => return Ok(false),
                _ => Ok(false),
            }?;
            if done {
                return Ok(true);
            }
        }
    }

    fn keep(&mut self, entry: &Entry) -> Result<bool, Failure> {
        let Some(reason) = reason("why may it stay? ") else { return Ok(false) };
        self.baseline.set(Entry { reason, expires: None, ..entry.clone() });
        keep(&self.path, &self.baseline).map(|()| true)
    }

    fn later(&mut self, entry: &Entry) -> Result<bool, Failure> {
        let usual = clock::in_days(LATER);
        let answer = ask(&format!("until when? [{usual}] ")).unwrap_or_default();
        let last = if answer.is_empty() { Some(usual) } else { Day::parse(&answer) };
        let Some(last) = last.filter(|&last| last >= clock::today()) else { return Ok(false) };
        let owner = ask("who? ").unwrap_or_default();
        let reason = if entry.reason.is_empty() { "fix later".to_owned() } else { entry.reason.clone() };
        self.baseline.set(Entry { expires: Some(last), owner, reason, ..entry.clone() });
        keep(&self.path, &self.baseline).map(|()| true)
    }

    fn allow(&mut self, entry: &Entry) -> Result<bool, Failure> {
        let Some(reason) = reason("why is it allowed? ") else { return Ok(false) };
        let allow = Allow {
            rules: vec![entry.rule.clone()],
            fingerprints: vec![entry.fingerprint.to_string()],
            reason,
            ..Allow::default()
        };
        let text = edit::add_allow(&self.here.config_text()?, &allow)
            .map_err(|error| fail(&error, Some("fix gatehook.toml first"), Exit::Usage))?;
        self.here.write_config(&text)?;
        self.changed = true;
        // An allowance holds in every file.
        self.baseline.retain(|own| own.fingerprint != entry.fingerprint);
        keep(&self.path, &self.baseline).map(|()| true)
    }

    fn end(self) -> Exit {
        let open = self.baseline.entries().iter().filter(|entry| !entry.is_settled()).count();
        let config = self.here.config_file();
        let mut files = vec![self.path.as_path()];
        if self.changed {
            files.push(&config);
        }
        let left = if open == 0 { "nothing is left to decide on".to_owned() } else { format!("{open} left") };
        say(&format!("{left}\nnext: {}\n", self.here.git_add(&files)))
    }
}

/// A reason that may be written down.
fn reason(question: &str) -> Option<String> {
    let reason = ask(question).filter(|reason| !reason.is_empty())?;
    if holds_secret(&reason) {
        crate::door::tell("that holds a secret: describe the value, do not quote it");
        return None;
    }
    Some(reason)
}
