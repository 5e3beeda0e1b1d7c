//! `.secrets.baseline` of detect-secrets: plugins, filters, and accepted values by their SHA-1.
//!
//! Format: the README of <https://github.com/Yelp/detect-secrets> and what `detect-secrets scan` writes.

use super::own_rule::no_glob;
use super::pattern::{self, Dialect};
use super::plan::{Became, Known, Plan, Spot, allowed};
use super::{ForeignError, NO_VALUES, names};
use crate::document::{Node, Value};

/// Reads a baseline.
pub(super) fn read(text: &str) -> Result<Plan, ForeignError> {
    let root = Node::from_json(text)?;
    if root.get("results").is_none() {
        return Err(ForeignError::Form { line: 1, message: "no `results`, as detect-secrets writes them".to_owned() });
    }
    let mut plan = Plan::default();
    for (key, node) in root.pairs() {
        match key.as_str() {
            "version" | "generated_at" => plan.add(format!("`{key}`"), 0, Became::covered("is about the file itself")),
            "plugins_used" => node.members().iter().for_each(|plugin| one_plugin(plugin, &mut plan)),
            "filters_used" => node.members().iter().for_each(|filter| one_filter(filter, &mut plan)),
            "custom_plugin_paths" => {
                for plugin in node.members() {
                    plan.add(format!("plugin {}", plugin.text().unwrap_or_default()), 0, code());
                }
            }
            // Of versions before 1.0.
            "exclude" => {
                files("exclude.files", &node.texts_of("files"), &mut plan);
                lines("exclude.lines", &node.texts_of("lines"), &mut plan);
            }
            "word_list" => {
                if !node.text_of("file").is_empty() {
                    lines("word_list", &node.texts_of("file"), &mut plan);
                }
            }
            "results" => results(node, &mut plan),
            _ => plan.unknown(key, 0),
        }
    }
    Ok(plan)
}

fn code() -> Became {
    Became::refused(
        "it is a program in Python, and gatehook runs none",
        "write its patterns as a [[rule]]: rules/README.md",
    )
}

fn one_plugin(node: &Node, plan: &mut Plan) {
    let name = node.text_of("name");
    let what = format!("plugin {name}");
    if node.get("path").is_some() {
        return plan.add(what, 0, code());
    }
    let mut notes = Vec::new();
    let became = match name {
        "IPPublicDetector" => Became::covered("public addresses are no secrets to gatehook: it does not look for them"),
        "Base64HighEntropyString" | "HexHighEntropyString" => {
            notes.push(
                "its `limit` was not taken over: gatehook judges each value by its alphabet and its name".to_owned(),
            );
            Became::covered("gatehook's generic rules look for random values")
        }
        "KeywordDetector" if !node.text_of("keyword_exclude").is_empty() => {
            Became::refused("its `keyword_exclude` has no counterpart", NO_VALUES.1)
        }
        "KeywordDetector" => Became::covered("gatehook's generic rules look for values with a telling name"),
        "" => Became::refused("it has no name", ""),
        _ => Became::covered("gatehook's built-in rules stand in for the built-in plugins"),
    };
    plan.noted(what, 0, became, notes);
}

fn one_filter(node: &Node, plan: &mut Plan) {
    let path = node.text_of("path");
    let Some(name) = path.strip_prefix("detect_secrets.filters.") else {
        return plan.add(format!("filter {path}"), 0, code());
    };
    let what = format!("filter {name}");
    match name {
        "regex.should_exclude_file" => files(&what, &node.texts_of("pattern"), plan),
        "regex.should_exclude_line" | "regex.should_exclude_secret" => lines(&what, &node.texts_of("pattern"), plan),
        "wordlist.should_exclude_secret" => lines(&what, &node.texts_of("file_name"), plan),
        "allowlist.is_line_allowlisted" => {
            plan.add(what, 0, Became::covered("gatehook honours `pragma: allowlist secret` too"));
        }
        "common.is_ignored_due_to_verification_policies" => {
            plan.add(what, 0, Became::covered("gatehook asks no issuer in a hook"));
        }
        _ => plan.add(what, 0, Became::covered("gatehook judges by itself what only looks like a value")),
    }
}

fn files(what: &str, patterns: &[(&str, u32)], plan: &mut Plan) {
    for (number, (regex, _)) in (1..).zip(patterns) {
        let became = match pattern::globs(regex, Dialect::Python) {
            Ok(paths) => allowed(Vec::new(), paths, "left out by detect-secrets"),
            Err(why) => no_glob(why),
        };
        plan.add(format!("{what} {number}"), 0, became);
    }
}

fn lines(what: &str, patterns: &[(&str, u32)], plan: &mut Plan) {
    for number in 1..=patterns.len() {
        plan.add(format!("{what} {number}"), 0, Became::refused(NO_VALUES.0, NO_VALUES.1));
    }
}

fn results(node: &Node, plan: &mut Plan) {
    for (file, list) in node.pairs() {
        for found in list.members() {
            result(file, found, plan);
        }
    }
    if !matches!(node.value, Value::Map(_)) {
        plan.add("`results`", 0, Became::refused("it is no table of files", ""));
    }
}

fn result(file: &str, node: &Node, plan: &mut Plan) {
    let kind = node.text_of("type");
    let line: Option<u32> = node.number_of("line_number");
    let file = Some(node.text_of("filename")).filter(|name| !name.is_empty()).unwrap_or(file).replace('\\', "/");
    let what = format!("{kind} at {file}:{}", line.unwrap_or_default());
    let Some(hash) = sha1(node.text_of("hashed_secret")) else {
        return plan.add(what, 0, Became::refused("its `hashed_secret` is no SHA-1", ""));
    };
    let mut notes = Vec::new();
    if node.is_true("is_secret") || node.is_true("is_verified") {
        notes.push("it is marked as a real secret: accepted is not rotated".to_owned());
    }
    let spot = Spot {
        commit: None,
        path: Some(file),
        line: line.filter(|&line| line > 0),
        rules: names::of_detect_secrets(kind),
        only: Vec::new(),
        value: Known::Sha1(hash),
        settled: node.get("is_secret").is_some_and(|audited| audited.text() == Some("false")),
    };
    plan.noted(what, 0, Became::Accepted(Box::new(spot)), notes);
}

fn sha1(hex: &str) -> Option<[u8; 20]> {
    if hex.len() != 40 || !hex.is_ascii() {
        return None;
    }
    let mut bytes = [0; 20];
    for (slot, at) in bytes.iter_mut().zip((0..40).step_by(2)) {
        *slot = u8::from_str_radix(&hex[at..at + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_baseline_is_told() {
        let text = r#"{"version": "1.5.0",
            "plugins_used": [{"name": "AWSKeyDetector"}, {"name": "Base64HighEntropyString", "limit": 4.5},
              {"name": "Mine", "path": "file:///mine.py"}],
            "filters_used": [{"path": "detect_secrets.filters.allowlist.is_line_allowlisted"},
              {"path": "detect_secrets.filters.regex.should_exclude_file", "pattern": ["^tests/", "[a-z]+x"]},
              {"path": "detect_secrets.filters.regex.should_exclude_line", "pattern": ["x"]}],
            "results": {"a\\b.py": [{"type": "AWS Access Key", "filename": "a\\b.py",
              "hashed_secret": "da39a3ee5e6b4b0d3255bfef95601890afd80709", "is_verified": false, "line_number": 3}]},
            "novel": 1}"#;
        let plan = read(text).unwrap();
        let refused = plan.entries.iter().filter(|entry| matches!(entry.became, Became::Refused { .. })).count();
        assert_eq!((plan.entries.len(), refused), (1 + 3 + 4 + 1 + 1, 4), "{:#?}", plan.entries);
        let spot = plan.entries.iter().find_map(|entry| match &entry.became {
            Became::Accepted(spot) => Some(spot),
            _ => None,
        });
        let spot = spot.unwrap();
        assert_eq!((spot.path.as_deref(), spot.line), (Some("a/b.py"), Some(3)));
        assert!(matches!(spot.value, Known::Sha1(hash) if hash[0] == 0xda));
        assert!(read("{}").is_err());
    }
}
