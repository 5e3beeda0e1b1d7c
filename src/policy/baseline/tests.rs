//! What a baseline's text promises.

use super::*;
use crate::config::Day;

fn entry(hex: &str, path: &str) -> Entry {
    Entry {
        fingerprint: Fingerprint::parse(&hex.repeat(16)).unwrap(),
        path: RepoPath::from(path),
        rule: "aws-access-key-id".to_owned(),
        expires: None,
        owner: String::new(),
        reason: String::new(),
    }
}

#[test]
fn what_is_written_reads_back_whatever_the_path_is() {
    let odd: [&[u8]; 7] = [b"a b.py", b"100%.py", b"%41", b"-- x", b"\xff\n\t", "d/ü ñ\u{202e}.py".as_bytes(), b"#a"];
    for path in odd {
        let mut one = entry("ab", "");
        one.path = RepoPath::new(path);
        one.owner = "team a%".to_owned();
        one.expires = Day::parse("2027-06-30");
        one.reason = "checked: -- fine".to_owned();
        let written = Baseline::from_iter([one.clone()]);
        let text = written.render();
        assert_eq!(Baseline::parse(text.as_bytes()), Ok(written), "{text}");
        let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        assert_eq!(Baseline::parse(windows.as_bytes()).unwrap().entries(), [one]);
    }
}

#[test]
fn order_and_repetition_mean_nothing() {
    let mut told = entry("0a", "x");
    told.reason = "kept".to_owned();
    let all = [entry("ff", "b"), entry("0a", "x"), told.clone(), entry("ff", "a"), entry("ff", "b")];
    let baseline: Baseline = all.into_iter().collect();
    assert_eq!(baseline.entries(), [told, entry("ff", "a"), entry("ff", "b")]);
    let mut lines: Vec<String> = baseline.render().lines().map(|line| format!("{line}\n")).collect();
    lines.reverse();
    assert_eq!(Baseline::parse(lines.concat().as_bytes()), Ok(baseline));
}

#[test]
fn what_is_no_baseline_says_where_and_why() {
    let good = "0a".repeat(16);
    for (line, fault) in [
        ("<<<<<<< HEAD".to_owned(), Fault::Conflict),
        ("=======".to_owned(), Fault::Conflict),
        ("# gatehook-baseline 2: x".to_owned(), Fault::Version),
        ("nonsense".to_owned(), Fault::Fingerprint),
        (format!("{} r p", &good[2..]), Fault::Fingerprint),
        (good.clone(), Fault::Rule),
        (format!("{good} r"), Fault::Path),
        (format!("{good} r p expires=soon"), Fault::Expires),
        (format!("{good} r p expires=2027-02-30"), Fault::Expires),
        (format!("{good} r p why=not"), Fault::Field),
        (format!("{good} r p  -- x"), Fault::Field),
    ] {
        let error = Baseline::parse(format!("#00\n\n{line}\n").as_bytes()).unwrap_err();
        assert_eq!(error, BaselineError { number: 3, fault }, "{line}");
    }
}

#[test]
fn a_merge_keeps_what_either_adds_and_drops_what_either_drops() {
    let of = |list: &[&str]| list.iter().map(|hex| entry(hex, "p")).collect::<Baseline>();
    let base = of(&["01", "02", "03", "04"]);
    let merged = merge(&base, &of(&["01", "03", "04", "0a"]), &of(&["01", "02", "04", "0a", "0b"]));
    assert_eq!(merged, of(&["01", "04", "0a", "0b"]));
    let mut settled = base.clone();
    let mut one = entry("01", "p");
    one.reason = "kept".to_owned();
    settled.set(one);
    assert_eq!(merge(&base, &base, &settled), settled);
    assert_eq!(merge(&base, &settled, &base), settled);
}
