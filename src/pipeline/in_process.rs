//! In-process stages that look by themselves: given their task, kept from taking the run down, their findings
//! filtered by what is switched off and shown with their source.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use super::{Request, RunContext, Sides, Stages, Tree, is_named, patterns};
use crate::change::{Change, Listed, Snapshot, Store};
use crate::config::Config;
use crate::engine::Engine;
use crate::finding::{Outcome, StageRun};
use crate::git;
use crate::rules::{Gate, Pack, RuleSet};
use crate::stage::{self, Looked, Stage, Task};

/// What such stages share in a run.
#[derive(Clone, Copy)]
pub(super) struct Looking<'l> {
    pub(super) request: &'l Request,
    pub(super) config: &'l Config,
    pub(super) context: &'l RunContext<'l>,
    pub(super) until: Option<Instant>,
}

/// What one of them gave.
pub(super) struct Given {
    pub(super) run: StageRun,
    pub(super) looked: Looked,
}

impl Looking<'_> {
    /// Lets each of `stages` look at a change without commits.
    pub(super) fn around(
        &self,
        stages: &[&dyn Stage],
        changes: &[Change],
        store: &dyn Store,
        tree: Tree<'_>,
    ) -> Vec<Given> {
        let all = |sides: &Sides<'_>| stages.iter().map(|stage| self.at(*stage, changes, store, sides)).collect();
        match tree {
            Tree::None => {
                let why = "there are no whole files to look at, only changes".to_owned();
                // Asked for by name it is never passed over: what it found would read as nothing.
                let asked = matches!(self.request.stages, Stages::Asked(_));
                let none =
                    || Looked::not(if asked { Outcome::Missing(why.clone()) } else { Outcome::Skipped(why.clone()) });
                stages.iter().map(|stage| self.given(*stage, none())).collect()
            }
            Tree::Listing => all(&Sides { bases: Vec::new(), head: &Listed::new(changes, store) }),
            Tree::Index(repo) => match git::index_parents(repo) {
                Ok(parents) => {
                    let bases: Vec<_> = parents.into_iter().map(|parent| repo.tree_of(parent)).collect();
                    let bases = bases.iter().map(|base| base as &dyn Snapshot).collect();
                    all(&Sides { bases, head: &repo.staged_files() })
                }
                Err(error) => {
                    let failed = || Looked::not(Outcome::Failed(format!("the parents are not known: {error}")));
                    stages.iter().map(|stage| self.given(*stage, failed())).collect()
                }
            },
        }
    }

    /// Lets `stage` look at `changes`.
    pub(super) fn at(&self, stage: &dyn Stage, changes: &[Change], store: &dyn Store, sides: &Sides<'_>) -> Given {
        let Self { request, config, context, until } = *self;
        let begin = Instant::now();
        context.follow.started(stage.name(), None);
        let task = Task {
            gate: request.gate,
            config,
            is_named: is_named(request, config),
            changes,
            store,
            bases: &sides.bases,
            head: sides.head,
            salt: &patterns::salt(config),
            limit: config.limit.unwrap_or(request.limit),
            today: request.today,
            until,
            dirs: context.dirs,
        };
        let nothing = !changes.is_empty() && !changes.iter().any(|change| stage.is_for(change, config));
        let mut looked = if nothing && !request.whole {
            Looked::not(Outcome::Skipped(Outcome::NO_FILE.to_owned()))
        } else {
            catch_unwind(AssertUnwindSafe(|| stage.look(&task))).unwrap_or_else(|_| {
                let reason = "gatehook panicked in it, which is a defect of gatehook: please report it".to_owned();
                Looked::not(Outcome::Failed(reason))
            })
        };
        looked.findings.retain(|finding| {
            let mut off = config.disabled.iter().chain(&request.skip);
            !off.any(|name| finding.rule == *name)
        });
        if !looked.findings.is_empty() {
            let secrets = Engine::new(RuleSet::default().limited_to(&[Pack::Secrets], request.gate));
            stage::annotate(&mut looked.findings, &task, &secrets);
        }
        context.follow.ended(stage.name(), &looked.outcome, looked.findings.len(), begin.elapsed());
        self.given(stage, looked)
    }

    fn given(&self, stage: &dyn Stage, looked: Looked) -> Given {
        let run = StageRun {
            name: stage.name().into(),
            outcome: looked.outcome.clone(),
            files: looked.files,
            required: is_named(self.request, self.config) || self.request.gate.like() == Gate::Ci,
        };
        Given { run, looked }
    }
}
