//! A gate in a hook: looks at a listing, tells what it found on standard error.

use gatehook::change::Store;
use gatehook::finding::{Exit, Report};
use gatehook::pipeline::{self, Request};
use gatehook::rules::Gate;
use gatehook::source::Listing;

use super::Call;
use crate::setup::{self, ConfigFrom, To};

/// Bytes of a file that the commit gate looks at, at most.
const COMMIT_LIMIT: u64 = 64 << 20;
/// The same for every other gate.
const LIMIT: u64 = 512 << 20;

impl Call<'_> {
    /// Looks at `listing` as `gate` demands, under the configuration that `from` holds.
    pub(super) fn look(&self, gate: Gate, from: &ConfigFrom<'_>, listing: Listing, store: &dyn Store) -> Report {
        let loaded = setup::load(from, &self.flags.output);
        let request = Request {
            gate,
            name: name(gate).into(),
            packs: Vec::new(),
            skip: self.skipped(&loaded.config),
            limit: if gate == Gate::Commit { COMMIT_LIMIT } else { LIMIT },
            today: setup::today(),
        };
        let mut report = pipeline::run(&request, &loaded.config, listing, store);
        report.exit = report.exit.or(loaded.exit);
        report
    }

    /// Tells the developer and gives the last word.
    pub(super) fn conclude(&self, report: &Report) -> Exit {
        self.settle(setup::emit(report, &self.flags.output, To::Stderr))
    }
}

const fn name(gate: Gate) -> &'static str {
    match gate {
        Gate::Commit => "commit",
        Gate::Push => "push",
        // On a server: what a client pushes.
        Gate::Ci => "receive",
    }
}
