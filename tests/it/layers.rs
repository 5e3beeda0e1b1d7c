//! Dependencies point one way: who may use whom, as a table, and no circle among the binary's modules. A new edge
//! changes this table and ARCHITECTURE.md in a commit of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use crate::support::rust_files;

/// Each module, in flow order, and what it may use. Every module may use those of its row only.
const TABLE: &[(&str, &[&str])] = &[
    ("sys", &[]),
    ("text", &[]),
    ("paths", &["text"]),
    ("document", &[]),
    ("finding", &["text", "paths"]),
    ("change", &["paths", "finding"]),
    ("rules", &["text", "finding"]),
    ("config", &["text", "paths", "finding", "rules"]),
    ("foreign", &["text", "paths", "document", "finding", "rules", "config"]),
    ("diff", &["paths", "change"]),
    ("source", &["sys", "paths", "change", "finding", "diff"]),
    ("ci", &["finding"]),
    ("git", &["sys", "text", "paths", "change", "finding", "source", "ci"]),
    ("engine", &["text", "paths", "change", "finding", "rules"]),
    ("sca", &[]),
    ("sast", &[]),
    ("iac", &["document"]),
    ("policy", &["text", "paths", "finding", "rules", "config"]),
    ("store", &["sys", "paths", "change", "finding"]),
    (
        "stage",
        &[
            "sys", "text", "paths", "change", "finding", "rules", "config", "diff", "engine", "sast", "sca", "iac",
            "policy", "store",
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
    ("release", &["text", "finding", "config", "policy"]),
    ("service", &[]),
    ("hooks", &["sys", "text", "paths", "git"]),
    ("agent", &[]),
    (
        "session",
        &[
            "sys", "text", "paths", "finding", "change", "rules", "config", "foreign", "source", "ci", "git", "engine",
            "sca", "policy", "store", "stage", "pipeline", "report", "release", "service", "hooks", "agent",
        ],
    ),
];

/// The uses of crate modules in `code`, tests included.
fn uses(code: &str) -> Vec<String> {
    named_behind("crate::", code)
}

/// The names right behind `prefix`, also in a list.
fn named_behind(prefix: &str, code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in code.lines().map(str::trim_start).filter(|line| !line.starts_with("//")) {
        for (at, _) in line.match_indices(prefix) {
            let rest = &line[at + prefix.len()..];
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
        // At the top of a module `super::` is the crate.
        if path == format!("src/{module}.rs") || path == format!("src/{module}/mod.rs") {
            let before_tests = code.split("\nmod tests {").next().unwrap_or_default();
            let above = named_behind("super::", before_tests).into_iter().filter(|name| !name.is_empty());
            for fault in above.flat_map(|name| forbidden(module, &format!("crate::{name}"))) {
                writeln!(faults, "{path}: {fault}, by `super::`").unwrap();
            }
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

/// Who uses whom among the binary's modules; each command is one.
fn binary() -> BTreeMap<String, BTreeSet<String>> {
    let files: Vec<(String, String)> = rust_files("src/bin/gatehook")
        .into_iter()
        .map(|(path, code)| (path.trim_start_matches("src/bin/gatehook/").trim_end_matches(".rs").to_owned(), code))
        .filter(|(path, _)| path != "main")
        .collect();
    let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, code) in files {
        let parts: Vec<&str> = path.split('/').collect();
        let node = match parts[..] {
            ["commands", "mod"] => "commands".to_owned(),
            ["commands", command, ..] => format!("commands/{command}"),
            [module, ..] => module.to_owned(),
            [] => continue,
        };
        let uses = graph.entry(node.clone()).or_default();
        for used in named_behind("crate::", &code).into_iter().filter(|used| used != "commands") {
            uses.insert(used);
        }
        for used in named_behind("crate::commands::", &code) {
            uses.insert(format!("commands/{used}"));
        }
        // One level up from a command are the other commands.
        if let ["commands", command] = parts[..] {
            let prefix = if command == "mod" { "mod " } else { "super::" };
            uses.extend(named_behind(prefix, &code).into_iter().map(|used| format!("commands/{used}")));
        }
        uses.remove(&node);
    }
    let nodes: BTreeSet<String> = graph.keys().cloned().collect();
    for uses in graph.values_mut() {
        uses.retain(|used| nodes.contains(used));
    }
    graph
}

/// The modules that are left when those without uses are taken away again and again: those in circles, and those
/// that lead into one.
fn circular(mut graph: BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    loop {
        let free: Vec<String> =
            graph.iter().filter(|(_, uses)| uses.is_empty()).map(|(node, _)| node.clone()).collect();
        if free.is_empty() {
            return graph.into_keys().collect();
        }
        for node in &free {
            graph.remove(node);
        }
        for uses in graph.values_mut() {
            uses.retain(|used| !free.contains(used));
        }
    }
}

#[test]
fn the_binary_has_no_circle() {
    let graph = binary();
    assert!(graph.len() > 20 && graph["commands"].contains("commands/scan"), "{graph:#?}");
    let mut planted = graph.clone();
    planted.get_mut("door").unwrap().insert("commands/scan".to_owned());
    assert!(circular(planted).contains(&"door".to_owned()), "a planted circle is found");
    assert_eq!(circular(graph), Vec::<String>::new());
}

/// Lines that the binary may have: it parses, calls and prints. Some 300 of them are flags and their help of `gate` and
/// `agent`.
const BINARY: usize = 4250;

#[test]
fn the_binary_holds_no_decisions() {
    let files = rust_files("src/bin");
    let lines: usize = files.iter().map(|(_, code)| code.lines().count()).sum();
    assert!(lines <= BINARY, "the binary has {lines} lines, {BINARY} is the most: decisions belong to `src/session/`");
    for (path, code) in files {
        let deciding = ["Config::load(", "pipeline::cache_keys", "Receipts::open(", "bypass_log::append"];
        let found: Vec<&&str> = deciding.iter().filter(|call| code.contains(**call)).collect();
        assert!(found.is_empty(), "{path} decides by itself: {found:?}");
    }
}
