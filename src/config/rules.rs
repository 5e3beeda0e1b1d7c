//! `[rules]` and `[[rule]]`: which rules take part.

use serde::Deserialize;

use super::Config;
use super::layer_merge::LayerMerge;
use crate::rules::{Brief, Named, Pack, RawRule, briefs, from_raw, is_known, is_month};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawRules {
    sets: Option<Vec<String>>,
    #[serde(default)]
    disable: Vec<String>,
    as_of: Option<String>,
}

pub(super) fn apply(config: &mut Config, raw: RawRules, own: Vec<RawRule>, merge: &mut LayerMerge<'_>) {
    if let Some(names) = raw.sets {
        lay_sets(&mut config.sets, &names, merge);
    }
    for id in raw.disable {
        if merge.may_add("rules.disable", format!("[\"{id}\"]")) {
            config.disabled.push(id);
        }
    }
    if let Some(month) = raw.as_of {
        if !is_month(&month) {
            merge.fault("`rules.as-of` takes a month, as \"2026-11\"");
        }
        // The earlier the month the more rules only warn; without one all may block.
        let shown = format!("\"{month}\"");
        merge.put("rules.as-of", &mut config.as_of, Some(month), shown, |new, old| {
            new.is_some() && (old.is_none() || new < old)
        });
    }
    for raw in own {
        let id = raw.id.clone();
        match from_raw(Pack::Secrets, raw) {
            // It may take a match over from a stricter rule.
            Ok(rule) if merge.may_add("rule", format!("{{ id = \"{id}\", … }}")) => config.own_rules.push(rule),
            Ok(_) => {}
            Err(error) => merge.fault(error.to_string()),
        }
    }
}

/// Where they are locked, no rule that takes part may be left out.
fn lay_sets(slot: &mut Vec<Named>, names: &[String], merge: &mut LayerMerge<'_>) {
    if names.is_empty() {
        merge.fault("`rules.sets` is empty: a gate that looks for nothing never passes");
    }
    let mut sets = Vec::new();
    for name in names {
        match Named::from_name(name) {
            Some(set) => sets.push(set),
            None => merge.fault(format!("there is no set of rules `{name}`; docs/config.md names them all")),
        }
    }
    if sets.contains(&Named::Default) {
        sets.clear();
    }
    merge.put("rules.sets", slot, sets, format!("{names:?}"), |new, old| {
        briefs().any(|rule| takes_part(old, rule) && !takes_part(new, rule))
    });
}

/// Whether a built-in rule is in one of `sets`.
pub fn takes_part(sets: &[Named], rule: Brief<'_>) -> bool {
    sets.is_empty() || sets.iter().any(|set| set.has(rule))
}

/// Every rule that is named is one: an own rule of this layer or an earlier one, or built in. Of `stage/RULE`
/// only the stage is known.
/// Whether `id` is an advisory's (`GHSA-…`, `CVE-…`, `RUSTSEC-…`), or names what else is said of dependencies.
fn is_advisory(id: &str) -> bool {
    let database = id.split('-').next().unwrap_or_default();
    let upper =
        database.len() > 1 && database.bytes().all(|byte| byte.is_ascii_uppercase()) && database.len() < id.len();
    upper || OF_DEPENDENCIES.contains(&id)
}

/// What the stage `sca` calls its findings that no advisory names; a test there holds the list against it.
pub const OF_DEPENDENCIES: &[&str] = &[
    "vulnerable-dependency",
    "malicious-dependency",
    "dependency-notice",
    "dependency-registry-changed",
    "dependency-checksum-changed",
    "dependency-outside-registry",
    "lock-file-out-of-step",
    "dependency-lookalike-name",
    "dependency-install-script",
    "dependency-too-young",
    "dependency-licence",
];

pub(super) fn check_names(config: &Config, merge: &mut LayerMerge<'_>) {
    let known = |id: &str| {
        let stage = id.split_once('/').map_or(id, |(stage, _)| stage);
        is_known(id)
            || config.own_rules.iter().any(|rule| rule.is_called(id))
            || config.stages.iter().any(|own| own.name == stage)
            || is_advisory(id)
    };
    for id in config.disabled.iter().chain(config.allow.iter().flat_map(|allow| &allow.rules)) {
        if !known(id) && !merge.has_rule(id) {
            merge.fault(format!("there is no rule `{id}`; `gatehook rules list` names them all"));
        }
    }
}
