//! The stages whose rules are patterns: which of them run, with which rules, and the engine's pass over changes.

use super::{Request, is_asked, is_due, pinned, wanted};
use crate::change::{Change, Store};
use crate::config::{self, Config};
use crate::engine::{Engine, compiles};
use crate::finding::{Gap, GapKind, Outcome, Salt, StageRun};
use crate::policy;
use crate::rules::{self, BuildError, Pack, RuleSet};
use crate::stage::{self, Stage, builtin};

/// Looks at `changes` with the built-in stages that `packs` stand for, whose rules are `engine`'s.
pub(super) fn look(
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
                rules.retain(|rule| !policy::is_newer_than_pin(rule.id(), month));
                builtin::run(changes, store, &Engine::new(rules), &options).findings
            });
            without.unwrap_or_default()
        });
    }
    looked
}

pub(super) fn salt(config: &Config) -> Salt {
    config.salt.as_deref().map(Salt::from_text).unwrap_or_default()
}

/// Names the rules that took part and what changes their findings: the built-in ones' digest alone
/// where nothing is configured.
pub(super) fn digest(request: &Request, config: &Config) -> String {
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

pub(super) fn takes_part(rules: &RuleSet, id: &str) -> bool {
    rules.iter().any(|(_, rule)| rule.is_called(id))
}

/// The rules that take part. A rule that does not compile makes the run a gap: it is never left out.
pub(super) fn rules(request: &Request, config: &Config, packs: &[Pack]) -> Result<RuleSet, Gap> {
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

pub(super) fn set(request: &Request, config: &Config, packs: &[Pack]) -> Result<RuleSet, BuildError> {
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

/// The packs whose stages are needed.
pub(super) fn packs(request: &Request, config: &Config) -> Vec<Pack> {
    wanted(request, config).into_iter().filter_map(Stage::pack).collect()
}

/// What is reported of the pattern stages, those that are left out this once among them.
pub(super) fn stage_runs(request: &Request, config: &Config, files: usize) -> Vec<StageRun> {
    let of_patterns = stage::ALL.iter().filter(|stage| stage.pack().is_some());
    let asked = of_patterns.filter(|stage| is_asked(request, config, stage.name()));
    asked
        .map(|stage| {
            let outcome = if is_due(request, config, stage.name()) {
                Outcome::Ran
            } else {
                Outcome::Skipped("asked for by SKIP".to_owned())
            };
            StageRun { name: stage.name().into(), outcome, files, required: true }
        })
        .collect()
}
