//! The one function through which every exit code 0 goes.

use crate::finding::{Decision, Demand, Exit, Finding, Gap, GapKind, Report, Scanned, StageRun, State, Verdict};

/// Decides a report anew, over what stands in it now. What went wrong around the run stays wrong.
pub fn decide_anew(report: &mut Report) {
    let before = report.exit();
    report.decision = decide(&report.terms.demand, &report.findings, &report.stages, &report.gaps, &report.scanned);
    if before != Exit::Blocked {
        report.end_with(before);
    }
}

/// The verdict, the exit code, and which findings block.
///
/// A pass demands to be told what was looked at and that nothing required is missing: a gap or a
/// failed stage never gives it, and a gate that only observes lets findings through, nothing else. The
/// verdict is the same in both modes.
pub fn decide(demand: &Demand, findings: &[Finding], stages: &[StageRun], gaps: &[Gap], scanned: &Scanned) -> Decision {
    let blocks = |finding: &Finding| {
        finding.state == State::New
            && finding.severity >= demand.block
            && finding.tier >= demand.tier
            && !demand.younger.contains(&finding.rule)
    };
    let blocking: Vec<usize> = (0..findings.len()).filter(|&at| blocks(&findings[at])).collect();
    let holes = gaps.iter().any(|gap| matches!(gap.kind, GapKind::Unread | GapKind::Partial));
    let told = !scanned.how.is_empty();
    let bad = |stage: &StageRun| stage.outcome.is_hole();
    let failed = stages.iter().any(|stage| stage.required && bad(stage));
    let partly = stages.iter().any(bad) || gaps.iter().any(|gap| gap.kind == GapKind::Tolerated);

    let mut looked = Exit::Clean;
    if failed {
        looked = looked.or(Exit::StageFailed);
    }
    if holes || !told || stages.is_empty() {
        looked = looked.or(Exit::NotScanned);
    }
    let enforced = if blocking.is_empty() { looked } else { looked.or(Exit::Blocked) };
    let verdict = match enforced {
        Exit::Clean if partly => Verdict::Incomplete,
        Exit::Clean => Verdict::Pass,
        Exit::Blocked => Verdict::Block,
        _ => Verdict::Incomplete,
    };
    let exit = if demand.observe { looked } else { enforced };
    Decision::new(verdict, exit, blocking)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Fingerprint, Outcome, Salt, Severity, Tier};

    const DEMAND: Demand = Demand { block: Severity::Medium, tier: Tier::Block, observe: false, younger: Vec::new() };

    fn ran(outcome: Outcome, required: bool) -> Vec<StageRun> {
        vec![StageRun { name: "secrets".into(), outcome, files: 1, required }]
    }

    fn looked() -> Scanned {
        Scanned { how: "index".to_owned(), ..Scanned::default() }
    }

    fn verdict(stages: &[StageRun], gaps: &[Gap], scanned: &Scanned) -> (Verdict, Exit) {
        let decision = decide(&DEMAND, &[], stages, gaps, scanned);
        (decision.verdict(), decision.exit())
    }

    fn finding() -> Finding {
        let fingerprint = Fingerprint::of_code(&Salt::default(), "r", b"a", b"b");
        Finding {
            severity: Severity::High,
            tier: Tier::Block,
            ..Finding::new("secrets", "r", crate::paths::RepoPath::from("a"), fingerprint)
        }
    }

    #[test]
    fn a_pass_demands_proof_of_looking() {
        let gap = |kind| vec![Gap { path: None, kind, reason: "r".to_owned(), hint: String::new() }];
        assert_eq!(verdict(&ran(Outcome::Ran, true), &[], &looked()), (Verdict::Pass, Exit::Clean));
        assert_eq!(verdict(&[], &[], &looked()), (Verdict::Incomplete, Exit::NotScanned));
        assert_eq!(
            verdict(&ran(Outcome::Ran, true), &[], &Scanned::default()),
            (Verdict::Incomplete, Exit::NotScanned)
        );
        for kind in [GapKind::Unread, GapKind::Partial] {
            assert_eq!(
                verdict(&ran(Outcome::Ran, true), &gap(kind), &looked()),
                (Verdict::Incomplete, Exit::NotScanned)
            );
        }
        assert_eq!(
            verdict(&ran(Outcome::Ran, true), &gap(GapKind::Elsewhere), &looked()),
            (Verdict::Pass, Exit::Clean)
        );
        let tolerated = gap(GapKind::Tolerated);
        assert_eq!(verdict(&ran(Outcome::Ran, true), &tolerated, &looked()), (Verdict::Incomplete, Exit::Clean));
        assert_eq!(verdict(&ran(Outcome::TimedOut, true), &[], &looked()), (Verdict::Incomplete, Exit::StageFailed));
        assert_eq!(verdict(&ran(Outcome::TimedOut, false), &[], &looked()), (Verdict::Incomplete, Exit::Clean));
        let missing = || Outcome::Missing("not on PATH".to_owned());
        assert_eq!(verdict(&ran(missing(), true), &[], &looked()), (Verdict::Incomplete, Exit::StageFailed));
        assert_eq!(verdict(&ran(missing(), false), &[], &looked()), (Verdict::Incomplete, Exit::Clean));
    }

    #[test]
    fn observing_lets_findings_through_and_nothing_else() {
        let finding = finding();
        let observe = Demand { observe: true, ..DEMAND };
        let gap = [Gap { path: None, kind: GapKind::Partial, reason: "r".to_owned(), hint: String::new() }];
        for (demand, gaps, exit) in [
            (DEMAND, &[][..], Exit::Blocked),
            (observe.clone(), &[], Exit::Clean),
            (DEMAND, &gap, Exit::Blocked),
            (observe.clone(), &gap, Exit::NotScanned),
        ] {
            let findings = [finding.clone()];
            let decision = decide(&demand, &findings, &ran(Outcome::Ran, true), gaps, &looked());
            assert_eq!(decision, Decision::new(Verdict::Block, exit, vec![0]));
        }
        let decision = decide(&observe, &[], &ran(Outcome::TimedOut, true), &[], &looked());
        assert_eq!(decision, Decision::new(Verdict::Incomplete, Exit::StageFailed, Vec::new()));
    }
}
