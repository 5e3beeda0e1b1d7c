//! `pre-receive`: what a client pushes to this repository, before any ref moves.
//!
//! No work tree, objects in quarantine, and a server that does not wait long: what is not looked
//! at within the budget counts as not looked at.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};

use crate::finding::{Exit, Report};
use crate::git::{self, GitError};
use crate::rules::Gate;
use crate::session::ConfigFrom;

use super::Call;
use super::gate::Before;

pub(super) fn run(call: &Call<'_>) -> u8 {
    let given = match call.front.input() {
        Ok(given) => given,
        Err(error) => {
            call.tell("error: what git says of the push cannot be read");
            return call.fail(&error, None, Exit::NotScanned).code();
        }
    };
    match within_budget(call, &given) {
        Exit::Clean => call.chained(Some(&given)),
        stopped => stopped.code(),
    }
}

/// The report, or that time ran out. Whoever is still working then ends with the process.
fn within_budget(call: &Call<'_>, given: &[u8]) -> Exit {
    let budget = call.flags.budget;
    let (flags, front, input) = (call.flags.clone(), Arc::clone(call.front), given.to_vec());
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let call = Call::new(&flags, &front);
        // No one waits any more once the budget is spent.
        let _ = sender.send(look(&call, &input));
    });
    match receiver.recv_timeout(budget) {
        Ok(Ok(report)) => call.conclude(&report),
        Ok(Err(error)) => call.no_git(&error),
        Err(RecvTimeoutError::Disconnected) => {
            call.tell("error: internal error in gatehook, so the push was not looked at: please report it");
            call.after_error(Exit::NotScanned)
        }
        Err(RecvTimeoutError::Timeout) => {
            let spent = format!("not all of the push was looked at within {} ms", budget.as_millis());
            if call.flags.passes_late {
                call.tell(&format!("warning: {spent}; this server lets it pass"));
                Exit::Clean
            } else {
                call.tell(&format!("error: {spent}"));
                call.tell("hint: push fewer commits at a time");
                call.after_error(Exit::NotScanned)
            }
        }
    }
}

fn look(call: &Call<'_>, given: &[u8]) -> Result<Report, GitError> {
    let repo = call.repo()?;
    let updates = git::parse_received(given)?;
    let outgoing = git::received(&repo, &updates)?;
    // Policy is what the server's default branch says. A branch of the client's own could be made lax
    // by one push and used by the next.
    let mut runner = call.runner(Gate::Receive, &ConfigFrom::Server(&repo, "HEAD".to_owned()));
    if let Some(tip) = outgoing.net.first().map(|net| net.head.to_string()) {
        runner.hold_against(&ConfigFrom::Server(&repo, tip));
    }
    Ok(runner.look_staged(outgoing, &repo, "HEAD", &Before::NOTHING))
}
