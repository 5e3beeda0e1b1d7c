//! The reader of the index without a child process sees what git's plumbing sees: thousands of
//! random repositories and index states, compared path by path.
//!
//! `GATEHOOK_STATES=N` compares N states (400 unless said otherwise), `GATEHOOK_SEED=N` begins
//! elsewhere. `cargo test --test it staged -- --nocapture` prints the counts.

mod discovery;
mod mutate;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use gatehook::git::{Pair, Repo, staged_pairs, staged_pairs_by_plumbing};

use self::mutate::Playground;
use crate::support::Dice;

/// States that a repository goes through before the next begins.
const STATES_EACH: usize = 25;

/// Why the fast reader may leave a repository to plumbing.
const EXPECTED_DOUBTS: [&str; 2] = ["split index", "sparse index"];

#[derive(Default)]
struct Tally {
    repositories: usize,
    states: usize,
    with_changes: usize,
    pairs: usize,
    doubts: BTreeMap<String, usize>,
    steps: BTreeMap<&'static str, usize>,
}

fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn sorted(mut lists: Vec<Vec<Pair>>) -> Vec<Vec<Pair>> {
    for list in &mut lists {
        list.sort_by(|one, other| one.path.cmp(&other.path));
    }
    lists
}

/// Takes one repository through its states. A difference comes back as text, with what led to it.
fn play(seed: u64, states: usize, tally: &Mutex<Tally>) -> Result<(), String> {
    let mut playground = Playground::new(Dice::new(seed));
    let mut log = Vec::new();
    tally.lock().unwrap().repositories += 1;
    for _ in 0..states {
        let step = playground.step();
        log.push(step);
        let world = &playground.world;
        let repo = Repo::discover(&world.repo()).map_err(|error| format!("seed {seed}: {error}"))?;
        let expected = staged_pairs_by_plumbing(&repo).map(sorted);
        let got = staged_pairs(&repo).map(sorted);
        let mut tally = tally.lock().unwrap();
        tally.states += 1;
        *tally.steps.entry(step).or_default() += 1;
        match (got, expected) {
            (Ok(got), Ok(expected)) => {
                tally.pairs += expected.iter().map(Vec::len).sum::<usize>();
                tally.with_changes += usize::from(expected.iter().any(|list| !list.is_empty()));
                if got != expected {
                    let kept = world.path().with_extension("kept");
                    let _ = std::process::Command::new("cp").arg("-a").arg(world.path()).arg(&kept).status();
                    return Err(format!(
                        "seed {seed}, kept in {}, after {log:?}\n--- plumbing\n{expected:?}\n--- got\n{got:?}",
                        kept.display()
                    ));
                }
            }
            (Err(doubt), Ok(_)) if EXPECTED_DOUBTS.contains(&doubt.to_string().as_str()) => {
                *tally.doubts.entry(doubt.to_string()).or_default() += 1;
            }
            (got, expected) => {
                return Err(format!("seed {seed}, after {log:?}\n--- plumbing\n{expected:?}\n--- got\n{got:?}"));
            }
        }
    }
    Ok(())
}

#[test]
#[allow(clippy::print_stdout, reason = "the counts are what a long run is read for")]
fn the_fast_reader_sees_what_plumbing_sees() {
    let repositories = number("GATEHOOK_STATES", 400).div_ceil(STATES_EACH);
    let first = number("GATEHOOK_SEED", 1);
    let tally = Mutex::new(Tally::default());
    let failures = Mutex::new(Vec::new());
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= repositories || failures.lock().unwrap().len() > 2 {
                        break;
                    }
                    if let Err(failure) = play((first + at) as u64, STATES_EACH, &tally) {
                        failures.lock().unwrap().push(failure);
                    }
                }
            });
        }
    });
    let tally = tally.into_inner().unwrap();
    println!(
        "{} repositories, {} states, {} with changes, {} paths compared; left to plumbing: {:?}\nsteps: {:?}",
        tally.repositories, tally.states, tally.with_changes, tally.pairs, tally.doubts, tally.steps
    );
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
    assert!(tally.with_changes * 3 > tally.states, "many states must differ from HEAD to mean anything");
    assert!(tally.doubts.values().sum::<usize>() * 4 < tally.states, "too many states were left to plumbing");
}
