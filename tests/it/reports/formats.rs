//! Every format, over reports made by chance: valid by its schema, and honest about what was not done.

use std::collections::HashSet;

use gatehook::finding::{Exit, Gap, GapKind, Outcome, Report, Verdict};
use gatehook::report::{self, Format, Style};
use serde_json::Value;

use super::hostile;
use crate::support::root;

/// Reports that each format is tried on.
const ROUNDS: u64 = 250;

pub(super) fn written(report: &Report, format: Format) -> String {
    let mut out = Vec::new();
    report::write(report, format, &Style::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap_or_else(|_| panic!("{}: no UTF-8", format.word()))
}

fn schema(file: &str) -> jsonschema::Validator {
    let text = std::fs::read_to_string(root().join(file)).unwrap();
    jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap()
}

fn valid(validator: &jsonschema::Validator, value: &Value, what: &str) {
    let faults: Vec<String> =
        validator.iter_errors(value).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{what}: {faults:#?}");
}

#[test]
fn json_formats_are_valid_whatever_the_content() {
    let formats = [
        (Format::Json, "docs/schema/report.schema.json"),
        (Format::Sarif, "tests/schemas/sarif-2.1.0.json"),
        (Format::GitlabSecrets, "tests/schemas/gitlab-15.2.4-secret-detection.json"),
        (Format::GitlabSast, "tests/schemas/gitlab-15.2.4-sast.json"),
        (Format::GitlabDependencies, "tests/schemas/gitlab-15.2.4-dependency-scanning.json"),
        (Format::CodeQuality, "tests/schemas/codequality.json"),
        (Format::Rdjson, "tests/schemas/rdjson-DiagnosticResult.json"),
    ];
    for (format, file) in formats {
        let validator = schema(file);
        for seed in 0..ROUNDS {
            let value: Value = serde_json::from_str(&written(&hostile::report(seed), format)).unwrap();
            valid(&validator, &value, &format!("{} of report {seed}", format.word()));
        }
        assert!(
            !validator.is_valid(&serde_json::json!({ "x": 1 })) || format == Format::Rdjson,
            "{file} refuses nothing"
        );
    }
    let validator = schema("tests/schemas/rdjson-Diagnostic.json");
    for seed in 0..ROUNDS {
        for line in written(&hostile::report(seed), Format::Rdjsonl).lines() {
            valid(&validator, &serde_json::from_str(line).unwrap(), "rdjsonl");
        }
    }
}

/// Every field that JSON has stands in the published schema, whatever the report.
#[test]
fn the_published_schema_names_every_field() {
    fn check(value: &Value, schema: &Value, path: &str) {
        match value {
            Value::Object(fields) => {
                for (name, inner) in fields {
                    let own = &schema["properties"][name];
                    assert!(own.is_object(), "docs/schema/report.schema.json lacks `{path}/{name}`");
                    check(inner, own, &format!("{path}/{name}"));
                }
            }
            Value::Array(list) => list.iter().for_each(|inner| check(inner, &schema["items"], &format!("{path}[]"))),
            _ => {}
        }
    }
    let text = std::fs::read_to_string(root().join("docs/schema/report.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    for seed in 0..ROUNDS {
        check(&serde_json::from_str(&written(&hostile::report(seed), Format::Json)).unwrap(), &schema, "");
    }
}

#[test]
fn json_comes_back_as_it_was() {
    for seed in 0..ROUNDS {
        let report = hostile::report(seed);
        let text = written(&report, Format::Json);
        let back = report::read(text.as_bytes()).unwrap_or_else(|error| panic!("report {seed}: {error}"));
        assert_eq!(written(&back, Format::Json), text, "report {seed}");
        for cut in [1, text.len() / 2, text.len() - 3] {
            let end = (0..=cut).rev().find(|&at| text.is_char_boundary(at)).unwrap();
            assert!(report::read(&text.as_bytes()[..end]).is_err(), "report {seed} cut at {end}");
        }
    }
    let text = written(&hostile::clean(), Format::Json);
    for (from, to) in [
        ("\"schema\":1", "\"schema\":2"),
        ("\"verdict\":\"pass\"", "\"verdict\":\"fine\""),
        ("\"exit\":0", "\"exit\":7"),
        ("\"mode\":\"enforce\"", "\"mode\":\"sleep\""),
        ("\"hole\":false", "\"hole\":true"),
        ("\"gaps\":[]", "\"gaps\":[],\"more\":1"),
        (",\"gaps\":[]", ""),
        ("\"outcome\":\"ran\"", "\"outcome\":\"walked\""),
    ] {
        assert!(text.contains(from), "{from} is not in {text}");
        assert!(report::read(text.replace(from, to).as_bytes()).is_err(), "{to} is not understood, so it is refused");
    }
}

/// Texts of a format that a reader takes for something that is not green.
fn says_it_could_not_look(format: Format, text: &str) -> bool {
    let value = || serde_json::from_str::<Value>(text).unwrap();
    match format {
        Format::Sarif => value()["runs"][0]["invocations"][0]["executionSuccessful"] == false,
        Format::GitlabSecrets | Format::GitlabSast | Format::GitlabDependencies => {
            value()["scan"]["status"] == "failure"
        }
        Format::Json => value()["verdict"] != "pass" && value()["exit"] != 0,
        Format::Jsonl => {
            let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
            last["verdict"] != "pass" && last["exit"] != 0
        }
        Format::CodeQuality => value().as_array().unwrap().iter().any(|entry| entry["severity"] == "blocker"),
        Format::Junit => text.contains("<error type=\"could-not-look\""),
        Format::Checkstyle => text.contains("severity=\"error\" message=\"gatehook could not look"),
        Format::Github => text.starts_with("::error "),
        Format::Rdjson | Format::Rdjsonl => text.contains("\"severity\":\"ERROR\""),
        Format::Markdown | Format::GithubSummary => {
            text.contains("#### Not all was looked at") && text.contains("**error:**")
        }
        Format::Html => text.contains("<h2 id=\"lacks\">"),
        Format::Text => text.contains("error: "),
    }
}

#[test]
fn a_gate_that_could_not_look_is_green_in_no_format() {
    let with = |change: &dyn Fn(&mut Report)| {
        let mut report = hostile::clean();
        change(&mut report);
        gatehook::policy::decide_anew(&mut report);
        report
    };
    let gap = |kind| Gap { path: None, kind, reason: "it is not there".to_owned(), hint: String::new() };
    let cases = [
        ("nothing was read", with(&|report| report.gaps.push(gap(GapKind::Unread)))),
        ("part was read", with(&|report| report.gaps.push(gap(GapKind::Partial)))),
        ("a stage failed", with(&|report| report.stages[0].outcome = Outcome::Failed("it fell".to_owned()))),
        ("a stage did not end", with(&|report| report.stages[0].outcome = Outcome::TimedOut)),
        ("no stage", with(&|report| report.stages.clear())),
        ("nothing says what was looked at", with(&|report| report.scanned.how.clear())),
        ("the configuration is wrong", with(&|report| report.end_with(Exit::Usage))),
        ("interrupted", with(&|report| report.end_with(Exit::Interrupted))),
        ("not scanned, and nobody says why", with(&|report| report.end_with(Exit::NotScanned))),
    ];
    for (name, report) in cases {
        assert_ne!(report.verdict(), Verdict::Pass, "{name}");
        for &format in Format::ALL {
            // On a terminal these are told beside the report.
            let beside = report.gaps.is_empty() && report.stages.iter().all(|stage| stage.outcome == Outcome::Ran);
            if format != Format::Text || !beside {
                let text = written(&report, format);
                assert!(says_it_could_not_look(format, &text), "{name}, {}: {text}", format.word());
            }
        }
    }
    for &format in Format::ALL {
        let text = written(&hostile::clean(), format);
        assert!(!says_it_could_not_look(format, &text), "a clean run, {}: {text}", format.word());
    }
}

#[test]
fn github_commands_stay_commands() {
    for seed in 0..ROUNDS {
        let text = written(&hostile::report(seed), Format::Github);
        let mut kinds = std::collections::HashMap::new();
        for line in text.lines() {
            let kind = line.strip_prefix("::").and_then(|rest| rest.split([' ', ':']).next()).unwrap_or_default();
            assert!(["error", "warning", "notice"].contains(&kind), "report {seed}: {line}");
            *kinds.entry(kind.to_owned()).or_insert(0) += 1;
            assert!(!line.contains(['\r', '\u{1b}', '\0', '\u{202e}']), "report {seed}: {line:?}");
        }
        assert!(kinds.values().all(|&count| count <= 10), "{kinds:?}");
        assert_eq!(kinds.get("notice"), Some(&1));
    }
    let text = written(&hostile::many(200), Format::Github);
    assert!(text.lines().count() <= 21 && text.contains("more than a step shows"), "{text}");
}

#[test]
fn names_are_one_finding_s_own() {
    for seed in 0..ROUNDS {
        let report = hostile::report(seed);
        let quality: Value = serde_json::from_str(&written(&report, Format::CodeQuality)).unwrap();
        let names: Vec<&str> =
            quality.as_array().unwrap().iter().map(|entry| entry["fingerprint"].as_str().unwrap()).collect();
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len(), "report {seed}");
        let secrets: Value = serde_json::from_str(&written(&report, Format::GitlabSecrets)).unwrap();
        let ids: Vec<&Value> = secrets["vulnerabilities"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
        assert_eq!(ids.iter().map(ToString::to_string).collect::<HashSet<_>>().len(), ids.len(), "report {seed}");
    }
}

#[test]
fn comments_and_summaries_keep_their_limits() {
    let report = hostile::many(3000);
    let comment = written(&report, Format::Markdown);
    assert!(comment.len() <= 65_536 && comment.contains("more do not fit here"), "{}", comment.len());
    let summary = written(&report, Format::GithubSummary);
    assert!(summary.len() <= 1 << 20 && summary.len() > 300_000, "{}", summary.len());
    for seed in 0..ROUNDS {
        assert!(written(&hostile::report(seed), Format::Markdown).len() <= 65_536, "report {seed}");
    }
}

#[test]
fn sarif_keeps_github_s_limits() {
    let mut report = hostile::many(25_100);
    let log = written(&report, Format::Sarif);
    let value: Value = serde_json::from_str(&log).unwrap();
    assert_eq!(value["runs"][0]["results"].as_array().unwrap().len(), 25_000);
    assert!(log.contains("100 findings of the least weight are left out"));
    assert!(compressed(&log) < 10_000_000, "{} bytes", compressed(&log));
    for (number, finding) in report.findings.iter_mut().enumerate() {
        let noise: String = (0..60)
            .map(|part| blake3::hash(&[number.to_le_bytes(), usize::to_le_bytes(part)].concat()).to_hex().to_string())
            .collect();
        finding.path = gatehook::paths::RepoPath::new(noise.into_bytes());
    }
    let log = written(&report, Format::Sarif);
    assert!(compressed(&log) < 10_000_000, "{} bytes", compressed(&log));
    assert!(log.contains("of the least weight are left out"));
}

fn compressed(text: &str) -> usize {
    use std::io::Write;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap().len()
}
