//! Baselines of two branches merge as git merges them: nothing conflicts, nothing is lost, and what is
//! taken out comes back only where both branches changed neighbouring lines.

use std::collections::BTreeMap;

use gatehook::finding::Fingerprint;
use gatehook::paths::RepoPath;
use gatehook::policy::baseline::{Baseline, Entry, merge};

use crate::support::{Dice, World};

fn entry(dice: &mut Dice) -> Entry {
    let hex = format!("{:016x}{:016x}", dice.next(), dice.next());
    Entry {
        fingerprint: Fingerprint::parse(&hex).unwrap(),
        path: RepoPath::from(format!("src/file{}.py", dice.below(30)).as_str()),
        rule: "python-eval-nonliteral".to_owned(),
        expires: None,
        owner: String::new(),
        reason: String::new(),
    }
}

/// `base` with so many entries taken out and so many added.
fn branch(base: &Baseline, out: usize, added: usize, dice: &mut Dice) -> Baseline {
    let mut entries = base.entries().to_vec();
    for _ in 0..out {
        entries.swap_remove(dice.below(entries.len()));
    }
    entries.extend((0..added).map(|_| entry(dice)));
    entries.into_iter().collect()
}

/// What `git merge-file` makes of three baselines, and the number of conflicts.
fn by_git(world: &World, sides: [&Baseline; 3], flags: &str) -> (Vec<u8>, i32) {
    for (name, side) in ["ours", "base", "theirs"].iter().zip(sides) {
        std::fs::write(world.repo().join(name), side.render()).unwrap();
    }
    let output = world.sh(&format!("git merge-file -p {flags} ours base theirs"));
    (output.stdout, output.status.code().unwrap())
}

/// How often git found a conflict, and how many of the entries that were taken out came back, in
/// hundredths, over a number of rounds.
fn play(held: usize, changed: usize, flags: &str) -> (usize, usize) {
    const ROUNDS: usize = 20;
    let world = World::new();
    let mut dice = Dice::new(held as u64 * 31 + changed as u64);
    let (mut conflicts, mut back, mut taken) = (0, 0, 0);
    for _ in 0..ROUNDS {
        let base: Baseline = (0..held).map(|_| entry(&mut dice)).collect();
        let ours = branch(&base, changed, changed, &mut dice);
        let theirs = branch(&base, changed, changed, &mut dice);
        let exact = merge(&base, &ours, &theirs);
        taken += held + 2 * changed - exact.entries().len();
        let (text, code) = by_git(&world, [&ours, &base, &theirs], flags);
        if code != 0 {
            conflicts += 1;
            assert!(Baseline::parse(&text).is_err(), "a conflict is no baseline");
            continue;
        }
        let merged = Baseline::parse(&text).unwrap();
        for entry in exact.entries() {
            assert!(merged.find(entry).is_some(), "{} is lost", entry.fingerprint);
        }
        for entry in merged.entries().iter().filter(|entry| exact.find(entry).is_none()) {
            assert!(base.find(entry).is_some(), "{} comes from nowhere", entry.fingerprint);
            back += 1;
        }
    }
    (conflicts * 100 / ROUNDS, back * 100 / taken.max(1))
}

#[test]
fn with_the_attribute_nothing_conflicts_and_nothing_is_lost() {
    let figures: BTreeMap<(usize, usize), (usize, usize)> = [(5, 1), (50, 1), (50, 5), (200, 30), (1000, 30)]
        .map(|sizes| (sizes, play(sizes.0, sizes.1, "--union")))
        .into();
    for (sizes, (conflicts, _)) in &figures {
        assert_eq!(*conflicts, 0, "{sizes:?}");
    }
    // An entry that comes back covers nothing, and the next scan says so.
    assert!(figures[&(5, 1)].1 <= 2 && figures[&(50, 5)].1 <= 8 && figures[&(1000, 30)].1 <= 15, "{figures:?}");
}

#[test]
fn without_it_small_changes_hardly_ever_conflict() {
    for sizes in [(5, 1), (50, 1), (2000, 1)] {
        let (conflicts, back) = play(sizes.0, sizes.1, "");
        assert!(conflicts <= 5 && back == 0, "{sizes:?}: {conflicts} of a hundred");
    }
}
