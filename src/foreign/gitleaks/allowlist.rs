//! An allowlist, of a rule or of all: paths, commits, regexes, stopwords.

use crate::config::edit::NewRule;
use crate::document::Node;
use crate::foreign::own_rule::{no_glob, no_pattern};
use crate::foreign::pattern::{self, Dialect};
use crate::foreign::plan::{Became, Known, Plan, Spot, allowed};
use crate::foreign::{NO_VALUES, names};

/// What an allowlist holds for.
pub(super) enum Holder<'h> {
    /// Every rule. With the rules of the user's own: their id there and here.
    All(&'h [(&'h str, String)]),
    /// Rules of ours; none where those are not known.
    Ours(&'h [&'static str]),
    /// A rule of the user's own, which is being made.
    Own(&'h mut NewRule),
}

/// How the report calls it.
pub(super) fn called(list: &Node, number: usize, key: &str) -> String {
    let named = list.text_of("description");
    match (named, key) {
        ("", "allowlist") => "allowlist".to_owned(),
        ("", _) => format!("allowlist {}", number + 1),
        (named, _) => format!("allowlist \"{}\"", named.chars().take(60).collect::<String>()),
    }
}

/// Reads one: each member is an entry.
pub(super) fn read(list: &Node, called: &str, mut holder: Holder<'_>, plan: &mut Plan) {
    const CRITERIA: [&str; 4] = ["paths", "commits", "regexes", "stopwords"];
    let known = ["description", "condition", "regexTarget", "targetRules"];
    for (key, value) in list.pairs() {
        if !CRITERIA.contains(&key.as_str()) && !known.contains(&key.as_str()) {
            plan.unknown(&format!("{called}: {key}"), value.line);
        }
    }
    let rules = match rules(list, &holder) {
        Ok(rules) => rules,
        Err(became) => return plan.add(called, list.line, became),
    };
    let used = CRITERIA.iter().filter(|key| !list.texts_of(key).is_empty()).count();
    if used == 0 {
        return plan.add(called, list.line, Became::covered("it is empty"));
    }
    if used > 1 && matches!(list.text_of("condition"), "AND" | "and" | "&&") {
        let why = "it holds only where a path, a commit and a value come together, and an [[allow]] cannot say so";
        return plan.add(called, list.line, Became::refused(why, "`gatehook allow` lets single findings stand"));
    }
    let description = list.text_of("description");
    let reason = if description.is_empty() { "taken over from .gitleaks.toml" } else { description };
    for (number, (path, line)) in (1..).zip(list.texts_of("paths")) {
        let became = match pattern::globs(path, Dialect::Go) {
            Ok(paths) => allowed(rules.clone(), paths, reason),
            Err(why) => no_glob(why),
        };
        plan.add(format!("{called}, path {number}"), line, became);
    }
    for (commit, line) in list.texts_of("commits") {
        let is_id = (7..=64).contains(&commit.len()) && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        let became = if is_id {
            Became::Accepted(Box::new(Spot {
                commit: Some(commit.to_ascii_lowercase()),
                path: None,
                line: None,
                rules: Vec::new(),
                only: rules.clone(),
                value: Known::Nothing,
                settled: true,
            }))
        } else {
            Became::refused("it is no id of a commit", "")
        };
        plan.add(format!("{called}, commit {}", commit.chars().take(12).collect::<String>()), line, became);
    }
    for (number, (regex, line)) in (1..).zip(list.texts_of("regexes")) {
        let became = match pattern::translate(regex, Dialect::Go) {
            Ok(pattern) => value(pattern.text, list.text_of("regexTarget"), &mut holder),
            Err(why) => (no_pattern(why), Vec::new()),
        };
        plan.noted(format!("{called}, regex {number}"), line, became.0, became.1);
    }
    for (number, (word, line)) in (1..).zip(list.texts_of("stopwords")) {
        let became = value(format!("(?i){}", regex_syntax::escape(word)), "secret", &mut holder);
        plan.noted(format!("{called}, stopword {number}"), line, became.0, became.1);
    }
}

/// The rules of ours that it holds for; none for all.
fn rules(list: &Node, holder: &Holder<'_>) -> Result<Vec<String>, Became> {
    match holder {
        Holder::Own(rule) => Ok(vec![rule.id.clone()]),
        Holder::Ours([]) => Err(Became::refused("no rule of gatehook is known to stand for its rule", "")),
        Holder::Ours(ours) => Ok(ours.iter().map(|id| (*id).to_owned()).collect()),
        Holder::All(own) => {
            let mut found = Vec::new();
            let targets = list.texts_of("targetRules");
            for (id, _) in &targets {
                found.extend(own.iter().filter(|(theirs, _)| theirs == id).map(|(_, ours)| ours.clone()));
                found.extend(names::of_gitleaks(id).into_iter().map(str::to_owned));
            }
            if found.is_empty() && !targets.is_empty() {
                return Err(Became::refused("no rule of gatehook is known to stand for its `targetRules`", ""));
            }
            Ok(found)
        }
    }
}

/// A pattern of values, matches or lines that are no findings.
fn value(pattern: String, target: &str, holder: &mut Holder<'_>) -> (Became, Vec<String>) {
    let Holder::Own(rule) = holder else {
        return (Became::refused(NO_VALUES.0, NO_VALUES.1), Vec::new());
    };
    let whole = !rule.pattern.contains("(?P<secret>");
    match target {
        "line" => {
            rule.veto.push(pattern);
            (Became::covered("a `veto` of the rule"), Vec::new())
        }
        "match" if !whole => {
            rule.veto.push(pattern);
            let note = "a `veto` looks at the whole line, not at the match alone".to_owned();
            (Became::covered("a `veto` of the rule"), vec![note])
        }
        _ => {
            rule.veto_value.push(pattern);
            (Became::covered("a `veto-value` of the rule"), Vec::new())
        }
    }
}
