//! `gatehook rules`.

use std::fmt::Write;

use gatehook::finding::Exit;
use gatehook::pipeline::examples;
use gatehook::rules::{Brief, Named, Rule, briefs, builtin};
use gatehook::stage::{self, RuleCard};

use crate::args::Rules;
use crate::say::{say_json, say_own};

/// The built-in rules, those of one set where that is asked for.
fn listed(set: Option<Named>) -> impl Iterator<Item = &'static Rule> {
    let is_in = move |rule: &Brief<'_>| set.is_none_or(|set| set.has(*rule));
    builtin().into_iter().zip(briefs()).filter(move |(_, brief)| is_in(brief)).map(|(rule, _)| rule)
}

/// The rules that stand outside the packs, which no set names.
fn outside(set: Option<Named>) -> impl Iterator<Item = RuleCard> {
    set.is_none().then(stage::rule_cards).into_iter().flatten()
}

pub(crate) fn run(command: Rules) -> Exit {
    match command {
        Rules::List { format, set } if format == "json" => {
            let rules: Vec<_> = listed(set)
                .map(|rule| {
                    serde_json::json!({
                        "id": rule.id, "pack": rule.pack.word(), "severity": rule.severity.word(),
                        "tier": rule.tier.word(), "cwe": rule.cwe,
                        "languages": rule.languages.iter().map(gatehook::rules::Language::word).collect::<Vec<_>>(),
                    })
                })
                .chain(outside(set).map(|rule| {
                    serde_json::json!({
                        "id": rule.id, "stage": rule.stage, "severity": rule.severity, "tier": rule.tier, "cwe": rule.cwe,
                    })
                }))
                .collect();
            say_json(&serde_json::Value::from(rules))
        }
        Rules::List { set, .. } => {
            let mut out = String::new();
            for rule in listed(set) {
                let (pack, id) = (rule.pack.word(), &rule.id);
                let _ = writeln!(out, "{pack:8} {:8} {:5} {id:45} {}", rule.severity, rule.tier, rule.title);
            }
            for RuleCard { stage, id, title, severity, tier, .. } in outside(set) {
                let _ = writeln!(out, "{stage:8} {severity:8} {tier:5} {id:45} {title}");
            }
            say_own(&out)
        }
        Rules::Check { prefix } => {
            let prefix = prefix.unwrap_or_default();
            let chosen: Vec<_> = builtin().into_iter().filter(|rule| rule.id.starts_with(&prefix)).collect();
            let faults = examples::check(&chosen);
            let mut out = String::new();
            for fault in &faults {
                let _ = writeln!(out, "{fault}");
            }
            let _ = writeln!(out, "{} rules checked, {} faults", chosen.len(), faults.len());
            let said = say_own(&out);
            if faults.is_empty() && !chosen.is_empty() { said } else { Exit::Usage }
        }
    }
}
