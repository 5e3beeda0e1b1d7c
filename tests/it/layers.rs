//! Dependencies point one way: who may use whom, as a table. A new edge changes this table and
//! ARCHITECTURE.md in a commit of its own.

use std::fmt::Write;
use std::path::Path;

use crate::support::rust_files;

/// Each module, in flow order, and what it may use. Every module may use those of its row only.
const TABLE: &[(&str, &[&str])] = &[
    ("sys", &[]),
    ("text", &[]),
    ("paths", &["text"]),
    ("finding", &["text", "paths"]),
    ("change", &["paths", "finding"]),
    ("rules", &["text", "finding"]),
    ("config", &["text", "paths", "finding", "rules"]),
    ("foreign", &["text", "paths", "finding", "rules", "config"]),
    ("diff", &["paths", "change"]),
    ("source", &["sys", "paths", "change", "finding", "diff"]),
    ("ci", &["finding"]),
    ("git", &["sys", "text", "paths", "change", "finding", "source", "ci"]),
    ("engine", &["text", "paths", "change", "finding", "rules"]),
    ("sca", &[]),
    ("sast", &[]),
    ("policy", &["text", "paths", "finding", "rules", "config"]),
    ("store", &["sys", "paths", "change", "finding"]),
    (
        "stage",
        &[
            "sys", "text", "paths", "change", "finding", "rules", "config", "diff", "engine", "sast", "sca", "policy",
            "store",
        ],
    ),
    (
        "pipeline",
        &[
            "sys", "text", "paths", "change", "finding", "rules", "config", "source", "git", "engine", "policy",
            "store", "stage",
        ],
    ),
    ("report", &["text", "paths", "finding"]),
    ("service", &[]),
    ("hooks", &["sys", "text", "paths", "git"]),
    (
        "session",
        &[
            "sys", "text", "paths", "finding", "change", "rules", "config", "foreign", "source", "ci", "git", "engine",
            "policy", "store", "stage", "pipeline", "hooks",
        ],
    ),
];

/// The uses of crate modules in `code`, tests included.
fn uses(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in code.lines().map(str::trim_start).filter(|line| !line.starts_with("//")) {
        for (at, _) in line.match_indices("crate::") {
            let rest = &line[at + "crate::".len()..];
            let names: Vec<&str> = match rest.strip_prefix('{') {
                Some(list) => list.split(',').collect(),
                None => vec![rest],
            };
            for name in names {
                let name: String = name.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                found.push(name);
            }
        }
    }
    found
}

/// The edges of `module`'s `code` that its row does not hold, as sentences.
fn forbidden(module: &str, code: &str) -> Vec<String> {
    let Some((_, allowed)) = TABLE.iter().find(|(name, _)| *name == module) else {
        return vec![format!("`{module}` has no row in the table")];
    };
    uses(code)
        .into_iter()
        .filter(|used| used != module && !allowed.contains(&used.as_str()))
        .map(|used| format!("`{module}` uses `{used}`"))
        .collect()
}

#[test]
fn dependencies_point_one_way() {
    let mut faults = String::new();
    for (path, code) in rust_files("src") {
        let mut parts = path.strip_prefix("src/").unwrap_or(&path).split('/');
        let module = parts.next().unwrap_or_default().trim_end_matches(".rs");
        if matches!(module, "lib" | "bin") {
            continue;
        }
        for fault in forbidden(module, &code) {
            writeln!(faults, "{path}: {fault}").unwrap();
        }
        if code.contains("super::super") {
            writeln!(faults, "{path}: `super::super` hides where things are").unwrap();
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn a_planted_upward_edge_is_found() {
    assert_eq!(forbidden("engine", "use crate::git::Repo;\nuse crate::rules::Rule;"), ["`engine` uses `git`"]);
    assert_eq!(forbidden("text", "use crate::{paths, finding::Finding};").len(), 2);
    assert_eq!(forbidden("nowhere", ""), ["`nowhere` has no row in the table"]);
}

#[test]
fn a_row_names_only_what_stands_above_it() {
    for (row, (module, allowed)) in TABLE.iter().enumerate() {
        for name in *allowed {
            assert!(TABLE[..row].iter().any(|(above, _)| above == name), "`{module}` may not use `{name}` below it");
        }
    }
}

#[test]
fn the_map_lists_the_modules_in_flow_order() {
    let map = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let listed: Vec<&str> = map.lines().filter_map(|line| line.strip_prefix("pub mod ")?.split(';').next()).collect();
    let rows: Vec<&str> = TABLE.iter().map(|(module, _)| *module).collect();
    assert_eq!(listed, rows);
}
