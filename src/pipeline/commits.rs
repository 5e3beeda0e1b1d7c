//! A push or a request: patterns for secrets over every commit, everything else over the net change of each head, at once as
//! far as there are cores, and nothing left running at the end.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::cached::Results;
use super::exported::Exports;
use super::gather::{self, Deciding, Gathered};
use super::in_process::{self, Looking};
use super::plan::{self, Decision, Facts, Plan, Step};
use super::schedule::{self, Job};
use super::{ReadBaseline, Request, RunContext, Sides, Stages, cache_key, joined, lacks, patterns};
use crate::change::{Change, Entry, Snapshot};
use crate::config::{Config, OnTrouble};
use crate::engine::Engine;
use crate::finding::{Exit, Finding, Gap, GapKind, Outcome, Report, Salt, StageRun, State, Text};
use crate::git::{Net, Outgoing, Repo};
use crate::paths::RepoPath;
use crate::policy;
use crate::rules::{Pack, RuleSet};
use crate::stage::{self, Needs, builtin};
use crate::sys::Interrupt;

/// Looks at what is outgoing with all stages of the gate, and decides.
pub(super) fn run(
    request: &Request,
    config: &Config,
    outgoing: Outgoing,
    repo: &Repo,
    context: &RunContext<'_>,
    baseline: ReadBaseline<'_>,
) -> Report {
    let begin = Instant::now();
    let Outgoing { every, net, .. } = outgoing;
    let run = Run {
        request,
        config,
        repo,
        context,
        packs: patterns::packs(request, config),
        until: begin + config.gate(request.gate).timeout,
        called_off: AtomicBool::new(false),
        results: OnceLock::new(),
        salt: patterns::salt(config),
        secrets: OnceLock::new(),
    };
    let plans: Vec<Plan> = net.iter().map(|net| run.plan(&net.changes)).collect();
    let all: Vec<Change> = net_view(&every.changes, &net);
    let configured = gather::configured(&all);
    let mut gathered = Gathered { gaps: every.gaps, scanned: every.scanned, configured, ..Gathered::default() };
    let starts =
        plans.iter().flat_map(|plan| &plan.steps).any(|step| step.external.is_some() && step.decision == Decision::Run);
    let _interrupt = starts.then(Interrupt::listen);
    #[cfg(unix)]
    let adoption = starts.then(crate::sys::process::Adoption::begin);
    let exports = match context.programs.filter(|_| starts) {
        Some(programs) => Exports::new(repo, programs.environment, run.limit(), programs.review)
            .map_err(|error| format!("there is no directory for it: {error}")),
        None => Err("no program is started here".to_owned()),
    };

    let (jobs, numbers) = jobs(&plans);
    // The system is asked only where there is something to do beside: its answer stands in several files.
    let cores = || if jobs.len() < 2 { 1 } else { std::thread::available_parallelism().map_or(1, usize::from) };
    let threads = config.gate(request.gate).parallel.unwrap_or_else(cores);
    let given = schedule::run(&jobs, threads, &|job| match numbers[job] {
        None => run.patterns(&every.changes, &all),
        Some((at, step)) => run.step(&plans[at].steps[step], &net[at], exports.as_ref()),
    });
    #[cfg(unix)]
    if let Some(adoption) = &adoption {
        adoption.end_orphans();
    }

    let mut runs = Runs::default();
    for (number, given) in numbers.iter().zip(given) {
        let step = number.map(|(at, step)| &plans[at].steps[step]);
        match (step, given) {
            (None, Some(Given::Patterns(looked))) => looked.into_iter().for_each(|looked| gathered.take(looked)),
            (None, _) => {
                let reason = "gatehook panicked in its own stages, which is a defect of gatehook".to_owned();
                gathered.gaps.push(Gap { path: None, kind: GapKind::Unread, reason, hint: String::new() });
            }
            (Some(_), Some(Given::InProcess(given))) => {
                let in_process::Given { run, looked } = *given;
                runs.add(run);
                gathered.take_looked(looked);
            }
            (Some(step), given) => {
                let (outcome, findings) = match given {
                    Some(Given::External(outcome, findings)) => (outcome, findings),
                    _ => (Outcome::Failed("gatehook panicked in it, which is a defect of gatehook".into()), Vec::new()),
                };
                let is_disabled = |finding: &Finding| config.disabled.iter().any(|id| finding.rule == *id);
                gathered.findings.extend(findings.into_iter().filter(|finding| !is_disabled(finding)));
                let stage = step.external.map(|at| &config.stages[at]);
                runs.add(StageRun {
                    name: step.name.clone().into(),
                    required: stage.is_none_or(|stage| match &step.decision {
                        // It is left out on purpose: that stops the change only where its table says so.
                        Decision::Off(_) => stage.on_missing == Some(OnTrouble::Block),
                        _ => plan::is_required(stage, request.gate, &outcome),
                    }),
                    outcome,
                    files: step.files.len(),
                });
            }
        }
    }
    gathered.stages = patterns::stage_runs(request, config, gathered.scanned.files);
    gathered.stages.extend(runs.all);
    if let Ok(exports) = exports {
        gathered.findings.extend(steering_changed(&net, &exports.steering(), &run.salt));
        gathered.gaps.extend(exports.into_gaps());
    }
    gathered.findings.sort_by(|one, other| (&one.path, one.place).cmp(&(&other.path, other.place)));
    gathered.findings = joined::join(gathered.findings);
    let subdirectories = context.subdirectories;
    let mut report = gathered.report(&Deciding { request, config, baseline, subdirectories, ran: None, begin });
    if Interrupt::asked() {
        report.end_with(Exit::Interrupted);
    }
    report
}

/// A finding for each file of the change that steers a tool, and whose base took its place.
fn steering_changed(net: &[Net], steering: &BTreeMap<RepoPath, BTreeSet<String>>, salt: &Salt) -> Vec<Finding> {
    let is_changed = |path: &RepoPath| net.iter().flat_map(|net| &net.changes).any(|change| change.path == *path);
    let changed = steering.iter().filter(|(path, _)| is_changed(path));
    changed.map(|(path, stages)| policy::steering(path, &stages.iter().cloned().collect::<Vec<_>>(), salt)).collect()
}

/// What one job gives.
pub(super) enum Given {
    Patterns(Vec<builtin::Looked>),
    InProcess(Box<in_process::Given>),
    External(Outcome, Vec<Finding>),
}

/// The plan's steps as jobs, all pattern stages as the first. Each with its plan and step.
fn jobs(plans: &[Plan]) -> (Vec<Job>, Vec<Option<(usize, usize)>>) {
    let mut jobs = vec![Job { after: Vec::new() }];
    let mut numbers = vec![None];
    for (at, plan) in plans.iter().enumerate() {
        let mut own: HashMap<&str, usize> = HashMap::new();
        for (step, one) in plan.steps.iter().enumerate() {
            if stage::named(&one.name).is_some_and(|stage| stage.pack().is_some()) {
                own.insert(&one.name, 0);
                continue;
            }
            own.insert(&one.name, jobs.len());
            jobs.push(Job { after: one.after.iter().filter_map(|name| own.get(&name[..]).copied()).collect() });
            numbers.push(Some((at, step)));
        }
    }
    (jobs, numbers)
}

/// What became of each stage over all heads, in the order in which they come.
#[derive(Default)]
struct Runs {
    all: Vec<StageRun>,
    by_name: HashMap<Text, usize>,
}

impl Runs {
    /// Of a stage that ran over several heads the worse outcome holds.
    fn add(&mut self, run: StageRun) {
        let rank = |run: &StageRun| match run.outcome {
            Outcome::Skipped(_) => 0,
            Outcome::Cached => 1,
            Outcome::Ran => 2,
            _ if !run.required => 3,
            _ => 4,
        };
        let Some(&at) = self.by_name.get(&run.name) else {
            self.by_name.insert(run.name.clone(), self.all.len());
            return self.all.push(run);
        };
        let one = &mut self.all[at];
        one.files += run.files;
        if rank(&run) > rank(one) {
            one.outcome = run.outcome;
            one.required = run.required;
        }
    }
}

/// The net changes of all heads, each path's content once, and what was pushed without a commit.
fn net_view(every: &[Change], net: &[Net]) -> Vec<Change> {
    let loose = every.iter().filter(|change| change.commit.is_none() && change.entry != Entry::Message);
    let mut all: Vec<Change> = net.iter().flat_map(|net| net.changes.iter()).chain(loose).cloned().collect();
    if net.len() > 1 {
        all.sort_by(|one, other| one.path.cmp(&other.path));
        all.dedup_by(|one, other| one.path == other.path && one.content == other.content);
    }
    all
}

/// What all jobs share.
pub(super) struct Run<'r> {
    pub(super) request: &'r Request,
    pub(super) config: &'r Config,
    pub(super) repo: &'r Repo,
    pub(super) context: &'r RunContext<'r>,
    packs: Vec<Pack>,
    pub(super) until: Instant,
    /// A stage blocks and the configuration says that this is enough.
    pub(super) called_off: AtomicBool,
    /// Opened when the first stage asks.
    pub(super) results: OnceLock<Option<Results<'r>>>,
    pub(super) salt: Salt,
    /// Rules for secrets, made when a program's answer is to be shown.
    secrets: OnceLock<Engine>,
}

impl Run<'_> {
    pub(super) fn limit(&self) -> u64 {
        self.config.limit.unwrap_or(self.request.limit)
    }

    pub(super) fn secrets(&self) -> &Engine {
        let make = || Engine::new(RuleSet::default().limited_to(&[Pack::Secrets], self.request.gate));
        self.secrets.get_or_init(make)
    }

    fn plan(&self, changes: &[Change]) -> Plan {
        let programs = self.context.programs;
        let facts = Facts {
            gate: self.request.gate,
            only: match &self.request.stages {
                Stages::Asked(names) => Some(names),
                Stages::Configured | Stages::Every => None,
            },
            skip: &self.request.skip,
            is_trusted: &|stage| programs.is_some_and(|programs| (programs.is_trusted)(stage)),
            no_code: programs.is_some_and(|programs| programs.review.no_code),
            lacks: &|stage| programs.and_then(|programs| lacks(stage, programs.environment)),
        };
        plan::plan(&facts, self.config, changes)
    }

    /// A step of a plan that is no pattern stage's.
    fn step(&self, step: &Step, net: &Net, exports: Result<&Exports<'_>, &String>) -> Given {
        let Some(stage) = stage::named(&step.name) else { return self.external(step, net, exports) };
        if let Decision::Skip(why) = &step.decision {
            return Given::External(Outcome::Skipped(why.clone()), Vec::new());
        }
        let head = self.repo.tree_of(net.head);
        let bases: Vec<_> = net.bases.iter().map(|&base| self.repo.tree_of(base)).collect();
        let bases: Vec<&dyn Snapshot> = bases.iter().map(|base| base as &dyn Snapshot).collect();
        let (request, config, context) = (self.request, self.config, self.context);
        let looking = Looking { request, config, context, until: Some(self.until) };
        let given = looking.at(stage, &net.changes, self.repo, &Sides { bases, head: &head });
        self.decide(&given.looked.findings);
        Given::InProcess(Box::new(given))
    }

    /// The pattern stages: each looks at the changes that it needs.
    fn patterns(&self, every: &[Change], net: &[Change]) -> Given {
        let mut all = Vec::new();
        for &pack in &self.packs {
            let needs = stage::named(pack.word()).map(stage::Stage::needs);
            let begin = Instant::now();
            self.context.follow.started(pack.word(), None);
            let looked = match needs {
                Some(Needs::EveryCommit) => self.in_every_commit(pack, every),
                _ => self.in_the_net_change(pack, net),
            };
            self.context.follow.ended(pack.word(), &Outcome::Ran, looked.findings.len(), begin.elapsed());
            self.decide(&looked.findings);
            all.push(looked);
        }
        Given::Patterns(all)
    }

    fn in_every_commit(&self, pack: Pack, changes: &[Change]) -> builtin::Looked {
        let engine = patterns::rules(self.request, self.config, &[pack]).map(Engine::new);
        let mut looked = patterns::look(self.request, self.config, &[pack], engine.as_ref(), changes, self.repo);
        if looked.gaps.is_empty() {
            (self.context.found)(&looked.findings);
        }
        looked.findings.extend_from_slice(self.context.recalled);
        looked
    }

    fn in_the_net_change(&self, pack: Pack, changes: &[Change]) -> builtin::Looked {
        let changes = if self.context.passed { &[] } else { changes };
        let rules = patterns::rules(self.request, self.config, &[pack]);
        // The same files once more: they count once, and what was found in them can be kept.
        let once_more = self.packs.first() != Some(&pack);
        let key = match &rules {
            Ok(rules) if once_more && !changes.is_empty() => self.results().and_then(|_| {
                let config = cache_key::beside_rules(self.request, self.config);
                Results::built_in(pack.word(), &config, &rules.digest(pack), changes)
            }),
            _ => None,
        };
        if let Some(findings) = key.as_ref().and_then(|key| self.results()?.get(key)) {
            return builtin::Looked { findings, ..builtin::Looked::default() };
        }
        let engine = rules.map(Engine::new);
        let mut looked = patterns::look(self.request, self.config, &[pack], engine.as_ref(), changes, self.repo);
        if let (Some(key), Some(results), true) = (&key, self.results(), looked.gaps.is_empty()) {
            results.put(key, &looked.findings, looked.files);
        }
        if once_more {
            (looked.files, looked.added_lines, looked.bytes) = (0, 0, 0);
        }
        looked
    }

    /// Calls the others off where these findings block and the configuration wants that.
    pub(super) fn decide(&self, findings: &[Finding]) {
        let gate = self.config.gate(self.request.gate);
        if !gate.fail_fast || findings.is_empty() || gate.observes(self.request.today) {
            return;
        }
        let mut findings = findings.to_vec();
        policy::apply(&mut findings, &self.config.allow, self.request.today, None);
        let blocks = |one: &Finding| one.state == State::New && one.severity >= gate.block && one.tier >= gate.tier;
        if findings.iter().any(blocks) {
            self.called_off.store(true, Ordering::Relaxed);
        }
    }
}
