//! Receipts between the gates of one user: the commit gate leaves them, the push gate reads them and does
//! not look again at what passed. What has none is looked at; what was made here past the commit gate is
//! told and recorded. Never read by `pre-receive`. Where nothing can be kept all is looked at.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet};

use crate::change::{Change, Entry, Listing, Oid};
use crate::config::Holding;
use crate::finding::{Exit, Finding, Report};
use crate::git::{self, Repo, ancestry};
use crate::paths::RepoPath;
use crate::rules::Gate;
use crate::session::{self, ConfigFrom, clock};
use crate::store::bypass_log::{self, Bypass, BypassKind};
use crate::store::{Cache, Kept, Key, KeyParts, Known, Receipts, Seen, Steps};

use super::Call;
use super::gate::GateRunner;

/// Findings of one kept result, about: it stays well within what the cache keeps.
const MOST_FOUND: usize = 500;

/// Commits that a note names, at most.
const NAMED: usize = 5;

fn open(repo: &Repo) -> Option<Receipts> {
    Receipts::open(&session::dirs()?, &repo.common_dir).ok()
}

fn results() -> Option<Cache> {
    Cache::open(&session::dirs()?).ok()
}

/// Whether nothing at all was found and nothing left out: only then need no one look again.
fn is_clean(report: &Report) -> bool {
    report.exit() == Exit::Clean && report.findings.is_empty() && report.gaps.is_empty()
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
    pub(super) fn end(self, runner: &GateRunner<'_>, report: &Report) {
        let keys = if is_clean(report) { runner.cache_keys(report.scanned.deferred) } else { Vec::new() };
        // Without a receipt the push gate looks again: nothing to stop or speak for.
        let _ = self.receipts.passed(clock::seconds(), &keys, &self.steps);
    }
}

/// What the push gate knows of the commits that are about to leave.
pub(super) struct Memory<'p> {
    call: &'p Call<'p>,
    repo: &'p Repo,
    tip: Option<String>,
    /// Commits that the other side has, where they are known: what loosens the gate counts from there.
    bases: OnceCell<Vec<String>>,
    runner: OnceCell<GateRunner<'p>>,
    /// Read when it is first asked for, with the keys that hold.
    known: OnceCell<(Vec<[u8; 32]>, Known)>,
    /// What was found before in commits that this gate has looked at.
    recalled: RefCell<Vec<Finding>>,
}

impl<'p> Memory<'p> {
    /// For a push whose configuration stands at `tip`.
    pub(super) fn new(call: &'p Call<'p>, repo: &'p Repo, tip: Option<String>) -> Self {
        let bases = OnceCell::new();
        Self { call, repo, tip, bases, runner: OnceCell::new(), known: OnceCell::new(), recalled: RefCell::default() }
    }

    /// The commit whose configuration and scripts hold.
    pub(super) fn revision(&self) -> &str {
        self.tip.as_deref().unwrap_or("HEAD")
    }

    /// What the push gate demands.
    pub(super) fn runner(&self) -> &GateRunner<'p> {
        self.runner.get_or_init(|| {
            let from = match &self.tip {
                Some(tip) => ConfigFrom::Commit(self.repo, tip.clone()),
                None => ConfigFrom::Index(self.repo),
            };
            let bases = match self.bases.get() {
                Some(bases) if !bases.is_empty() => bases.clone(),
                // There is nothing to look at.
                None if self.tip.is_none() => return self.call.runner(Gate::Push, &from),
                _ => self.default_branch(),
            };
            let bases: Vec<_> = bases.into_iter().map(|base| ConfigFrom::Commit(self.repo, base)).collect();
            self.call.runner_after(Gate::Push, &from, &bases, Holding::Single)
        })
    }

    /// A push that shares no commit with the other side is judged by what most others are.
    fn default_branch(&self) -> Vec<String> {
        let remote = self.call.environment.framework.remote.clone().or_else(|| self.call.arg(0));
        let remote = remote.unwrap_or_else(|| "origin".to_owned());
        git::default_branch(self.repo, &remote).iter().map(ToString::to_string).collect()
    }

    /// Names commits that the other side has. Comes before anything is asked of the configuration.
    pub(super) fn begins_at(&self, bases: impl Iterator<Item = String>) {
        let _ = self.bases.set(bases.collect());
    }

    fn known(&self) -> &(Vec<[u8; 32]>, Known) {
        self.known
            .get_or_init(|| (self.runner().cache_keys(false), open(self.repo).map(Receipts::known).unwrap_or_default()))
    }

    /// Which of `commits`, all of a push, this gate has looked at before. What it found in them is recalled;
    /// where that is gone they are looked at again.
    pub(super) fn looked(&self, commits: &[Oid]) -> HashSet<Oid> {
        let mut looked = HashSet::new();
        let mut by_result: BTreeMap<Key, HashSet<String>> = BTreeMap::new();
        for (commit, found) in self.known().1.looked(&self.runner().commit_cache_keys(), commits) {
            match found {
                Some(key) => drop(by_result.entry(key).or_default().insert(commit.to_string())),
                None => drop(looked.insert(commit)),
            }
        }
        if by_result.is_empty() {
            return looked;
        }
        let Some(cache) = results() else { return looked };
        for (key, of) in by_result {
            let Some(kept) = cache.get(&key) else { continue };
            looked.extend(of.iter().filter_map(|id| Oid::from_hex(id.as_bytes())));
            let own = |finding: &Finding| finding.commit.as_ref().is_some_and(|id| of.contains(id));
            self.recalled.borrow_mut().extend(kept.findings.into_iter().filter(own));
        }
        looked
    }

    /// What was found in the commits that [`Self::looked`] named.
    pub(super) fn recalled(&self) -> Vec<Finding> {
        self.recalled.take()
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
        let (keys, known) = self.known();
        let mut spared = Spared { commits, unseen: Vec::new(), all: false };
        let mut with: HashSet<Oid> = HashSet::new();
        for &commit in &spared.commits {
            match known.seen(keys, by_commit[&commit].iter().copied()) {
                Seen::Clean => drop(with.insert(commit)),
                Seen::No => spared.unseen.push(commit),
                Seen::Passed | Seen::Nothing => {}
            }
        }
        // Of a commit that only this gate has looked at no one knows what its code adds by itself.
        spared.all = with.len() == listing.scanned.commits;
        listing.changes.retain(|change| {
            let is_spared = change.commit.as_ref().is_some_and(|commit| with.contains(&commit.id));
            // A message has no receipt, for git may have edited it after the commit gate had seen it.
            change.entry == Entry::Message || !is_spared
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

    /// Keeps what was looked at and what was `found` in it, before any policy. Nothing where not all of it was.
    pub(super) fn keep(
        &self,
        spared: &Spared,
        report: &Report,
        found: Option<Vec<Finding>>,
        leaning: &HashMap<Oid, Vec<Oid>>,
    ) {
        let Some(found) = found.filter(|_| report.gaps.is_empty() && !spared.commits.is_empty()) else { return };
        if !matches!(report.exit(), Exit::Clean | Exit::Blocked | Exit::StageFailed) {
            return;
        }
        let Some(receipts) = self.known().1.receipts() else { return };
        let keys = self.runner().commit_cache_keys();
        if keys.is_empty() {
            return;
        }
        let mut by_commit: HashMap<String, Vec<Finding>> = HashMap::new();
        for finding in found {
            if let Some(id) = finding.commit.clone() {
                by_commit.entry(id).or_default().push(finding);
            }
        }
        let leans = |id: Oid| (id, leaning.get(&id).map(Vec::as_slice).unwrap_or_default());
        let (with, clean): (Vec<Oid>, Vec<Oid>) =
            spared.commits.iter().partition(|id| by_commit.contains_key(&id.to_string()));
        let clean: Vec<_> = clean.into_iter().map(leans).collect();
        // As at commit: without it the next push looks again.
        let _ = receipts.looked(clock::seconds(), &keys, &clean, None);
        let Some(cache) = results().filter(|_| !with.is_empty()) else { return };
        let mut commits: Vec<(Oid, &[Oid])> = Vec::new();
        let mut findings: Vec<Finding> = Vec::new();
        let write = |commits: &mut Vec<(Oid, &[Oid])>, findings: &mut Vec<Finding>| {
            let named = commits.iter().flat_map(|(id, leans)| {
                let with = leans.iter().map(move |other| (RepoPath::new(format!("beside {id}").into_bytes()), *other));
                std::iter::once((RepoPath::from("commit"), *id)).chain(with)
            });
            let named: Vec<(RepoPath, Oid)> = named.collect();
            let parts = KeyParts { stage: "secrets in commits", rules: keys.as_flattened(), ..KeyParts::default() };
            let key = Key::of(&parts, named.iter().map(|(path, id)| (path, *id)));
            let kept = Kept { findings: std::mem::take(findings), files: commits.len() };
            if cache.put(&key, &kept).is_ok() {
                let _ = receipts.looked(clock::seconds(), &keys, commits, Some(key));
            }
            commits.clear();
        };
        for id in with {
            let own = by_commit.remove(&id.to_string()).unwrap_or_default();
            if own.iter().any(Finding::is_chosen) {
                // Only who sees the value can tell whether it is allowed.
                continue;
            }
            commits.push(leans(id));
            findings.extend(own);
            if findings.len() >= MOST_FOUND {
                write(&mut commits, &mut findings);
            }
        }
        if !commits.is_empty() {
            write(&mut commits, &mut findings);
        }
    }

    /// Tells and records the commits that were made here past the commit gate.
    ///
    /// Only those that the reflog says `git commit` made, after the gate had begun to leave receipts here:
    /// of all others git asks no commit hook, or no one knows what did.
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
        let entries = bypass_log::BypassLog::read(dir).map(|record| record.entries).unwrap_or_default();
        let told: HashSet<&String> =
            entries.iter().filter(|entry| entry.what == BypassKind::Bypass).flat_map(|entry| &entry.commits).collect();
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
            let new = Bypass::new(BypassKind::Bypass, clock::now(), self.call.hook.word());
            let entry = Bypass { count: commits.len(), who, commits, ..new };
            if let Err(error) = bypass_log::append(dir, &entry) {
                self.call.tell(&format!("warning: this could not be recorded: {error}"));
            }
        }
    }
}

/// What [`Memory::spare`] knows of a push.
#[derive(Debug, Default)]
pub(super) struct Spared {
    /// The commits that no earlier push was looked at with, in the order of the listing.
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
