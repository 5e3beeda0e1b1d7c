//! A gate in a hook: looks at a listing, tells what it found on standard error.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::change::{Listing, Store};
use crate::config::{Config, ConfigError, Holding, StageConfig};
use crate::finding::{Exit, Finding, Report};
use crate::git::{Outgoing, Repo};
use crate::pipeline::{self, Programs, Request, Review, RunContext, Stages, Subject, Tree};
use crate::policy::baseline;
use crate::rules::Gate;
use crate::session::{
    self, Base, ConfigFrom, Frontend, Loaded, Overrides, baselines, clock, limits,
    subdirectories::{self, Against},
    trust,
};
use crate::stage::{self, external::Environment};

use super::Call;

impl Call<'_> {
    /// Looks at `listing` as `gate` demands, under the configuration that `from` holds.
    pub(super) fn look(
        &self,
        gate: Gate,
        from: &ConfigFrom<'_>,
        listing: Listing,
        (store, tree): (&dyn Store, Tree<'_>),
    ) -> Report {
        self.runner(gate, from).look(listing, store, tree)
    }

    /// What `gate` demands under the configuration that `from` holds.
    pub(super) fn runner<'u>(&'u self, gate: Gate, from: &ConfigFrom<'u>) -> GateRunner<'u> {
        self.loaded(gate, from, self.load(from), (None, Against::Nothing))
    }

    /// The same for a change that begins at one of `bases` and may bring a configuration of its own.
    pub(super) fn runner_after<'u>(
        &'u self,
        gate: Gate,
        from: &ConfigFrom<'u>,
        bases: &[ConfigFrom<'u>],
        holding: Holding,
    ) -> GateRunner<'u> {
        let (loaded, base) = session::load_after(bases, from, &self.flags.overrides, holding);
        if let Some(failure) = &loaded.failure {
            self.failed(failure);
        }
        let against = match &base {
            Some(base) => Against::Before(Some(base.from.clone()), holding),
            None => Against::Before(None, Holding::All),
        };
        self.loaded(gate, from, loaded, (base, against))
    }

    fn load(&self, from: &ConfigFrom<'_>) -> Loaded {
        let loaded = session::load(from, &self.flags.overrides);
        if let Some(failure) = &loaded.failure {
            self.failed(failure);
        }
        loaded
    }

    fn loaded<'u>(
        &'u self,
        gate: Gate,
        from: &ConfigFrom<'u>,
        loaded: Loaded,
        (base, against): (Option<Base<'u>>, Against<'u>),
    ) -> GateRunner<'u> {
        let request = Request {
            gate,
            name: gate.word().into(),
            stages: match gate {
                // A server starts no program for whoever pushes to it.
                Gate::Receive => Stages::Asked(in_process(&loaded.config.ci.stages)),
                _ => Stages::Configured,
            },
            skip: self.skipped(&loaded.config),
            limit: if gate == Gate::Commit { limits::AT_COMMIT } else { limits::ELSEWHERE },
            today: clock::today(),
            whole: false,
        };
        GateRunner {
            request,
            loaded,
            from: from.clone(),
            head: None,
            base,
            against,
            over: &self.flags.overrides,
            front: self.front,
        }
    }

    /// Tells the developer and gives the last word.
    pub(super) fn conclude(&self, report: &Report) -> Exit {
        let exit = self.front.emit(report);
        if report.observes && !report.blocking().is_empty() {
            self.record_observed(report.blocking_findings().map(|finding| finding.rule.as_ref()));
        }
        self.after_error(exit)
    }
}

/// What is known of a push from before.
pub(super) struct Before<'b> {
    /// Every commit passed the built-in stages.
    pub(super) passed: bool,
    /// What was found in commits that are only counted now.
    pub(super) recalled: &'b [Finding],
    /// Receives what is found in the others.
    pub(super) found: &'b (dyn Fn(&[Finding]) + Sync),
}

impl Before<'_> {
    /// Nothing, and nothing is to be known afterwards.
    pub(super) const NOTHING: Before<'static> = Before { passed: false, recalled: &[], found: &|_| {} };
}

/// A gate with its configuration.
pub(super) struct GateRunner<'u> {
    request: Request,
    loaded: Loaded,
    /// From where its baseline is read.
    from: ConfigFrom<'u>,
    /// Whose configuration is held against it and does not count yet: see [`GateRunner::hold_against`].
    head: Option<ConfigFrom<'u>>,
    /// What stood before the change, where its configuration was held against that.
    base: Option<Base<'u>>,
    /// The same for the configuration of subdirectories.
    against: Against<'u>,
    over: &'u Overrides,
    front: &'u Arc<dyn Frontend>,
}

impl<'u> GateRunner<'u> {
    /// Whether `path` is a file that decides what this gate does, or may be one that those extend.
    pub(super) fn is_steered_by(&self, path: &[u8]) -> bool {
        let baseline = self.loaded.config.baseline.as_deref().unwrap_or(baseline::FILE);
        path == baseline.as_bytes() || path.ends_with(b".toml")
    }

    /// Names what the configuration of `head`, which does not count here, would loosen.
    pub(super) fn hold_against(&mut self, head: &ConfigFrom<'u>) {
        self.loaded.config.loosened = session::loosened(&self.loaded.config, head, self.over);
        self.against = Against::Before(Some(self.from.clone()), Holding::Nothing);
        self.head = Some(head.clone());
    }

    /// The configuration with that of subdirectories.
    fn below(&self, dirs: &BTreeSet<String>) -> Result<Option<Config>, ConfigError> {
        let head = self.head.as_ref().unwrap_or(&self.from);
        subdirectories::read(&self.loaded.config, head, &self.against, dirs, self.over)
    }

    /// Looks at `listing`, around which `tree` stands.
    pub(super) fn look(&self, listing: Listing, store: &dyn Store, tree: Tree<'_>) -> Report {
        let baseline = || baselines::after(self.base.as_ref(), &self.from, &self.loaded.config, self.over);
        let subject = Subject::Change { listing, store, tree };
        let below = |dirs: &BTreeSet<String>| self.below(dirs);
        let context = RunContext { subdirectories: &below, ..RunContext::PLAIN };
        let mut report = pipeline::run(&self.request, &self.loaded.config, subject, &context, &baseline);
        report.end_with(self.loaded.exit());
        report.notes.extend(session::unstaged_notes(&self.from, &report, self.over));
        report
    }

    /// Looks at what is outgoing with all stages of the gate. Stages start programs where the user trusts
    /// them as they stand in `revision`.
    pub(super) fn look_staged(&self, outgoing: Outgoing, repo: &Repo, revision: &str, before: &Before<'_>) -> Report {
        let config = &self.loaded.config;
        let baseline = || baselines::after(self.base.as_ref(), &self.from, config, self.over);
        let trusted = trust::names(repo, revision, config);
        let dirs = session::dirs();
        let progress = self.front.follow();
        let environment = Environment::of_process();
        let is_trusted = |stage: &StageConfig| trusted.contains(&stage.name);
        let below = |dirs: &BTreeSet<String>| self.below(dirs);
        let context = RunContext {
            subdirectories: &below,
            programs: Some(Programs { environment: &environment, is_trusted: &is_trusted, review: Review::default() }),
            passed: before.passed,
            recalled: before.recalled,
            found: before.found,
            dirs: dirs.as_ref(),
            keeps_results: true,
            follow: &*progress,
        };
        let subject = Subject::Commits { outgoing, repo };
        let mut report = pipeline::run(&self.request, config, subject, &context, &baseline);
        drop(progress);
        report.end_with(self.loaded.exit());
        report.notes.extend(session::unstaged_notes(&self.from, &report, self.over));
        report
    }

    /// Under which terms it looks at commits: see [`pipeline::commit_cache_keys`].
    pub(super) fn commit_cache_keys(&self) -> Vec<[u8; 32]> {
        pipeline::commit_cache_keys(&self.request, &self.loaded.config)
    }

    /// Under which terms it looks: see [`pipeline::cache_keys`].
    pub(super) fn cache_keys(&self, deferred: bool) -> Vec<[u8; 32]> {
        pipeline::cache_keys(&self.request, &self.loaded.config, deferred)
    }
}

/// Those of `stages` that are part of this program.
fn in_process(stages: &[String]) -> Vec<String> {
    stages.iter().filter(|name| stage::named(name).is_some()).cloned().collect()
}
