//! `pre-push`: everything that the remote does not have yet.

use std::collections::HashSet;

use gatehook::change::Change;
use gatehook::finding::Exit;
use gatehook::git::{self, GitError, Push, Repo};
use gatehook::rules::Gate;
use gatehook::source::Listing;

use super::{Call, input, rewrite, tell};
use crate::commands::fail;
use crate::setup::ConfigFrom;

pub(super) fn run(call: &Call<'_>) -> u8 {
    let given = match input() {
        Ok(given) => given,
        Err(error) => {
            tell("error: what git says of the push cannot be read");
            return call.settle(fail(&error, None, Exit::NotScanned)).code();
        }
    };
    let framework = &call.around.framework;
    if framework.runs && framework.range.is_none() && framework.remote.is_none() && given.trim_ascii().is_empty() {
        tell("error: the hook framework says neither what is pushed nor to where");
        tell("hint: run it as a pre-push hook, or name --from-ref and --to-ref");
        return call.settle(Exit::NotScanned).code();
    }
    match look(call, &given) {
        Exit::Clean => call.chained(Some(&given)),
        stopped => stopped.code(),
    }
}

/// What there is to look at, and the commit whose configuration holds.
struct Outgoing {
    listing: Listing,
    tip: Option<String>,
}

fn look(call: &Call<'_>, given: &[u8]) -> Exit {
    let found = call.repo().and_then(|repo| Ok((outgoing(call, &repo, given)?, repo)));
    let (outgoing, repo) = match found {
        Ok((Some(outgoing), repo)) => (outgoing, repo),
        Ok((None, _)) => return Exit::Clean,
        Err(error) => return call.no_git(&error),
    };
    call.tell_recorded();
    let commits = rewrite::commits(&outgoing.listing);
    let from = match &outgoing.tip {
        Some(tip) => ConfigFrom::Commit(&repo, tip),
        None => ConfigFrom::Index(&repo),
    };
    let report = call.look(Gate::Push, &from, outgoing.listing, &repo);
    let exit = call.conclude(&report);
    if exit == Exit::Blocked {
        for line in rewrite::advice(&report, &commits, &repo) {
            tell(&line);
        }
    }
    exit
}

/// `None` where git itself says that nothing is pushed.
fn outgoing(call: &Call<'_>, repo: &Repo, given: &[u8]) -> Result<Option<Outgoing>, GitError> {
    if !given.trim_ascii().is_empty() {
        let updates = git::parse_updates(given)?;
        let tip = updates.iter().find(|update| !update.local.is_null()).map(|update| update.local.to_string());
        let push = Push { remote: call.arg(0), url: call.arg(1), updates };
        let listing = git::outgoing(repo, &push)?;
        // A blob or a tree holds no configuration at a path.
        let tip = tip.filter(|_| listing.scanned.commits > 0);
        return Ok(Some(Outgoing { listing, tip }));
    }
    if call.around.framework.runs {
        return under_framework(call, repo).map(Some);
    }
    // git calls the shim with two arguments and no line where everything is up to date. Others may
    // have forgotten to hand the lines on, and then nobody knows what is pushed.
    if call.flags.hooks_dir.is_some() && call.flags.args.len() >= 2 {
        return Ok(None);
    }
    let listing = git::unpushed(repo, call.arg(0).as_deref())?;
    Ok(Some(Outgoing { listing, tip: None }))
}

/// Frameworks keep the lines to themselves and tell of one ref only.
fn under_framework(call: &Call<'_>, repo: &Repo) -> Result<Outgoing, GitError> {
    let framework = &call.around.framework;
    let mut all = git::unpushed(repo, framework.remote.as_deref())?;
    let Some((from, to)) = &framework.range else { return Ok(Outgoing { listing: all, tip: None }) };
    let told = git::range(repo, &format!("{from}..{to}"))?;
    let known: HashSet<_> = all.changes.iter().filter_map(|change| Some(change.commit.as_ref()?.id)).collect();
    let is_known = |change: &Change| change.commit.as_ref().is_some_and(|commit| known.contains(&commit.id));
    let more: HashSet<_> = told
        .changes
        .iter()
        .filter(|change| !is_known(change))
        .filter_map(|change| Some(change.commit.as_ref()?.id))
        .collect();
    all.changes.extend(told.changes.into_iter().filter(|change| !is_known(change)));
    all.gaps.extend(told.gaps);
    all.scanned.commits += more.len();
    all.scanned.how = format!("{}; and {}", told.scanned.how, all.scanned.how);
    Ok(Outgoing { listing: all, tip: Some(to.clone()) })
}
