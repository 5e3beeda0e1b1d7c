//! Prints what the model of generic values is trained on: each value of the files that standard input names
//! (`LABEL<tab>PATH` a line), with the labels of what holds of it. See `rules/model/train.py`.
//!
//! With `--digest` standard input holds values instead, and it prints what `rules/secrets/published-samples.txt` holds of
//! each. A value is printed with `--values` alone. With `--keys` it prints digests of private keys instead, as
//! `rules/secrets/published-keys.txt` holds them.

#![allow(clippy::disallowed_methods, reason = "a tool of the training, which reads the files that it is given")]

use std::io::{BufRead, Write};

use gatehook::engine::{FileFacts, digest, key_digests, study};
use gatehook::paths::RepoPath;
use gatehook::rules::RuleSet;

fn main() -> std::io::Result<()> {
    let with_values = std::env::args().any(|argument| argument == "--values");
    let with_keys = std::env::args().any(|argument| argument == "--keys");
    let rules = RuleSet::default();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let digests = std::env::args().any(|argument| argument == "--digest");
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        if digests {
            writeln!(out, "{}", digest(line.as_bytes()))?;
            continue;
        }
        let Some((label, path)) = line.split_once('\t') else { continue };
        // Behind a third tab: the path that the rules are to see.
        let (path, seen) = path.split_once('\t').unwrap_or((path, path));
        let Ok(text) = std::fs::read(path) else { continue };
        if text.len() > 2 << 20 {
            continue;
        }
        if with_keys {
            for digest in key_digests(&text) {
                writeln!(out, "{digest}")?;
            }
            continue;
        }
        let facts = FileFacts::of(&RepoPath::from(seen), &text);
        for found in study(&rules, &text, &facts) {
            let line = 1 + text[..found.value.start].split(|&byte| byte == b'\n').count() - 1;
            let shown = if with_values {
                String::from_utf8_lossy(&text[found.span.clone()]).replace(['\t', '\n'], " ")
            } else {
                String::new()
            };
            writeln!(out, "{label}\t{path}\t{line}\t{shown}\t{}", found.features.join(" "))?;
        }
    }
    out.flush()
}
