//! The reports of shards become one, and the verdict is made again over all of them.
//!
//! What does not fit together is a gap of the whole: a shard that is missing, is there twice, cannot be
//! read or was made under other terms. The findings of all of them are still shown.

use std::collections::BTreeMap;
use std::fmt::Display;

use super::decide;
use crate::finding::{Finding, Gap, GapKind, Outcome, Report, StageRun};

/// Missing shards that are named one by one.
const NAMED: usize = 20;

/// A report that takes part, under the name that gaps call it by; or why it cannot be read.
#[derive(Debug)]
pub struct Part {
    /// The file's name.
    pub name: String,
    /// The report, or the reason why there is none.
    pub report: Result<Report, String>,
}

/// Joins the parts of one run; `None` where no part could be read.
///
/// The exit code is what [`decide`] says over everything, and no better than that of any part.
pub fn merge(parts: Vec<Part>) -> Option<Report> {
    let mut gaps = Vec::new();
    let mut read = Vec::new();
    for part in parts {
        match part.report {
            Ok(report) => read.push((part.name, report)),
            Err(reason) => gaps.push(gap(format!("report `{}` cannot be read: {reason}", part.name))),
        }
    }
    shards(&read, &mut gaps);
    let mut read = read.into_iter();
    let (first, mut whole) = read.next()?;
    let mut stages = vec![(first.clone(), std::mem::take(&mut whole.stages))];
    let (mut parts, mut exit) = (1, whole.exit());
    for (name, part) in read {
        parts += 1;
        differences(&first, &whole, &name, &part, &mut gaps);
        exit = exit.or(part.exit());
        // Where they differ, the stricter demand holds.
        whole.terms.demand.block = whole.terms.demand.block.min(part.terms.demand.block);
        whole.terms.demand.tier = whole.terms.demand.tier.min(part.terms.demand.tier);
        whole.terms.demand.observe &= part.terms.demand.observe;
        whole.terms.demand.younger.retain(|rule| part.terms.demand.younger.contains(rule));
        whole.findings.extend(part.findings);
        whole.gaps.extend(part.gaps);
        for note in part.notes {
            if !whole.notes.contains(&note) {
                whole.notes.push(note);
            }
        }
        whole.scanned.commits += part.scanned.commits;
        whole.scanned.files += part.scanned.files;
        whole.scanned.added_lines += part.scanned.added_lines;
        whole.scanned.bytes += part.scanned.bytes;
        whole.scanned.unproven += part.scanned.unproven;
        whole.scanned.deferred |= part.scanned.deferred;
        // As old as the oldest part; one that does not say when makes the whole as old as anything.
        whole.terms.made = whole.terms.made.zip(part.terms.made).map(|(one, other)| one.min(other));
        let asked = whole.terms.advisories.into_iter().chain(part.terms.advisories);
        whole.terms.advisories = asked.min();
        stages.push((name, part.stages));
    }
    if parts > 1 && !whole.scanned.how.is_empty() {
        whole.scanned.how = format!("{parts} shards, each: {}", whole.scanned.how);
    }
    whole.terms.shard = None;
    whole.stages = joined(stages, &mut gaps);
    whole.gaps.extend(gaps);
    whole.findings.sort_by(|one, other| order(one).cmp(&order(other)));
    whole.findings.dedup();
    whole.decision = decide(&whole.terms.demand, &whole.findings, &whole.stages, &whole.gaps, &whole.scanned);
    whole.observes = whole.terms.demand.observe;
    whole.end_with(exit);
    Some(whole)
}

fn gap(reason: String) -> Gap {
    let hint = "run the missing part again, and merge all parts of one run".to_owned();
    Gap { path: None, kind: GapKind::Unread, reason, hint }
}

fn order(finding: &Finding) -> impl Ord + '_ {
    (&finding.path, finding.place, &finding.rule, &finding.commit, finding.fingerprint)
}

/// Each shard of the run once, and no whole run beside them.
fn shards(read: &[(String, Report)], gaps: &mut Vec<Gap>) {
    let mut seen: BTreeMap<u32, &str> = BTreeMap::new();
    let mut count = None;
    for (name, report) in read {
        let Some(shard) = report.terms.shard else {
            if read.len() > 1 {
                gaps.push(gap(format!("report `{name}` is of a whole run, not of a shard")));
            }
            continue;
        };
        if *count.get_or_insert(shard.count) != shard.count {
            gaps.push(gap(format!("report `{name}` is shard {shard}, of a run that was split otherwise")));
        } else if let Some(other) = seen.insert(shard.index, name) {
            gaps.push(gap(format!("shard {shard} is there twice: `{other}` and `{name}`")));
        }
    }
    let count = count.unwrap_or(0);
    let missing = count as usize - seen.len().min(count as usize);
    let names = (1..=count).filter(|index| !seen.contains_key(index)).take(NAMED);
    gaps.extend(names.map(|index| gap(format!("shard {index}/{count} is missing"))));
    if missing > NAMED {
        gaps.push(gap(format!("{} more shards of {count} are missing", missing - NAMED)));
    }
}

/// What two parts of one run must have in common.
fn differences(first: &str, one: &Report, name: &str, other: &Report, gaps: &mut Vec<Gap>) {
    let mut differ = |what: &str, one: &dyn Display, other: &dyn Display, same: bool| {
        if !same {
            gaps.push(gap(format!("reports differ in their {what}: `{first}` has {one}, `{name}` has {other}")));
        }
    };
    let end = |end: &Option<String>| end.clone().unwrap_or_else(|| "none".to_owned());
    let (a, b) = (&one.terms, &other.terms);
    differ("version of gatehook", &a.version, &b.version, a.version == b.version);
    differ("rules and settings", &a.rules, &b.rules, a.rules == b.rules);
    differ("gate", &one.gate, &other.gate, one.gate == other.gate);
    let (a, b) = (&a.demand, &b.demand);
    differ("blocking severity", &a.block, &b.block, a.block == b.block);
    differ("blocking tier", &a.tier, &b.tier, a.tier == b.tier);
    differ("mode", &mode(a.observe), &mode(b.observe), a.observe == b.observe);
    let (young, younger) = (a.younger.join(", "), b.younger.join(", "));
    differ("rules that are too young to block", &young, &younger, a.younger == b.younger);
    let (a, b) = (&one.scanned, &other.scanned);
    differ("base", &end(&a.base), &end(&b.base), a.base == b.base);
    differ("head", &end(&a.head), &end(&b.head), a.head == b.head);
}

const fn mode(observe: bool) -> &'static str {
    if observe { "observe" } else { "enforce" }
}

/// The stages of all parts, each with its worst outcome; every part must tell of every stage.
fn joined(parts: Vec<(String, Vec<StageRun>)>, gaps: &mut Vec<Gap>) -> Vec<StageRun> {
    let mut stages: Vec<(StageRun, usize)> = Vec::new();
    let count = parts.len();
    for (_, runs) in parts {
        for run in runs {
            match stages.iter_mut().find(|(own, _)| own.name == run.name) {
                None => stages.push((run, 1)),
                Some((own, times)) => {
                    *times += 1;
                    own.files += run.files;
                    own.required |= run.required;
                    if rank(&run.outcome) > rank(&own.outcome) {
                        own.outcome = run.outcome;
                    }
                }
            }
        }
    }
    for (stage, times) in &stages {
        if *times != count {
            gaps.push(gap(format!("stage `{}` appears in {times} of {count} reports", stage.name)));
        }
    }
    stages.into_iter().map(|(stage, _)| stage).collect()
}

/// A stage that one shard runs for all is skipped in the others, so having run outweighs that.
const fn rank(outcome: &Outcome) -> u8 {
    match outcome {
        Outcome::Skipped(_) => 0,
        Outcome::Cached => 1,
        Outcome::Ran => 2,
        Outcome::Missing(_) => 3,
        Outcome::TimedOut => 4,
        Outcome::Failed(_) => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Decision, Demand, Exit, Scanned, Severity, Shard, Terms, Tier, Verdict};

    fn shard(index: u32, count: u32) -> Report {
        let scanned = Scanned { how: "range".to_owned(), head: Some("h".to_owned()), files: 2, ..Scanned::default() };
        let demand = Demand { block: Severity::Medium, tier: Tier::Block, observe: false, younger: Vec::new() };
        Report {
            decision: Decision::new(Verdict::Pass, Exit::Clean, Vec::new()),
            gate: "ci".into(),
            findings: Vec::new(),
            stages: vec![StageRun { name: "secrets".into(), outcome: Outcome::Ran, files: 2, required: true }],
            scanned,
            gaps: Vec::new(),
            notes: Vec::new(),
            millis: 0,
            root: None,
            observes: false,
            terms: Terms {
                version: "1".into(),
                rules: "r".to_owned(),
                demand,
                shard: Some(Shard { index, count }),
                made: None,
                advisories: None,
            },
        }
    }

    fn merged(reports: Vec<Report>) -> Report {
        let named = reports.into_iter().enumerate();
        merge(named.map(|(at, report)| Part { name: format!("{at}.json"), report: Ok(report) }).collect()).unwrap()
    }

    #[test]
    fn all_shards_of_a_run_pass_together() {
        let whole = merged(vec![shard(2, 2), shard(1, 2)]);
        assert_eq!((whole.verdict(), whole.exit()), (Verdict::Pass, Exit::Clean), "{:?}", whole.gaps);
        assert_eq!((whole.scanned.files, whole.terms.shard), (4, None));
    }

    #[test]
    fn what_does_not_fit_together_never_passes() {
        let with = |change: &dyn Fn(&mut Report)| {
            let mut other = shard(2, 2);
            change(&mut other);
            vec![shard(1, 2), other]
        };
        let cases: Vec<(&str, Vec<Report>)> = vec![
            ("a shard is missing", vec![shard(1, 2)]),
            ("a shard is there twice", vec![shard(1, 2), shard(2, 2), shard(2, 2)]),
            ("shards of other runs", vec![shard(1, 2), shard(2, 3)]),
            ("all but one of very many are missing", vec![shard(1, u32::MAX)]),
            ("a whole run beside", with(&|other| other.terms.shard = None)),
            ("version", with(&|other| other.terms.version = "2".into())),
            ("rules", with(&|other| other.terms.rules = "s".to_owned())),
            ("head", with(&|other| other.scanned.head = Some("i".to_owned()))),
            ("base", with(&|other| other.scanned.base = Some("b".to_owned()))),
            ("gate", with(&|other| other.gate = "push".into())),
            ("demand", with(&|other| other.terms.demand.block = Severity::Critical)),
            ("mode", with(&|other| other.terms.demand.observe = true)),
            ("younger rules", with(&|other| other.terms.demand.younger = vec!["r".into()])),
            ("a stage is not told of", with(&|other| other.stages[0].name = "insecure".into())),
            ("no stage at all", with(&|other| other.stages.clear())),
            ("a part's own exit", with(&|other| other.end_with(Exit::NotScanned))),
        ];
        for (name, reports) in cases {
            let whole = merged(reports);
            assert_eq!((whole.verdict(), whole.exit()), (Verdict::Incomplete, Exit::NotScanned), "{name}");
        }
        let failed = merged(with(&|other| other.stages[0].outcome = Outcome::TimedOut));
        assert_eq!(failed.exit(), Exit::StageFailed);
        let unread = Part { name: "2.json".to_owned(), report: Err("cut off".to_owned()) };
        let whole = merge(vec![Part { name: "1.json".to_owned(), report: Ok(shard(1, 2)) }, unread]).unwrap();
        assert_eq!(whole.exit(), Exit::NotScanned);
        assert!(merge(Vec::new()).is_none());
    }

    #[test]
    fn a_report_of_a_whole_run_is_decided_anew() {
        let mut report = shard(1, 1);
        report.terms.shard = None;
        assert_eq!(merged(vec![report.clone()]).exit(), Exit::Clean);
        report.scanned.how.clear();
        assert_eq!(merged(vec![report]).exit(), Exit::NotScanned, "nothing says what was looked at");
    }
}
