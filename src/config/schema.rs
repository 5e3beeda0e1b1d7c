//! The JSON Schemas of `gatehook.toml` and of rule files, for editors: made from the tables of keys.
//!
//! Draft 7, for that is what Taplo (Even Better TOML) reads. Dates of TOML count as texts there.

use serde_json::{Map, Value, json};

use super::keys::{Key, Kind, RULE, RULE_REQUIRED, expanded};

/// The schema of `gatehook.toml`.
pub fn of_configuration() -> Value {
    let mut root = table("Configuration of gatehook");
    for (name, key) in expanded() {
        insert(&mut root, &name, key);
    }
    root["properties"]["rule"] = rules();
    root["properties"]["allow"]["items"]["required"] = json!(["reason"]);
    root["properties"]["allow"]["items"]["anyOf"] =
        json!([{ "required": ["rule"] }, { "required": ["paths"] }, { "required": ["fingerprint"] }]);
    root["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    root
}

/// The schema of a rule file.
pub fn of_rules() -> Value {
    let mut root = table("Rules of gatehook");
    root["properties"]["rule"] = rules();
    root["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    root
}

fn rules() -> Value {
    let mut rule = table("A rule; rules/README.md explains how to write one");
    for key in RULE {
        rule["properties"][key.name] = described(key);
    }
    rule["required"] = json!(RULE_REQUIRED);
    json!({ "type": "array", "items": rule, "description": "Rules" })
}

fn table(description: &str) -> Value {
    json!({ "type": "object", "description": description, "properties": {}, "additionalProperties": false })
}

/// Puts `key` where its name says: `a.b` is a key of a table, `a[].b` one of each table of a list.
fn insert(into: &mut Value, name: &str, key: &Key) {
    let Some((first, rest)) = name.split_once('.') else {
        if is_any(name) {
            into["additionalProperties"] = described(key);
        } else {
            into["properties"][name] = described(key);
        }
        return;
    };
    let (first, listed) = first.strip_suffix("[]").map_or((first, false), |first| (first, true));
    let slot = if is_any(first) { &mut into["additionalProperties"] } else { &mut into["properties"][first] };
    if !slot.is_object() {
        *slot = table(&purpose(first));
        if listed {
            *slot = json!({ "type": "array", "items": table(&purpose(first)), "description": purpose(first) });
        }
    }
    insert(if listed { &mut slot["items"] } else { slot }, rest, key);
}

/// Whether `name` stands for any name.
fn is_any(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn purpose(table: &str) -> String {
    let words = match table {
        "gate" => "What each gate demands",
        "rules" => "Which rules take part",
        "allow" => "Findings that may stay, each with a reason",
        "stage" => "Stages that run another program; docs/stages.md explains them",
        "NAME" => "One of them",
        "map" => "JSON pointers from a finding to its fields",
        "set-env" => "Variables that are set for it",
        "severities" => "Severities by the tool's own words",
        "limit" => "How much is looked at",
        "fingerprint" => "What fingerprints are keyed with",
        other => other,
    };
    words.to_owned()
}

fn described(key: &Key) -> Value {
    let mut value = kind(key.kind);
    value.insert("description".to_owned(), key.meaning.into());
    let default = format!("v = {}", key.default).parse::<toml::Table>().ok().and_then(|mut table| table.remove("v"));
    if let Some(default) = default.and_then(|default| serde_json::to_value(default).ok()) {
        value.insert("default".to_owned(), default);
    }
    Value::Object(value)
}

fn kind(kind: Kind) -> Map<String, Value> {
    let text = || json!({ "type": "string" });
    let value = match kind {
        Kind::Text => text(),
        Kind::Word(words) => json!({ "type": "string", "enum": words }),
        Kind::Texts => json!({ "type": "array", "items": text() }),
        Kind::Words(words) => {
            json!({ "type": "array", "items": { "type": "string", "enum": words }, "minItems": 1 })
        }
        Kind::Names => json!({ "type": "array", "items": text(), "minItems": 1 }),
        Kind::NamesOr(word) => {
            json!({ "anyOf": [{ "type": "string", "enum": [word] }, { "type": "array", "items": text(), "minItems": 1 }] })
        }
        Kind::Wholes => json!({ "type": "array", "items": { "type": "integer" } }),
        Kind::TextOrTexts => json!({ "anyOf": [text(), { "type": "array", "items": text() }] }),
        Kind::Whole(least) => json!({ "type": "integer", "minimum": least }),
        Kind::Number => json!({ "type": "number" }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Day => json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}" }),
        Kind::Month => json!({ "type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$" }),
        Kind::Bases => {
            let base = json!({ "anyOf": [text(), {
                "type": "object",
                "properties": { "path": text(), "sha256": { "type": "string", "pattern": "^[0-9A-Fa-f]{64}$" } },
                "required": ["path"],
                "additionalProperties": false,
            }] });
            json!({ "anyOf": [base.clone(), { "type": "array", "items": base }] })
        }
    };
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
