//! Event -> plan -> run: the one place that orders things.

pub mod examples;
mod cached;
mod exported;
mod joined;
pub mod lesson;
mod pinned;
pub mod plan;
mod schedule;
mod staged;
mod terms;

use std::time::Instant;

use crate::change::{Change, Store};
use crate::config::{self, Config, Day, GateConfig, OnLimit};
use crate::engine::{Engine, compiles};
use crate::finding::{Demand, Exit, Finding, Gap, GapKind, Outcome, Report, Salt, Scanned, StageRun, Terms, Text};
use crate::policy::{self, baseline};
use crate::rules::{self, BuildError, Gate, Pack, RuleSet};
use crate::source::Listing;
use crate::stage::builtin;

pub use staged::{Around, Follow, lacks, run_staged};
pub use terms::{commit_terms, terms};

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// The gate whose rules and demands hold.
    pub gate: Gate,
    /// Its name in the report: `commit`, `push`, `ci`, `scan`.
    pub name: Text,
    /// The built-in stages to run; none stands for those that the configuration names.
    pub packs: Vec<Pack>,
    /// Rules or stages to leave out this once.
    pub skip: Vec<String>,
    /// Bytes of a file that are looked at, at most, where the configuration does not say.
    pub limit: u64,
    /// Today, for allowances that expire.
    pub today: Day,
    /// Whether all there is is looked at: then an allowance that covers nothing is left over.
    pub whole: bool,
}

/// Gives the baselines that count. Asked only where something was found, or all was looked at.
pub type ReadBaseline<'r> = &'r dyn Fn() -> Result<Vec<baseline::Source>, String>;

/// For a run that has no baseline.
pub const NO_BASELINE: ReadBaseline<'static> = &|| Ok(Vec::new());

/// Looks at a listing with the built-in stages and decides.
///
/// A baseline that cannot be read or understood is a gap and a wrong configuration: never nothing.
pub fn run(
    request: &Request,
    config: &Config,
    listing: Listing,
    store: &dyn Store,
    baseline: ReadBaseline<'_>,
) -> Report {
    let begin = Instant::now();
    let packs = packs(request, demands(config, request.gate));
    let engine = rules(request, config, &packs).map(Engine::new);
    let looked = look(request, config, &packs, engine.as_ref(), &listing.changes, store);
    let Listing { gaps, scanned, .. } = listing;
    let mut all = Gathered { gaps, scanned, ..Gathered::default() };
    all.take(looked);
    all.stages = built_in(request, &packs, all.scanned.files);
    let ran = |id: &str| engine.as_ref().is_ok_and(|engine| takes_part(engine.rules(), id));
    all.report(&Deciding { request, config, baseline, ran: (packs.len() == 2).then_some(&ran), begin })
}

/// What stages have given so far.
#[derive(Default)]
struct Gathered {
    findings: Vec<Finding>,
    stages: Vec<StageRun>,
    gaps: Vec<Gap>,
    scanned: Scanned,
}

/// What a decision needs besides.
struct Deciding<'d> {
    request: &'d Request,
    config: &'d Config,
    baseline: ReadBaseline<'d>,
    /// Whether a rule took part, where all of them were to.
    ran: Option<policy::TookPart<'d>>,
    begin: Instant,
}

impl Gathered {
    fn take(&mut self, looked: builtin::Looked) {
        self.gaps.extend(looked.gaps);
        self.findings.extend(looked.findings);
        self.scanned.files += looked.files;
        self.scanned.added_lines += looked.added_lines;
        self.scanned.bytes += looked.bytes;
        self.scanned.unproven += looked.unproven;
        self.scanned.later |= looked.later;
    }

    /// Sorts, allows, decides.
    fn report(mut self, deciding: &Deciding<'_>) -> Report {
        let Deciding { request, config, baseline, ran, begin } = *deciding;
        let gate = demands(config, request.gate);
        if gate.on_limit == OnLimit::Warn {
            // The report still tells them; they only no longer stop the gate.
            let partly = self.gaps.iter_mut().filter(|gap| gap.kind == GapKind::Partial);
            partly.for_each(|gap| gap.kind = GapKind::Tolerated);
        }
        let Self { mut findings, stages, mut gaps, scanned } = self;
        let younger = config.as_of.as_deref().map(|month| policy::younger(&mut findings, month)).unwrap_or_default();
        findings.sort_by(|one, other| {
            (&one.path, one.place, &one.rule, &one.commit).cmp(&(&other.path, other.place, &other.rule, &other.commit))
        });
        let mut notes: Vec<String> = config.refused.iter().map(ToString::to_string).collect();
        let whole = request.whole && ran.is_some() && gaps.iter().all(|gap| gap.kind == GapKind::Elsewhere);
        notes.extend(policy::apply(&mut findings, &config.allow, request.today, ran.filter(|_| whole)));
        let mut wrong = Exit::Clean;
        if !findings.is_empty() || whole {
            match known(baseline, &mut findings, baseline::Scope { today: request.today, whole }) {
                Ok(said) => notes.extend(said),
                Err(gap) => {
                    gaps.push(gap);
                    wrong = Exit::Usage;
                }
            }
        }
        let demand = Demand { block: gate.block, tier: gate.tier, observe: gate.observes(request.today), younger };
        notes.extend(config.as_of.as_deref().and_then(|month| pinned::note(&demand.younger, month)));
        let (verdict, exit, blocking) = policy::decide(&demand, &findings, &stages, &gaps, &scanned);
        if demand.observe && !blocking.is_empty() {
            notes.push(observed(gate));
        }
        Report {
            verdict,
            exit: exit.or(wrong),
            gate: request.name.clone(),
            findings,
            stages,
            scanned,
            gaps,
            notes,
            millis: u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX),
            root: None,
            blocking,
            observes: demand.observe,
            terms: Terms {
                version: env!("CARGO_PKG_VERSION").into(),
                rules: digest(request, config),
                demand,
                shard: None,
            },
        }
    }
}

/// Looks at `changes` with the built-in stages that `packs` stand for, whose rules are `engine`'s.
fn look(
    request: &Request,
    config: &Config,
    packs: &[Pack],
    engine: Result<&Engine, &Gap>,
    changes: &[Change],
    store: &dyn Store,
) -> builtin::Looked {
    let engine = match engine {
        Ok(engine) => engine,
        Err(gap) => return builtin::Looked { gaps: vec![gap.clone()], ..builtin::Looked::default() },
    };
    let options = builtin::Options { salt: salt(config), limit: config.limit.unwrap_or(request.limit) };
    let mut looked = builtin::run(changes, store, engine, &options);
    if let Some(month) = &config.as_of {
        pinned::add_older(&mut looked.findings, month, || {
            let without = rules(request, config, packs).map(|mut rules| {
                rules.retain(|rule| !policy::is_younger(rule.id(), month));
                builtin::run(changes, store, &Engine::new(rules), &options).findings
            });
            without.unwrap_or_default()
        });
    }
    looked
}

fn salt(config: &Config) -> Salt {
    config.salt.as_deref().map(Salt::from_text).unwrap_or_default()
}

/// The built-in stages, those that are left out this once among them.
fn built_in(request: &Request, packs: &[Pack], files: usize) -> Vec<StageRun> {
    [Pack::Secrets, Pack::Insecure]
        .into_iter()
        .filter(|pack| packs.contains(pack) || skips(request, pack.word()))
        .map(|pack| {
            let outcome =
                if packs.contains(&pack) { Outcome::Ran } else { Outcome::Skipped("asked for by SKIP".to_owned()) };
            StageRun { name: pack.word().into(), outcome, files, required: true }
        })
        .collect()
}

/// Names the rules that took part and what changes their findings: the built-in ones' digest alone
/// where nothing is configured.
fn digest(request: &Request, config: &Config) -> String {
    let builtin = rules::digest();
    let plain =
        config.own_rules.is_empty() && config.disabled.is_empty() && config.allow.is_empty() && config.sets.is_empty();
    if plain && config.stages.is_empty() && request.skip.is_empty() && config.salt.is_none() {
        return builtin.to_owned();
    }
    let mut hasher = blake3::Hasher::new();
    let told = (
        builtin,
        &config.own_rules,
        &config.sets,
        &config.disabled,
        &config.allow,
        &config.salt,
        &request.skip,
        &config.stages,
    );
    hasher.update(format!("{told:?}").as_bytes());
    hasher.finalize().to_hex()[..32].to_owned()
}

/// What a gate that only observes says where it would have stopped.
fn observed(gate: &GateConfig) -> String {
    let until = gate.enforce_from.map_or_else(String::new, |day| format!(" until {day}"));
    format!("this gate only observes{until} (`mode` in the configuration): what it found would have stopped it")
}

/// Marks the findings that the baseline holds.
fn known(read: ReadBaseline<'_>, findings: &mut [Finding], scope: baseline::Scope) -> Result<Vec<String>, Gap> {
    let gap = |name: String, fault: String, hint: &str| Gap {
        path: None,
        kind: GapKind::Unread,
        reason: format!("{name}: {fault}"),
        hint: hint.to_owned(),
    };
    let mut notes = Vec::new();
    for source in read().map_err(|error| gap("the baseline".to_owned(), error, ""))? {
        let scope = baseline::Scope { whole: scope.whole && source.kept, ..scope };
        let said = baseline::suppress(findings, &source.text, scope)
            .map_err(|error| gap(source.name, error.to_string(), error.hint()))?;
        notes.extend(said);
    }
    Ok(notes)
}

fn takes_part(rules: &RuleSet, id: &str) -> bool {
    rules.iter().any(|(_, rule)| rule.is_called(id))
}

/// The rules that take part. A rule that does not compile makes the run a gap: it is never left out.
fn rules(request: &Request, config: &Config, packs: &[Pack]) -> Result<RuleSet, Gap> {
    let gap = |reason: String| Gap {
        path: None,
        kind: GapKind::Unread,
        reason,
        hint: "`gatehook rules check` tests the rules of gatehook.toml".to_owned(),
    };
    for rule in &config.own_rules {
        compiles(rule).map_err(|error| gap(format!("rule `{}` does not compile: {error}", rule.id)))?;
    }
    set(request, config, packs).map_err(|error| gap(error.to_string()))
}

fn set(request: &Request, config: &Config, packs: &[Pack]) -> Result<RuleSet, BuildError> {
    let rules = RuleSet::default().with_own(config.own_rules.clone())?;
    let mut rules = rules.limited_to(packs, request.gate);
    if !config.sets.is_empty() {
        rules.retain(|rule| rule.is_own() || config::takes_part(&config.sets, rule));
    }
    if !config.disabled.is_empty() || !request.skip.is_empty() {
        let names = || config.disabled.iter().chain(&request.skip);
        rules.silence(|rule| names().any(|name| rule.is_called(name)));
    }
    Ok(rules)
}

fn packs(request: &Request, gate: &GateConfig) -> Vec<Pack> {
    [Pack::Secrets, Pack::Insecure]
        .into_iter()
        .filter(|pack| {
            let wanted = if request.packs.is_empty() {
                gate.stages.iter().any(|stage| stage == pack.word())
            } else {
                request.packs.contains(pack)
            };
            wanted && !skips(request, pack.word())
        })
        .collect()
}

fn skips(request: &Request, name: &str) -> bool {
    request.skip.iter().any(|skipped| skipped == name)
}

const fn demands(config: &Config, gate: Gate) -> &GateConfig {
    plan::gate(config, gate)
}
