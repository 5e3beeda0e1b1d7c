//! Receipts between the gates of one user: the commit gate leaves them, the push gate reads them and does
//! not look again at what passed. What has none is looked at; what was made here past the commit gate is
//! told and recorded. Never read by `pre-receive`. Where nothing can be kept all is looked at.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap, HashSet};

use gatehook::change::{Change, Entry as ChangeEntry, Oid};
use gatehook::config::BUILT_IN;
use gatehook::finding::{Exit, Finding, Report};
use gatehook::git::{Repo, ancestry};
use gatehook::hooks::record::{self, Entry, What};
use gatehook::rules::Gate;
use gatehook::source::Listing;
use gatehook::store::{Known, Receipts, Seen, Steps};

use super::gate::Under;
use super::{Call, tell};
use crate::setup::{self, ConfigFrom};

/// Commits that a note names, at most.
const NAMED: usize = 5;

fn open(repo: &Repo) -> Option<Receipts> {
    Receipts::open(&setup::dirs()?, &repo.common_dir).ok()
}

/// Whether nothing at all was found and nothing left out: only then need nobody look again.
fn is_clean(report: &Report) -> bool {
    report.exit == Exit::Clean && report.findings.is_empty() && report.gaps.is_empty()
}

/// A receipt of the commit gate.
pub(super) struct Receipt {
    receipts: Receipts,
    steps: Steps,
}

impl Receipt {
    /// For what the gate is about to look at.
    pub(super) fn begin(repo: &Repo, listing: &Listing) -> Option<Self> {
        if listing.changes.is_empty() {
            return None;
        }
        let receipts = open(repo)?;
        let steps = receipts.steps(&listing.changes);
        Some(Self { receipts, steps })
    }

    /// The gate let it through.
    pub(super) fn end(self, under: &Under<'_>, report: &Report) {
        let terms = if is_clean(report) { under.terms(report.scanned.later) } else { Vec::new() };
        // Without a receipt the push gate looks again: nothing to stop or speak for.
        let _ = self.receipts.passed(setup::seconds(), &terms, &self.steps);
    }
}

/// What the push gate knows of the commits that are about to leave.
pub(super) struct Memory<'p> {
    call: &'p Call<'p>,
    repo: &'p Repo,
    tip: Option<String>,
    under: OnceCell<Under<'p>>,
    /// Read when the first commit asks, with the terms that hold.
    known: OnceCell<(Vec<[u8; 32]>, Known)>,
}

impl<'p> Memory<'p> {
    /// For a push whose configuration stands at `tip`.
    pub(super) fn new(call: &'p Call<'p>, repo: &'p Repo, tip: Option<String>) -> Self {
        Self { call, repo, tip, under: OnceCell::new(), known: OnceCell::new() }
    }

    /// The commit whose configuration and scripts hold.
    pub(super) fn revision(&self) -> &str {
        self.tip.as_deref().unwrap_or("HEAD")
    }

    /// What the push gate demands.
    pub(super) fn under(&self) -> &Under<'p> {
        self.under.get_or_init(|| {
            let from = match &self.tip {
                Some(tip) => ConfigFrom::Commit(self.repo, tip.clone()),
                None => ConfigFrom::Index(self.repo),
            };
            self.call.under(Gate::Push, &from)
        })
    }

    fn known(&self) -> &(Vec<[u8; 32]>, Known) {
        self.known.get_or_init(|| (self.under().terms(false), open(self.repo).map(Receipts::known).unwrap_or_default()))
    }

    /// Whether an earlier push passed the commit.
    pub(super) fn passed(&self, commit: Oid) -> bool {
        let (terms, known) = self.known();
        known.has_commit(terms, commit)
    }

    /// Takes out of `listing` what need not be looked at again.
    pub(super) fn spare(&self, listing: &mut Listing) -> Spared {
        let mut by_commit: HashMap<Oid, Vec<&Change>> = HashMap::new();
        let mut commits = Vec::new();
        for change in &listing.changes {
            let Some(commit) = &change.commit else { continue };
            let changes = by_commit.entry(commit.id).or_insert_with(|| {
                commits.push(commit.id);
                Vec::new()
            });
            changes.push(change);
        }
        if commits.is_empty() {
            return Spared::default();
        }
        let (terms, known) = self.known();
        let mut spared = Spared { commits, unseen: Vec::new(), all: false };
        let mut with: HashSet<Oid> = HashSet::new();
        for &commit in &spared.commits {
            match known.seen(terms, by_commit[&commit].iter().copied()) {
                Seen::Clean => drop(with.insert(commit)),
                Seen::No => spared.unseen.push(commit),
                Seen::Passed | Seen::Nothing => {}
            }
        }
        spared.all = with.len() == spared.commits.len();
        listing.changes.retain(|change| {
            let is_spared = change.commit.as_ref().is_some_and(|commit| with.contains(&commit.id));
            // A message has no receipt, for git may have edited it after the commit gate had seen it.
            change.entry == ChangeEntry::Message || !is_spared
        });
        if known.since().is_some() {
            let how = &mut listing.scanned.how;
            *how = format!(
                "{how}; of {} {} passed the commit gate and only the messages are looked at, {} had no receipt of it",
                spared.commits.len(),
                with.len(),
                spared.unseen.len()
            );
        }
        spared
    }

    /// Keeps what the gate found nothing in.
    pub(super) fn keep(&self, spared: &Spared, report: &Report) {
        if spared.commits.is_empty() || !report.gaps.is_empty() || !matches!(report.exit, Exit::Clean | Exit::Blocked) {
            return;
        }
        // What is found in the net change was brought by some commit, but nobody says by which.
        let net = |finding: &Finding| {
            let stages = || std::iter::once(&finding.stage).chain(&finding.tools);
            finding.commit.is_none() && stages().any(|stage| BUILT_IN.contains(&stage.as_ref()))
        };
        if report.findings.iter().any(net) {
            return;
        }
        let (terms, known) = self.known();
        let Some(receipts) = known.receipts() else { return };
        let found: HashSet<&str> = report.findings.iter().filter_map(|finding| finding.commit.as_deref()).collect();
        let clean: Vec<Oid> =
            spared.commits.iter().copied().filter(|id| !found.contains(&id.to_string()[..])).collect();
        // As at commit: without it the next push looks again.
        let _ = receipts.passed_commits(setup::seconds(), terms, &clean);
    }

    /// Tells and records the commits that were made here past the commit gate.
    ///
    /// Only those that the reflog says `git commit` made, after the gate had begun to leave receipts here:
    /// of all others git asks no commit hook, or nobody knows what did.
    pub(super) fn bypasses(&self, spared: &Spared, branches: &[String], listing: &Listing) -> Option<String> {
        if spared.unseen.is_empty() {
            return None;
        }
        let since = self.known().1.since()?;
        let made = ancestry::made_here(self.repo, branches, &spared.unseen);
        let past: HashSet<Oid> = made.into_iter().filter(|(_, time)| *time > since).map(|(id, _)| id).collect();
        let past: Vec<Oid> = spared.commits.iter().copied().filter(|id| past.contains(id)).collect();
        if past.is_empty() {
            return None;
        }
        self.record(&past, listing);
        let names: Vec<String> = past.iter().take(NAMED).map(|id| short(*id)).collect();
        let more = if past.len() > NAMED { ", …" } else { "" };
        let (were, they) = if past.len() == 1 { ("was", "it is") } else { ("were", "they are") };
        Some(format!(
            "{} of {} commits {were} made here past the commit gate (`--no-verify`, or without the hook): {}{more}; {they} \
             looked at now, and on record",
            past.len(),
            listing.scanned.commits,
            names.join(", ")
        ))
    }

    fn record(&self, past: &[Oid], listing: &Listing) {
        let dir = &self.repo.common_dir;
        let entries = record::Record::read(dir).map(|record| record.entries).unwrap_or_default();
        let told: HashSet<&String> =
            entries.iter().filter(|entry| entry.what == What::Bypass).flat_map(|entry| &entry.commits).collect();
        let authors: HashMap<Oid, String> = listing
            .changes
            .iter()
            .filter_map(|change| change.commit.as_ref())
            .map(|commit| (commit.id, String::from_utf8_lossy(&commit.author).into_owned()))
            .collect();
        let mut by_author: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for id in past.iter().filter(|id| !told.contains(&short(**id))) {
            by_author.entry(authors.get(id).cloned().unwrap_or_default()).or_default().push(short(*id));
        }
        for (who, commits) in by_author {
            let new = Entry::new(What::Bypass, setup::now(), self.call.hook.word());
            let entry = Entry { count: commits.len(), who, commits, ..new };
            if let Err(error) = record::append(dir, &entry) {
                tell(&format!("warning: this could not be recorded: {error}"));
            }
        }
    }
}

/// What [`Memory::spare`] knows of a push.
#[derive(Debug, Default)]
pub(super) struct Spared {
    /// The commits that were not passed by an earlier push, in the order of the listing.
    commits: Vec<Oid>,
    /// Those of them that no commit gate of this user saw.
    unseen: Vec<Oid>,
    /// Whether all of them passed.
    all: bool,
}

impl Spared {
    /// Whether all that is pushed passed the built-in stages before.
    pub(super) const fn is_all(&self) -> bool {
        self.all
    }
}

fn short(id: Oid) -> String {
    let mut hex = id.to_string();
    hex.truncate(12);
    hex
}
