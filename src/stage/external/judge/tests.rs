//! What is new, what is not, and what is shown of it.

use std::sync::Arc;

use super::*;

use crate::change::{Blob, Content, Entry, Kind, Loaded, ReadError};
use crate::rules::{Gate, RuleSet, placeholders};

struct Texts;

impl Reader for Texts {
    fn read(&mut self, blob: &Blob, _limit: u64) -> Result<Loaded, ReadError> {
        let Blob::Text(text) = blob else { return Err(ReadError::Unsupported) };
        Ok(Loaded { bytes: text.to_vec(), size: text.len() as u64 })
    }
}

fn change(path: &str, new: &str, old: &[&str]) -> Change {
    let blob = |text: &str| Blob::Text(Arc::from(text.as_bytes()));
    Change {
        path: RepoPath::from(path),
        kind: if old.is_empty() { Kind::Added } else { Kind::Modified },
        entry: Entry::File,
        content: Content::Blobs { new: Some(blob(new)), old: old.iter().map(|text| blob(text)).collect() },
        commit: None,
    }
}

fn judged(changes: &[Change], reported: &Reported, edit: impl FnOnce(&mut StageConfig)) -> Finding {
    let mut stage = StageConfig::new("lint", vec!["lint".to_owned()]);
    stage.format = Format::Sarif;
    edit(&mut stage);
    let engine = Engine::new(RuleSet::default().limited_to(&[Pack::Secrets], Gate::Push));
    let mut judge = Judge {
        stage: &stage,
        dir: Path::new("/private/tree"),
        changes: changes.iter().map(|change| (change.path.as_bytes(), change)).collect(),
        reader: Box::new(Texts),
        engine: &engine,
        salt: &Salt::default(),
        limit: 1 << 20,
        files: HashMap::new(),
    };
    judge.finding(reported)
}

fn at(path: &str, line: u32) -> Reported {
    Reported {
        path: path.as_bytes().to_vec(),
        line,
        rule: "R1".to_owned(),
        message: "m".to_owned(),
        ..Reported::default()
    }
}

fn state(changes: &[Change], reported: &Reported) -> State {
    judged(changes, reported, |_| {}).state
}

#[test]
fn only_added_lines_are_new() {
    let changes = [change("a.py", "one()\nadded()\ntwo()\n", &["one()\ntwo()\n"])];
    assert_eq!(state(&changes, &at("a.py", 2)), State::New);
    assert_eq!(state(&changes, &at("a.py", 1)), State::Existing);
    assert_eq!(state(&changes, &at("b.py", 1)), State::Existing);
    // A finding over several lines is new where one of them is.
    assert_eq!(state(&changes, &Reported { end_line: 2, ..at("a.py", 1) }), State::New);
    // Whoever names no line or no file, or a line that is not there, is not called old.
    assert_eq!(state(&changes, &at("a.py", 0)), State::New);
    assert_eq!(state(&changes, &at("a.py", 99)), State::New);
    assert_eq!(state(&changes, &at("", 0)), State::New);
}

#[test]
fn what_is_moved_or_indented_is_not_new_and_a_second_one_is() {
    let moved = [change("a.py", "if x:\n    call(y)\n", &["call(y)\n"])];
    assert_eq!(state(&moved, &at("a.py", 2)), State::Existing);
    let block = [change("a.py", "if x:\n    call(y) {\n    }\n\n", &["call(y) {\n}\n"])];
    assert_eq!(state(&block, &Reported { end_line: 4, ..at("a.py", 2) }), State::Existing);
    assert_eq!(state(&block, &at("a.py", 4)), State::New);
    let doubled = [change("a.py", "call(y)\ncall(y)\n", &["call(y)\n"])];
    assert_eq!(state(&doubled, &at("a.py", 2)), State::New);
    let of_two_bases = [change("a.py", "left(1)\nright(2)\nnew(3)\n", &["left(1)\n", "right(2)\n"])];
    assert_eq!(state(&of_two_bases, &at("a.py", 2)), State::Existing);
    assert_eq!(state(&of_two_bases, &at("a.py", 3)), State::New);
}

#[test]
fn paths_of_tools_become_those_of_the_repository() {
    let changes = [change("src/a.py", "x = 1\n", &[])];
    for path in ["src/a.py", "./src/a.py", "/private/tree/src/a.py", "src/./a.py"] {
        assert_eq!(judged(&changes, &at(path, 1), |_| {}).path.as_bytes(), b"src/a.py", "{path}");
    }
    assert_eq!(judged(&changes, &at("/private/treehouse/a", 1), |_| {}).path.as_bytes(), b"/private/treehouse/a");
    assert_eq!(judged(&changes, &at("", 0), |_| {}).path.as_bytes(), b"stage lint");
}

#[test]
fn comments_and_tools_may_allow() {
    let changes = [change("a.py", "bad()  # gatehook:allow lint/R1 -- checked\nbad(2)\n", &[])];
    let allowed = judged(&changes, &at("a.py", 1), |_| {});
    assert_eq!((allowed.state, allowed.reason.as_deref()), (State::Allowed, Some("checked")));
    assert_eq!(state(&changes, &at("a.py", 2)), State::New);
    let told = Reported { suppressed: Some("by the tool".to_owned()), ..at("a.py", 2) };
    assert_eq!(state(&changes, &told), State::Allowed);
}

#[test]
fn values_are_hidden_in_what_is_shown() {
    let key = placeholders::fill("AKIA{base32:16}", 1);
    let changes = [change("a.py", &format!("call(1); key = '{key}'\n"), &[])];
    let reported =
        Reported { message: format!("found '{key}' here\x1b[31m\u{202e}"), fix: key.clone(), ..at("a.py", 1) };
    let finding = judged(&changes, &reported, |_| {});
    let shown = format!("{finding:?}");
    assert!(!shown.contains(&key) && !shown.contains('\x1b') && !shown.contains('\u{202e}'), "{shown}");
    assert!(finding.excerpt.lines[0].text.starts_with("call(1); key = '"));
    let finding = judged(&changes, &reported, |stage| stage.secrets = true);
    assert_eq!(&finding.title[..], "`R1` found by lint");
    assert!(finding.excerpt.lines.is_empty() && finding.advice.fix.is_empty());
}

#[test]
fn numbers_of_no_sense_are_survived() {
    let long = format!("{}\n", "x é ".repeat(500));
    let changes = [change("a.py", &long, &[]), change("empty", "", &[]), change("bytes", "\u{fffd}\n", &[])];
    for path in ["a.py", "empty", "bytes", "a.py/../x", "\0"] {
        for line in [0, 1, 2, u32::MAX] {
            for (column, end_line, end_column) in
                [(0, 0, 0), (u32::MAX, u32::MAX, u32::MAX), (300, 1, 2), (2, 1, 900), (7, 0, 7)]
            {
                let reported = Reported { column, end_line, end_column, ..at(path, line) };
                let finding = judged(&changes, &reported, |_| {});
                let mark = finding.excerpt.mark;
                assert!(mark.0 <= mark.1 || finding.excerpt.lines.is_empty(), "{reported:?}: {mark:?}");
            }
        }
    }
}

#[test]
fn severities_follow_the_table_before_the_tool() {
    let changes = [change("a", "x\n", &[])];
    let reported = Reported { severity: Some(Severity::Low), word: "Style".to_owned(), ..at("a", 1) };
    let finding = judged(&changes, &reported, |stage| {
        stage.severities.insert("style".to_owned(), Severity::Critical);
    });
    assert_eq!(finding.severity, Severity::Critical);
    let unsaid = Reported { word: "odd".to_owned(), ..at("a", 1) };
    assert_eq!(judged(&changes, &unsaid, |stage| stage.severity = Severity::High).severity, Severity::High);
}

#[test]
fn a_path_that_begins_at_the_directory_looked_at_is_the_files() {
    let changes = [change("infra/main.tf", "a long line\n", &[])];
    for path in ["/infra/main.tf", "infra/main.tf", "./infra/main.tf", "/private/tree/infra/main.tf"] {
        let finding = judged(&changes, &at(path, 1), |_| {});
        assert_eq!((finding.state, finding.path.as_bytes()), (State::New, &b"infra/main.tf"[..]), "{path}");
    }
    assert_eq!(state(&changes, &at("/elsewhere/infra/main.tf", 1)), State::Existing);
}

#[test]
fn a_rule_has_its_stage_before_it_once() {
    let rule = |rule: &str| judged(&[], &Reported { rule: rule.to_owned(), ..at("a", 1) }, |_| {}).rule.to_string();
    assert_eq!(
        [rule("R1"), rule("lint/R1"), rule("lint"), rule("linter/R1"), rule("")],
        ["lint/R1", "lint/R1", "lint/lint", "lint/linter/R1", "lint"]
    );
}
