//! Every example of every rule goes through the real scan.

use std::collections::BTreeSet;

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
