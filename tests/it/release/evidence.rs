//! Each way in which evidence can be wrong, and the word and exit code that it gets.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::{Value, json};

use super::{Shop, edited, moment};

type Files = BTreeMap<String, Vec<u8>>;
/// How the evidence becomes wrong.
type Change = Box<dyn Fn(&Shop, &mut Files)>;

/// What is wrong, its word, the exit code, flags, and how the evidence becomes so.
struct Case(&'static str, &'static str, i32, &'static [&'static str], Change);

/// One report of the three is changed.
fn report(edit: impl Fn(&mut Value) + 'static) -> Change {
    Box::new(move |_, files| {
        let bytes = edited(&files["insecure.json"], &edit);
        files.insert("insecure.json".to_owned(), bytes);
    })
}

fn bytes(edit: impl Fn(&mut Vec<u8>) + 'static) -> Change {
    Box::new(move |_, files| edit(files.get_mut("insecure.json").unwrap()))
}

fn files(edit: impl Fn(&mut Files) + 'static) -> Change {
    Box::new(move |_, files| edit(files))
}

/// The report with a finding takes the place of both shards.
fn blocked(edit: impl Fn(&mut Value) + 'static) -> Change {
    Box::new(move |shop, files| {
        files.retain(|name, _| name == "insecure.json");
        files.insert("secrets.json".to_owned(), edited(&shop.blocked, &edit));
    })
}

fn ended(report: &mut Value, verdict: &str, exit: u8) {
    report["verdict"] = verdict.into();
    report["exit"] = exit.into();
}

fn gap(report: &mut Value, kind: &str, tolerated: bool) {
    report["gaps"] = json!([{ "path": "a", "kind": kind, "tolerated": tolerated, "reason": "r", "hint": "" }]);
}

fn stage(report: &mut Value, outcome: &str, hole: bool) {
    let stage = &mut report["stages"][0];
    (stage["outcome"], stage["hole"], stage["reason"]) = (outcome.into(), hole.into(), "no tool".into());
}

fn as_sca(report: &mut Value, advisories: Option<String>) {
    report["stages"][0]["name"] = "sca".into();
    if let Some(made) = advisories {
        report["terms"]["advisories"] = made.into();
    }
}

fn cases() -> Vec<Case> {
    const NONE: &[&str] = &[];
    let sca = |advisories: Option<String>| {
        files(move |files| {
            let bytes = edited(&files["insecure.json"], &|report| as_sca(report, advisories.clone()));
            files.insert("sca.json".to_owned(), bytes);
        })
    };
    vec![
        Case("no file", "no-evidence", 3, NONE, files(Files::clear)),
        Case("no JSON", "unreadable", 3, NONE, bytes(|bytes| *bytes = b"passed\n".to_vec())),
        Case("an empty file", "unreadable", 3, NONE, bytes(Vec::clear)),
        Case("cut off", "unreadable", 3, NONE, bytes(|bytes| bytes.truncate(bytes.len() / 2))),
        Case("two reports in one file", "unreadable", 3, NONE, bytes(|bytes| *bytes = bytes.repeat(2))),
        Case("another schema", "unreadable", 3, NONE, report(|report| report["schema"] = 2.into())),
        Case("a field of nobody's", "unreadable", 3, NONE, report(|report| report["trust"] = true.into())),
        Case(
            "a field twice",
            "unreadable",
            3,
            NONE,
            bytes(|bytes| {
                bytes.splice(..1, b"{\"exit\":0,".iter().copied());
            }),
        ),
        Case("a verdict of nobody's", "unreadable", 3, NONE, report(|report| report["verdict"] = "ok".into())),
        Case(
            "another file beside",
            "unreadable",
            3,
            NONE,
            files(|files| {
                files.insert("notes.txt".to_owned(), b"all good".to_vec());
            }),
        ),
        Case(
            "too many files",
            "too-many",
            3,
            NONE,
            files(|files| {
                files.extend((0..1001).map(|at| (format!("x{at}"), Vec::new())));
            }),
        ),
        Case("another gate", "other-gate", 3, NONE, report(|report| report["gate"] = "scan".into())),
        Case(
            "another commit",
            "other-commit",
            3,
            NONE,
            report(|report| report["scanned"]["head"] = "0".repeat(40).into()),
        ),
        Case(
            "a commit cut short",
            "other-commit",
            3,
            NONE,
            Box::new(|shop, files| {
                let short = &shop.commit[..12];
                let bytes = edited(&files["insecure.json"], &|report| report["scanned"]["head"] = short.into());
                files.insert("insecure.json".to_owned(), bytes);
            }),
        ),
        Case("no commit", "other-commit", 3, NONE, report(|report| report["scanned"]["head"] = Value::Null)),
        Case("another version", "other-version", 3, NONE, report(|report| report["terms"]["version"] = "0.0.1".into())),
        Case(
            "no time",
            "undated",
            3,
            NONE,
            report(|report| {
                report["terms"].as_object_mut().unwrap().remove("made");
            }),
        ),
        Case("a time that is none", "undated", 3, NONE, report(|report| report["terms"]["made"] = "today".into())),
        Case("too old", "stale", 3, NONE, report(|report| report["terms"]["made"] = moment(-90_000).into())),
        Case(
            "too old for the flag",
            "stale",
            3,
            &["--max-age", "30m"],
            report(|report| {
                report["terms"]["made"] = moment(-2000).into();
            }),
        ),
        Case("from the future", "future", 3, NONE, report(|report| report["terms"]["made"] = moment(3600).into())),
        Case(
            "one shard too old",
            "partial+stale",
            3,
            NONE,
            files(|files| {
                let old = edited(&files["secrets-2.json"], &|report| report["terms"]["made"] = moment(-90_000).into());
                files.insert("secrets-2.json".to_owned(), old);
            }),
        ),
        Case(
            "no change at all",
            "vacuous",
            3,
            NONE,
            report(|report| {
                report["scanned"]["base"] = report["scanned"]["head"].clone();
                report["scanned"]["commits"] = 0.into();
            }),
        ),
        Case(
            "the same file twice",
            "duplicate",
            3,
            NONE,
            files(|files| {
                files.insert("copy.json".to_owned(), files["insecure.json"].clone());
            }),
        ),
        Case(
            "a stage in two reports",
            "duplicate",
            3,
            NONE,
            files(|files| {
                let other = edited(&files["insecure.json"], &|report| report["terms"]["made"] = moment(-60).into());
                files.insert("again.json".to_owned(), other);
            }),
        ),
        Case(
            "a shard twice",
            "duplicate",
            3,
            NONE,
            files(|files| {
                let other = edited(&files["secrets-1.json"], &|report| report["terms"]["made"] = moment(-60).into());
                files.insert("secrets-3.json".to_owned(), other);
            }),
        ),
        Case(
            "a shard is missing",
            "partial",
            3,
            NONE,
            files(|files| {
                files.remove("secrets-2.json");
            }),
        ),
        Case(
            "shards of other splits",
            "partial",
            3,
            NONE,
            files(|files| {
                let other = edited(&files["secrets-2.json"], &|report| report["terms"]["shard"] = "2/3".into());
                files.insert("secrets-2.json".to_owned(), other);
            }),
        ),
        Case(
            "shards of other bases",
            "partial",
            3,
            NONE,
            files(|files| {
                let other = edited(&files["secrets-2.json"], &|report| report["scanned"]["base"] = Value::Null);
                files.insert("secrets-2.json".to_owned(), other);
            }),
        ),
        Case(
            "a file was not read",
            "partial",
            3,
            NONE,
            report(|report| {
                gap(report, "unread", false);
                ended(report, "incomplete", 3);
            }),
        ),
        Case(
            "a file was read in part, which a gate tolerates",
            "partial",
            3,
            NONE,
            report(|report| {
                gap(report, "partial", true);
                ended(report, "incomplete", 0);
            }),
        ),
        Case("a run that was broken off", "partial", 3, NONE, report(|report| ended(report, "incomplete", 130))),
        Case("a pass over a gap", "tampered", 3, NONE, report(|report| gap(report, "unread", false))),
        Case("a pass over a stage that failed", "tampered", 3, NONE, report(|report| stage(report, "failed", true))),
        Case("a pass without a stage", "missing+tampered", 4, NONE, report(|report| report["stages"] = json!([]))),
        Case(
            "a pass that does not say how",
            "tampered",
            3,
            NONE,
            report(|report| report["scanned"]["how"] = "".into()),
        ),
        Case(
            "a pass over a finding",
            "tampered",
            3,
            NONE,
            blocked(|report| {
                report["findings"][0]["blocks"] = false.into();
                ended(report, "pass", 0);
            }),
        ),
        Case("a verdict alone that is changed", "tampered", 3, NONE, blocked(|report| ended(report, "pass", 0))),
        Case(
            "a severity alone that is changed",
            "tampered",
            3,
            NONE,
            blocked(|report| {
                report["findings"][0]["severity"] = "low".into();
            }),
        ),
        Case("a finding that is taken out", "tampered", 3, NONE, blocked(|report| report["findings"] = json!([]))),
        Case("an old index of advisories", "old-advisories", 3, &["--require", "sca"], sca(Some(moment(-30 * 86_400)))),
        Case("an index of advisories without a day", "old-advisories", 3, &["--require", "sca"], sca(None)),
        Case(
            "a job is missing",
            "missing",
            4,
            NONE,
            files(|files| {
                files.remove("insecure.json");
            }),
        ),
        Case("a stage that no job ran", "missing", 4, &["--require", "sast"], files(|_| {})),
        Case(
            "a stage that was left out",
            "missing",
            4,
            NONE,
            report(|report| {
                stage(report, "skipped", false);
                report["stages"][0]["reason"] = "asked for by SKIP".into();
            }),
        ),
        Case(
            "a stage that failed",
            "failed",
            4,
            NONE,
            report(|report| {
                stage(report, "failed", true);
                ended(report, "incomplete", 4);
            }),
        ),
        Case(
            "a stage that need not run, and failed",
            "failed",
            4,
            NONE,
            report(|report| {
                stage(report, "timed-out", true);
                report["stages"][0]["required"] = false.into();
                ended(report, "incomplete", 0);
            }),
        ),
        Case("a finding that blocks", "findings", 1, NONE, blocked(|_| {})),
        Case(
            "a finding that a gate only observed",
            "findings",
            1,
            NONE,
            blocked(|report| {
                report["mode"] = "observe".into();
                report["exit"] = 0.into();
            }),
        ),
        Case(
            "a finding that a laxer gate let pass",
            "findings",
            1,
            NONE,
            blocked(|report| {
                report["terms"]["block"] = "critical".into();
                report["findings"][0]["severity"] = "high".into();
                report["findings"][0]["blocks"] = false.into();
                ended(report, "pass", 0);
            }),
        ),
        Case(
            "a finding of a rule called too new",
            "findings",
            1,
            NONE,
            blocked(|report| {
                report["terms"]["younger"] = json!([report["findings"][0]["rule"]]);
                report["findings"][0]["blocks"] = false.into();
                ended(report, "pass", 0);
            }),
        ),
    ]
}

#[test]
fn wrong_evidence_is_a_no_with_its_own_word_and_exit_code() {
    let shop = Shop::new();
    let envelope = shop.world.path().join("envelope.json");
    let release = |dir: &std::path::Path, flags: &[&str]| {
        let _ = std::fs::remove_file(&envelope);
        let (dir, out) = (dir.display().to_string(), envelope.display().to_string());
        let args = ["gate", "release", "--evidence", &dir, "--commit", "HEAD", "--output", &out];
        shop.gatehook(&[&args, flags].concat())
    };
    let verdict = || {
        let whole: Value = serde_json::from_slice(&std::fs::read(&envelope).unwrap()).unwrap();
        let envelope = gatehook::release::Envelope::read(whole.to_string().as_bytes()).unwrap();
        let statement: Value = serde_json::from_slice(envelope.payload()).unwrap();
        statement["predicate"]["verificationResult"].as_str().unwrap().to_owned()
    };
    let (code, said) = release(&shop.put("good", &shop.good), &[]);
    assert_eq!((code, verdict().as_str()), (0, "PASSED"), "{said}");
    let mut faults = String::new();
    for Case(name, word, exit, flags, change) in cases() {
        let mut files = shop.good.clone();
        change(&shop, &mut files);
        let (code, said) = release(&shop.put("bad", &files), flags);
        let words: BTreeSet<&str> =
            said.lines().filter_map(|line| line.strip_prefix("error: ")?.split(':').next()).collect();
        let words = words.into_iter().collect::<Vec<_>>().join("+");
        let hinted = said.contains("\nhint: ") && said.contains("FAILED");
        if (code, words.as_str(), verdict().as_str(), hinted) != (exit, word, "FAILED", true) {
            writeln!(faults, "{name}: {code} {words}, not {exit} {word}: {said}").unwrap();
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn evidence_that_cannot_be_read_safely_is_a_no() {
    let shop = Shop::new();
    let dir = shop.put("odd", &shop.good);
    let release = |commit: &str, dir: &std::path::Path| {
        let dir = dir.display().to_string();
        shop.gatehook(&["gate", "release", "--evidence", &dir, "--commit", commit, "--output", "/dev/null"])
    };
    let odd = dir.join("odd.json");
    std::os::unix::fs::symlink(shop.world.path().join("jobs/insecure.json"), &odd).unwrap();
    let (code, said) = release("HEAD", &dir);
    assert!(code == 3 && said.contains("error: unreadable: `odd.json` is no regular file"), "{said}");
    std::fs::remove_file(&odd).unwrap();
    std::fs::File::create(&odd).unwrap().set_len(300 << 20).unwrap();
    let (code, said) = release("HEAD", &dir);
    assert!(code == 3 && said.contains("error: too-large: `odd.json`"), "{said}");
    std::fs::remove_file(&odd).unwrap();
    // Artifacts may come in directories of their own.
    std::fs::create_dir(dir.join("job")).unwrap();
    std::fs::rename(dir.join("insecure.json"), dir.join("job/insecure.json")).unwrap();
    assert_eq!(release("HEAD", &dir).0, 0);
    let (code, said) = release("HEAD", &dir.join("nowhere"));
    assert!(code == 3 && said.contains("cannot be read"), "{said}");
    let (code, said) = release("v9", &dir);
    assert!(code == 2 && said.contains("names no commit"), "{said}");
    // The policy is that of the commit, and one that is wrong lets nothing go.
    shop.world.sh("echo 'blok = 1' >gatehook.toml && git commit -qam wrong");
    let (code, said) = release("HEAD", &dir);
    assert!(code == 2 && said.contains("blok"), "{said}");
    assert_eq!(release("HEAD~1", &dir).0, 0);
}
