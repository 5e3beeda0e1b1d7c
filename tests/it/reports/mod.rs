//! Reports are what their readers demand, with hostile content.

mod consumers;
mod formats;
mod hostile;
mod page;

use serde_json::Value;

use crate::support::{World, root};

/// A repository full of what breaks writers: odd names, control characters, bidirectional text,
/// bytes that are not UTF-8, long lines.
fn hostile() -> World {
    let world = World::new();
    let key = gatehook::rules::placeholders::fill("AKIA{base32:16}", 3);
    let write = |name: &[u8], content: Vec<u8>| {
        use std::os::unix::ffi::OsStrExt;
        std::fs::write(world.repo().join(std::ffi::OsStr::from_bytes(name)), content).unwrap();
    };
    write(b"a b%\"<>&#?.py", format!("x = \"{key}\" # \u{1b}[2J\u{202e} ]]> </script>\r\n").into_bytes());
    write(b"line\nbreak\xff.py", format!("{}\"{key}\"{}", "p".repeat(3000), "q".repeat(3000)).into_bytes());
    write("gr\u{fc}n.py".as_bytes(), [b"\x80\xfe '".as_slice(), key.as_bytes(), b"'\0\0"].concat());
    world
}

fn scan(world: &World, format: &str) -> String {
    let output = world.command(crate::support::binary()).args(["scan", ".", "--format", format]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("reports are UTF-8")
}

#[test]
fn sarif_is_valid_whatever_the_content() {
    let schema = std::fs::read_to_string(root().join("tests/schemas/sarif-2.1.0.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let log: Value = serde_json::from_str(&scan(&hostile(), "sarif")).unwrap();
    let faults: Vec<String> =
        validator.iter_errors(&log).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert!(results.len() >= 3, "{results:#?}");
    let uris: Vec<&str> = results
        .iter()
        .filter_map(|result| result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str())
        .collect();
    assert!(uris.contains(&"a%20b%25%22%3C%3E%26%23%3F.py"), "{uris:?}");
    assert!(uris.contains(&"line%0Abreak%FF.py"), "{uris:?}");
    assert!(!validator.is_valid(&serde_json::json!({ "version": "2.1.0" })), "the schema refuses what is none");
}

#[test]
fn text_carries_no_control_characters() {
    let text = scan(&hostile(), "text");
    let bad: Vec<char> = text.chars().filter(|c| (c.is_control() && *c != '\n') || *c == '\u{202e}').collect();
    assert!(bad.is_empty(), "{bad:?}\n{text}");
    assert!(text.lines().all(|line| line.chars().count() < 400), "a line too long to read\n{text}");
}

#[test]
fn json_keeps_paths_that_are_not_utf8() {
    let report: Value = serde_json::from_str(&scan(&hostile(), "json")).unwrap();
    let findings = report["findings"].as_array().unwrap();
    assert!(findings.iter().any(|finding| finding["path_b64"] == "bGluZQpicmVha/8ucHk="), "{findings:#?}");
    let lines = scan(&hostile(), "jsonl");
    let kinds: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["type"].clone()).collect();
    assert_eq!(kinds.last(), Some(&Value::from("report")));
}
