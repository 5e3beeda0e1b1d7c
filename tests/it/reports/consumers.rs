//! The real readers: junitparser, an XSD validator, GitHub's Markdown. `tests/tools.sh` installs them.

use std::path::PathBuf;
use std::process::Command;

use gatehook::finding::{Exit, GapKind, Outcome, Report, StageRun, State};
use gatehook::report::Format;

use super::{formats, hostile};
use crate::support::{root, tool};

fn python() -> Option<PathBuf> {
    tool("python", "reports")
}

/// Whether nothing that the gate demands is missing, as plainly as that can be said.
fn is_whole(report: &Report) -> bool {
    let holes = report.gaps.iter().any(|gap| matches!(gap.kind, GapKind::Unread | GapKind::Partial));
    let broken = report.stages.iter().any(|stage| stage.required && is_broken(stage));
    let told = !report.stages.is_empty() && !report.scanned.how.is_empty();
    !holes && !broken && told && matches!(report.exit(), Exit::Clean | Exit::Blocked)
}

/// Whether it was due and did not do its work.
fn is_broken(stage: &StageRun) -> bool {
    matches!(stage.outcome, Outcome::Missing(_) | Outcome::Failed(_) | Outcome::TimedOut)
}

/// What stands in a list of its own: findings, and what was not looked at.
fn items(report: &Report) -> usize {
    let gaps = report.gaps.iter().filter(|gap| gap.kind != GapKind::Elsewhere).count();
    let broken = report.stages.iter().filter(|stage| is_broken(stage));
    let untold = usize::from(report.stages.is_empty()) + usize::from(report.scanned.how.is_empty());
    let ended = usize::from(matches!(report.exit(), Exit::Usage | Exit::Interrupted));
    let known = gaps + broken.count() + untold;
    let whole = holes(report) + untold + ended > 0;
    let unnamed = usize::from(matches!(report.exit(), Exit::NotScanned | Exit::StageFailed) && !whole);
    report.findings.len() + known + ended + unnamed
}

fn holes(report: &Report) -> usize {
    report.gaps.iter().filter(|gap| matches!(gap.kind, GapKind::Unread | GapKind::Partial)).count()
        + report.stages.iter().filter(|stage| stage.required && is_broken(stage)).count()
}

#[test]
fn real_readers_take_reports_whatever_the_content() {
    let Some(python) = python() else { return };
    let dir = tempfile::tempdir().unwrap();
    for seed in 0..150 {
        let report = hostile::report(seed);
        for format in [Format::Junit, Format::Checkstyle, Format::Markdown, Format::GithubSummary] {
            let text = formats::written(&report, format);
            // What is left out for want of room is counted, and is another test's business.
            if !text.contains("more do not fit here") && !text.contains("- and ") {
                std::fs::write(dir.path().join(format!("{seed}.{}", format.word())), text).unwrap();
            }
        }
        let counts = serde_json::json!({
            "blocks": if report.observes { 0 } else { report.blocking().len() }, "whole": is_whole(&report), "items": items(&report),
            "allowed": report.findings.iter().filter(|finding| finding.state == State::Allowed).count(),
        });
        std::fs::write(dir.path().join(format!("{seed}.counts.json")), counts.to_string()).unwrap();
    }
    let script = root().join("tests/it/reports/consumers.py");
    let output = Command::new(python).arg(script).arg(root().join("tests/schemas")).arg(dir.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains(" 0 refused") && !said.starts_with('0'), "{said}");
}
