//! `gatehook stage`.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use gatehook::change::Listing;
use gatehook::change::Oid;
use gatehook::config::StageConfig;
use gatehook::finding::{Exit, Scanned};
use gatehook::git::{self, GitError, Net, Outgoing, Repo};
use gatehook::pipeline::{self, Programs, Request, Review, RunContext, Stages, Subject, lacks};
use gatehook::rules::Gate;
use gatehook::session::{
    self, ConfigFrom, baselines, clock, limits,
    subdirectories::{self, Against},
    trust,
};
use gatehook::stage::{self, external::Environment};
use gatehook::text::escape;
use serde_json::json;

use crate::args::{Output, StageCommand, StageRun};
use crate::out::{self, To};
use crate::progress::Progress;
use crate::say::{fail, say, say_json};
use crate::setup;

pub(crate) fn run(command: &StageCommand) -> Exit {
    let repo = match Repo::discover(Path::new(".")) {
        Ok(repo) => repo,
        Err(error) => return fail(&error, error.hint().as_deref(), Exit::NotScanned),
    };
    match command {
        StageCommand::List { format } => list(&repo, format),
        StageCommand::Run(args) => match over(&repo, args) {
            Ok(exit) => exit,
            Err(error) => fail(&error, error.hint().as_deref(), Exit::NotScanned),
        },
    }
}

fn list(repo: &Repo, format: &str) -> Exit {
    let loaded = setup::load(&ConfigFrom::Dir(&repo.top), &Output::default());
    let config = &loaded.config;
    let trusted = trust::names(repo, "HEAD", config);
    let environment = Environment::of_process();
    let gates = |name: &str| {
        let all = [("commit", &config.commit), ("push", &config.push), ("ci", &config.ci)];
        let of = all.into_iter().filter(|(_, gate)| gate.stages.iter().any(|stage| stage == name));
        of.map(|(gate, _)| gate).collect::<Vec<_>>()
    };
    if format == "json" {
        let own = stage::names().map(|name| json!({ "name": name, "gates": gates(name) }));
        let all: Vec<_> = own
            .chain(config.stages.iter().map(|stage| {
                json!({ "name": stage.name, "gates": gates(&stage.name), "command": stage.command, "format": stage.format.word(),
                    "files": stage.files, "trusted": trusted.contains(&stage.name), "missing": lacks(stage, &environment) })
            }))
            .collect();
        return loaded.exit().or(say_json(&json!(all)));
    }
    let told = |name: &str| {
        let gates = gates(name);
        if gates.is_empty() { "at no gate".to_owned() } else { format!("at {}", gates.join(", ")) }
    };
    let mut out = String::new();
    for name in stage::names() {
        let _ = writeln!(out, "{name}: built in, {}", told(name));
    }
    for stage in &config.stages {
        let words: Vec<String> = stage.command.iter().map(|word| escape(word.as_bytes()).to_string()).collect();
        let state = match lacks(stage, &environment) {
            Some(why) => format!("; {why}"),
            None if !trusted.contains(&stage.name) => "; not trusted yet: `gatehook trust`".to_owned(),
            None => String::new(),
        };
        let _ = writeln!(out, "{}: {}, {}{state}", stage.name, told(&stage.name), words.join(" "));
    }
    loaded.exit().or(say(&out))
}

fn over(repo: &Repo, args: &StageRun) -> Result<Exit, GitError> {
    let from = ConfigFrom::Commit(repo, "HEAD".to_owned());
    let loaded = setup::load(&from, &args.output);
    let known =
        |name: &str| stage::named(name).is_some() || loaded.config.stages.iter().any(|stage| stage.name == name);
    if !known(&args.name) {
        let error = std::io::Error::other(format!("the configuration of HEAD has no stage `{}`", args.name));
        return Ok(fail(
            &error,
            Some("`gatehook stage list` names them all; a new one has to be committed first"),
            Exit::Usage,
        ));
    }
    let outgoing = if args.all { everything(repo)? } else { git::plain_push(repo, None)? };
    if outgoing.net.is_empty() && loaded.exit() == Exit::Clean {
        let told = format!("{}: nothing to run it over; `--all` runs it over all files\n", outgoing.every.scanned.how);
        return Ok(say(&told));
    }
    let trusted = trust::names(repo, "HEAD", &loaded.config);
    let request = Request {
        gate: Gate::Push,
        name: "stage".into(),
        stages: Stages::Asked(vec![args.name.clone()]),
        skip: Vec::new(),
        limit: limits::ELSEWHERE,
        today: clock::today(),
        whole: false,
    };
    let baseline = || baselines::of(&from, &loaded.config, &args.output.overrides());
    let progress = Progress::new(&args.output);
    let environment = Environment::of_process();
    let is_trusted = |stage: &StageConfig| trusted.contains(&stage.name);
    let dirs = session::dirs();
    let below = |dirs: &BTreeSet<String>| {
        subdirectories::read(&loaded.config, &from, &Against::Nothing, dirs, &args.output.overrides())
    };
    // By hand it is asked for, so it runs.
    let context = RunContext {
        subdirectories: &below,
        programs: Some(Programs { environment: &environment, is_trusted: &is_trusted, review: Review::default() }),
        dirs: dirs.as_ref(),
        follow: &progress,
        ..RunContext::PLAIN
    };
    let subject = Subject::Commits { outgoing, repo };
    let mut report = pipeline::run(&request, &loaded.config, subject, &context, &baseline);
    drop(progress);
    // By hand it is asked for, so it is needed.
    if report.stages.iter().any(|stage| stage.outcome.is_hole()) {
        report.end_with(Exit::StageFailed);
    }
    for stage in &mut report.stages {
        if stage.outcome.is_hole() {
            stage.required = true;
        }
    }
    report.end_with(loaded.exit());
    Ok(out::emit(&report, &args.output.reports, To::Stdout))
}

/// All files of HEAD as a change.
fn everything(repo: &Repo) -> Result<Outgoing, GitError> {
    let missing = || GitError::BadRange { spec: "HEAD".to_owned(), reason: "there is no commit yet".to_owned() };
    let head = git::ancestry::head(repo)?.and_then(|id| Oid::from_hex(id.as_bytes())).ok_or_else(missing)?;
    let changes = git::all_files(repo, head)?;
    let scanned = Scanned { head: Some(head.to_string()), how: "all files of HEAD".to_owned(), ..Scanned::default() };
    let every = Listing { changes: changes.clone(), scanned, ..Listing::default() };
    Ok(Outgoing { every, net: vec![Net { head, bases: Vec::new(), changes }], ..Outgoing::default() })
}
