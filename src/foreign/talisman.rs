//! `.talismanrc`.
//!
//! Format: the README of <https://github.com/thoughtworks/talisman> and its published schema.

use super::own_rule::{Foreign, own_rule};
use super::pattern::Dialect;
use super::plan::{self, Became, Known, Plan, Spot, Write};
use super::{ForeignError, NO_VALUES};
use crate::document::Node;
use crate::rules::builtin;

/// Reads a configuration.
pub(super) fn read(text: &str) -> Result<Plan, ForeignError> {
    let root = Node::from_yaml(text)?;
    let mut plan = Plan::default();
    for (key, node) in root.pairs() {
        match key.as_str() {
            "version" => plan.add("`version`", node.line, Became::covered("is about the file itself")),
            "fileignoreconfig" => node.members().iter().for_each(|file| one_file(file, &mut plan)),
            "scopeconfig" => {
                for scope in node.members() {
                    let why = "gatehook's generic rules leave lock files out by themselves";
                    plan.add(format!("scope `{}`", scope.text_of("scope")), scope.line, Became::covered(why));
                }
            }
            "allowed_patterns" => allowed("allowed pattern", node, &mut plan),
            "custom_patterns" => {
                for (number, pattern) in (1..).zip(node.members()) {
                    custom(number, pattern, &mut plan);
                }
            }
            "custom_severities" => {
                for severity in node.members() {
                    let what = format!("severity of `{}`", severity.text_of("detector"));
                    let why =
                        "detectors of talisman are no rules of gatehook, and its rules have a severity of their own";
                    plan.add(what, severity.line, Became::refused(why, "`rules.disable` takes a rule out"));
                }
            }
            "threshold" => {
                let became = match node.text() {
                    Some("medium") => Became::covered("`medium` is what blocks by default"),
                    _ => Became::refused(
                        "the severities of both tools differ too much to take it over unseen",
                        "set `block` in [gate.commit] to `low`, `medium`, `high` or `critical`",
                    ),
                };
                plan.add("`threshold`", node.line, became);
            }
            "experimental" => {
                for (key, value) in node.pairs() {
                    let why = "gatehook judges values by itself";
                    plan.add(format!("`experimental.{key}`"), value.line, Became::refused(why, ""));
                }
            }
            _ => plan.unknown(key, node.line),
        }
    }
    Ok(plan)
}

fn one_file(node: &Node, plan: &mut Plan) {
    let name = node.text_of("filename");
    let what = format!("file `{name}`");
    for (key, value) in node.pairs() {
        match key.as_str() {
            "filename" | "checksum" | "ignore_detectors" => {}
            "allowed_patterns" => allowed(&format!("{what}, allowed pattern"), value, plan),
            _ => plan.unknown(&format!("{what}: {key}"), value.line),
        }
    }
    let Some(glob) = glob(name) else {
        return plan.add(what, node.line, Became::refused("its `filename` cannot be said as a glob", ""));
    };
    let detectors = node.texts_of("ignore_detectors");
    for (detector, line) in &detectors {
        plan.add(format!("{what}, detector `{detector}`"), *line, detector_off(detector, &glob));
    }
    let checksum = node.text_of("checksum");
    if checksum.is_empty() {
        if detectors.is_empty() && node.get("allowed_patterns").is_none() {
            plan.add(what, node.line, Became::covered("without a checksum talisman ignores nothing by it"));
        }
        return;
    }
    let became = if checksum.len() != 64 || !checksum.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Became::refused("its checksum is not a SHA-256", "")
    } else if name.contains(['*', '?', '[']) || name.ends_with('/') {
        Became::refused(
            "its checksum is one over several files, so it cannot be told which of them changed since",
            "name each file, or `gatehook baseline create`",
        )
    } else {
        Became::Accepted(Box::new(Spot {
            commit: None,
            path: Some(name.to_owned()),
            line: None,
            rules: Vec::new(),
            only: Vec::new(),
            value: Known::File(checksum.to_ascii_lowercase()),
            settled: true,
        }))
    };
    plan.add(format!("{what}, checksum"), node.line, became);
}

/// Their file names are globs much like ours; `**` and braces mean nothing there.
fn glob(name: &str) -> Option<String> {
    if name.is_empty() || name.contains('\\') {
        return None;
    }
    let mut glob = name.replace('{', "[{]");
    while glob.contains("**") {
        glob = glob.replace("**", "*");
    }
    Some(glob.trim_start_matches("./").to_owned())
}

fn detector_off(detector: &str, glob: &str) -> Became {
    let allow = |rules: Vec<String>| {
        plan::allowed(rules, vec![glob.to_owned()], &format!("`{detector}` was off for it in .talismanrc"))
    };
    match detector {
        "filecontent" => allow(Vec::new()),
        "filename" => {
            allow(builtin().iter().filter(|rule| rule.by_name_only()).map(|rule| rule.id.to_string()).collect())
        }
        "filesize" => Became::covered("gatehook does not judge by size"),
        _ => Became::refused("no such detector is known", ""),
    }
}

fn allowed(what: &str, node: &Node, plan: &mut Plan) {
    for (number, pattern) in (1..).zip(node.members()) {
        plan.add(format!("{what} {number}"), pattern.line, Became::refused(NO_VALUES.0, NO_VALUES.1));
    }
}

fn custom(number: usize, node: &Node, plan: &mut Plan) {
    let id = format!("talisman-pattern-{number}");
    let description = format!("Custom pattern {number} of talisman");
    let foreign = Foreign {
        tool: "talisman",
        id: &id,
        description: &description,
        regex: node.text().unwrap_or_default(),
        ..Foreign::default()
    };
    let (became, notes) = match own_rule(&foreign, Dialect::Go) {
        Ok((mut rule, notes)) => {
            // talisman takes the whole match.
            rule.pattern = rule.pattern.replacen("(?P<secret>", "(", 1);
            (Became::Written(vec![Write::Rule(Box::new(rule))]), notes)
        }
        Err(became) => (became, Vec::new()),
    };
    plan.noted(format!("custom pattern {number}"), node.line, became, notes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_configuration_is_told() {
        let text = "threshold: medium\nfileignoreconfig:\n- filename: danger.pem\n  checksum: cf97abd34cebe895417eb4d97fbd7374aa138dcb65b1fe7f6b6cc1238aaf4d48\n- filename: init.sh\n  ignore_detectors: [filename, filesize]\n- filename: docs/*.md\n  checksum: cf97abd34cebe895417eb4d97fbd7374aa138dcb65b1fe7f6b6cc1238aaf4d48\nscopeconfig:\n- scope: go\nallowed_patterns:\n- keyword\ncustom_patterns:\n- acme_[a-z]{8}\n- '[a-z]+'\nversion: \"1.0\"\nnovel: 1\n";
        let plan = read(text).unwrap();
        let refused: Vec<&str> = plan
            .entries
            .iter()
            .filter(|entry| matches!(entry.became, Became::Refused { .. }))
            .map(|entry| &*entry.what)
            .collect();
        assert_eq!(
            refused,
            ["file `docs/*.md`, checksum", "allowed pattern 1", "custom pattern 2", "key `novel`"],
            "{:#?}",
            plan.entries
        );
        assert_eq!(plan.entries.iter().find(|entry| entry.what == "custom pattern 1").unwrap().line, 14);
        assert_eq!(plan.entries.len(), 11);
    }
}
