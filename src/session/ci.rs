//! What `gatehook ci` looks at: exactly the change under review, under the base's configuration.

use std::collections::BTreeSet;

use std::time::Duration;

use crate::change::{Change, Oid};
use crate::ci::{self, Base, Event, Review, Surroundings, System};
use crate::config::{Holding, OnUnknownBase, Pending, StageConfig, Steering};
use crate::finding::{Exit, Outcome, Report, Salt, Shard};
use crate::git::{self, Fetching, GitError, Outgoing, Repo, Scope};
use crate::pipeline::{self, Programs, Request, RunContext, Stages, Subject};
use crate::policy::{self, Permit, baseline};
use crate::rules::{Gate, is_known};
use crate::session::{
    self, ConfigFrom, Failure, Frontend, Loaded, Overrides, baselines, clock, fail, files, limits,
    subdirectories::{self, Against},
    trust,
};
use crate::stage::{self, external::Environment};
use crate::text::escape;

/// What flags say of a change under review; what they leave out, the environment says.
#[derive(Clone, Debug, Default)]
pub struct CiRequest {
    /// Where the change begins.
    pub base: Option<String>,
    /// Where it ends.
    pub head: Option<String>,
    /// The part of it that this job looks at.
    pub shard: Option<Shard>,
    /// Only these stages.
    pub only: Vec<String>,
    /// Not these stages and rules.
    pub skip: Vec<String>,
    /// Nothing is fetched.
    pub no_fetch: bool,
    /// How long fetching may take.
    pub fetch_timeout: Option<Duration>,
    /// Version and digest of the rules that found something elsewhere.
    pub found_by: Option<(String, String)>,
    /// Files in place of the repository's own.
    pub overrides: Overrides,
}

/// Looks at the change under review and gives the exit code.
pub fn run(args: &CiRequest, front: &dyn Frontend) -> Exit {
    let looked = review(args).and_then(|review| {
        look(args, &review, front).map_err(|error| fail(&error, error.hint().as_deref(), Exit::NotScanned))
    });
    looked.unwrap_or_else(|failure| {
        front.tell(&failure.to_string());
        failure.exit
    })
}

/// What the flags and the environment say.
fn review(args: &CiRequest) -> Result<Review, Failure> {
    let variable = |name: &str| std::env::var(name).ok();
    // A file that is named and cannot be read gives an event without content, which is reported.
    let read = |path: String| files::read_regular(path.as_ref(), limits::PAYLOAD).ok().flatten().unwrap_or_default();
    let payload = ci::payload_file(&variable).map(read);
    let around = Surroundings { variable: &variable, payload: payload.as_deref() };
    let mut review = ci::review(&around)
        .map_err(|error| fail(&error, Some("set GATEHOOK_SHARD, as `2/4`, or leave it out"), Exit::Usage))?;
    if let Some(base) = &args.base {
        review.base = vec![Base::told(base.clone(), "--base")];
        if matches!(review.event, Event::Whole | Event::Unknown | Event::Deletion) {
            review.event = Event::Push;
        }
    }
    if let Some(head) = &args.head {
        (review.head, review.unknown) = (vec![(head.clone(), "--head")], None);
    }
    review.shard = args.shard.or(review.shard);
    Ok(review)
}

/// The commits and files to look at, and whose configuration holds.
struct UnderReview {
    outgoing: Outgoing,
    /// The commit whose configuration, baseline and stages count; `None` for the defaults alone.
    rule: Option<String>,
    head: Option<Oid>,
    how: String,
    gap: Option<crate::finding::Gap>,
}

fn look(args: &CiRequest, review: &Review, front: &dyn Frontend) -> Result<Exit, GitError> {
    let repo = Repo::discover(&std::env::current_dir().unwrap_or_default())?;
    let fetching = fetching(args, review, &repo);
    let found = find(args, review, &repo, fetching)?;
    let from = match &found.rule {
        Some(commit) => ConfigFrom::Commit(&repo, commit.clone()),
        None => ConfigFrom::Nothing(&repo),
    };
    let mut loaded = session::load(&from, &args.overrides);
    if let Some(failure) = &loaded.failure {
        front.tell(&failure.to_string());
    }
    let head =
        found.head.map(|head| head.to_string()).filter(|head| found.rule.as_ref().is_some_and(|rule| rule != head));
    if let Some(head) = head {
        let head = ConfigFrom::Commit(&repo, head);
        loaded.config.loosened = session::loosened(&loaded.config, &head, &args.overrides);
    }
    if let Some(unknown) = unknown(args, &loaded) {
        front.tell(&unknown.to_string());
        return Ok(unknown.exit);
    }
    let head = found.head;
    let mut report = ran(&Job { args, review, repo: &repo, front }, &from, &loaded, found);
    report.end_with(loaded.exit());
    report.notes.extend(head.iter().flat_map(|head| session::without_gatehook(&repo, &head.to_string())));
    Ok(front.emit(&report))
}

/// A name that stands for nothing would leave out nothing, or everything.
fn unknown(args: &CiRequest, loaded: &Loaded) -> Option<Failure> {
    let config = &loaded.config;
    let is_stage = |name: &str| stage::named(name).is_some() || config.stages.iter().any(|stage| stage.name == name);
    let is_rule = |name: &str| is_known(name) || config.own_rules.iter().any(|rule| rule.is_called(name));
    let stages = args.only.iter().filter(|name| !is_stage(name));
    let names = args.skip.iter().filter(|name| !is_stage(name) && !is_rule(name));
    let name = stages.chain(names).next()?;
    let error = std::io::Error::other(format!("the base's configuration knows no `{}`", escape(name.as_bytes())));
    Some(fail(&error, Some("`gatehook stage list` and `gatehook rules list` name them all"), Exit::Usage))
}

/// A developer who asks for what CI would say has what the repository has; a job may fetch.
fn fetching(args: &CiRequest, review: &Review, repo: &Repo) -> Fetching {
    if args.no_fetch || review.system == System::Other {
        return Fetching::NEVER;
    }
    // The time is needed before the base is known, and with it the configuration that counts: a change
    // gains nothing by naming another one here.
    let time = args.fetch_timeout.unwrap_or_else(|| {
        let from = ConfigFrom::Commit(repo, "HEAD".to_owned());
        session::quietly(&from, &args.overrides).of_ci.fetch_timeout
    });
    Fetching::for_at_most(time)
}

fn find(args: &CiRequest, review: &Review, repo: &Repo, fetching: Fetching) -> Result<UnderReview, GitError> {
    let whole = |head: Oid, how: String, rule: Option<String>| -> Result<UnderReview, GitError> {
        let gap = git::complete(repo, head, fetching)?;
        let every = git::commits(repo, &[head], &[])?;
        let net = vec![git::net_of(repo, &[], head)?];
        Ok(UnderReview { outgoing: Outgoing { every, net, ..Outgoing::default() }, rule, head: Some(head), how, gap })
    };
    match git::scope(repo, review, fetching)? {
        Scope::Change(ends) => {
            let every = git::commits(repo, &[ends.head], &ends.without)?;
            let bases: Vec<Oid> = ends.base.into_iter().collect();
            let net = vec![git::net_of(repo, &bases, ends.head)?];
            let rule = ends.without.first().map(ToString::to_string);
            Ok(UnderReview {
                outgoing: Outgoing { every, net, ..Outgoing::default() },
                rule,
                head: Some(ends.head),
                how: ends.how,
                gap: None,
            })
        }
        Scope::Whole { head, how } => whole(head, how, Some(head.to_string())),
        Scope::Unknown { head, how } => {
            // Of a request without a base no one knows whose configuration its head holds.
            let rule = (!matches!(review.event, Event::Request { .. })).then(|| head.to_string());
            let from = match &rule {
                Some(commit) => ConfigFrom::Commit(repo, commit.clone()),
                None => ConfigFrom::Nothing(repo),
            };
            match session::quietly(&from, &args.overrides).of_ci.on_unknown_base {
                OnUnknownBase::Full => whole(head, format!("{how}; so everything is looked at"), rule),
                OnUnknownBase::Fail => Err(GitError::BadRange { spec: "HEAD".to_owned(), reason: how }),
            }
        }
        Scope::Nothing(how) => {
            Ok(UnderReview { outgoing: Outgoing::default(), rule: None, head: None, how, gap: None })
        }
    }
}

/// What a run is made for.
struct Job<'j> {
    args: &'j CiRequest,
    review: &'j Review,
    repo: &'j Repo,
    front: &'j dyn Frontend,
}

fn ran(job: &Job<'_>, from: &ConfigFrom<'_>, loaded: &Loaded, found: UnderReview) -> Report {
    let &Job { args, review, repo, front } = job;
    let UnderReview { mut outgoing, rule, head, how, gap } = found;
    let config = &loaded.config;
    let commits = outgoing.every.scanned.commits;
    let changed: Vec<_> = outgoing.net.iter().flat_map(|net| &net.changes).map(|change| change.path.clone()).collect();
    let part = review.shard.map_or_else(String::new, |shard| format!(", part {shard} of it"));
    let log = format!("{how}, {commits} commits, {} files{part}", changed.len());
    // One line for the job's log, whatever format standard output carries.
    front.tell(&format!("gatehook ci: {}", escape(log.as_bytes())));
    if let Some(shard) = review.shard {
        deal(&mut outgoing, shard);
    }
    outgoing.every.scanned.how = log;
    outgoing.every.scanned.base.clone_from(&rule);
    outgoing.every.scanned.head = head.map(|id| id.to_string());
    outgoing.every.gaps.extend(gap);
    let request = Request {
        gate: Gate::Ci,
        name: Gate::Ci.word().into(),
        stages: if args.only.is_empty() { Stages::Configured } else { Stages::Asked(args.only.clone()) },
        skip: args.skip.clone(),
        limit: limits::ELSEWHERE,
        today: clock::today(),
        whole: false,
    };
    let baseline = || baselines::of(from, config, &args.overrides);
    // The base's files hold, and what the head's would loosen is named.
    let of_head = head.filter(|_| rule.is_some()).map(|head| ConfigFrom::Commit(repo, head.to_string()));
    let against = Against::Before(Some(from.clone()), Holding::Nothing);
    let below = |dirs: &BTreeSet<String>| match &of_head {
        Some(head) => subdirectories::read(config, head, &against, dirs, &args.overrides),
        None => subdirectories::read(config, from, &Against::Nothing, dirs, &args.overrides),
    };
    // In a job the base's configuration is the repository's word; elsewhere the user has to trust it.
    let trusted =
        (review.system == System::Other).then(|| trust::names(repo, rule.as_deref().unwrap_or("HEAD"), config));
    let ruling = rule.as_deref().and_then(|rule| Oid::from_hex(rule.as_bytes()));
    let obeyed = pipeline::Review {
        steered_by: (config.of_ci.steering == Steering::Base).then_some(ruling),
        no_code: is_strangers(review) && !config.of_ci.run_code_of_forks,
    };
    let progress = front.follow();
    let environment = Environment::of_process();
    let is_trusted = |stage: &StageConfig| trusted.as_ref().is_none_or(|names| names.contains(&stage.name));
    let dirs = session::dirs();
    // What one job kept must not make another one pass: nothing is recalled, and this gate opens no cache.
    let context = RunContext {
        programs: Some(Programs { environment: &environment, is_trusted: &is_trusted, review: obeyed }),
        dirs: dirs.as_ref(),
        subdirectories: &below,
        follow: &*progress,
        ..RunContext::PLAIN
    };
    let mut report = pipeline::run(&request, config, Subject::Commits { outgoing, repo }, &context, &baseline);
    drop(progress);
    if report.stages.iter().all(|stage| matches!(stage.outcome, Outcome::Skipped(_))) && head.is_some() {
        report.notes.push("every stage was left out: nothing was looked at".to_owned());
        report.end_with(Exit::NotScanned);
    }
    report.terms.shard = review.shard;
    report.terms.made = Some(clock::now());
    let asked = report.stages.iter().any(|run| run.name == "sca" && matches!(run.outcome, Outcome::Ran));
    let made = if asked { dirs.as_ref().and_then(stage::advisories_made) } else { None };
    report.terms.advisories = made.map(clock::at);
    report.notes.extend(review.notes.iter().cloned());
    let salt = config.salt.as_deref().map(Salt::from_text).unwrap_or_default();
    let kept = config.baseline.as_deref().unwrap_or(baseline::FILE);
    report.findings.extend(policy::own_files(changed.iter(), kept, &[], &salt));
    if let Some(head) = head {
        let dirs = pipeline::directories(&report.findings);
        // What could not be read is a gap of the report already.
        let whole = subdirectories::read(config, from, &Against::Nothing, &dirs, &args.overrides).ok().flatten();
        let config = whole.as_ref().unwrap_or(config);
        pend(args, review, repo, config, head, &mut report);
        report.notes.extend(policy::allowed_by(&report.findings, &config.allow, clock::today()));
        report.notes.extend(reproduce(review, &report, rule.as_deref(), head));
    }
    if let Some((version, digest)) = &args.found_by {
        let note = compared(version, digest, &report);
        report.notes.push(note);
    }
    report
}

/// Leaves this job's part: commits for what is searched in each of them, files for the net change.
fn deal(outgoing: &mut Outgoing, shard: Shard) {
    let takes = |change: &Change| match &change.commit {
        Some(commit) => shard.takes(commit.id.to_string().as_bytes()),
        None => shard.takes(change.path.as_bytes()),
    };
    outgoing.every.changes.retain(takes);
    for net in &mut outgoing.net {
        net.changes.retain(takes);
    }
}

/// Whether the change comes from another repository, or may do so.
const fn is_strangers(review: &Review) -> bool {
    matches!(review.event, Event::Request { fork: None | Some(true) })
}

/// Allowances that the change brings itself.
fn pend(
    args: &CiRequest,
    review: &Review,
    repo: &Repo,
    config: &crate::config::Config,
    head: Oid,
    report: &mut Report,
) {
    let own = !is_strangers(review);
    let from = ConfigFrom::Commit(repo, head.to_string());
    let of_head = session::quietly(&from, &args.overrides);
    let dirs = pipeline::directories(&report.findings);
    let whole = subdirectories::read(&of_head, &from, &Against::Nothing, &dirs, &args.overrides).ok().flatten();
    let of_head = whole.unwrap_or(of_head);
    let permit = Permit {
        holds: own && config.of_ci.pending == Pending::Own,
        up_to: config.of_ci.pending_up_to,
        base: &config.allow,
        head: &of_head.allow,
        today: clock::today(),
    };
    policy::pending(report, &permit);
}

/// What tells a developer why CI sees what the laptop did not.
fn reproduce(review: &Review, report: &Report, base: Option<&str>, head: Oid) -> Option<String> {
    let new = report.findings.iter().any(|finding| finding.state == crate::finding::State::New);
    if !new || review.system == System::Other {
        return None;
    }
    let base = base.map_or_else(String::new, |base| format!(" --base {base}"));
    let (version, rules) = (&report.terms.version, short(&report.terms.rules));
    Some(format!(
        "found by gatehook {version} with rules {rules}; the same on any machine, with both versions told: \
         gatehook ci{base} --head {head} --found-by {version}/{rules}"
    ))
}

/// The terms of whoever found it beside those of this run.
fn compared(version: &str, digest: &str, report: &Report) -> String {
    let (own, rules) = (&report.terms.version, &report.terms.rules);
    let said = match (version == own.as_ref(), rules.starts_with(digest)) {
        (true, true) => "the same on both sides, so both find the same",
        (false, _) => "another version: install that one, or pin it by `required-version`",
        (true, false) => "other rules or settings: the base's gatehook.toml, or this machine's or user's own, differ",
    };
    let rules = short(rules);
    format!("there gatehook {version} with rules {digest}, here gatehook {own} with rules {rules}: {said}")
}

/// As many digits as tell digests apart.
fn short(digest: &str) -> &str {
    &digest[..digest.len().min(12)]
}
