//! All evidence together: shards become whole runs, every required stage has exactly one sound run, the gate's demands
//! are applied to what was found.

use std::collections::{BTreeMap, BTreeSet};

use super::check::check;
use super::evidence::{Evidence, Reason, Wrong};
use crate::finding::{Exit, Finding, GapKind, Outcome, Report, Severity, Tier};
use crate::policy::{self, Part};
use crate::text::escape;

/// Reasons of one kind that are named one by one for one report.
const NAMED: usize = 5;

/// What a release demands.
#[derive(Clone, Debug)]
pub struct Demands<'d> {
    /// The commit, as a whole id.
    pub commit: &'d str,
    /// Stages that must have run.
    pub stages: BTreeSet<String>,
    /// Lowest severity that blocks.
    pub block: Severity,
    /// Lowest tier that blocks.
    pub tier: Tier,
    /// Whether the configuration pins the rules by month, so that rules newer than that only warn.
    pub is_pinned: bool,
    /// Seconds that a report may be old.
    pub max_age: u64,
    /// Seconds that an advisory index may be old.
    pub advisories_max_age: u64,
    /// The second since 1970 that it is.
    pub now: u64,
    /// The version that decides.
    pub version: &'d str,
}

/// A required stage that ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The stage.
    pub stage: String,
    /// Whether it ran; otherwise the change had nothing that it is for.
    pub ran: bool,
    /// The files that say so.
    pub reports: Vec<String>,
    /// The commit from which on it looked; `None` where it looked at everything.
    pub base: Option<String>,
}

/// What the evidence comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// What is wrong; nothing where the release may go.
    pub reasons: Vec<Reason>,
    /// The required stages that ran.
    pub proofs: Vec<Proof>,
    /// The files that took part, each with its SHA-256.
    pub inputs: Vec<(String, String)>,
}

impl Judgement {
    /// Whether the release may go.
    pub fn passes(&self) -> bool {
        self.reasons.is_empty()
    }

    /// The exit code.
    pub fn exit(&self) -> Exit {
        self.reasons.iter().fold(Exit::Clean, |exit, reason| exit.or(reason.wrong.exit()))
    }
}

/// A whole run, of one report or of all its shards.
struct Run {
    reports: Vec<String>,
    whole: Report,
}

/// Judges `evidence`.
pub fn judge(evidence: Vec<Evidence>, demands: &Demands<'_>) -> Judgement {
    let mut judged = Judgement::default();
    if evidence.is_empty() {
        let text = "there is no report in the directory".to_owned();
        judged.reasons.push(Reason { wrong: Wrong::NoEvidence, text });
        return judged;
    }
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let mut sound = Vec::new();
    // Stages of which a report tells that does not count: that it does not is reason enough.
    let mut told: BTreeSet<String> = BTreeSet::new();
    let mut unread = false;
    for Evidence { name, digest, report } in evidence {
        if let Some(digest) = digest {
            judged.inputs.push((name.clone(), digest.clone()));
            if let Some(other) = seen.insert(digest, name.clone()) {
                let text = format!("`{other}` and `{name}` are the same report");
                judged.reasons.push(Reason { wrong: Wrong::Duplicate, text });
                continue;
            }
        }
        match report {
            Ok(report) => {
                let wrong = check(&name, &report, demands);
                if wrong.is_empty() {
                    sound.push((name, report));
                } else {
                    told.extend(report.stages.iter().map(|run| run.name.to_string()));
                    judged.reasons.extend(wrong);
                }
            }
            Err(reason) => {
                unread = true;
                judged.reasons.push(reason);
            }
        }
    }
    let runs: Vec<Run> =
        runs(sound).into_iter().filter_map(|parts| joined(parts, &mut judged.reasons, &mut told)).collect();
    for run in &runs {
        judged.reasons.extend(blocking(run, demands));
    }
    for stage in &demands.stages {
        match proof(stage, &runs) {
            Ok(proof) => judged.proofs.push(proof),
            Err(reason) if reason.wrong == Wrong::Missing && (unread || told.contains(stage)) => {}
            Err(reason) => judged.reasons.push(reason),
        }
    }
    judged.reasons.sort_by_key(|reason| reason.wrong);
    judged
}

/// The reports that belong together: the shards of one run, each whole report by itself.
fn runs(sound: Vec<(String, Report)>) -> Vec<Vec<(String, Report)>> {
    let mut whole = Vec::new();
    // By their rules and their stages.
    let mut split = BTreeMap::<_, Vec<_>>::new();
    for (name, report) in sound {
        if report.terms.shard.is_none() {
            whole.push(vec![(name, report)]);
        } else {
            let stages: Vec<_> = report.stages.iter().map(|run| run.name.to_string()).collect();
            split.entry((report.terms.rules.clone(), stages)).or_default().push((name, report));
        }
    }
    whole.extend(split.into_values());
    whole
}

/// One run of all its parts, and what keeps it from being whole.
fn joined(parts: Vec<(String, Report)>, reasons: &mut Vec<Reason>, told: &mut BTreeSet<String>) -> Option<Run> {
    let names: Vec<String> = parts.iter().map(|(name, _)| name.clone()).collect();
    let shown = names.join("`, `");
    let mut shards = BTreeMap::new();
    for (name, report) in &parts {
        let Some(shard) = report.terms.shard else { continue };
        if let Some(other) = shards.insert(shard, name) {
            let text = format!("shard {shard} is there twice: `{other}` and `{name}`");
            reasons.push(Reason { wrong: Wrong::Duplicate, text });
            told.extend(report.stages.iter().map(|run| run.name.to_string()));
            return None;
        }
    }
    let parts = parts.into_iter().map(|(name, report)| Part { name, report: Ok(report) }).collect();
    let whole = policy::merge(parts)?;
    let mut say = |text: String| reasons.push(Reason { wrong: Wrong::Partial, text });
    let holes: Vec<_> = whole.gaps.iter().filter(|gap| gap.kind != GapKind::Elsewhere).collect();
    for gap in holes.iter().take(NAMED) {
        let at = gap.path.as_ref().map_or_else(String::new, |path| format!("{}: ", escape(path.as_bytes())));
        say(format!("`{shown}`: {at}{}", escape(gap.reason.as_bytes())));
    }
    if holes.len() > NAMED {
        say(format!("`{shown}`: {} more", holes.len() - NAMED));
    }
    let failed = whole.stages.iter().any(|run| run.outcome.is_hole());
    if holes.is_empty() && !failed && !matches!(whole.exit(), Exit::Clean | Exit::Blocked) {
        say(format!("`{shown}`: the run ended with {}", whole.exit().code()));
    }
    Some(Run { reports: names, whole })
}

/// What blocks in `run`, by its own demands and by those of the release: the stricter ones hold, and no gate that
/// only observes lets a release go.
fn blocking(run: &Run, demands: &Demands<'_>) -> Option<Reason> {
    let whole = &run.whole;
    let mut demand = whole.terms.demand.clone();
    demand.block = demand.block.min(demands.block);
    demand.tier = demand.tier.min(demands.tier);
    demand.observe = false;
    if !demands.is_pinned {
        demand.younger.retain(|rule| rule == policy::LOOSENED);
    }
    let decided = policy::decide(&demand, &whole.findings, &whole.stages, &whole.gaps, &whole.scanned);
    let blocking: Vec<&Finding> = decided.blocking().iter().filter_map(|&at| whole.findings.get(at)).collect();
    let first = blocking.first()?;
    let at = format!("{}:{}", escape(first.path.as_bytes()), first.place.line);
    let (rule, count) = (escape(first.rule.as_bytes()), blocking.len());
    let findings = if count == 1 { "finding blocks" } else { "findings block" };
    let text = format!("`{}`: {count} {findings}, the first {rule} in {at}", run.reports.join("`, `"));
    Some(Reason { wrong: Wrong::Findings, text })
}

/// That `stage` ran once and to its end, or what is wrong with that.
fn proof(stage: &str, runs: &[Run]) -> Result<Proof, Reason> {
    let told = |run: &Run| run.whole.stages.iter().find(|one| one.name == stage).map(|one| one.outcome.clone());
    let outcomes: Vec<(&Run, Outcome)> = runs.iter().filter_map(|run| Some((run, told(run)?))).collect();
    let name = |run: &Run| run.reports.join("`, `");
    let wrong = |wrong: Wrong, text: String| Err(Reason { wrong, text });
    if let Some((run, outcome)) = outcomes.iter().find(|(_, outcome)| outcome.is_hole()) {
        let why = outcome.reason().map_or_else(|| "it did not end in time".to_owned(), ToOwned::to_owned);
        return wrong(Wrong::Failed, format!("stage `{stage}` in `{}`: {}", name(run), escape(why.as_bytes())));
    }
    let ran: Vec<_> = outcomes.iter().filter(|(_, one)| matches!(one, Outcome::Ran | Outcome::Cached)).collect();
    if let [(one, _), (other, _), ..] = ran[..] {
        return wrong(Wrong::Duplicate, format!("stage `{stage}` ran in `{}` and in `{}`", name(one), name(other)));
    }
    let idle = outcomes.iter().find(|(_, outcome)| outcome.had_nothing_to_do());
    let Some((run, outcome)) = ran.first().copied().or(idle) else {
        let why = outcomes.iter().find_map(|(run, outcome)| Some((name(run), outcome.reason()?)));
        let why = why.map_or_else(
            || "no report tells of it".to_owned(),
            |(name, why)| format!("`{name}` says: {}", escape(why.as_bytes())),
        );
        return wrong(Wrong::Missing, format!("stage `{stage}` did not run; {why}"));
    };
    Ok(Proof {
        stage: stage.to_owned(),
        ran: !outcome.had_nothing_to_do(),
        reports: run.reports.clone(),
        base: run.whole.scanned.base.clone(),
    })
}
