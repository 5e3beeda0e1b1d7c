//! Allowances that the change under review brings itself: they are listed for the reviewer, and hold only
//! where the base's policy lets them.

use super::inline::has_reason;
use super::verdict::decide_anew;
use super::{LOOSENED, OWN_FILES, STEERING, covers, prepare};
use crate::config::{Allow, Day};
use crate::finding::{Confidence, Finding, Report, Severity, State};
use crate::rules::Pack;

/// What the base lets a change allow itself.
#[derive(Clone, Copy, Debug)]
pub struct Permit<'p> {
    /// Whether its allowances hold at all.
    pub holds: bool,
    /// Up to which severity.
    pub up_to: Severity,
    /// Allowances of the base: they are no news.
    pub base: &'p [Allow],
    /// Allowances of the change's head.
    pub head: &'p [Allow],
    /// Today.
    pub today: Day,
}

/// Applies the pending allowances to a report that was made with the base's own ones, and decides again.
/// Comments in the source count as pending: who reads the finding reads them with it.
pub fn pending(report: &mut Report, permit: &Permit<'_>) {
    let mut notes = Vec::new();
    report.notes.extend(prepare(&report.findings, permit.head));
    // What a change does to the gate it cannot hide by the same change.
    let is_of_the_gate = |finding: &Finding| [LOOSENED, OWN_FILES, STEERING].contains(&&*finding.rule);
    for finding in report.findings.iter_mut().filter(|finding| !is_of_the_gate(finding)) {
        let by_base = permit.base.iter().any(|entry| covers(entry, finding));
        let reason = match finding.state {
            State::Allowed if !by_base => finding.reason.clone(),
            State::New => permit
                .head
                .iter()
                .filter(|entry| !permit.base.contains(entry) && entry.expires.is_none_or(|last| last >= permit.today))
                .find(|entry| covers(entry, finding))
                .map(|entry| entry.reason.clone()),
            _ => None,
        };
        let Some(reason) = reason else { continue };
        // A value that proves itself is no mistake of a rule: who lets it pass says why.
        let proven = finding.stage == Pack::Secrets.word() && finding.confidence == Confidence::High;
        let holds = permit.holds && finding.severity <= permit.up_to && (!proven || has_reason(&reason));
        notes.push(note(finding, &reason, holds));
        (finding.state, finding.reason) =
            if holds { (State::Allowed, Some(format!("pending review: {reason}"))) } else { (State::New, None) };
    }
    if notes.is_empty() {
        return;
    }
    report.notes.extend(notes);
    decide_anew(report);
}

fn note(finding: &Finding, reason: &str, holds: bool) -> String {
    let does = if holds { "holds until it is reviewed" } else { "does not hold before it is merged" };
    format!("pending allowance of `{}` in {}:{} {does}: {reason}", finding.rule, finding.path, finding.place.line)
}
