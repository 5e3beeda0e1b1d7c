//! Every example of every rule through the real scan: `gatehook rules check` and a test.

use crate::engine::{Engine, FileFacts, Input, compiles, has_matcher, proof};
use crate::paths::RepoPath;
use crate::rules::{Language, Pack, Rule, RuleSet, holes};

/// Seeds that each example is filled from: one lucky filling proves nothing.
const SEEDS: u64 = 3;

/// What is wrong with `rules`, a line each; empty where nothing is.
///
/// A hit must be found by its own rule and by no other of the same pack at the same place; a miss by
/// none of the pack's own rule.
pub fn check(rules: &[&Rule]) -> Vec<String> {
    let engine = Engine::new(RuleSet::default());
    let mut faults = Vec::new();
    for rule in rules {
        if let Err(error) = compiles(rule) {
            faults.push(format!("{}: a pattern does not compile: {error}", rule.id));
            continue;
        }
        if !rule.proof.is_empty() && !proof::is_known(&rule.proof) {
            faults.push(format!("{}: there is no proof called `{}`", rule.id, rule.proof));
        }
        if !rule.matcher.is_empty() && !has_matcher(&rule.matcher) {
            faults.push(format!("{}: there is no matcher called `{}`", rule.id, rule.matcher));
        }
        if rule.hits.len() < 2 || rule.misses.len() < 2 {
            faults.push(format!("{}: two hits and two misses are due", rule.id));
        }
        for (number, example) in rule.hits.iter().enumerate() {
            for seed in 0..SEEDS {
                let found = found_by(&engine, rule, example, seed);
                if !found.iter().any(|id| *id == rule.id) {
                    let by = if found.is_empty() { "nothing".to_owned() } else { found.join(", ") };
                    faults.push(format!("{}: hit {} is found by {by} (seed {seed})", rule.id, number + 1));
                    break;
                }
            }
        }
        for (number, example) in rule.misses.iter().enumerate() {
            for seed in 0..SEEDS {
                if found_by(&engine, rule, example, seed).iter().any(|id| *id == rule.id) {
                    faults.push(format!("{}: miss {} is found (seed {seed})", rule.id, number + 1));
                    break;
                }
            }
        }
    }
    faults
}

/// The ids that are found in an example of `rule`.
fn found_by(engine: &Engine, rule: &Rule, example: &str, seed: u64) -> Vec<String> {
    let filled = holes::fill(example, seed);
    let (path, text) = match filled.strip_prefix("#!path: ").and_then(|rest| rest.split_once('\n')) {
        Some((path, text)) => (RepoPath::from(path.trim()), text),
        None => (RepoPath::from(default_path(rule).as_str()), filled.as_str()),
    };
    let facts = FileFacts::of(&path, text.as_bytes());
    if rule.by_name_only() {
        let fires = Engine::is_meant_for(rule, &facts, path.as_bytes());
        return fires.then(|| rule.id.to_string()).into_iter().collect();
    }
    let whole: Vec<_> = std::iter::once(0..text.len()).collect();
    let input = Input { text: text.as_bytes(), added: &whole, facts, path: path.as_bytes() };
    let found = engine.search(&input);
    found.matches.iter().map(|found| engine.rules()[found.rule].id.to_string()).collect()
}

/// A file that the rule is meant for.
fn default_path(rule: &Rule) -> String {
    if let Some(glob) = rule.paths.first() {
        let glob = glob.trim_start_matches('/').replace("**/", "").replace("/**", "/x");
        let glob = match (glob.find('{'), glob.find('}')) {
            (Some(open), Some(close)) if open < close => {
                let choice = glob[open + 1..close].split(',').next().unwrap_or_default();
                format!("{}{choice}{}", &glob[..open], &glob[close + 1..])
            }
            _ => glob,
        };
        return glob.replace("y?ml", "yaml").replace(['*', '?'], "x");
    }
    match rule.languages.iter().next() {
        None if rule.pack == Pack::Secrets => "src/example.txt".to_owned(),
        None => "src/example.py".to_owned(),
        Some(language) => file_for(language).to_owned(),
    }
}

fn file_for(language: Language) -> &'static str {
    use Language as L;
    match language {
        L::Python => "src/example.py",
        L::Javascript => "src/example.js",
        L::Typescript => "src/example.ts",
        L::Html => "src/example.html",
        L::Java => "src/Example.java",
        L::Kotlin => "src/Example.kt",
        L::Scala => "src/Example.scala",
        L::Go => "src/example.go",
        L::Ruby => "src/example.rb",
        L::Php => "src/example.php",
        L::Csharp => "src/Example.cs",
        L::C => "src/example.c",
        L::Cpp => "src/example.cpp",
        L::Rust => "src/example.rs",
        L::Shell => "src/example.sh",
        L::Sql => "src/example.sql",
        L::Dockerfile => "Dockerfile",
        L::Yaml => "src/example.yaml",
        L::Json => "src/example.json",
        L::Toml => "src/example.toml",
        L::Terraform => "src/example.tf",
        L::GithubActions => ".github/workflows/example.yml",
        L::Compose => "docker-compose.yml",
        L::Kubernetes => "deploy/example.yaml",
        L::Css => "src/example.css",
        L::Xml => "src/example.xml",
        L::Ini => "src/example.ini",
        L::Make => "Makefile",
        L::Swift => "src/example.swift",
        L::Perl => "src/example.pl",
        L::Lua => "src/example.lua",
        L::Powershell => "src/example.ps1",
        L::Markdown => "docs/example.md",
        L::Properties => "src/example.properties",
        L::Env => ".env",
    }
}
