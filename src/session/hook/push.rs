//! `pre-push`: everything that the remote does not have yet.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use crate::change::{Change, Oid};
use crate::finding::{Exit, Finding};
use crate::git::{self, GitError, Outgoing, Push, Repo};

use super::gate::Before;
use super::receipts::Memory;
use super::{Call, rewrite};

pub(super) fn run(call: &Call<'_>) -> u8 {
    let given = match call.front.input() {
        Ok(given) => given,
        Err(error) => {
            call.tell("error: what git says of the push cannot be read");
            return call.after_error(call.fail(&error, None, Exit::NotScanned)).code();
        }
    };
    let framework = &call.environment.framework;
    if framework.runs && framework.range.is_none() && framework.remote.is_none() && given.trim_ascii().is_empty() {
        call.tell("error: the hook framework says neither what is pushed nor to where");
        call.tell("hint: run it as a pre-push hook, or name --from-ref and --to-ref");
        return call.after_error(Exit::NotScanned).code();
    }
    match look(call, &given) {
        Exit::Clean => call.chained(Some(&given)),
        stopped => stopped.code(),
    }
}

/// What there is to look at, and what is known of it.
struct Pushed<'p> {
    outgoing: Outgoing,
    memory: Memory<'p>,
    /// The local branches that are pushed.
    branches: Vec<String>,
}

fn look(call: &Call<'_>, given: &[u8]) -> Exit {
    let repo = match call.repo() {
        Ok(repo) => repo,
        Err(error) => return call.no_git(&error),
    };
    let Pushed { mut outgoing, memory, branches } = match outgoing(call, &repo, given) {
        Ok(Some(outgoing)) => outgoing,
        Ok(None) => return Exit::Clean,
        Err(error) => return call.no_git(&error),
    };
    let spared = memory.spare(&mut outgoing.every);
    let past = memory.bypasses(&spared, &branches, &outgoing.every);
    let (commits, leaning) = (std::mem::take(&mut outgoing.commits), std::mem::take(&mut outgoing.leaning));
    let notes = std::mem::take(&mut outgoing.notes);
    let (recalled, found) = (memory.recalled(), Mutex::new(None));
    let note = |findings: &[Finding]| {
        *found.lock().unwrap_or_else(PoisonError::into_inner) = Some(findings.to_vec());
    };
    let before = Before { passed: spared.is_all(), recalled: &recalled, found: &note };
    let mut report = memory.runner().look_staged(outgoing, &repo, memory.revision(), &before);
    if report.exit() == Exit::Interrupted {
        call.tell("interrupted: nothing was sent");
        return Exit::Interrupted;
    }
    if past.is_some() {
        call.tell_not_in_force(&repo);
    }
    report.notes.extend(past);
    report.notes.extend(notes);
    memory.keep(&spared, &report, found.into_inner().unwrap_or_else(PoisonError::into_inner), &leaning);
    let exit = call.conclude(&report);
    if exit == Exit::Blocked {
        for line in rewrite::advice(&report, &commits, &repo) {
            call.tell(&line);
        }
    }
    exit
}

/// `None` where git itself says that nothing is pushed.
fn outgoing<'p>(call: &'p Call<'p>, repo: &'p Repo, given: &[u8]) -> Result<Option<Pushed<'p>>, GitError> {
    if !given.trim_ascii().is_empty() {
        call.tell_recorded();
        let updates = git::parse_updates(given)?;
        let tip = updates.iter().find(|update| !update.local.is_null()).map(|update| update.local.to_string());
        let branches = updates.iter().filter(|update| update.local_ref.starts_with(b"refs/heads/"));
        let branches = branches.map(|update| String::from_utf8_lossy(&update.local_ref).into_owned()).collect();
        let push = Push { remote: call.arg(0), url: call.arg(1), updates };
        let memory = Memory::new(call, repo, tip);
        let outgoing = git::outgoing_without(repo, &push, &|commits, outer| {
            let told = push.updates.iter().map(|update| update.remote).filter(|id| !id.is_null());
            memory.begins_at(told.chain(outer.iter().copied()).map(|id| id.to_string()));
            memory.looked(commits)
        })?;
        // A blob or a tree holds no configuration at a path.
        let memory = if outgoing.every.scanned.commits > 0 { memory } else { Memory::new(call, repo, None) };
        if outgoing.every.changes.iter().any(|change| !change.is_header()) {
            memory.begins_at(std::iter::empty());
        }
        return Ok(Some(Pushed { outgoing, memory, branches }));
    }
    if call.environment.framework.runs {
        call.tell_recorded();
        return under_framework(call, repo).map(Some);
    }
    // git calls the shim with two arguments and no line where everything is up to date. Others may
    // have forgotten to hand the lines on, and then no one knows what is pushed.
    if call.flags.hooks_dir.is_some() && call.flags.args.len() >= 2 {
        return Ok(None);
    }
    call.tell_recorded();
    let outgoing = git::unpushed(repo, call.arg(0).as_deref())?;
    Ok(Some(Pushed { outgoing, memory: Memory::new(call, repo, None), branches: Vec::new() }))
}

/// Frameworks keep the lines to themselves and tell of one ref only.
fn under_framework<'p>(call: &'p Call<'p>, repo: &'p Repo) -> Result<Pushed<'p>, GitError> {
    let framework = &call.environment.framework;
    let Outgoing { every: mut all, mut net, mut commits, mut leaning, .. } =
        git::unpushed(repo, framework.remote.as_deref())?;
    let pushed = |outgoing, tip| Pushed { outgoing, memory: Memory::new(call, repo, tip), branches: Vec::new() };
    let Some((from, to)) = &framework.range else {
        return Ok(pushed(Outgoing { every: all, net, commits, leaning, ..Outgoing::default() }, None));
    };
    let told = git::range(repo, &format!("{from}..{to}"))?;
    let known: HashSet<_> = all.changes.iter().filter_map(|change| Some(change.commit.as_ref()?.id)).collect();
    let is_known = |change: &Change| change.commit.as_ref().is_some_and(|commit| known.contains(&commit.id));
    let more: HashSet<_> = told
        .changes
        .iter()
        .filter(|change| !is_known(change))
        .filter_map(|change| Some(change.commit.as_ref()?.id))
        .collect();
    let end = |id: &Option<String>| Oid::from_hex(id.as_deref()?.as_bytes());
    if let Some(head) = end(&told.scanned.head).filter(|head| net.iter().all(|net| net.head != *head)) {
        let base: Vec<Oid> = end(&told.scanned.base).into_iter().collect();
        net.push(git::net_of(repo, &base, head)?);
    }
    all.changes.extend(told.changes.into_iter().filter(|change| !is_known(change)));
    let mut listed: HashSet<Oid> = commits.iter().copied().collect();
    for id in all.changes.iter().filter_map(|change| Some(change.commit.as_ref()?.id)) {
        if listed.insert(id) {
            commits.push(id);
            // What of it is listed elsewhere is not told: it leans on what no push has.
            leaning.insert(id, vec![Oid::sha1([0; 20])]);
        }
    }
    all.gaps.extend(told.gaps);
    all.scanned.commits += more.len();
    all.scanned.how = format!("{}; and {}", told.scanned.how, all.scanned.how);
    let pushed = pushed(Outgoing { every: all, net, commits, leaning, ..Outgoing::default() }, Some(to.clone()));
    pushed.memory.begins_at(std::iter::once(from.clone()).filter(|from| !from.bytes().all(|byte| byte == b'0')));
    Ok(pushed)
}
