//! `.gitleaks.toml`.

use super::allowlist::{self, Holder};
use crate::config::edit::NewRule;
use crate::document::Node;
use crate::foreign::own_rule::{Foreign, own_rule};
use crate::foreign::pattern::Dialect;
use crate::foreign::plan::{Became, Plan, Write};
use crate::foreign::{ForeignError, Kind, names};

/// Reads a configuration.
pub(in crate::foreign) fn config(text: &str) -> Result<Plan, ForeignError> {
    let root = Node::from_toml(text)?;
    let mut plan = Plan::default();
    // Rules first: allowlists may name them.
    let rules = root.get("rules").map(Node::members).unwrap_or_default();
    let own: Vec<(&str, String)> = rules.iter().filter_map(|node| one(node, &mut plan)).collect();
    for (key, node) in root.pairs() {
        match key.as_str() {
            "rules" => {}
            "title" | "description" => {
                plan.add(format!("`{key}`"), node.line, Became::covered("a name only"));
            }
            "minVersion" => {
                plan.add(format!("`{key}`"), node.line, Became::covered("is about versions of gitleaks"));
            }
            "extend" => extend(node, &mut plan),
            "allowlist" | "allowlists" => {
                for (number, list) in node.members().iter().enumerate() {
                    allowlist::read(list, &allowlist::called(list, number, key), Holder::All(&own), &mut plan);
                }
            }
            _ => plan.unknown(key, node.line),
        }
    }
    Ok(plan)
}

fn extend(node: &Node, plan: &mut Plan) {
    for (key, value) in node.pairs() {
        let what = format!("`extend.{key}`");
        match key.as_str() {
            "useDefault" if value.text() == Some("true") => {
                plan.add(what, value.line, Became::covered("gatehook's built-in rules stand in for gitleaks' own"));
            }
            "useDefault" => {
                plan.add(what, value.line, Became::covered("gatehook's built-in rules run; `rules.disable` takes out"));
            }
            "path" => {
                let path = value.text().unwrap_or_default();
                plan.add(what, value.line, Became::covered(format!("`{path}` is read as well")));
                plan.also.push((Kind::GitleaksConfig, path.to_owned()));
            }
            "url" => plan.add(
                what,
                value.line,
                Became::refused("gatehook fetches nothing", "download the file and `gatehook import` it"),
            ),
            "disabledRules" => {
                for (id, line) in node.texts_of(key) {
                    let ours = names::of_gitleaks(id);
                    let became = if ours.is_empty() {
                        Became::refused(
                            "no rule of gatehook is known to stand for it",
                            "`gatehook rules list` names them all; add the one that fires to `rules.disable`",
                        )
                    } else {
                        Became::Written(ours.into_iter().map(|id| Write::Disable(id.to_owned())).collect())
                    };
                    plan.add(format!("disabled rule `{id}`"), line, became);
                }
            }
            _ => plan.unknown(&format!("extend.{key}"), value.line),
        }
    }
}

/// A rule: gives its id there and the id of the rule of the user's own that it became.
fn one<'n>(node: &'n Node, plan: &mut Plan) -> Option<(&'n str, String)> {
    let id = node.text_of("id");
    let what = format!("rule `{id}`");
    for (key, value) in node.pairs() {
        let known = [
            "id",
            "description",
            "regex",
            "path",
            "keywords",
            "entropy",
            "secretGroup",
            "tags",
            "allowlist",
            "allowlists",
            "skipReport",
            "required",
        ];
        if !known.contains(&key.as_str()) {
            plan.unknown(&format!("{what}: {key}"), value.line);
        }
    }
    let lists = || {
        let old = node.get("allowlist").map(Node::members).unwrap_or_default();
        old.iter().chain(node.get("allowlists").map(Node::members).unwrap_or_default())
    };
    let ours = names::of_gitleaks(id);
    let has_pattern = node.get("regex").is_some() || node.get("path").is_some();
    if !ours.is_empty() || !has_pattern {
        let became = if has_pattern {
            Became::covered(format!("gatehook's own `{}` looks for it", ours.join("`, `")))
        } else if ours.is_empty() {
            Became::refused("it adds to a rule of gitleaks' own for which no rule of gatehook is known to stand", "")
        } else {
            Became::covered(format!("adds to a rule that is gatehook's `{}`", ours.join("`, `")))
        };
        plan.add(&*what, node.line, became);
        for (number, list) in lists().enumerate() {
            let called = format!("{what}, {}", allowlist::called(list, number, "allowlists"));
            allowlist::read(list, &called, Holder::Ours(&ours), plan);
        }
        return None;
    }
    if node.is_true("skipReport") || node.get("required").is_some() {
        let why = "it works together with other rules (`required`, `skipReport`), and those of gatehook stand alone";
        plan.add(what, node.line, Became::refused(why, "write it as a [[rule]] with `window = \"lines\"`"));
        return None;
    }
    let foreign = Foreign {
        tool: "gitleaks",
        id,
        description: node.text_of("description"),
        regex: node.text_of("regex"),
        path: node.text_of("path"),
        keywords: node.texts_of("keywords").into_iter().map(|(word, _)| word).collect(),
        group: node.number_of("secretGroup").unwrap_or_default(),
        entropy: node.number_of("entropy").unwrap_or_default(),
    };
    let (mut rule, mut notes): (NewRule, Vec<String>) = match own_rule(&foreign, Dialect::Go) {
        Ok(made) => made,
        Err(became) => {
            plan.add(&*what, node.line, became);
            for (number, list) in lists().enumerate() {
                let called = format!("{what}, {}", allowlist::called(list, number, "allowlists"));
                plan.add(called, list.line, Became::refused("its rule was not taken over", ""));
            }
            return None;
        }
    };
    if node.get("tags").is_some() {
        notes.push("its tags were left out: gatehook's rules have none".to_owned());
    }
    let own_id = rule.id.clone();
    let at = plan.entries.len();
    for (number, list) in lists().enumerate() {
        let called = format!("{what}, {}", allowlist::called(list, number, "allowlists"));
        allowlist::read(list, &called, Holder::Own(&mut rule), plan);
    }
    let entry = crate::foreign::Entry {
        what,
        line: node.line,
        became: Became::Written(vec![Write::Rule(Box::new(rule))]),
        notes,
    };
    plan.entries.insert(at, entry);
    Some((id, own_id))
}
