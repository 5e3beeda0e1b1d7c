//! What a report must be, by itself, before it counts as evidence.

use super::evidence::{Reason, Wrong};
use super::judge::Demands;
use super::moment::{SKEW, second, span};
use crate::finding::{Exit, Outcome, Report, Verdict};
use crate::policy;
use crate::text::escape;

/// The stage that asks the advisory index.
const SCA: &str = "sca";

/// What is wrong with `report`, which stands in the file `name`.
pub(super) fn check(name: &str, report: &Report, demands: &Demands<'_>) -> Vec<Reason> {
    let mut wrong = Vec::new();
    let mut say = |kind: Wrong, text: String| wrong.push(Reason { wrong: kind, text: format!("`{name}` {text}") });
    let shown = |text: &str| escape(text.as_bytes()).to_string();
    if report.gate != "ci" {
        say(Wrong::OtherGate, format!("is of the gate `{}`, not of `ci`", shown(&report.gate)));
    }
    let scanned = &report.scanned;
    match scanned.head.as_deref() {
        Some(head) if head == demands.commit => {}
        Some(head) => say(Wrong::OtherCommit, format!("is of commit {}, not of {}", shown(head), demands.commit)),
        None => say(Wrong::OtherCommit, format!("names no commit, and {} is released", demands.commit)),
    }
    if scanned.head.is_some() && scanned.base == scanned.head && scanned.commits == 0 {
        say(Wrong::Vacuous, "looked at the change from the commit to itself, which is none".to_owned());
    }
    let terms = &report.terms;
    if terms.version != demands.version {
        let by = shown(&terms.version);
        say(Wrong::OtherVersion, format!("was made by gatehook {by}, and this is {}", demands.version));
    }
    match terms.made.as_deref().map(|made| (made, second(made))) {
        Some((_, Some(made))) if made > demands.now + SKEW => {
            say(Wrong::Future, format!("was made {} from now: the clocks differ", span(made - demands.now)));
        }
        Some((_, Some(made))) => {
            let age = demands.now.saturating_sub(made);
            if age > demands.max_age {
                say(Wrong::Stale, format!("is {} old, and {} is the most", span(age), span(demands.max_age)));
            }
        }
        Some((made, None)) => say(Wrong::Undated, format!("was made at `{}`, which is no time", shown(made))),
        None => say(Wrong::Undated, "does not say when it was made".to_owned()),
    }
    if report.stages.iter().any(|run| run.name == SCA && run.outcome == Outcome::Ran) {
        match terms.advisories.as_deref().and_then(second) {
            Some(made) => {
                let age = demands.now.saturating_sub(made);
                if age > demands.advisories_max_age {
                    let (age, most) = (span(age), span(demands.advisories_max_age));
                    say(Wrong::OldAdvisories, format!("asked an advisory index of {age} ago; `sca.max-age` is {most}"));
                }
            }
            None => say(Wrong::OldAdvisories, "does not say how old its advisory index was".to_owned()),
        }
    }
    if let Some(what) = contradiction(report) {
        say(Wrong::Tampered, what);
    }
    wrong
}

/// Where what a report says it came to does not follow from what it tells.
fn contradiction(report: &Report) -> Option<String> {
    let decided = policy::decide(&report.terms.demand, &report.findings, &report.stages, &report.gaps, &report.scanned);
    // Added after the decision, and blocking nothing.
    let counts = |at: &&usize| report.findings.get(**at).is_some_and(|finding| finding.rule != policy::OWN_FILES);
    let of = |blocking: &[usize]| blocking.iter().filter(counts).copied().collect::<Vec<_>>();
    let (said, follows) = (of(report.blocking()), of(decided.blocking()));
    if said != follows {
        let (said, follows) = (said.len(), follows.len());
        return Some(format!("says that {said} findings block, and {follows} do by its own demands"));
    }
    if report.exit().or(decided.exit()) != report.exit() {
        let (said, follows) = (report.exit().code(), decided.exit().code());
        return Some(format!("says that it ended with {said}, and tells of what ends with {follows}"));
    }
    let (said, follows) = (report.verdict(), decided.verdict());
    let fits = match said {
        Verdict::Pass => follows == Verdict::Pass && report.exit() == Exit::Clean,
        Verdict::Block => follows == Verdict::Block,
        Verdict::Incomplete => follows != Verdict::Block,
    };
    (!fits).then(|| format!("says `{}`, and tells of what is `{}`", said.word(), follows.word()))
}
