//! The configuration and its schema say the same: over example files, over every rule file, and key by
//! key against what the reader knows.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::path::PathBuf;

use gatehook::config::keys::{GATES, KEYS, Key, Kind, RULE, RULE_REQUIRED, expanded};
use gatehook::config::{Config, Layer, Origin, Rank, schema};
use serde_json::Value;

use crate::docs::fresh;
use crate::support::{World, binary, root};

/// Reads `text` as a repository's file, or as an organisation's where it says so.
fn read(text: &[u8]) -> Result<Config, String> {
    let organisation = text.starts_with(b"# rank: organisation");
    let rank = if organisation { Rank::Organisation } else { Rank::Repository };
    let layer = Layer { rank, origin: Origin::File("gatehook.toml".into()), text: text.to_vec() };
    Config::from_layers(&[layer], &gatehook::stage::program()).map_err(|error| error.to_string())
}

/// TOML as an editor sees it: a date is a text.
fn as_json(value: toml::Value) -> Value {
    match value {
        toml::Value::Datetime(day) => Value::String(day.to_string()),
        toml::Value::Array(list) => list.into_iter().map(as_json).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, as_json(value))).collect(),
        plain => serde_json::to_value(plain).unwrap(),
    }
}

/// What the schema says against `text`; `None` where it is no TOML.
fn against(schema: &Value, text: &[u8]) -> Option<Vec<String>> {
    let text = std::str::from_utf8(text).ok()?;
    let table: toml::Table = text.trim_start_matches('\u{feff}').parse().ok()?;
    let validator = jsonschema::draft7::new(schema).unwrap();
    let document = as_json(toml::Value::Table(table));
    Some(validator.iter_errors(&document).map(|fault| format!("{}: {fault}", fault.instance_path())).collect())
}

fn files(dir: &str) -> Vec<(String, Vec<u8>)> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(root().join(dir)).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "`{dir}` is empty");
    paths.iter().map(|path| (path.display().to_string(), std::fs::read(path).unwrap())).collect()
}

#[test]
fn valid_files_are_read_and_the_schema_takes_them() {
    let schema = schema::of_configuration();
    let mut faults = String::new();
    for (path, text) in files("tests/configs/valid")
        .into_iter()
        .chain([("gatehook.toml".to_owned(), std::fs::read(root().join("gatehook.toml")).unwrap())])
    {
        if let Err(error) = read(&text) {
            writeln!(faults, "{path}: {error}").unwrap();
        }
        let said = against(&schema, &text).expect("it is TOML");
        if !said.is_empty() {
            writeln!(faults, "{path}: the schema refuses it: {said:?}").unwrap();
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}

/// The examples that documents show are such files too.
#[test]
fn examples_in_documents_are_valid() {
    let schema = schema::of_configuration();
    let mut seen = 0;
    for path in ["README.md", "docs/config.md", "docs/stages.md", "docs/plugins.md"] {
        let text = std::fs::read_to_string(root().join(path)).unwrap();
        for example in text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()) {
            assert_eq!(against(&schema, example.as_bytes()), Some(Vec::new()), "{path}: {example}");
            let as_organisation = if example.contains("locked") { "# rank: organisation\n" } else { "" };
            if !example.contains("extends") {
                read(format!("{as_organisation}{example}").as_bytes())
                    .unwrap_or_else(|fault| panic!("{path}: {fault}"));
            }
            seen += 1;
        }
    }
    assert!(seen >= 3, "{seen}");
}

/// The first line of each says what the error must hold; the second one where the schema cannot tell.
#[test]
fn invalid_files_are_refused_with_the_reason_and_the_schema_refuses_what_it_can_tell() {
    let schema = schema::of_configuration();
    let mut faults = String::new();
    for (path, text) in files("tests/configs/invalid") {
        let lossy = String::from_utf8_lossy(&text).into_owned();
        let expected = lossy.lines().next().unwrap().strip_prefix("# error: ").expect("it says its error first");
        match read(&text) {
            Ok(_) => writeln!(faults, "{path}: it was read").unwrap(),
            Err(error) if !error.contains(expected) => writeln!(faults, "{path}: {error}").unwrap(),
            Err(_) => {}
        }
        let tells = lossy.lines().nth(1) != Some("# schema: accepts, for it cannot tell");
        let refuses = against(&schema, &text).is_some_and(|said| !said.is_empty());
        if tells != refuses {
            writeln!(faults, "{path}: the schema {}", if refuses { "refuses it" } else { "accepts it" }).unwrap();
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn the_schema_takes_every_rule_file() {
    let schema = schema::of_rules();
    let mut rules = 0;
    // A table of references lies beside the rules.
    let kept = files("rules/secrets").into_iter().chain(files("rules/insecure"));
    for (path, text) in kept.filter(|(path, _)| Path::new(path).extension().is_some_and(|kind| kind == "toml")) {
        assert_eq!(against(&schema, &text), Some(Vec::new()), "{path}");
        rules += text.windows(8).filter(|at| at == b"[[rule]]").count();
    }
    assert!(rules > 300, "{rules}");
    for broken in ["[[rule]]\nid = \"a\"\n", "[rule]\n", "rules = 1\n", "[[rule]]\nid = 1\ntitle = \"\"\n"] {
        assert_ne!(against(&schema, broken.as_bytes()), Some(Vec::new()), "{broken}");
    }
}

/// The names that the reader lists where it meets one that it does not know.
fn known_to_the_reader(header: &str) -> BTreeSet<String> {
    let error = read(format!("{header}\nno-such-key = 1\n").as_bytes()).unwrap_err();
    let list = error.split_once("expected").expect("it lists what it expects").1;
    list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_key_of_the_reader_stands_in_the_table_and_no_other() {
    let below = |prefix: &str| -> BTreeSet<String> {
        let names = expanded().map(|(name, _)| name).chain(["rule[].id".to_owned()]);
        let own = names.filter_map(|name| Some(name.strip_prefix(prefix)?.to_owned()));
        own.map(|name| name.split('.').next().unwrap().trim_end_matches("[]").to_owned()).collect()
    };
    assert_eq!(known_to_the_reader(""), below(""));
    assert_eq!(known_to_the_reader("[gate]"), below("gate."));
    for gate in GATES {
        assert_eq!(known_to_the_reader(&format!("[gate.{gate}]")), below(&format!("gate.{gate}.")));
    }
    for table in ["rules", "fingerprint", "limit"] {
        assert_eq!(known_to_the_reader(&format!("[{table}]")), below(&format!("{table}.")));
    }
    assert_eq!(known_to_the_reader("[stage.x]"), below("stage.NAME."));
    assert_eq!(known_to_the_reader("[stage.x.map]"), below("stage.NAME.map."));
    assert_eq!(known_to_the_reader("[[allow]]"), below("allow[]."));
    let of_rules: BTreeSet<String> = RULE.iter().map(|key| key.name.to_owned()).collect();
    assert_eq!(known_to_the_reader("[[rule]]"), of_rules);
    for name in RULE_REQUIRED {
        assert!(of_rules.contains(*name));
    }
}

#[test]
fn the_defaults_of_the_table_are_the_defaults() {
    let mut text = String::new();
    for (name, key) in
        expanded().filter(|(name, key)| !key.default.is_empty() && !name.contains("[]") && !name.starts_with("stage."))
    {
        if name != "locked" && name != "extends" {
            writeln!(text, "{name} = {}", key.default).unwrap();
        }
    }
    let mut config = read(text.as_bytes()).unwrap();
    assert!(config.settings.len() > 10);
    config.settings.clear();
    assert_eq!(format!("{config:?}"), format!("{:?}", Config::default()));
}

#[test]
fn the_committed_schemas_are_what_the_program_prints() {
    let world = World::new();
    for (file, words) in [
        ("docs/schema/gatehook.schema.json", &["config", "schema"][..]),
        ("docs/schema/rule.schema.json", &["config", "schema", "rules"]),
    ] {
        let output = world.command(binary()).args(words).output().unwrap();
        fresh(file, std::str::from_utf8(&output.stdout).unwrap());
    }
}

fn kind(kind: Kind) -> String {
    let words = |words: &[&str]| {
        words.iter().filter(|word| !word.is_empty()).map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
    };
    match kind {
        Kind::Text => "text".to_owned(),
        Kind::Word(list) => words(list),
        Kind::Texts => "list of texts".to_owned(),
        Kind::Words(list) => format!("list of {}", words(list)),
        Kind::Names => "list of texts, not empty".to_owned(),
        Kind::NamesOr(word) => format!("list of texts, not empty, or `{word}`"),
        Kind::Wholes => "list of whole numbers".to_owned(),
        Kind::TextOrTexts => "text or list of texts".to_owned(),
        Kind::Whole(least) => format!("whole number from {least}"),
        Kind::Number => "number".to_owned(),
        Kind::Flag => "`true` or `false`".to_owned(),
        Kind::Day => "day, as `2027-06-30`".to_owned(),
        Kind::Month => "month, as `\"2026-11\"`".to_owned(),
        Kind::Bases => "path, `{ path, sha256 }`, or a list of these".to_owned(),
    }
}

fn rows(keys: &[Key], page: &mut String) {
    for key in keys {
        let default = match key.default {
            "" => "none".to_owned(),
            word @ ("any" | "required") => word.to_owned(),
            value => format!("`{value}`"),
        };
        writeln!(page, "| `{}` | {} | {default} | {} | {} |", key.name, kind(key.kind), key.meaning, key.tighter)
            .unwrap();
    }
}

#[test]
fn the_configuration_page_lists_every_key() {
    let mut page = std::fs::read_to_string(root().join("tests/configs/page.md")).unwrap();
    page.push_str("| key | takes | default | meaning | locked, a lower layer may ask for |\n|---|---|---|---|---|\n");
    rows(KEYS, &mut page);
    page.push_str(
        "\n## `[[rule]]`\n\nMore in `rules/README.md`.\n\n| key | takes | default | meaning |\n|---|---|---|---|\n",
    );
    let mut of_rules = String::new();
    rows(RULE, &mut of_rules);
    page.push_str(&of_rules.replace(" |  |\n", " |\n"));
    fresh("docs/config.md", &page);
}
