//! Every example of every rule goes through the real scan.

use gatehook::pipeline::examples;
use gatehook::rules::builtin;

#[test]
fn every_hit_is_found_and_every_miss_is_not() {
    let rules: Vec<_> = builtin().into_iter().collect();
    assert!(!rules.is_empty());
    let faults = examples::check(&rules);
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
