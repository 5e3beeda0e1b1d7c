//! Mutated inputs for every reader of outside bytes: what must hold is asserted, whatever they are.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use gatehook_fuzz::mutate::Mutator;
use gatehook_fuzz::targets;

/// An input that takes longer than this is a finding: sizes are below 64 KiB.
const SLOW: Duration = Duration::from_secs(1);

fn main() {
    let mut arguments = std::env::args().skip(1);
    let chosen = arguments.next().unwrap_or_else(|| "all".to_owned());
    if chosen == "seeds" {
        return write_seeds();
    }
    let seconds: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(60);
    let seed: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1);
    let mut failed = false;
    let mut ran = false;
    for (name, target, seeds) in targets::all() {
        if chosen != "all" && chosen != name {
            continue;
        }
        ran = true;
        let mut mutator = Mutator::new(seed, seeds());
        let begin = Instant::now();
        let (mut runs, mut bytes, mut faults) = (0_u64, 0_u64, 0_u64);
        while begin.elapsed() < Duration::from_secs(seconds) && faults < 10 {
            let input = mutator.next();
            let start = Instant::now();
            let crashed = catch_unwind(AssertUnwindSafe(|| target(&input))).is_err();
            if crashed || start.elapsed() > SLOW {
                faults += 1;
                let path = format!("artifacts/{name}-{seed}-{runs}");
                let _ = std::fs::create_dir_all("artifacts");
                let _ = std::fs::write(&path, &input);
                println!("{name}: {} after {:?}: {path}", if crashed { "crash" } else { "slow" }, start.elapsed());
            }
            runs += 1;
            bytes += input.len() as u64;
        }
        failed |= faults > 0;
        println!("{name}: {runs} inputs, {bytes} bytes, {} s, {faults} faults", begin.elapsed().as_secs());
    }
    assert!(ran, "there is no target `{chosen}`");
    std::process::exit(i32::from(failed));
}

/// The seeds as the corpora that libFuzzer begins with.
fn write_seeds() {
    for (name, _, seeds) in targets::all() {
        let dir = std::path::Path::new("corpus").join(name);
        std::fs::create_dir_all(&dir).expect("a directory for the seeds");
        for (number, seed) in seeds().iter().enumerate() {
            std::fs::write(dir.join(format!("seed-{number}")), seed).expect("a seed is written");
        }
    }
}
