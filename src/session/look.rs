//! A look outside of the gates: all built-in stages over a listing, no program started.

use std::collections::BTreeSet;

use super::configuration::{ConfigFrom, Overrides};
use super::subdirectories::{self, Against};
use super::{clock, dirs, limits};
use crate::change::{Listing, Store};
use crate::config::Config;
use crate::finding::{Exit, Report};
use crate::pipeline::{self, Request, RunContext, Stages, Subject, Tree};
use crate::rules::{Gate, Pack};
use crate::source::{Cleanup, Files, message};

/// Looks at `listing` under `config`, to which the files of subdirectories at `from` add.
pub fn look(config: &Config, from: Option<&ConfigFrom<'_>>, listing: Listing, store: &dyn Store) -> Report {
    let request = Request {
        gate: Gate::Scan,
        name: Gate::Scan.word().into(),
        stages: Stages::Every,
        skip: Vec::new(),
        limit: limits::ELSEWHERE,
        today: clock::today(),
        whole: false,
    };
    let dirs = dirs();
    let below = |dirs: &BTreeSet<String>| match from {
        Some(from) => subdirectories::read(config, from, &Against::Nothing, dirs, &Overrides::default()),
        None => Ok(None),
    };
    let context = RunContext { dirs: dirs.as_ref(), subdirectories: &below, ..RunContext::PLAIN };
    let subject = Subject::Change { listing, store, tree: Tree::Listing };
    pipeline::run(&request, config, subject, &context, pipeline::NO_BASELINE)
}

/// Whether a text that somebody wants to have written down holds a secret.
pub fn holds_secret(text: &str) -> bool {
    let listing = message(text.as_bytes(), Cleanup::default());
    let report = look(&Config::default(), None, listing, &Files);
    report.findings.iter().any(|finding| finding.stage == Pack::Secrets.word()) || report.exit() == Exit::NotScanned
}
