//! `gatehook explain`.

use std::fmt::Write;

use gatehook::finding::Exit;
use gatehook::rules::{Rule, builtin, holes};

use super::{fail, say};

pub(crate) fn run(id: &str) -> Exit {
    match builtin().iter().find(|rule| rule.is_called(id)) {
        Some(rule) => say(&page(rule)),
        None => {
            let hint = match nearest(id) {
                Some(near) => format!("did you mean `{near}`? `gatehook rules list` names them all"),
                None => "`gatehook rules list` names them all".to_owned(),
            };
            fail(&std::io::Error::other(format!("there is no rule `{id}`")), Some(&hint), Exit::Usage)
        }
    }
}

fn page(rule: &Rule) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}: {}\n", rule.id, rule.title);
    let _ = writeln!(out, "severity    {}, tier {}, confidence {}", rule.severity, rule.tier, rule.confidence);
    let languages: Vec<&str> = rule.languages.iter().map(gatehook::rules::Language::word).collect();
    for (name, words) in [
        ("languages", languages.join(", ")),
        ("files", rule.paths.join(", ")),
        ("weakness", rule.cwe.join(", ")),
        ("OWASP", rule.owasp.join(", ")),
        ("formerly", rule.aliases.join(", ")),
        ("proof", rule.proof.to_string()),
    ] {
        if !words.is_empty() {
            let _ = writeln!(out, "{name:11} {words}");
        }
    }
    for (name, text) in [("Why", &rule.why), ("Fix", &rule.fix), ("Rotate", &rule.rotate)] {
        if !text.is_empty() {
            let _ = write!(out, "\n{name}\n{}\n", indented(text));
        }
    }
    let bad = if rule.bad.is_empty() { rule.hits.first() } else { Some(&rule.bad) };
    let good = if rule.good.is_empty() { rule.misses.first() } else { Some(&rule.good) };
    for (name, example) in [("Found", bad), ("Not found", good)] {
        if let Some(example) = example {
            let _ = write!(out, "\n{name}\n{}\n", indented(&holes::fill(example, 1)));
        }
    }
    let _ = writeln!(
        out,
        "\nAllow\n  gatehook:allow {} -- reason\n  in a comment on the line, or alone on the line above",
        rule.id
    );
    let _ = writeln!(out, "\nReference\n  {}", rule.reference);
    out
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

/// The rule whose id shares the most three-letter parts with `id`.
fn nearest(id: &str) -> Option<&'static str> {
    let parts = |text: &str| -> Vec<Vec<u8>> { text.as_bytes().windows(3).map(<[u8]>::to_vec).collect() };
    let asked = parts(id);
    builtin()
        .iter()
        .map(|rule| {
            let own = parts(&rule.id);
            let shared = asked.iter().filter(|part| own.contains(part)).count();
            (shared * 100 / (own.len() + asked.len()).max(1), rule.id.as_ref())
        })
        .max()
        .filter(|(score, _)| *score >= 20)
        .map(|(_, id)| id)
}
