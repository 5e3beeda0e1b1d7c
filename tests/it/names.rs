//! Words are the field's: the glossary of ARCHITECTURE.md names what exists, words that a newcomer cannot guess name
//! nothing, and a type name that says nothing alone does not spread.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use crate::support::{root, rust_files};

/// Words that name no module, file, function or type any more, and what the field says.
const BANNED: &[(&str, &str)] = &[
    ("settle", "resolve overlaps, or what is decided"),
    ("consider", "accept candidate"),
    ("Around", "run context"),
    ("Under", "gate runner"),
    ("gained", "net change"),
    ("younger", "newer than the pin"),
    ("twice", "dedup"),
    ("apart", "pairs"),
    ("laying", "merge layer"),
    ("Laying", "merge layer"),
    ("holes", "placeholders"),
    ("lesson", "example pair"),
    ("Lesson", "example pair"),
    ("Teacher", "example pairs"),
];

/// Type names that say nothing without a qualifier, and how many types have them still. The number only falls.
const BARE: &[(&str, usize)] = &[("Line", 1), ("Kind", 9), ("Place", 6), ("Entry", 4), ("Reader", 7), ("Found", 5)];

/// The names that `code` defines, with the keyword before each.
fn defined(code: &str) -> Vec<(&str, &str)> {
    let mut names = Vec::new();
    for line in code.lines().map(str::trim_start).filter(|line| !line.starts_with("//")) {
        // `pub(in crate::git)`
        let line = match line.strip_prefix("pub(").and_then(|rest| rest.split_once(')')) {
            Some((_, rest)) => rest,
            None => line,
        };
        let mut words = line.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
        while let Some(word) = words.next() {
            match word {
                "fn" | "struct" | "enum" | "trait" | "type" | "mod" | "const" | "static" => {
                    let next = words.next();
                    let name = if next == Some("fn") { words.next() } else { next };
                    names.extend(name.map(|name| (word, name)));
                    break;
                }
                "pub" | "unsafe" | "async" => {}
                _ => break,
            }
        }
    }
    names
}

#[test]
fn no_name_has_to_be_guessed() {
    let mut faults = String::new();
    for (path, code) in rust_files("src") {
        let stem = Path::new(&path).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let names = defined(&code).into_iter().map(|(_, name)| name).chain([stem.as_str()]);
        for name in names {
            if let Some((_, better)) = BANNED.iter().find(|(banned, _)| *banned == name) {
                writeln!(faults, "{path}: `{name}` names something; the field says: {better}").unwrap();
            }
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn bare_type_names_do_not_spread() {
    let mut count: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (path, code) in rust_files("src") {
        for (keyword, name) in defined(&code) {
            if let Some((bare, _)) = BARE.iter().find(|(bare, _)| *bare == name)
                && matches!(keyword, "struct" | "enum" | "trait" | "type")
            {
                count.entry(bare).or_default().push(path.clone());
            }
        }
    }
    for (bare, most) in BARE {
        let there = count.remove(bare).unwrap_or_default();
        assert!(there.len() <= *most, "{} types are called `{bare}`, qualify the new one: {there:#?}", there.len());
    }
}

/// The rows of the glossary: word, name, file.
fn glossary() -> Vec<(String, String, String)> {
    let page = std::fs::read_to_string(Path::new(&root()).join("ARCHITECTURE.md")).unwrap();
    let (_, table) = page.split_once("\n## Glossary\n").expect("ARCHITECTURE.md has a glossary");
    let table = table.split_once("\n## ").map_or(table, |(table, _)| table);
    let rows = table.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| word"));
    let cells = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let mut quoted = cells.last().copied().unwrap_or_default().split('`').skip(1).step_by(2);
        (
            cells[0].to_owned(),
            quoted.next().unwrap_or_default().to_owned(),
            quoted.next().unwrap_or_default().to_owned(),
        )
    };
    rows.map(cells).collect()
}

#[test]
fn the_glossary_names_what_exists() {
    let rows = glossary();
    assert!(rows.len() >= 30, "only {} words", rows.len());
    for (word, name, file) in &rows {
        let code = std::fs::read_to_string(Path::new(&root()).join(file))
            .unwrap_or_else(|error| panic!("`{word}`: `{file}`: {error}"));
        let is_defined = defined(&code).iter().any(|(_, own)| own == name);
        assert!(is_defined, "the glossary says that `{word}` is `{name}` in `{file}`, which defines no such name");
    }
    let mut words: Vec<&String> = rows.iter().map(|(word, ..)| word).collect();
    let sorted = words.is_sorted();
    words.dedup();
    assert!(sorted && words.len() == rows.len(), "each word once, in order: {words:?}");
}

#[test]
fn definitions_are_seen() {
    let code = "pub(in crate::git) fn one() {}\n// fn no() {}\npub(super) struct Two<'t> {\n    three: Kind,\npub const fn four() {}\nlet fn_ = 5;";
    let names: Vec<&str> = defined(code).into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["one", "Two", "four"]);
}
