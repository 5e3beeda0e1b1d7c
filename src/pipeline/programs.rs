//! External stages in a run: what the plan decided, results that are kept, the program over an export of the
//! content, and whether the base had what it found.

use std::collections::HashSet;
use std::sync::atomic::Ordering;
use std::time::Instant;

use super::cached::Results;
use super::commits::{Given, Run};
use super::exported::Exports;
use super::plan::{Decision, Step};
use crate::config::{Config, Export, StageConfig};
use crate::finding::{Finding, Fingerprint, Outcome, State};
use crate::git::{self, Net};
use crate::paths::RepoPath;
use crate::rules::{self, Gate};
use crate::stage::external;
use crate::store::Cache;
use crate::sys::Interrupt;

impl Run<'_> {
    /// Lets the program of `step` look at `net`.
    pub(super) fn external(&self, step: &Step, net: &Net, exports: Result<&Exports<'_>, &String>) -> Given {
        let not = |outcome| Given::External(outcome, Vec::new());
        let Some(stage) = step.external.map(|at| &self.config.stages[at]) else { return Given::Patterns(Vec::new()) };
        match &step.decision {
            Decision::Run => {}
            Decision::Skip(why) => return not(Outcome::Skipped(why.clone())),
            Decision::Missing(why) | Decision::Off(why) => return not(Outcome::Missing(why.clone())),
        }
        if self.called_off.load(Ordering::Relaxed) {
            return not(Outcome::Skipped("called off: another stage blocks already".to_owned()));
        }
        if Interrupt::asked() {
            return not(Outcome::Missing("interrupted".to_owned()));
        }
        if Instant::now() >= self.until {
            return not(Outcome::TimedOut);
        }
        let exports = match exports {
            Ok(exports) => exports,
            Err(why) => return not(Outcome::Failed(why.clone())),
        };
        let key = self.results().and_then(|results| results.key(stage, net, &step.files, self.context.programs?));
        if let Some(findings) = key.as_ref().and_then(|key| self.results()?.get(key)) {
            self.decide(&findings);
            return Given::External(Outcome::Cached, findings);
        }
        let begin = Instant::now();
        self.context.follow.started(&stage.name, Some(stage.timeout));
        let ran = self.ran(stage, &step.files, net, exports);
        if let (Some(results), Some(key), Ok(ran)) = (self.results(), &key, &ran)
            && ran.outcome == Outcome::Ran
            // What a comment in the source allows depends on more than the stage.
            && ran.findings.iter().all(|finding| finding.state != State::Allowed)
        {
            results.put(key, &ran.findings, step.files.len());
        }
        let (outcome, findings) = match ran {
            Ok(ran) => (ran.outcome, ran.findings),
            Err(why) => (Outcome::Failed(why), Vec::new()),
        };
        let called_off = self.called_off.load(Ordering::Relaxed) && matches!(outcome, Outcome::Missing(_));
        let outcome =
            if called_off { Outcome::Skipped("called off: another stage blocks already".to_owned()) } else { outcome };
        self.context.follow.ended(&stage.name, &outcome, findings.len(), begin.elapsed());
        self.decide(&findings);
        Given::External(outcome, findings)
    }

    fn ran(
        &self,
        stage: &StageConfig,
        files: &[RepoPath],
        net: &Net,
        exports: &Exports<'_>,
    ) -> Result<external::Ran, String> {
        let mut ran = self.over(stage, files, net, exports)?;
        let undecided = |one: &Finding| one.state == State::New && one.place.line == 0;
        if ran.findings.iter().any(undecided)
            && let Some(known) = self.known_before(stage, files, net, exports)
        {
            for finding in ran.findings.iter_mut().filter(|one| undecided(one) && known.contains(&one.fingerprint)) {
                finding.state = State::Existing;
                finding.reason = Some("the tool finds it in the base as well".to_owned());
            }
        }
        Ok(ran)
    }

    /// What the stage finds in the base, by fingerprint: whether a finding that names no line is new only
    /// the tool can tell. `None` where it could not look there either: then all of them count as new.
    fn known_before(
        &self,
        stage: &StageConfig,
        files: &[RepoPath],
        net: &Net,
        exports: &Exports<'_>,
    ) -> Option<HashSet<Fingerprint>> {
        let &base = net.bases.first()?;
        if stage.export == Export::None {
            return None;
        }
        let mut changes = git::all_files(self.repo, base).ok()?;
        changes.retain(|change| files.contains(&change.path));
        let files: Vec<RepoPath> = changes.iter().map(|change| change.path.clone()).collect();
        if stage.takes_files() && files.is_empty() {
            return Some(HashSet::new());
        }
        let before = Net { head: base, bases: Vec::new(), changes };
        let ran = self.over(stage, &files, &before, exports).ok()?;
        (ran.outcome == Outcome::Ran).then(|| ran.findings.iter().map(|finding| finding.fingerprint).collect())
    }

    fn over(
        &self,
        stage: &StageConfig,
        files: &[RepoPath],
        net: &Net,
        exports: &Exports<'_>,
    ) -> Result<external::Ran, String> {
        let programs = self.context.programs.ok_or("no program is started here")?;
        let (dir, steering) = exports.of(stage, net, files)?;
        let room = exports.room().map_err(|error| format!("there is no directory for it: {error}"))?;
        let head = net.head.to_string();
        let base = net.bases.first().map_or_else(|| empty_tree(&head).to_owned(), ToString::to_string);
        // Of files that steer it the base's stand there, if any: they are a finding, and not to be looked at.
        let given: Vec<&RepoPath> = files.iter().filter(|path| !steering.contains(path)).collect();
        if given.is_empty() && !files.is_empty() && stage.takes_files() {
            let why = "the change brings only files that steer it, and the base's are used".to_owned();
            return Ok(external::Ran { outcome: Outcome::Skipped(why), findings: Vec::new() });
        }
        let files = given;
        Ok(external::run(&external::Task {
            stage,
            gate: &self.request.name,
            changes: &net.changes,
            files: &files,
            store: self.repo,
            dir: &dir,
            room: &room,
            base: &base,
            head: &head,
            environment: programs.environment,
            until: self.until,
            secrets: self.secrets(),
            salt: &self.salt,
            limit: self.limit(),
            follow: self,
        }))
    }

    /// The cache, where this gate may trust one.
    pub(super) fn results(&self) -> Option<&Results<'_>> {
        let open = || {
            if self.request.gate.like() == Gate::Ci || !self.context.keeps_results {
                return None;
            }
            let cache = Cache::open(self.context.dirs?).ok()?;
            let Config { salt, .. } = self.config;
            let terms = format!("{} {salt:?} {} {}", rules::digest(), self.limit(), self.request.today);
            Some(Results::new(cache, self.repo, terms.into_bytes()))
        };
        self.results.get_or_init(open).as_ref()
    }
}

impl external::Follow for Run<'_> {
    fn is_cancelled(&self) -> bool {
        self.called_off.load(Ordering::Relaxed) || Interrupt::asked()
    }

    fn line(&self, stage: &StageConfig, line: &[u8]) {
        self.context.follow.line(&stage.name, &external::shown(stage, self.secrets(), line));
    }
}

/// Why a stage's program cannot be started; a program in the repository is looked for when it is exported.
pub fn lacks(stage: &StageConfig, environment: &external::Environment) -> Option<String> {
    let names = stage.command.first().into_iter().chain(stage.needs.iter().map(|need| &need.tool));
    names.filter(|name| !name.contains('/')).find_map(|name| {
        match external::find_tool(name, environment.path(), std::path::Path::new("/")) {
            external::Found::At(_) => None,
            external::Found::Nowhere(why) => Some(why),
        }
    })
}

/// The tree without entries, by the length of the repository's ids.
const fn empty_tree(like: &str) -> &'static str {
    match like.len() {
        64 => "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
        _ => "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    }
}
