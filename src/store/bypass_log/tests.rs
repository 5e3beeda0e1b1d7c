//! What the record keeps, and what it must survive.

#![allow(clippy::disallowed_methods, reason = "the tests damage the file behind the module's back")]

use super::*;

const TIME: &str = "2026-01-02T03:04:05Z";

fn entry(reason: &str) -> Bypass {
    let names = vec!["secrets".to_owned()];
    Bypass { names, reason: reason.to_owned(), ..Bypass::new(BypassKind::Skip, TIME, "pre-commit") }
}

#[test]
fn what_was_shown_is_not_shown_again() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(not_shown(dir.path()), Vec::<String>::new());
    append(dir.path(), &entry("one")).unwrap();
    mark_shown(dir.path(), TIME).unwrap();
    append(dir.path(), &entry("two")).unwrap();
    assert_eq!(not_shown(dir.path()), ["2026-01-02T03:04:05Z pre-commit without secrets: two"]);
}

#[test]
fn an_entry_comes_back_as_it_was() {
    let whole = Bypass {
        what: BypassKind::Bypass,
        time: TIME.to_owned(),
        hook: "pre-push".to_owned(),
        names: vec!["a".to_owned()],
        count: 3,
        who: "Ada <ada@example.org>".to_owned(),
        commits: vec!["1234".to_owned()],
        reason: "a \"reason\"\nof two lines".to_owned(),
    };
    let dir = tempfile::tempdir().unwrap();
    let observed = Bypass::observed(TIME, "pre-commit", ["b", "a", "b"]);
    append(dir.path(), &whole).unwrap();
    append(dir.path(), &observed).unwrap();
    assert_eq!((&observed.names[..], observed.count), (&["a".to_owned(), "b".to_owned()][..], 3));
    assert_eq!(BypassLog::read(dir.path()).unwrap().entries, [whole, observed]);
}

#[test]
fn lines_of_an_older_gatehook_are_read() {
    let record = BypassLog::parse(
        br#"{"hook":"pre-commit","names":["secrets"],"reason":"r","time":"2026-01-02T03:04:05Z","what":"skip"}
{"time":"2026-01-02T03:04:05Z","what":"shown"}
{"hook":"pre-push","names":[],"reason":"disk","time":"2026-01-02T03:04:05Z","what":"on-error","later":1}
"#,
    );
    assert_eq!((record.entries.len(), record.shown, record.damaged), (2, (1, 0), 0));
    assert_eq!(record.entries[1].what, BypassKind::OnError);
}

#[test]
fn the_record_stays_small_and_keeps_the_newest() {
    let dir = tempfile::tempdir().unwrap();
    for number in 0..3000 {
        append(dir.path(), &entry(&format!("{number} {}", "x".repeat(2000)))).unwrap();
    }
    assert!(fs::metadata(path(dir.path())).unwrap().len() <= LARGEST + 2000);
    let lines = not_shown(dir.path());
    assert!(lines.last().unwrap().contains("2999 xx") && lines.len() > 100);
}

#[test]
fn many_names_and_a_huge_reason_stay_one_short_line() {
    let dir = tempfile::tempdir().unwrap();
    let names = (0..5000).map(|number| format!("{number}-{}", "ä".repeat(500))).collect();
    append(dir.path(), &Bypass { names, who: "x".repeat(9000), ..entry(&"€".repeat(100_000)) }).unwrap();
    let text = fs::read_to_string(path(dir.path())).unwrap();
    assert!(text.len() < 16_000 && text.lines().count() == 1, "{}", text.len());
    assert_eq!(BypassLog::parse(text.as_bytes()).entries.len(), 1);
}

#[test]
fn a_line_that_was_cut_off_takes_no_other_with_it() {
    let dir = tempfile::tempdir().unwrap();
    append(dir.path(), &entry("one")).unwrap();
    let file = path(dir.path());
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    append(dir.path(), &entry("two")).unwrap();
    append(dir.path(), &entry("three")).unwrap();
    let record = BypassLog::read(dir.path()).unwrap();
    assert_eq!(record.entries.iter().map(|entry| &entry.reason[..]).collect::<Vec<_>>(), ["two", "three"]);
    assert_eq!(record.damaged, 1);
    assert!(not_shown(dir.path()).last().unwrap().starts_with("a line of"));
    mark_shown(dir.path(), TIME).unwrap();
    assert_eq!(not_shown(dir.path()), Vec::<String>::new(), "what was told once is not told again");
}

#[test]
fn writers_at_once_lose_nothing() {
    let dir = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let dir = dir.path();
            scope.spawn(move || {
                for number in 0..40 {
                    append(dir, &entry(&format!("{writer}-{number} {}", "x".repeat(300)))).unwrap();
                }
            });
        }
    });
    let record = BypassLog::read(dir.path()).unwrap();
    assert_eq!((record.entries.len(), record.damaged), (320, 0));
}

#[test]
fn a_summary_counts_by_kind_name_hook_person_and_day() {
    let who = "Ada <ada@example.org>".to_owned();
    let at = |time: &str, entry: Bypass| Bypass { time: time.to_owned(), ..entry };
    let entries = || {
        vec![
            at("2026-01-01T00:00:00Z", entry("old")),
            at("2026-01-02T00:00:00Z", Bypass { who: who.clone(), ..entry("one") }),
            at("2026-01-03T00:00:00Z", Bypass::observed(TIME, "pre-push", ["secrets", "x"])),
        ]
    };
    let record = || BypassLog { entries: entries(), damaged: 2, shown: (0, 0) };
    let summary = Summary::of(record(), Some("2026-01-02"), 1);
    let counts = |pairs: &[(&str, usize)]| pairs.iter().map(|(key, count)| ((*key).to_owned(), *count)).collect();
    assert_eq!(summary.entries, 2);
    assert_eq!(summary.kinds, counts(&[("skip", 1), ("observed", 1)]));
    assert_eq!(summary.names, counts(&[("secrets", 2), ("x", 1)]));
    assert_eq!(summary.hooks, counts(&[("pre-commit", 1), ("pre-push", 1)]));
    assert_eq!(summary.people, counts(&[(&who, 1)]));
    assert_eq!(summary.days, counts(&[("2026-01-02", 1), ("2026-01-03", 1)]));
    assert_eq!(summary.last, entries()[2..]);
    assert_eq!(summary.json()["by_name"]["secrets"], 2);
    assert_eq!(Summary::of(BypassLog::default(), None, 5).lines(), ["Nothing was let through."]);
    assert!(Summary::of(record(), None, 5).lines().join("\n").contains("by person:\n      1  Ada"));
}
