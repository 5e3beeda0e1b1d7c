//! Event -> plan -> run: the one place that orders things.
//!
//! Every gate goes through [`run`]: detect (stages), deduplicate and suppress (`gather`), decide. The commit gate is
//! the case without commits and without programs.

mod cached;
mod commits;
pub mod examples;
mod exported;
mod gather;
mod in_process;
mod joined;
pub mod example_pair;
mod patterns;
mod pinned;
pub mod plan;
mod programs;
mod schedule;
mod cache_key;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::change::Listing;
use crate::change::{Oid, Snapshot, Store};
use crate::config::{Config, ConfigError, Day, StageConfig};
use crate::engine::Engine;
use crate::finding::{Finding, Outcome, Report, Text};
use crate::git::{Outgoing, Repo};
use crate::policy::{self, baseline};
use crate::rules::{Gate, Pack};
use crate::stage::{self, Stage, external};
use crate::store::Dirs;

use self::gather::{Deciding, Gathered};

pub use cache_key::{cache_keys, commit_cache_keys};
pub use gather::directories;
pub use programs::lacks;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// The gate whose rules and demands hold.
    pub gate: Gate,
    /// Its name in the report: `commit`, `push`, `ci`, `receive`, `scan`.
    pub name: Text,
    /// The stages to run.
    pub stages: Stages,
    /// Rules or stages to leave out this once.
    pub skip: Vec<String>,
    /// Bytes of a file that are looked at, at most, where the configuration does not say.
    pub limit: u64,
    /// Today, for allowances that expire.
    pub today: Day,
    /// Whether all there is is looked at: then an allowance that covers nothing is left over.
    pub whole: bool,
}

/// What is looked at.
pub enum Subject<'s> {
    /// One change without commits: what is staged, the work tree, a patch, a message.
    Change {
        /// The change.
        listing: Listing,
        /// Where its bytes are.
        store: &'s dyn Store,
        /// What stands around it.
        tree: Tree<'s>,
    },
    /// What a push or a request brings: each commit, and the net change of each head.
    Commits {
        /// The changes.
        outgoing: Outgoing,
        /// Where they are.
        repo: &'s Repo,
    },
}

/// What stands around a change that has no commits: where a stage finds the file next door. Nothing of it is read
/// where no stage asks.
#[derive(Clone, Copy)]
pub enum Tree<'s> {
    /// Nothing: a patch, a message. Stages that look at whole files have nothing to do.
    None,
    /// The change's own files are all there is.
    Listing,
    /// The index, judged against HEAD and the other parents of a merge being made.
    Index(&'s Repo),
}

/// Both sides of a change as a whole.
struct Sides<'s> {
    /// The sides that it is judged against; none where all there is counts.
    bases: Vec<&'s dyn Snapshot>,
    /// The side that is judged.
    head: &'s dyn Snapshot,
}

/// The stages that run.
#[derive(Clone, Debug)]
pub enum Stages {
    /// Those that the configuration names for the gate.
    Configured,
    /// Every in-process one that the configuration names for the commit or the push gate: a scan by hand.
    Every,
    /// These. What one of them lacks is a hole.
    Asked(Vec<String>),
}

/// What a run knows of the world around it.
pub struct RunContext<'a> {
    /// What is needed to start programs; `None` where none is started.
    pub programs: Option<Programs<'a>>,
    /// Whether every commit passed the pattern stages before: then the net change has nothing new for them.
    pub passed: bool,
    /// What this gate found before in commits that are only counted now, before any policy.
    pub recalled: &'a [Finding],
    /// Is called with what `secrets` found in the others, before any policy, where nothing was left out.
    pub found: &'a (dyn Fn(&[Finding]) + Sync),
    /// This user's own directories; `None` where there are none.
    pub dirs: Option<&'a Dirs>,
    /// Whether results of earlier runs may be taken from there, and are kept.
    pub keeps_results: bool,
    /// What the files of subdirectories add to the configuration. Asked only where something was found, or such a
    /// file changed.
    pub subdirectories: ReadSubdirectories<'a>,
    /// Who watches the stages.
    pub follow: &'a dyn Follow,
}

impl RunContext<'_> {
    /// A run that starts no program, remembers nothing and is not watched.
    pub const PLAIN: RunContext<'static> = RunContext {
        programs: None,
        passed: false,
        recalled: &[],
        found: &|_| {},
        dirs: None,
        keeps_results: false,
        subdirectories: &|_| Ok(None),
        follow: &Unwatched,
    };
}

/// What is needed to start programs.
#[derive(Clone, Copy)]
pub struct Programs<'a> {
    /// The variables of this process.
    pub environment: &'a external::Environment,
    /// Whether the user lets this stage start its program.
    pub is_trusted: &'a (dyn Fn(&StageConfig) -> bool + Sync),
    /// What of a change under review they obey.
    pub review: Review,
}

/// What of a change under review its tools obey.
#[derive(Clone, Copy, Debug, Default)]
pub struct Review {
    /// The commit whose files steer the tools: with `Some(None)` there are none, with `None` they are the change's.
    pub steered_by: Option<Option<Oid>>,
    /// Whether stages that execute code of the change are left out.
    pub no_code: bool,
}

/// Watches what stages do, while they do it.
pub trait Follow: Sync {
    /// A stage begins; it may take so long.
    fn started(&self, stage: &str, timeout: Option<Duration>);
    /// It has printed a line, which is fit to be shown.
    fn line(&self, stage: &str, line: &str);
    /// It has ended, with so many findings.
    fn ended(&self, stage: &str, outcome: &Outcome, found: usize, took: Duration);
}

/// No one watches.
struct Unwatched;

impl Follow for Unwatched {
    fn started(&self, _: &str, _: Option<Duration>) {}
    fn line(&self, _: &str, _: &str) {}
    fn ended(&self, _: &str, _: &Outcome, _: usize, _: Duration) {}
}

/// Gives the baselines that count. Asked only where something was found, or all was looked at.
pub type ReadBaseline<'r> = &'r dyn Fn() -> Result<Vec<baseline::Source>, String>;

/// Gives the configuration with what `gatehook.toml` adds in these directories, from the repository's root and with
/// `/`; `None` where none of them has such a file.
pub type ReadSubdirectories<'r> = &'r (dyn Fn(&BTreeSet<String>) -> Result<Option<Config>, ConfigError> + Sync);

/// For a run that has no baseline.
pub const NO_BASELINE: ReadBaseline<'static> = &|| Ok(Vec::new());

/// Looks with all stages that are needed, and decides.
///
/// A baseline that cannot be read or understood is a gap and a wrong configuration: never nothing.
pub fn run(
    request: &Request,
    config: &Config,
    subject: Subject<'_>,
    context: &RunContext<'_>,
    baseline: ReadBaseline<'_>,
) -> Report {
    match subject {
        Subject::Change { listing, store, tree } => change(request, config, listing, (store, tree), context, baseline),
        Subject::Commits { outgoing, repo } => commits::run(request, config, outgoing, repo, context, baseline),
    }
}

/// One change: all patterns in one pass, then the stages that look by themselves.
fn change(
    request: &Request,
    config: &Config,
    listing: Listing,
    (store, tree): (&dyn Store, Tree<'_>),
    context: &RunContext<'_>,
    baseline: ReadBaseline<'_>,
) -> Report {
    let begin = Instant::now();
    let packs = patterns::packs(request, config);
    let engine = patterns::rules(request, config, &packs).map(Engine::new);
    let Listing { changes, gaps, scanned } = listing;
    let mut all = Gathered { gaps, scanned, ..Gathered::default() };
    if !packs.is_empty() {
        all.take(patterns::look(request, config, &packs, engine.as_ref(), &changes, store));
    }
    all.configured = gather::configured(&changes);
    all.stages = patterns::stage_runs(request, config, all.scanned.files);
    let own = wanted(request, config).into_iter().filter(|stage| stage.pack().is_none()).collect::<Vec<_>>();
    if !own.is_empty() {
        let looking = in_process::Looking { request, config, context, until: None };
        looking.around(&own, &changes, store, tree).into_iter().for_each(|given| all.add(given));
    }
    let ran = |id: &str| engine.as_ref().is_ok_and(|engine| patterns::takes_part(engine.rules(), id));
    let all_patterns = packs.len() == Pack::ALL.len();
    let ran: Option<policy::TookPart<'_>> = all_patterns.then_some(&ran);
    all.report(&Deciding { request, config, baseline, subdirectories: context.subdirectories, ran, begin })
}

/// The in-process stages that are needed, in order: those asked for, else those that the configuration names, without
/// those left out this once.
fn wanted(request: &Request, config: &Config) -> Vec<&'static dyn Stage> {
    stage::ALL.iter().copied().filter(|stage| is_due(request, config, stage.name())).collect()
}

fn is_due(request: &Request, config: &Config, name: &str) -> bool {
    is_asked(request, config, name) && !request.skip.iter().any(|skipped| skipped == name)
}

fn is_asked(request: &Request, config: &Config, name: &str) -> bool {
    let has = |names: &[String]| names.iter().any(|stage| stage == name);
    match &request.stages {
        Stages::Configured => has(&config.gate(request.gate).stages),
        Stages::Every => has(&config.commit.stages) || has(&config.push.stages),
        Stages::Asked(names) => has(names),
    }
}

/// Whether the stages run because the configuration or the command line names them, and not by default.
fn is_named(request: &Request, config: &Config) -> bool {
    match &request.stages {
        Stages::Configured => config.names_stages(request.gate),
        Stages::Every => config.names_stages(Gate::Push),
        Stages::Asked(_) => true,
    }
}
