//! Every example of every rule goes through the real scan.

use std::collections::{BTreeMap, BTreeSet};

use gatehook::pipeline::examples;
use gatehook::rules::builtin;

use crate::support::root;

#[test]
fn every_hit_is_found_and_every_miss_is_not() {
    let rules: Vec<_> = builtin().into_iter().collect();
    assert!(!rules.is_empty());
    let faults = examples::check(&rules);
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// `rules/secrets/references.tsv`: the rules whose page was opened, and what it states. An address that changes
/// takes its row along.
#[test]
fn rows_of_opened_pages_are_those_of_the_rules() {
    let text = std::fs::read_to_string(root().join("rules/secrets/references.tsv")).unwrap();
    let (header, rows) = text.split_once('\n').unwrap();
    assert_eq!(header, "file\trule\taddress\tstate\tdate");
    let rows: Vec<Vec<&str>> = rows.lines().map(|line| line.split('\t').collect()).collect();
    assert!(rows.is_sorted());
    let rules = builtin();
    let mut providers = BTreeSet::new();
    for row in &rows {
        let [file, id, address, state, date] = row[..] else { panic!("{row:?}") };
        let rule = rules.iter().find(|rule| rule.id == id).unwrap_or_else(|| panic!("there is no rule `{id}`"));
        assert_eq!(rule.reference, address, "{id}");
        assert!(matches!(state, "format" | "credential" | "source" | "standard"), "{id}: {state}");
        assert!(date.len() == 10 && root().join("rules/secrets").join(file).is_file(), "{id}");
        providers.insert(file);
    }
    assert!(rows.len() >= 150 && providers.len() >= 120, "{} rules of {} providers", rows.len(), providers.len());
}

/// `rules/insecure/references.tsv`: the same for the insecure patterns, with where the page was read.
#[test]
fn rows_of_pages_opened_for_insecure_patterns_are_those_of_the_rules() {
    let text = std::fs::read_to_string(root().join("rules/insecure/references.tsv")).unwrap();
    let (header, rows) = text.split_once('\n').unwrap();
    assert_eq!(header, "rule\taddress\topened\tstates\tdate");
    let rows: Vec<Vec<&str>> = rows.lines().map(|line| line.split('\t').collect()).collect();
    assert!(rows.windows(2).all(|pair| pair[0][0] < pair[1][0]), "sorted by rule, each once");
    let rules = builtin();
    let mut areas: BTreeMap<String, usize> = BTreeMap::new();
    for row in &rows {
        let [id, address, opened, states, date] = row[..] else { panic!("{row:?}") };
        let rule = rules.iter().find(|rule| rule.id == id).unwrap_or_else(|| panic!("there is no rule `{id}`"));
        assert_eq!(rule.reference, address, "{id}");
        assert!(!opened.is_empty() && states.len() > 20 && date.len() == 10, "{id}");
    }
    for entry in std::fs::read_dir(root().join("rules/insecure")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|kind| kind == "toml") {
            let text = std::fs::read_to_string(&path).unwrap();
            let opened = rows.iter().filter(|row| text.contains(&format!("\nid = \"{}\"\n", row[0]))).count();
            areas.insert(path.file_stem().unwrap().to_string_lossy().into_owned(), opened);
        }
    }
    areas.remove("allowances");
    assert!(rows.len() >= 300 && areas.len() >= 16, "{} rules of {} areas", rows.len(), areas.len());
    assert!(areas.values().all(|opened| *opened >= 5), "{areas:?}");
}
