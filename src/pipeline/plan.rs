//! Event -> plan: which stages would run, over which files, in which order, and why the others would not.
//!
//! Pure: what is on PATH and whom the user trusts is handed in.

use std::collections::HashMap;

use crate::change::{Change, Entry, Kind};
use crate::config::{Config, OnTrouble, StageConfig};
use crate::finding::Outcome;
use crate::paths::RepoPath;
use crate::rules::Gate;
use crate::stage::{self, external};

/// What is known before anything runs.
pub struct Facts<'f> {
    /// The gate.
    pub gate: Gate,
    /// Stages that are asked for; `None` stands for those that the gate's configuration names.
    pub only: Option<&'f [String]>,
    /// Stages that are left out this once.
    pub skip: &'f [String],
    /// Whether the user lets this stage start its program.
    pub is_trusted: &'f dyn Fn(&StageConfig) -> bool,
    /// Whether stages that execute code of the change are left out.
    pub no_code: bool,
    /// Why a stage's program cannot be started, where that is known.
    pub lacks: &'f dyn Fn(&StageConfig) -> Option<String>,
}

/// What is done with a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It runs.
    Run,
    /// It has nothing to do, or is left out on purpose.
    Skip(String),
    /// It is needed and cannot start.
    Missing(String),
    /// It is needed and left out: it would execute code of strangers.
    Off(String),
}

/// A stage in a plan.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// Its place in the configuration; `None` for a built-in one.
    pub external: Option<usize>,
    /// Files that it would be given; of a stage for every change all of them.
    pub files: Vec<RepoPath>,
    /// Stages of this plan that end before it begins.
    pub after: Vec<String>,
    /// What is done.
    pub decision: Decision,
}

/// All stages of a gate, in the order in which they start.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The stages.
    pub steps: Vec<Step>,
}

/// The plan for the net change `changes`.
pub fn plan(facts: &Facts<'_>, config: &Config, changes: &[Change]) -> Plan {
    let names = facts.only.unwrap_or(&config.gate(facts.gate).stages);
    let mut steps: Vec<Step> = Vec::new();
    for name in names {
        if steps.iter().all(|step| step.name != *name) {
            steps.extend(step(name, facts, config, changes));
        }
    }
    let known: Vec<String> = steps.iter().map(|step| step.name.clone()).collect();
    for step in &mut steps {
        step.after.retain(|name| known.contains(name));
    }
    order(&mut steps, config);
    Plan { steps }
}

fn step(name: &str, facts: &Facts<'_>, config: &Config, changes: &[Change]) -> Option<Step> {
    let skipped = facts.skip.iter().any(|skip| skip == name).then(|| Decision::Skip("asked for by SKIP".to_owned()));
    let stands = |change: &&Change| change.kind != Kind::Deleted && !matches!(change.entry, Entry::Message);
    if let Some(stage) = stage::named(name) {
        let for_it = |change: &&Change| stage.is_for(change, config);
        let files: Vec<RepoPath> =
            changes.iter().filter(stands).filter(for_it).map(|change| change.path.clone()).collect();
        let idle = stage.pack().is_none() && !changes.iter().any(|change| stage.is_for(change, config));
        let idle = idle.then(|| Decision::Skip(Outcome::NO_FILE.to_owned()));
        let decision = skipped.or(idle).unwrap_or(Decision::Run);
        return Some(Step { name: name.to_owned(), external: None, files, after: Vec::new(), decision });
    }
    let at = config.stages.iter().position(|stage| stage.name == name)?;
    let stage = &config.stages[at];
    let is_file = |change: &&Change| stands(change) && matches!(change.entry, Entry::File | Entry::Executable);
    let files: Vec<RepoPath> = changes
        .iter()
        .filter(is_file)
        .filter(|change| external::is_for(stage, &change.path))
        .map(|change| change.path.clone())
        .collect();
    let decision = skipped.unwrap_or_else(|| decision(stage, facts, changes, &files));
    Some(Step { name: name.to_owned(), external: Some(at), files, after: stage.after.clone(), decision })
}

fn decision(stage: &StageConfig, facts: &Facts<'_>, changes: &[Change], files: &[RepoPath]) -> Decision {
    if changes.is_empty() {
        return Decision::Skip(Outcome::NO_CHANGE.to_owned());
    }
    // A stage for some files has something to do also where one of them goes: a lock file, for instance.
    let touched = || changes.iter().any(|change| external::is_for(stage, &change.path));
    if !stage.files.is_empty() && files.is_empty() && (stage.takes_files() || !touched()) {
        return Decision::Skip(format!("{}{}", Outcome::NO_MATCH, stage.files.join(", ")));
    }
    if stage.takes_files() && files.is_empty() {
        return Decision::Skip(Outcome::NO_FILE.to_owned());
    }
    if !(facts.is_trusted)(stage) {
        return Decision::Missing("this repository's commands are not trusted yet: `gatehook trust`".to_owned());
    }
    if facts.no_code && stage.executes() {
        let why = "it executes code of the change, which comes from a fork (`gate.ci.run-code-of-forks`)";
        return Decision::Off(why.to_owned());
    }
    match (facts.lacks)(stage) {
        Some(why) => Decision::Missing(why),
        None => Decision::Run,
    }
}

/// Built-in ones first, then by priority, then as the configuration names them; none before those that it
/// comes after.
fn order(steps: &mut [Step], config: &Config) {
    let rank = |step: &Step| step.external.map_or((0, 0), |at| (1, -i64::from(config.stages[at].priority)));
    steps.sort_by_key(rank);
    let depths: HashMap<String, usize> = steps.iter().map(|step| (step.name.clone(), depth(step, steps, 0))).collect();
    steps.sort_by_key(|step| depths.get(&step.name).copied().unwrap_or_default());
}

/// How many stages, one after the other, end before `step` begins. The configuration has no circle.
fn depth(step: &Step, steps: &[Step], level: usize) -> usize {
    if level > steps.len() {
        return level;
    }
    let before = steps.iter().filter(|other| step.after.contains(&other.name));
    before.map(|other| 1 + depth(other, steps, level + 1)).max().unwrap_or(0)
}

/// Whether the gate demands that the stage does its work, by what kept it from that.
pub(super) fn is_required(stage: &StageConfig, gate: Gate, outcome: &Outcome) -> bool {
    use crate::finding::Outcome;
    let said = match outcome {
        Outcome::Missing(_) => stage.on_missing,
        Outcome::Failed(_) => stage.on_error,
        Outcome::TimedOut => stage.on_timeout,
        Outcome::Ran | Outcome::Cached | Outcome::Skipped(_) => return true,
    };
    let usual = if gate.like() == Gate::Ci { OnTrouble::Block } else { OnTrouble::Warn };
    said.unwrap_or(usual) == OnTrouble::Block
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::{Blob, Content};
    use crate::config::GateConfig;
    use std::sync::Arc;

    fn stage(name: &str, edit: impl FnOnce(&mut StageConfig)) -> StageConfig {
        let mut stage = StageConfig::new(name, vec!["tool".to_owned(), "{files}".to_owned()]);
        edit(&mut stage);
        stage
    }

    fn planned(stages: Vec<StageConfig>, paths: &[&str], skip: &[&str]) -> Vec<(String, Decision, usize)> {
        let names = ["secrets".to_owned()].into_iter().chain(stages.iter().map(|stage| stage.name.clone())).collect();
        let config =
            Config { stages, push: GateConfig { stages: names, ..GateConfig::default() }, ..Config::default() };
        let skip: Vec<String> = skip.iter().map(|name| (*name).to_owned()).collect();
        let facts = Facts {
            gate: Gate::Push,
            only: None,
            skip: &skip,
            is_trusted: &|stage| stage.own,
            no_code: true,
            lacks: &|stage| (stage.name == "lost").then(|| "`tool` is not on PATH".to_owned()),
        };
        let changes: Vec<Change> = paths
            .iter()
            .map(|path| Change {
                path: RepoPath::from(*path),
                kind: if path.starts_with("gone") { Kind::Deleted } else { Kind::Added },
                entry: Entry::File,
                content: Content::Blobs { new: Some(Blob::Text(Arc::from(&b"x"[..]))), old: Vec::new() },
                commit: None,
            })
            .collect();
        let plan = plan(&facts, &config, &changes);
        plan.steps.into_iter().map(|step| (step.name, step.decision, step.files.len())).collect()
    }

    #[test]
    fn order_is_built_in_then_priority_then_as_written_and_never_before_what_comes_first() {
        let steps = planned(
            vec![
                stage("late", |stage| stage.after = vec!["slow".to_owned(), "elsewhere".to_owned()]),
                stage("slow", |_| {}),
                stage("quick", |stage| stage.priority = 5),
            ],
            &["a.py"],
            &[],
        );
        let names: Vec<&str> = steps.iter().map(|(name, ..)| &name[..]).collect();
        assert_eq!(names, ["secrets", "quick", "slow", "late"]);
    }

    #[test]
    fn who_has_nothing_to_do_or_cannot_start_says_why() {
        let python = |stage: &mut StageConfig| stage.files = vec!["**/*.py".to_owned()];
        let steps = planned(
            vec![
                stage("other", |stage| stage.files = vec!["**/*.tf".to_owned()]),
                stage("foreign", |stage| stage.own = false),
                stage("lost", |_| {}),
                stage("skipped", |_| {}),
                stage("code", |stage| stage.runs_code = true),
                stage("here", |stage| {
                    stage.command = vec!["tool".to_owned()];
                    stage.export = crate::config::Export::None;
                }),
                stage("fine", python),
                stage("whole", |stage| {
                    stage.command = vec!["tool".to_owned()];
                    stage.files = vec!["gone/*".to_owned()];
                }),
            ],
            &["a.py", "b/c.py", "d.rs", "gone/x"],
            &["skipped"],
        );
        let of =
            |name: &str| steps.iter().find(|(own, ..)| own == name).map(|(_, decision, _)| decision.clone()).unwrap();
        assert_eq!(of("other"), Decision::Skip("no changed file matches **/*.tf".to_owned()));
        assert!(matches!(of("foreign"), Decision::Missing(why) if why.contains("gatehook trust")));
        assert!(matches!(of("lost"), Decision::Missing(why) if why.contains("PATH")));
        assert_eq!(of("skipped"), Decision::Skip("asked for by SKIP".to_owned()));
        assert!(matches!((of("code"), of("here")), (Decision::Off(_), Decision::Off(_))));
        assert_eq!((of("fine"), of("whole")), (Decision::Run, Decision::Run));
        let (.., files) = steps.iter().find(|(name, ..)| name == "fine").unwrap();
        assert_eq!(*files, 2);
        assert!(
            planned(vec![stage("x", |_| {})], &[], &[])
                .iter()
                .all(|(name, decision, _)| { name == "secrets" || matches!(decision, Decision::Skip(_)) })
        );
    }
}
