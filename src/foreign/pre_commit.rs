//! `.pre-commit-config.yaml`: hooks of other secret scanners, what they are reported, and what takes their place.
//!
//! Format: <https://pre-commit.com/#pre-commit-configyaml---repos>.

use super::own_rule::no_glob;
use super::pattern::{self, Dialect};
use super::plan::{Became, Plan, allowed};
use super::{ForeignError, Kind, NO_VALUES};
use crate::document::Node;

/// Scanners by what their repository, hook or command is called.
const TOOLS: &[&str] = &[
    "gitleaks",
    "betterleaks",
    "detect-secrets",
    "git-secrets",
    "talisman",
    "trufflehog",
    "ggshield",
    "kingfisher",
    "detect-private-key",
    "detect-aws-credentials",
];

/// Arguments that need no counterpart.
const EMPTY: &[&str] = &[
    "protect",
    "detect",
    "git",
    "dir",
    "stdin",
    "scan",
    "secret",
    "pre-commit",
    "--staged",
    "--pre-commit",
    "--verbose",
    "-v",
    "--redact",
    "--no-banner",
    "--no-color",
    "--no-update",
    "--fail",
    "--no-verify",
    "-n",
    "--only-verified",
    "--results=verified",
    "--results=verified,unknown",
    "--pre_commit_hook",
    "--allow-missing-credentials",
    "--since-commit",
    "HEAD",
    ".",
    "--source",
    "--source=.",
    "file://.",
    "--githook",
    "pre-push",
];

/// Reads a configuration.
pub(super) fn read(text: &str) -> Result<Plan, ForeignError> {
    let root = Node::from_yaml(text)?;
    let mut plan = Plan::default();
    for repo in root.get("repos").map(Node::members).unwrap_or_default() {
        for hook in repo.get("hooks").map(Node::members).unwrap_or_default() {
            if let Some(tool) = tool(repo.text_of("repo"), hook) {
                one_hook(tool, hook, &mut plan);
            }
        }
    }
    if let (false, Some(exclude)) = (plan.entries.is_empty(), root.get("exclude")) {
        excluded("`exclude`", exclude, &mut plan);
    }
    Ok(plan)
}

/// Whether the configuration has a hook of gatehook's own.
pub(super) fn has_gatehook(text: &str) -> Result<bool, ForeignError> {
    let root = Node::from_yaml(text)?;
    let repos = root.get("repos").map(Node::members).unwrap_or_default();
    Ok(repos
        .iter()
        .flat_map(|repo| repo.get("hooks").map(Node::members).unwrap_or_default())
        .any(|hook| hook.text_of("id").starts_with("gatehook") || hook.text_of("entry").starts_with("gatehook")))
}

fn tool(repo: &str, hook: &Node) -> Option<&'static str> {
    let name = repo.trim_end_matches('/').rsplit('/').next().unwrap_or_default().trim_end_matches(".git");
    let id = hook.text_of("id");
    let command = hook.text_of("entry").split_whitespace().next().unwrap_or_default();
    let command = command.rsplit('/').next().unwrap_or_default();
    TOOLS.iter().copied().find(|tool| {
        *tool == name || id.starts_with(tool) || repo == "local" && command.trim_end_matches("-hook") == *tool
    })
}

fn one_hook(tool: &'static str, hook: &Node, plan: &mut Plan) {
    let what = format!("hook `{}`", hook.text_of("id"));
    plan.add(&*what, hook.line, Became::covered("the hook `gatehook` does its work: take this one out"));
    let entry: Vec<&str> = hook.text_of("entry").split_whitespace().skip(1).collect();
    let mut words: Vec<(&str, u32)> = entry.into_iter().map(|word| (word, hook.line)).collect();
    words.extend(hook.texts_of("args"));
    arguments(tool, &what, &words, plan);
    for (key, value) in hook.pairs() {
        match key.as_str() {
            "exclude" => excluded(&format!("{what}, `exclude`"), value, plan),
            "files" | "types" | "types_or" | "exclude_types" => {
                let why = "gatehook looks at every file that is staged";
                plan.add(format!("{what}, `{key}`"), value.line, Became::covered(why));
            }
            "id"
            | "name"
            | "alias"
            | "entry"
            | "args"
            | "language"
            | "language_version"
            | "stages"
            | "always_run"
            | "pass_filenames"
            | "require_serial"
            | "verbose"
            | "description"
            | "additional_dependencies"
            | "fail_fast"
            | "log_file"
            | "minimum_pre_commit_version"
            | "rev" => {}
            _ => plan.unknown(&format!("{what}: {key}"), value.line),
        }
    }
}

fn arguments(tool: &'static str, hook: &str, words: &[(&str, u32)], plan: &mut Plan) {
    let mut words = words.iter().copied().peekable();
    while let Some((word, line)) = words.next() {
        if EMPTY.contains(&word) || tool == "trufflehog" && word == "filesystem" {
            continue;
        }
        let (flag, given) = match word.split_once('=').filter(|_| word.starts_with('-')) {
            Some((flag, value)) => (flag, Some(value)),
            None => (word, None),
        };
        let kind = match (tool, flag) {
            ("detect-secrets", "--baseline") => Some(Kind::DetectSecrets),
            ("gitleaks" | "betterleaks", "--config" | "-c") => Some(Kind::GitleaksConfig),
            ("gitleaks" | "betterleaks", "--baseline-path" | "-b") => Some(Kind::GitleaksReport),
            ("gitleaks" | "betterleaks", "--gitleaks-ignore-path" | "-i") => Some(Kind::GitleaksIgnore),
            _ => None,
        };
        let takes_value = kind.is_some() || tool == "detect-secrets" && flag.starts_with("--exclude-");
        let value = given.or_else(|| takes_value.then(|| words.next().map(|(value, _)| value)).flatten());
        let what = format!("{hook}, argument `{flag}`");
        match (kind, flag, value) {
            (Some(kind), _, Some(file)) => {
                plan.add(what, line, Became::covered(format!("`{file}` is read as well")));
                plan.also.push((kind, file.to_owned()));
            }
            (_, "--exclude-files", Some(regex)) => excluded_by(&what, line, regex, plan),
            (_, "--exclude-lines" | "--exclude-secrets", Some(_)) => {
                plan.add(what, line, Became::refused(NO_VALUES.0, NO_VALUES.1));
            }
            _ => plan.add(
                what,
                line,
                Became::refused("what it asks for is not known to gatehook", "`gatehook scan --help`"),
            ),
        }
    }
}

fn excluded(what: &str, node: &Node, plan: &mut Plan) {
    excluded_by(what, node.line, node.text().unwrap_or_default(), plan);
}

fn excluded_by(what: &str, line: u32, regex: &str, plan: &mut Plan) {
    if regex.is_empty() || regex == "^$" {
        return plan.add(what, line, Became::covered("it leaves nothing out"));
    }
    let became = match pattern::globs(regex, Dialect::Python) {
        Ok(paths) => allowed(Vec::new(), paths, "left out of the secret scan in .pre-commit-config.yaml"),
        Err(why) => no_glob(why),
    };
    plan.add(what, line, became);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hooks_of_scanners_are_found_and_all_they_are_told() {
        let text = "exclude: ^vendor/\nrepos:\n- repo: https://github.com/psf/black\n  rev: '1'\n  hooks: [{id: black, args: [--x]}]\n- repo: https://github.com/Yelp/detect-secrets\n  rev: v1.5.0\n  hooks:\n  - id: detect-secrets\n    args: ['--baseline', .secrets.baseline, --exclude-lines=x]\n    exclude: |\n      (?x)^(\n        package.lock.json|  # locks\n        docs/.*\n      )$\n- repo: local\n  hooks:\n  - {id: leaks, entry: /usr/bin/gitleaks protect --staged -c conf/gl.toml --novel, language: system}\n- repo: https://github.com/pre-commit/pre-commit-hooks\n  rev: v5\n  hooks: [{id: detect-private-key}, {id: check-yaml}]\n";
        let plan = read(text).unwrap();
        assert_eq!(
            plan.also,
            [(Kind::DetectSecrets, ".secrets.baseline".to_owned()), (Kind::GitleaksConfig, "conf/gl.toml".to_owned())]
        );
        let told: Vec<String> = plan.entries.iter().map(|entry| format!("{} {:?}", entry.what, entry.became)).collect();
        assert_eq!(told.len(), 9, "{told:#?}");
        assert!(told[3].contains("docs/**") && told[3].contains("/package?lock?json"), "{}", told[3]);
        assert!(told.iter().any(|line| line.contains("`--novel`") && line.contains("Refused")), "{told:#?}");
        assert!(!has_gatehook(text).unwrap());
        assert!(has_gatehook("repos: [{repo: x, hooks: [{id: gatehook}]}]").unwrap());
        assert!(read("repos: [{repo: x, hooks: [{id: black}]}]\nexclude: x").unwrap().entries.is_empty());
    }
}
