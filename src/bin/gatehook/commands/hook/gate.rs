//! A gate in a hook: looks at a listing, tells what it found on standard error.

use gatehook::change::Store;
use gatehook::finding::{Exit, Report};
use gatehook::pipeline::{self, Request};
use gatehook::rules::Gate;
use gatehook::source::Listing;

use super::Call;
use crate::args::Output;
use crate::layers::Loaded;
use crate::setup::{self, ConfigFrom, To};

/// Bytes of a file that the commit gate looks at, at most.
const COMMIT_LIMIT: u64 = 64 << 20;
/// The same for every other gate.
const LIMIT: u64 = 512 << 20;

impl Call<'_> {
    /// Looks at `listing` as `gate` demands, under the configuration that `from` holds.
    pub(super) fn look(&self, gate: Gate, from: &ConfigFrom<'_>, listing: Listing, store: &dyn Store) -> Report {
        self.under(gate, from).look(listing, store)
    }

    /// What `gate` demands under the configuration that `from` holds.
    pub(super) fn under<'u>(&'u self, gate: Gate, from: &ConfigFrom<'u>) -> Under<'u> {
        let loaded = setup::load(from, &self.flags.output);
        let request = Request {
            gate,
            name: name(gate).into(),
            packs: Vec::new(),
            skip: self.skipped(&loaded.config),
            limit: if gate == Gate::Commit { COMMIT_LIMIT } else { LIMIT },
            today: setup::today(),
            whole: false,
        };
        Under { request, loaded, from: from.clone(), output: &self.flags.output }
    }

    /// Tells the developer and gives the last word.
    pub(super) fn conclude(&self, report: &Report) -> Exit {
        let exit = setup::emit(report, &self.flags.output, To::Stderr);
        if report.observes && !report.blocking.is_empty() {
            self.record_observed(report.blocking.iter().map(|&at| report.findings[at].rule.as_ref()));
        }
        self.settle(exit)
    }
}

/// A gate with its configuration.
pub(super) struct Under<'u> {
    request: Request,
    loaded: Loaded,
    /// From where its baseline is read.
    from: ConfigFrom<'u>,
    output: &'u Output,
}

impl Under<'_> {
    /// Looks at `listing`.
    pub(super) fn look(&self, listing: Listing, store: &dyn Store) -> Report {
        let baseline = || setup::baseline(&self.from, &self.loaded.config, self.output);
        let mut report = pipeline::run(&self.request, &self.loaded.config, listing, store, &baseline);
        report.exit = report.exit.or(self.loaded.exit);
        report
    }

    /// Under which terms it looks: see [`pipeline::terms`].
    pub(super) fn terms(&self, later: bool) -> Vec<[u8; 32]> {
        pipeline::terms(&self.request, &self.loaded.config, later)
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
