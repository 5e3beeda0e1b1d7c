//! `[rules]` and `[[rule]]`: which rules take part.

use serde::Deserialize;

use super::Config;
use super::laying::Laying;
use crate::rules::{Pack, RawRule, builtin, from_raw};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawRules {
    #[serde(default)]
    disable: Vec<String>,
}

pub(super) fn apply(config: &mut Config, raw: RawRules, own: Vec<RawRule>, laying: &mut Laying<'_>) {
    for id in raw.disable {
        laying.note(&format!("rules.disable[{id}]"), "true");
        config.disabled.push(id);
    }
    for raw in own {
        let id = raw.id.clone();
        match from_raw(Pack::Secrets, raw) {
            Ok(rule) => {
                laying.note(&format!("rule.{id}"), "…");
                config.own_rules.push(rule);
            }
            Err(error) => laying.fault(error.to_string()),
        }
    }
}

/// Every rule that is named is one: an own rule of this layer or an earlier one, or built in.
pub(super) fn check_names(config: &Config, laying: &mut Laying<'_>) {
    let known = |id: &str| builtin().iter().chain(&config.own_rules).any(|rule| rule.is_called(id));
    for id in config.disabled.iter().chain(config.allow.iter().flat_map(|allow| &allow.rules)) {
        if !known(id) {
            laying.fault(format!("there is no rule `{id}`; `gatehook rules list` names them all"));
        }
    }
}
