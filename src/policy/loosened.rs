//! What a change loosens, as findings of their own that say what they hide.

use crate::config::{Allow, Config, EVERY_GATE, Hides, Loosening, takes_part};
use crate::finding::{Advice, Confidence, Demand, Finding, Fingerprint, Salt, Severity, State, Tier};
use crate::paths::RepoPath;
use crate::rules::briefs;

use super::{covers, is_newer_than_pin, prepare};

/// Id of its findings.
pub const LOOSENED: &str = "gatehook-configuration-loosened";

/// What of a run a loosening is held against.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'j> {
    /// The gate's name, as in the report: `commit`, `push`, `ci`, `receive`.
    pub gate: &'j str,
    /// What it demands.
    pub demand: &'j Demand,
    /// Key of the fingerprints.
    pub salt: &'j Salt,
}

/// Adds a finding for each loosening of `config`, and marks what those hide that hold already.
pub fn loosened(findings: &mut Vec<Finding>, config: &Config, judged: Judged<'_>) {
    let allowed = config.loosened.iter().filter_map(|one| match &one.hides {
        Hides::Allowed(entry) if !one.holds => Some((**entry).clone()),
        _ => None,
    });
    // What is past a run's measure is counted as not hidden: it does stand in the report.
    let _ = prepare(findings, &allowed.collect::<Vec<_>>());
    let mut told = Vec::new();
    let mut hidden = Vec::new();
    for one in &config.loosened {
        let mine: Option<Vec<usize>> = (one.hides != Hides::Uncounted)
            .then(|| (0..findings.len()).filter(|&at| hides(one, &findings[at], config, judged)).collect());
        told.push(finding(one, mine.as_ref().map(Vec::len), judged));
        hidden.extend(mine.unwrap_or_default().into_iter().map(|at| (at, one)));
    }
    for (at, one) in hidden {
        let finding = &mut findings[at];
        match &one.hides {
            // A single finding is answered for as far as the older configuration lets a change do that.
            Hides::Allowed(_) if finding.severity > config.of_ci.pending_up_to && judged.gate == "push" => {
                (finding.state, finding.reason) = (State::New, None);
            }
            // The table speaks for itself, and of what a gate does not stop for nothing is taken away.
            Hides::Allowed(_) | Hides::Below { .. } | Hides::All { .. } | Hides::Younger(_) => {}
            _ if one.holds && finding.state == State::New => {
                finding.state = State::Allowed;
                finding.reason = Some(format!("`{}` in {}", one.key, one.file));
            }
            _ => {}
        }
    }
    findings.extend(told);
}

/// The finding for `lines` of the baseline that the change adds, which hide so many findings.
pub fn baseline_grew(file: &str, hidden: usize, judged: Judged<'_>) -> Finding {
    let one = Loosening {
        key: "baseline".to_owned(),
        value: String::new(),
        file: file.to_owned(),
        hides: Hides::Uncounted,
        holds: true,
    };
    finding(&one, Some(hidden), judged)
}

/// Whether `one` hides `finding`, or would once it counts.
fn hides(one: &Loosening, finding: &Finding, config: &Config, judged: Judged<'_>) -> bool {
    let is_new = finding.state == State::New;
    let built_in = |holds: &dyn Fn(crate::rules::Brief<'static>) -> bool| {
        briefs().any(|rule| rule.id() == finding.rule && holds(rule))
    };
    match &one.hides {
        Hides::Rule(id) => is_new && (finding.rule == *id || built_in(&|rule| rule.is_called(id))),
        Hides::OutsideOf(sets) => is_new && built_in(&|rule| !takes_part(sets, rule)),
        Hides::Younger(month) => is_new && is_newer_than_pin(&finding.rule, month),
        Hides::Below { gate, block, tier } => {
            is_new && is_of(gate, judged.gate) && (finding.severity < *block || finding.tier < *tier) && {
                let demand = judged.demand;
                // Where it holds the demand is the laxer one already.
                one.holds && finding.tier == Tier::Block
                    || finding.severity >= demand.block && finding.tier >= demand.tier
            }
        }
        Hides::Stage { gate, name } => {
            is_new
                && is_of(gate, judged.gate)
                && (finding.stage == *name || finding.tools.iter().any(|tool| tool == name))
        }
        Hides::All { gate } => {
            let demand = judged.demand;
            // The day may have come on which it enforces.
            let observes = !one.holds || demand.observe;
            let blocks = finding.severity >= demand.block && finding.tier >= demand.tier;
            is_new && observes && blocks && is_of(gate, judged.gate)
        }
        Hides::Allowed(entry) => {
            let state = if one.holds { State::Allowed } else { State::New };
            finding.state == state && covers(entry, finding) && !has_another(entry, finding, config)
        }
        Hides::Uncounted => false,
    }
}

/// Whether an allowance that stood before covers it too.
fn has_another(entry: &Allow, finding: &Finding, config: &Config) -> bool {
    let is_new =
        |other: &Allow| config.loosened.iter().any(|one| matches!(&one.hides, Hides::Allowed(own) if **own == *other));
    config.allow.iter().any(|other| other != entry && !is_new(other) && covers(other, finding))
}

/// A server judges by the ci gate.
fn is_of(gate: &str, name: &str) -> bool {
    gate == name || gate == EVERY_GATE || gate == "ci" && name == "receive"
}

fn finding(one: &Loosening, hidden: Option<usize>, judged: Judged<'_>) -> Finding {
    let what = match judged.gate {
        "commit" => "commit",
        "ci" => "change",
        _ => "push",
    };
    let shown = if one.value.is_empty() { one.key.clone() } else { format!("{} = {}", one.key, one.value) };
    let plural = |number: usize| if number == 1 { "" } else { "s" };
    let elsewhere = match one.hides {
        Hides::Below { gate, .. } | Hides::Stage { gate, .. } | Hides::All { gate } => {
            Some(gate).filter(|gate| !is_of(gate, judged.gate))
        }
        _ => None,
    };
    let hides = match (hidden, one.holds) {
        (Some(_), _) if elsewhere.is_some() => format!("it concerns the {} gate", elsewhere.unwrap_or_default()),
        (None, _) => "how much it hides cannot be counted".to_owned(),
        (Some(0), true) => format!("nothing of this {what} is hidden by it"),
        (Some(0), false) => format!("nothing of this {what} would be hidden by it"),
        (Some(1), true) => format!("1 finding of this {what} is hidden by it"),
        (Some(number), true) => format!("{number} findings of this {what} are hidden by it"),
        (Some(number), false) => format!("{number} finding{} of this {what} would be hidden by it", plural(number)),
    };
    let (wait, fix) = match (one.holds, judged.gate) {
        (true, _) => ("", "have an owner of the configuration review it"),
        (false, "push") => (
            "; it counts once the remote has it",
            "push the commit that changes it by itself first, or name the finding: `gatehook allow FINGERPRINT`",
        ),
        (false, _) => ("; it counts once it is merged", "have an owner of the configuration review it"),
    };
    let fingerprint = Fingerprint::of_code(judged.salt, LOOSENED, one.file.as_bytes(), shown.as_bytes());
    Finding {
        title: format!("the change loosens the gate: `{shown}`").into(),
        severity: Severity::Low,
        tier: Tier::Warn,
        confidence: Confidence::High,
        advice: Advice { why: format!("{hides}{wait}").into(), fix: fix.into(), ..Advice::default() },
        ..Finding::new("configuration", LOOSENED, RepoPath::from(&one.file[..]), fingerprint)
    }
}
