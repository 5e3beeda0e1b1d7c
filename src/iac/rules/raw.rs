//! A rule file as it is written -> rules.

use std::collections::HashMap;

use serde::Deserialize;

use super::{Rule, RuleSet, parse};
use crate::iac::Technology;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawFile {
    #[serde(default)]
    family: HashMap<String, RawFamily>,
    #[serde(default)]
    rule: Vec<RawRule>,
}

/// What rules of a kind have in common.
#[derive(Deserialize, Default, Clone)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawFamily {
    why: String,
    cwe: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawRule {
    id: String,
    title: String,
    /// Kinds, with spaces between.
    #[serde(default)]
    on: String,
    /// Kinds of `CloudFormation`, with spaces between.
    #[serde(default)]
    cfn: String,
    #[serde(default)]
    bad: String,
    /// The condition for `CloudFormation` where it is another one.
    #[serde(default)]
    cfn_bad: String,
    severity: String,
    #[serde(default)]
    tier: String,
    #[serde(default)]
    family: String,
    #[serde(default)]
    why: String,
    fix: String,
    #[serde(default)]
    cwe: Vec<String>,
    #[serde(default)]
    reference: String,
    #[serde(default)]
    aka: Vec<String>,
    #[serde(default)]
    hits: Vec<String>,
    #[serde(default)]
    misses: Vec<String>,
    #[serde(default)]
    cfn_hits: Vec<String>,
    #[serde(default)]
    cfn_misses: Vec<String>,
}

pub(super) fn read(file: &str, text: &str, technology: Technology, set: &mut RuleSet, faults: &mut Vec<String>) {
    let raw: RawFile = match toml::from_str(text) {
        Ok(raw) => raw,
        Err(error) => return faults.push(format!("{file}: {error}")),
    };
    let is_cfn = technology == Technology::CloudFormation;
    for rule in raw.rule {
        let RawRule { id, title, severity, tier, fix, aka, .. } = rule;
        let family = raw.family.get(&rule.family).cloned().unwrap_or_default();
        if !rule.family.is_empty() && !raw.family.contains_key(&rule.family) {
            faults.push(format!("{file}: {id}: there is no family `{}`", rule.family));
        }
        let kinds = if is_cfn { rule.cfn } else { rule.on };
        let bad = if is_cfn && !rule.cfn_bad.is_empty() { rule.cfn_bad } else { rule.bad };
        if kinds.is_empty() || bad.is_empty() {
            continue;
        }
        let bad = match parse::parse(&bad) {
            Ok(bad) => bad,
            Err(fault) => {
                faults.push(format!("{file}: {id}: {fault}"));
                continue;
            }
        };
        let severe = matches!(&*severity, "high" | "critical");
        let tier = match &*tier {
            "" if severe => "block".to_owned(),
            "" => "warn".to_owned(),
            _ => tier,
        };
        let why = if rule.why.is_empty() { family.why } else { rule.why };
        let cwe = if rule.cwe.is_empty() { family.cwe } else { rule.cwe };
        let (hits, misses) = if is_cfn { (rule.cfn_hits, rule.cfn_misses) } else { (rule.hits, rule.misses) };
        if why.is_empty() || fix.is_empty() || cwe.is_empty() || title.is_empty() {
            faults.push(format!("{file}: {id}: title, why, fix and cwe are needed"));
        }
        let number = set.rules.len();
        for kind in kinds.split_whitespace() {
            set.by_kind.entry(kind.to_owned()).or_default().push(number);
        }
        let first_kind = kinds.split_whitespace().next().unwrap_or_default().to_owned();
        let reference = rule.reference;
        set.rules.push(Rule {
            id,
            title,
            severity,
            tier,
            cwe,
            why,
            fix,
            reference,
            aka,
            hits,
            misses,
            first_kind,
            bad,
        });
    }
}
