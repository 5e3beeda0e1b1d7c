//! `gatehook scan`.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use gatehook::change::Listing;
use gatehook::change::Store;
use gatehook::config::{Config, ConfigError};
use gatehook::engine::unicode;
use gatehook::finding::Exit;
use gatehook::git::{self, GitError, Repo};
use gatehook::pipeline::{self, Request, RunContext, Stages, Subject, Tree};
use gatehook::policy::baseline;
use gatehook::rules::Gate;
use gatehook::session::{
    self, ConfigFrom, baselines, clock, limits,
    subdirectories::{self, Against},
};
use gatehook::source::{self, NoPatch};

use crate::args::Scan;
use crate::out::{self, To};
use crate::say::{fail, stop};
use crate::setup;
use crate::watch::Watch;

pub(crate) fn run(args: &Scan) -> Exit {
    let request = Request {
        gate: Gate::Scan,
        name: Gate::Scan.word().into(),
        stages: if args.stages.is_empty() { Stages::Every } else { Stages::Asked(args.stages.clone()) },
        skip: Vec::new(),
        limit: limits::ELSEWHERE,
        today: clock::today(),
        whole: is_whole(args),
    };
    let here = std::env::current_dir().unwrap_or_default();
    if is_whole(args) && matches!(Repo::discover(&here), Err(GitError::NoRepository(_))) {
        // Whoever types that in a home directory does not mean all of it.
        return stop(
            "this is not a git repository, so `gatehook scan` needs a path",
            "`gatehook scan .` looks at all files here",
        );
    }
    let watch = Watch::new(&args.output);
    let (place, listing) = match listed(args, &here) {
        Ok(listed) => listed,
        Err(exit) => return exit,
    };
    watch.listed(listing.changes.len());
    let before = match &args.baseline_from {
        Some(revision) => match before(revision, &place, args) {
            Ok(before) => Some(before),
            Err(exit) => return exit,
        },
        None => None,
    };
    let nothing = (!args.staged && listing.changes.is_empty()).then(|| nothing(&listing.scanned.how));
    let dirs = session::dirs();
    let (mut report, exit) = match &place {
        Bytes::Repo(repo) => {
            let from = if args.staged { ConfigFrom::Index(repo) } else { ConfigFrom::Dir(&repo.top) };
            let loaded = setup::load(&from, &args.output);
            let below = |dirs: &BTreeSet<String>| read_below(&loaded.config, &from, dirs, args);
            let context = RunContext { dirs: dirs.as_ref(), subdirectories: &below, ..RunContext::PLAIN };
            let store: &dyn Store = if args.staged { &repo.before("HEAD") } else { repo };
            let baseline = || known(&from, &loaded.config, args, before.as_ref());
            let tree = if args.staged { Tree::Index(repo) } else { Tree::None };
            let subject = Subject::Change { listing, store: &watch.counting(store), tree };
            let mut report = pipeline::run(&request, &loaded.config, subject, &context, &baseline);
            report.end_with(loaded.exit());
            report.notes.extend(session::unstaged_notes(&from, &report, &args.output.overrides()));
            (report, loaded.exit())
        }
        Bytes::Files(root) => {
            let from = ConfigFrom::Dir(root);
            let loaded = setup::load(&from, &args.output);
            let below = |dirs: &BTreeSet<String>| read_below(&loaded.config, &from, dirs, args);
            let context = RunContext { dirs: dirs.as_ref(), subdirectories: &below, ..RunContext::PLAIN };
            let baseline = || known(&from, &loaded.config, args, before.as_ref());
            let tree = if args.patch.is_some() { Tree::None } else { Tree::Listing };
            let subject = Subject::Change { listing, store: &watch.counting(&source::Files), tree };
            (pipeline::run(&request, &loaded.config, subject, &context, &baseline), loaded.exit())
        }
    };
    drop(watch);
    report.notes.extend(nothing);
    report.end_with(exit);
    out::emit(&report, &args.output.reports, To::Stdout)
}

/// The configuration with that of subdirectories.
fn read_below(
    config: &Config,
    from: &ConfigFrom<'_>,
    dirs: &BTreeSet<String>,
    args: &Scan,
) -> Result<Option<Config>, ConfigError> {
    subdirectories::read(config, from, &Against::Nothing, dirs, &args.output.overrides())
}

/// The baselines of a scan: the file, and what `--baseline-from` names.
fn known(
    from: &ConfigFrom<'_>,
    config: &Config,
    args: &Scan,
    before: Option<&baseline::Source>,
) -> Result<Vec<baseline::Source>, String> {
    let mut sources = baselines::of(from, config, &args.output.overrides())?;
    sources.extend(before.cloned());
    Ok(sources)
}

/// What the tree of `revision` holds, as a baseline.
fn before(revision: &str, place: &Bytes, args: &Scan) -> Result<baseline::Source, Exit> {
    let wrong = |error: &GitError| fail(error, error.hint().as_deref(), Exit::Usage);
    let around;
    let repo = match place {
        Bytes::Repo(repo) => repo,
        Bytes::Files(root) => {
            around = Repo::discover(root).map_err(|error| wrong(&error))?;
            &around
        }
    };
    // Under the same configuration as the scan itself: another salt would give other fingerprints.
    let from = if args.staged { ConfigFrom::Index(repo) } else { ConfigFrom::Dir(&repo.top) };
    let loaded = setup::load(&from, &args.output);
    if loaded.exit() != Exit::Clean {
        return Err(loaded.exit());
    }
    let listing = git::tree(repo, revision).map_err(|error| wrong(&error))?;
    let mut report = session::look(&loaded.config, Some(&from), listing, repo);
    let reason = format!("stands in {revision}");
    let entries = report.findings.drain(..).map(|finding| {
        let mut entry = baseline::Entry::of(&finding);
        entry.reason.clone_from(&reason);
        entry
    });
    let text = entries.collect::<baseline::Baseline>().render().into_bytes();
    Ok(baseline::Source { name: revision.to_owned(), text, kept: false, before: None })
}

/// Whether the whole work tree is looked at.
fn is_whole(args: &Scan) -> bool {
    args.paths.is_empty() && !args.staged && args.range.is_none() && !args.history && args.patch.is_none()
}

/// Where the bytes are.
enum Bytes {
    /// In a repository's object store.
    Repo(Repo),
    /// On disk; paths are relative to this directory.
    Files(PathBuf),
}

fn listed(args: &Scan, here: &Path) -> Result<(Bytes, Listing), Exit> {
    if let Some(file) = &args.patch {
        let root = Repo::discover(here).map_or_else(|_| here.to_owned(), |repo| repo.top);
        return Ok((Bytes::Files(root), patch(file)?));
    }
    let listed = if args.staged || args.history || args.range.is_some() {
        Repo::discover(here).and_then(|repo| {
            let listing = match &args.range {
                Some(spec) => git::range(&repo, spec)?,
                None if args.history => git::history(&repo)?,
                None => git::staged(&repo)?,
            };
            Ok((Bytes::Repo(repo), listing))
        })
    } else {
        git::work_tree(here, &args.paths).map(|(root, listing)| (Bytes::Files(root), listing))
    };
    listed.map_err(|error| {
        let exit = if matches!(error, GitError::NoPath { .. }) { Exit::Usage } else { Exit::NotScanned };
        fail(&error, error.hint().as_deref(), exit)
    })
}

/// Reads a patch from `file`, from standard input where it is `-`.
fn patch(file: &Path) -> Result<Listing, Exit> {
    let read = if file == Path::new("-") {
        let mut text = Vec::new();
        std::io::stdin().lock().read_to_end(&mut text).map(|_| text)
    } else {
        std::fs::read(file)
    };
    let text = read.map_err(|source| {
        let error = GitError::NoPath { path: file.to_owned(), source };
        fail(&error, None, Exit::Usage)
    })?;
    // PowerShell writes UTF-16 where its output goes to a file.
    source::patch(&unicode::to_utf8(text)).map_err(|error| fail(&error, Some(NoPatch::hint()), Exit::NotScanned))
}

/// A scan of nothing says so.
fn nothing(how: &str) -> String {
    if how.contains("nothing to scan") { how.to_owned() } else { format!("{how}: nothing to scan") }
}
