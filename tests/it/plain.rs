//! Plain English: messages hold none of the phrases that only their writer understood, and comments and pages hold
//! fewer of them with time, never more.

use std::fmt::Write;

use crate::support::{rust_files, text_files};

/// Phrases that a message does not use, and what it says instead.
const ODD: &[(&str, &str)] = &[
    ("stumbled", "internal error"),
    ("is told", "say who tells, or `is reported`"),
    ("are told", "say who tells, or `are reported`"),
    ("nobody", "no one, or who does it"),
    ("all else", "everything, otherwise"),
    ("heeded", "ignored"),
    (" anew", "again"),
    ("is due", "is missing, is needed, is expected"),
    ("are due", "are missing, are needed"),
    ("is not had", "is missing"),
    ("to be had", "available"),
    ("is no configuration", "is not valid"),
    ("else revoke", "otherwise revoke"),
    ("speaks of", "is about"),
];

/// Odd phrases that comments of `src/` and pages of `docs/` hold still. The numbers only fall.
const IN_COMMENTS: usize = 30;
const IN_PAGES: usize = 23;

fn odd(text: &str) -> Option<(&'static str, &'static str)> {
    let text = text.to_lowercase();
    ODD.iter().find(|(phrase, _)| text.contains(phrase)).copied()
}

/// The parts of a line of code that stand in quotes.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('"').skip(1).step_by(2)
}

#[test]
fn messages_are_plain() {
    let mut faults = String::new();
    for (path, code) in rust_files("src") {
        let code = code.split("\nmod tests {").next().unwrap_or_default();
        if path.ends_with("tests.rs") {
            continue;
        }
        for (number, line) in code.lines().enumerate() {
            let trimmed = line.trim_start();
            if trimmed.starts_with("//") || trimmed.starts_with("#[") || trimmed.starts_with("#!") {
                continue;
            }
            for (phrase, better) in quoted(line).filter_map(odd) {
                writeln!(faults, "{path}:{}: `{phrase}`: {better}", number + 1).unwrap();
            }
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn comments_and_pages_become_plainer() {
    let of = |text: &str| text.lines().filter(|line| odd(line).is_some()).count();
    let comments: usize = rust_files("src")
        .iter()
        .flat_map(|(_, code)| code.lines())
        .filter(|line| line.trim_start().starts_with("//") && odd(line).is_some())
        .count();
    let pages: usize =
        text_files(&["md"]).iter().filter(|(path, _)| path.starts_with("docs/")).map(|(_, text)| of(text)).sum();
    assert!(
        comments <= IN_COMMENTS,
        "{comments} comments hold an odd phrase, {IN_COMMENTS} is the most: say it plainly"
    );
    assert!(pages <= IN_PAGES, "{pages} lines of docs hold an odd phrase, {IN_PAGES} is the most: say it plainly");
}

#[test]
fn an_odd_message_is_found() {
    let found: Vec<_> = quoted("tell(\"error: gatehook stumbled\", \"fine\"); // nobody").filter_map(odd).collect();
    assert_eq!(found, [("stumbled", "internal error")]);
}
