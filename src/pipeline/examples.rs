//! Every example of every rule through the real scan: `gatehook rules check` and a test.

use std::ops::Range;

use super::example_pair::{self, ExamplePairs};
use crate::engine::{Engine, FileFacts, Input, compiles, has_matcher, proof};
use crate::finding::Text;
use crate::paths::RepoPath;
use crate::rules::{Language, Pack, Rule, RuleSet, placeholders};

/// Seeds that each example is filled from: one lucky filling proves nothing.
const SEEDS: u64 = 3;

/// What is wrong with `rules`, a line each; empty where nothing is.
///
/// A hit and the bad example must be found by their own rule, a miss and the good example not.
pub fn check(rules: &[&Rule]) -> Vec<String> {
    let engine = Engine::new(RuleSet::default());
    let teacher = ExamplePairs::default();
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
            faults.push(format!("{}: two hits and two misses are needed", rule.id));
        }
        let mut hits: Vec<(String, &str)> = numbered("hit", &rule.hits);
        let mut misses: Vec<(String, &str)> = numbered("miss", &rule.misses);
        let pair = teacher.pair(rule);
        match &pair {
            Some(pair) => {
                hits.push(("`bad`".to_owned(), &pair.bad));
                misses.push(("`good`".to_owned(), &pair.good));
            }
            None => faults.push(format!("{}: `good` is missing, the safe twin of `bad`", rule.id)),
        }
        for (name, example) in hits {
            for seed in 0..SEEDS {
                let found = found_by(&engine, rule, example, seed);
                if !found.iter().any(|id| *id == rule.id) {
                    let by = if found.is_empty() { "nothing".to_owned() } else { found.join(", ") };
                    faults.push(format!("{}: {name} is found by {by} (seed {seed})", rule.id));
                    break;
                }
            }
        }
        for (name, example) in misses {
            for seed in 0..SEEDS {
                if found_by(&engine, rule, example, seed).iter().any(|id| *id == rule.id) {
                    faults.push(format!("{}: {name} is found (seed {seed})", rule.id));
                    break;
                }
            }
        }
    }
    faults
}

/// A rule's examples with their names in a fault.
fn numbered<'r>(word: &str, examples: &'r [Text]) -> Vec<(String, &'r str)> {
    examples.iter().enumerate().map(|(number, text)| (format!("{word} {}", number + 1), text.as_ref())).collect()
}

/// The ids that are found in an example of `rule`.
fn found_by(engine: &Engine, rule: &Rule, example: &str, seed: u64) -> Vec<String> {
    search(engine, rule, &placeholders::fill(example, seed)).into_iter().map(|(id, _)| id).collect()
}

/// What is found in a filled example of `rule`: the rule, and the underlined place in it.
pub(super) fn search(engine: &Engine, rule: &Rule, filled: &str) -> Vec<(String, Range<usize>)> {
    let (path, text) = match example_pair::split(filled) {
        (Some(path), text) => (RepoPath::from(path), text),
        (None, text) => (RepoPath::from(default_path(rule).as_str()), text),
    };
    let facts = FileFacts::of(&path, text.as_bytes());
    if rule.by_name_only() {
        let whole: Vec<_> = std::iter::once(0..text.len()).collect();
        let fires = Engine::fires_by_name(rule, &facts, path.as_bytes(), &[(text.as_bytes(), &whole)]);
        return fires.then(|| (rule.id.to_string(), 0..0)).into_iter().collect();
    }
    let whole: Vec<_> = std::iter::once(0..text.len()).collect();
    let input = Input { text: text.as_bytes(), added: &whole, facts, path: path.as_bytes() };
    let start = filled.len() - text.len();
    let found = engine.search(&input).matches.into_iter();
    found
        .map(|found| (engine.rules()[found.rule].id.to_string(), start + found.at.start..start + found.at.end))
        .collect()
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
