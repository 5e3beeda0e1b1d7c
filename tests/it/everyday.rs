//! The leaks of every day block, and what looks like them does not: `tests/corpus/everyday.txt` and
//! `tests/corpus/lookalikes.txt` through the real scan.

use std::collections::BTreeMap;

use gatehook::engine::Engine;
use gatehook::finding::Tier;
use gatehook::rules::RuleSet;

use crate::support::{root, tier};

/// Values that each kind of file is filled with.
const VALUES: usize = 20;

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join("tests/corpus").join(name)).unwrap()
}

#[test]
fn leaks_of_every_day_block() {
    let (cases, engine) = (read("everyday.txt"), Engine::new(RuleSet::default()));
    let values: Vec<String> =
        cases.lines().filter_map(|line| line.strip_prefix("value ")).map(|value| value.replace('·', "")).collect();
    let mut kinds: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for case in cases.lines().filter_map(|line| line.strip_prefix("leak ")) {
        let [kind, path, text] = case.splitn(3, '\t').collect::<Vec<_>>()[..] else { panic!("a leak: {case}") };
        kinds.entry(kind).or_default().push((path, text));
    }
    assert_eq!(kinds.len(), 10, "kinds of file");
    let (mut all, mut missed) = (0, Vec::new());
    for (at, (kind, texts)) in kinds.iter().enumerate() {
        for nth in 0..VALUES {
            let value = &values[(at * 7 + nth) % values.len()];
            let (path, text) = texts[nth % texts.len()];
            let text = text.replace("{V}", value).replace('⏎', "\n");
            all += 1;
            let tier = tier(&engine, path, &text);
            if tier != Some(Tier::Block) {
                missed.push(format!("{kind} {path} {value} {}", if tier.is_some() { "warns" } else { "is missed" }));
            }
        }
    }
    assert_eq!(all, 200);
    assert!(missed.len() * 10 <= all, "{} of {all} do not block\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn what_looks_like_a_leak_does_not_block() {
    let (cases, engine) = (read("lookalikes.txt"), Engine::new(RuleSet::default()));
    let (mut all, mut blocked, mut warned) = (0, Vec::new(), Vec::new());
    for case in cases.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (path, text) = case.split_once('\t').expect("a path and a text");
        all += 1;
        match tier(&engine, path, &text.replace('⏎', "\n")) {
            Some(Tier::Block) => blocked.push(case),
            Some(Tier::Warn) => warned.push(case),
            None => {}
        }
    }
    assert_eq!(all, 200);
    assert!(
        (blocked.len() + warned.len()) * 50 <= all,
        "{} block:\n{}\n{} warn:\n{}",
        blocked.len(),
        blocked.join("\n"),
        warned.len(),
        warned.join("\n")
    );
}
