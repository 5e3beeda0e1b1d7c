//! The one function through which every exit code 0 goes.

use crate::finding::{Exit, Finding, Gap, GapKind, Scanned, Severity, StageRun, State, Tier, Verdict};

/// What a gate demands.
#[derive(Clone, Copy, Debug)]
pub struct Demand {
    /// Lowest severity that blocks.
    pub block: Severity,
    /// Lowest tier that blocks.
    pub tier: Tier,
}

/// The verdict, the exit code, and which findings block (their places in `findings`).
///
/// A pass demands to be told what was looked at and that nothing required is missing: a gap or a
/// failed stage never gives it.
pub fn decide(
    demand: Demand,
    findings: &[Finding],
    stages: &[StageRun],
    gaps: &[Gap],
    scanned: &Scanned,
) -> (Verdict, Exit, Vec<usize>) {
    let blocks = |finding: &Finding| {
        finding.state == State::New && finding.severity >= demand.block && finding.tier >= demand.tier
    };
    let blocking: Vec<usize> = (0..findings.len()).filter(|&at| blocks(&findings[at])).collect();
    let holes = gaps.iter().any(|gap| matches!(gap.kind, GapKind::Unread | GapKind::Partial));
    let told = !scanned.how.is_empty();
    let bad = |stage: &StageRun| stage.outcome.is_hole();
    let failed = stages.iter().any(|stage| stage.required && bad(stage));
    let partly = stages.iter().any(bad) || gaps.iter().any(|gap| gap.kind == GapKind::Tolerated);

    let mut exit = Exit::Clean;
    if !blocking.is_empty() {
        exit = exit.or(Exit::Blocked);
    }
    if failed {
        exit = exit.or(Exit::StageFailed);
    }
    if holes || !told || stages.is_empty() {
        exit = exit.or(Exit::NotScanned);
    }
    let verdict = match exit {
        Exit::Clean if partly => Verdict::Incomplete,
        Exit::Clean => Verdict::Pass,
        Exit::Blocked => Verdict::Block,
        _ => Verdict::Incomplete,
    };
    (verdict, exit, blocking)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Outcome;

    const DEMAND: Demand = Demand { block: Severity::Medium, tier: Tier::Block };

    fn ran(outcome: Outcome, required: bool) -> Vec<StageRun> {
        vec![StageRun { name: "secrets".into(), outcome, files: 1, required }]
    }

    fn looked() -> Scanned {
        Scanned { how: "index".to_owned(), ..Scanned::default() }
    }

    fn verdict(stages: &[StageRun], gaps: &[Gap], scanned: &Scanned) -> (Verdict, Exit) {
        let (verdict, exit, _) = decide(DEMAND, &[], stages, gaps, scanned);
        (verdict, exit)
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
}
