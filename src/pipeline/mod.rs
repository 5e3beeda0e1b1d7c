//! Event -> plan -> run: the one place that orders things.

pub mod examples;

use std::time::Instant;

use crate::change::Store;
use crate::config::{Config, GateConfig};
use crate::engine::Engine;
use crate::finding::{Outcome, Report, Salt, StageRun, Text};
use crate::policy::{self, Demand};
use crate::rules::{Gate, Pack, RuleSet};
use crate::source::Listing;
use crate::stage::builtin;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// The gate whose rules and demands hold.
    pub gate: Gate,
    /// Its name in the report.
    pub name: Text,
    /// The built-in stages to run.
    pub packs: Vec<Pack>,
    /// Bytes of a file that are looked at, at most.
    pub limit: u64,
    /// Threads, at most.
    pub threads: usize,
}

/// Looks at a listing with the built-in stages and decides.
pub fn run(request: &Request, config: &Config, listing: Listing, store: &dyn Store) -> Report {
    let begin = Instant::now();
    let Listing { changes, mut gaps, mut scanned } = listing;
    let rules = RuleSet::default().limited_to(&request.packs, request.gate);
    let engine = Engine::new(rules);
    let options = builtin::Options { salt: Salt::default(), limit: request.limit, threads: request.threads };
    let looked = builtin::run(&changes, store, &engine, &options);
    gaps.extend(looked.gaps);
    scanned.files += looked.files;
    scanned.added_lines += looked.added_lines;
    scanned.bytes += looked.bytes;
    scanned.unproven += looked.unproven;
    let mut findings = looked.findings;
    findings.sort_by(|one, other| {
        (&one.path, one.place, &one.rule, &one.commit).cmp(&(&other.path, other.place, &other.rule, &other.commit))
    });
    let stages: Vec<StageRun> = request
        .packs
        .iter()
        .map(|pack| StageRun { name: pack.word().into(), outcome: Outcome::Ran, files: scanned.files, required: true })
        .collect();
    let gate = demands(config, request.gate);
    let demand = Demand { block: gate.block, tier: gate.tier };
    let (verdict, exit, blocking) = policy::decide(demand, &findings, &stages, &gaps, &scanned);
    Report {
        verdict,
        exit,
        gate: request.name.clone(),
        findings,
        stages,
        scanned,
        gaps,
        notes: Vec::new(),
        millis: u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX),
        root: None,
        blocking,
    }
}

fn demands(config: &Config, gate: Gate) -> &GateConfig {
    match gate {
        Gate::Commit => &config.commit,
        Gate::Push => &config.push,
        Gate::Ci => &config.ci,
    }
}
