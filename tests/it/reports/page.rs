//! The HTML page in a headless Chromium: with scripts and without, light, dark, narrow and printed.

use std::process::Command;

use gatehook::finding::{Gap, GapKind, Report, Severity, State};
use gatehook::paths::RepoPath;
use gatehook::report::Format;
use gatehook::text::escape;
use serde_json::{Value, json};

use super::{formats, hostile};
use crate::support::{has, root};

/// The texts that a reader must see, whatever the browser runs.
fn texts(report: &Report) -> Vec<String> {
    let findings = report
        .findings
        .iter()
        .flat_map(|finding| [escape(finding.title.as_bytes()).to_string(), finding.path.to_string()]);
    let gaps = report.gaps.iter().map(|gap| escape(gap.reason.as_bytes()).to_string());
    let notes = report.notes.iter().map(|note| escape(note.as_bytes()).to_string());
    // Backticks become code, and what is no character at all becomes visible.
    let plain = |text: String| text.replace('`', "").replace('\u{fffe}', "\\u{fffe}").replace('\u{ffff}', "\\u{ffff}");
    findings.chain(gaps).chain(notes).map(plain).collect()
}

fn job(report: &Report, dir: &std::path::Path, name: &str) -> Value {
    let page = dir.join(format!("{name}.html"));
    let html = formats::written(report, Format::Html);
    std::fs::write(&page, &html).unwrap();
    let title = html.split("<title>").nth(1).unwrap().split("</title>").next().unwrap();
    json!({ "page": page, "title": title, "findings": report.findings.len(), "texts": texts(report) })
}

/// A report as a team meets it: real findings in several files, a gap, an optional stage that failed.
fn usual() -> Report {
    let mut report = hostile::usual();
    report.gaps.push(Gap {
        path: Some(RepoPath::from("assets/model.bin")),
        kind: GapKind::Partial,
        reason: "it has 812 MiB, of which the first 512 were looked at".to_owned(),
        hint: "raise `limit` in gatehook.toml, or take the file out of the repository".to_owned(),
    });
    hostile::decided(report)
}

#[test]
fn the_page_is_whole_in_a_browser() {
    if !has(&["chromium", "python3"]) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let report = usual();
    let shown =
        |fits: &dyn Fn(&gatehook::finding::Finding) -> bool| report.findings.iter().filter(|one| fits(one)).count();
    let mut jobs = vec![job(&report, dir.path(), "usual")];
    jobs[0]["filters"] = json!([
        { "name": "state", "value": "existing", "shown": shown(&|one| one.state == State::Existing) },
        { "name": "state", "value": "allowed", "shown": shown(&|one| one.state == State::Allowed) },
        { "name": "severity", "value": "high", "shown": shown(&|one| one.severity >= Severity::High) },
        { "name": "rule", "value": "aws-access-key-id", "shown": shown(&|one| one.rule == "aws-access-key-id") },
        { "name": "stage", "value": "insecure", "shown": shown(&|one| one.stage == "insecure") },
        { "name": "q", "value": "SETTINGS aws", "shown": shown(&|one| one.path.to_string().contains("settings") && one.rule.contains("aws")) },
        { "name": "q", "value": "nothing has this", "shown": 0 },
    ]);
    jobs.push(job(&hostile::clean(), dir.path(), "clean"));
    jobs.extend((0..12).map(|seed| job(&hostile::report(seed), dir.path(), &format!("hostile-{seed}"))));
    let plan = dir.path().join("plan.json");
    std::fs::write(&plan, Value::from(jobs).to_string()).unwrap();
    let output = Command::new("python3").arg(root().join("tests/it/reports/chromium.py")).arg(&plan).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains(" 0 faults"), "{said}");
}

#[test]
fn a_large_page_holds_the_heaviest() {
    let html = formats::written(&hostile::many(6000), Format::Html);
    assert_eq!(html.matches("<article ").count(), 5000);
    assert!(html.contains("1000 findings of the least weight are not on this page"));
}
