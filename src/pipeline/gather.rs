//! What stages have given, gathered, and made a report: sorted, allowed, held against the baseline, decided.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::time::Instant;

use super::patterns::{digest, salt};
use super::{ReadBaseline, ReadSubdirectories, Request, in_process, pinned};
use crate::change::Change;
use crate::config::{Config, FILE, GateConfig, OnLimit};
use crate::finding::{Demand, Exit, Finding, Gap, GapKind, Report, Scanned, StageRun, State, Terms};
use crate::paths::RepoPath;
use crate::policy::{self, baseline};
use crate::stage::{self, builtin};

/// What stages have given so far.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) findings: Vec<Finding>,
    pub(super) stages: Vec<StageRun>,
    pub(super) gaps: Vec<Gap>,
    pub(super) notes: Vec<String>,
    pub(super) scanned: Scanned,
    /// Directories below the root whose own configuration the change brings or takes away.
    pub(super) configured: BTreeSet<String>,
}

/// What a decision needs besides.
#[derive(Clone, Copy)]
pub(super) struct Deciding<'d> {
    pub(super) request: &'d Request,
    pub(super) config: &'d Config,
    pub(super) baseline: ReadBaseline<'d>,
    pub(super) subdirectories: ReadSubdirectories<'d>,
    /// Whether a rule took part, where all of them were to.
    pub(super) ran: Option<policy::TookPart<'d>>,
    pub(super) begin: Instant,
}

impl Gathered {
    pub(super) fn take(&mut self, looked: builtin::Looked) {
        self.gaps.extend(looked.gaps);
        self.findings.extend(looked.findings);
        self.scanned.files += looked.files;
        self.scanned.added_lines += looked.added_lines;
        self.scanned.bytes += looked.bytes;
        self.scanned.unproven += looked.unproven;
        self.scanned.deferred |= looked.deferred;
    }

    /// Adds what a stage gave that looks by itself.
    pub(super) fn add(&mut self, given: in_process::Given) {
        let in_process::Given { run, looked } = given;
        // The same files as the other stages': they count once.
        self.scanned.files = self.scanned.files.max(looked.files);
        self.stages.push(run);
        self.take_looked(looked);
    }

    /// The same without its place among the stages.
    pub(super) fn take_looked(&mut self, looked: stage::Looked) {
        self.findings.extend(looked.findings);
        self.gaps.extend(looked.gaps);
        self.notes.extend(looked.notes);
    }

    /// Sorts, allows, decides.
    pub(super) fn report(mut self, deciding: &Deciding<'_>) -> Report {
        self.findings = super::joined::own(std::mem::take(&mut self.findings));
        let (config, wrong) = self.configure(deciding);
        self.decided(&Deciding { config: &config, ..*deciding }, wrong)
    }

    /// The configuration with what the files of those directories add in which something was found.
    fn configure<'c>(&mut self, deciding: &Deciding<'c>) -> (Cow<'c, Config>, Exit) {
        let mut dirs = std::mem::take(&mut self.configured);
        dirs.append(&mut directories(&self.findings));
        let read = if dirs.is_empty() { Ok(None) } else { (deciding.subdirectories)(&dirs) };
        match read {
            Ok(None) => (Cow::Borrowed(deciding.config), Exit::Clean),
            Ok(Some(config)) => (Cow::Owned(config), Exit::Clean),
            Err(error) => {
                let hint = error.hint().unwrap_or_default();
                self.gaps.push(Gap { path: None, kind: GapKind::Unread, reason: error.to_string(), hint });
                (Cow::Borrowed(deciding.config), Exit::Usage)
            }
        }
    }

    fn decided(mut self, deciding: &Deciding<'_>, mut wrong: Exit) -> Report {
        let Deciding { request, config, baseline, ran, begin, .. } = *deciding;
        let gate = config.gate(request.gate);
        if gate.on_limit == OnLimit::Warn {
            // The report still tells them; they only no longer stop the gate.
            let partly = self.gaps.iter_mut().filter(|gap| gap.kind == GapKind::Partial);
            partly.for_each(|gap| gap.kind = GapKind::Tolerated);
        }
        let Self { mut findings, stages, mut gaps, notes: said, scanned, .. } = self;
        let younger =
            config.as_of.as_deref().map(|month| policy::warn_if_newer(&mut findings, month)).unwrap_or_default();
        findings.sort_by(in_order);
        let mut notes: Vec<String> = config.refused.iter().map(ToString::to_string).chain(said).collect();
        let whole = request.whole && ran.is_some() && gaps.iter().all(|gap| gap.kind == GapKind::Elsewhere);
        notes.extend(policy::apply(&mut findings, &config.allow, request.today, ran.filter(|_| whole)));
        let mut grown = None;
        if !findings.is_empty() || whole {
            match known(baseline, &mut findings, baseline::Scope { today: request.today, whole }) {
                Ok((said, grew)) => {
                    notes.extend(said);
                    grown = grew;
                }
                Err(gap) => {
                    gaps.push(gap);
                    wrong = Exit::Usage;
                }
            }
        }
        let mut demand = Demand { block: gate.block, tier: gate.tier, observe: gate.observes(request.today), younger };
        notes.extend(config.as_of.as_deref().and_then(|month| pinned::note(&demand.younger, month)));
        loosened(&mut findings, grown, &mut demand, deciding);
        if matches!(&*request.name, "commit" | "push" | "receive") {
            notes.extend(policy::allowed_by(&findings, &config.allow, request.today));
        }
        let mut decision = policy::decide(&demand, &findings, &stages, &gaps, &scanned);
        decision.end_with(wrong);
        if demand.observe && !decision.blocking().is_empty() {
            notes.push(observed(gate));
        }
        Report {
            decision,
            gate: request.name.clone(),
            findings,
            stages,
            scanned,
            gaps,
            notes,
            millis: u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX),
            root: None,
            observes: demand.observe,
            terms: Terms {
                version: env!("CARGO_PKG_VERSION").into(),
                rules: digest(request, config),
                demand,
                shard: None,
                made: None,
                advisories: None,
            },
        }
    }
}

/// The directories below the root whose own configuration is among `changes`.
pub(super) fn configured(changes: &[Change]) -> BTreeSet<String> {
    let is_one =
        |change: &&Change| change.path.as_bytes().strip_suffix(FILE.as_bytes()).is_some_and(|dir| dir.ends_with(b"/"));
    let mut dirs = BTreeSet::new();
    changes.iter().filter(is_one).for_each(|change| add_parents(&mut dirs, &change.path));
    dirs
}

/// The directories below the root in which something was found.
pub fn directories<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> BTreeSet<String> {
    let mut dirs = BTreeSet::new();
    for finding in findings {
        add_parents(&mut dirs, &finding.path);
    }
    dirs
}

/// Adds the directories above `path`, the root aside. Of a name that is no UTF-8 nothing can speak.
fn add_parents(dirs: &mut BTreeSet<String>, path: &RepoPath) {
    let mut rest = path.as_bytes();
    while let Some(at) = memchr::memrchr(b'/', rest) {
        rest = &rest[..at];
        let Ok(dir) = std::str::from_utf8(rest) else { continue };
        if dir.is_empty() || !dirs.insert(dir.to_owned()) {
            break;
        }
    }
}

/// The order of a report's findings.
pub(super) fn in_order(one: &Finding, other: &Finding) -> std::cmp::Ordering {
    (&one.path, one.place, &one.rule, &one.commit).cmp(&(&other.path, other.place, &other.rule, &other.commit))
}

/// Adds what the change itself loosens, and how many findings the lines hide by which it has `grown` the baseline.
fn loosened(findings: &mut Vec<Finding>, grown: Option<Grown>, demand: &mut Demand, deciding: &Deciding<'_>) {
    let Deciding { request, config, .. } = *deciding;
    if config.loosened.is_empty() && grown.is_none() {
        return;
    }
    let salt = salt(config);
    let judged = policy::Judged { gate: &request.name, demand, salt: &salt };
    policy::loosened(findings, config, judged);
    findings.extend(grown.map(|(name, hidden)| policy::baseline_grew(&name, hidden, judged)));
    findings.sort_by(in_order);
    // A strict gate could never be loosened again if that blocked too.
    demand.younger.push(policy::LOOSENED.into());
}

/// What a gate that only observes says where it would have stopped.
fn observed(gate: &GateConfig) -> String {
    let until = gate.enforce_from.map_or_else(String::new, |day| format!(" until {day}"));
    format!("this gate only observes{until} (`mode` in the configuration): what it found would have stopped it")
}

/// A baseline's name, and how many findings its new lines hide.
type Grown = (String, usize);

/// Marks the findings that the baseline holds. Gives what it has to say, and whether the change has grown it.
fn known(
    read: ReadBaseline<'_>,
    findings: &mut [Finding],
    scope: baseline::Scope,
) -> Result<(Vec<String>, Option<Grown>), Gap> {
    let gap = |name: String, fault: String, hint: &str| Gap {
        path: None,
        kind: GapKind::Unread,
        reason: format!("{name}: {fault}"),
        hint: hint.to_owned(),
    };
    let mut notes = Vec::new();
    let mut grown = None;
    for source in read().map_err(|error| gap("the baseline".to_owned(), error, ""))? {
        let scope = baseline::Scope { whole: scope.whole && source.kept, ..scope };
        let before = source.before.as_ref().map(|text| {
            let mut held = findings.to_vec();
            // What could not be read then held nothing.
            let _ = baseline::suppress(&mut held, text, scope);
            held
        });
        let said = baseline::suppress(findings, &source.text, scope)
            .map_err(|error| gap(source.name.clone(), error.to_string(), error.hint()))?;
        notes.extend(said);
        let differs = |(now, then): &(&Finding, &Finding)| now.state == State::Existing && then.state == State::New;
        let hidden = before.map_or(0, |held| findings.iter().zip(&held).filter(differs).count());
        if hidden > 0 {
            grown = Some((source.name, hidden));
        }
    }
    Ok((notes, grown))
}
