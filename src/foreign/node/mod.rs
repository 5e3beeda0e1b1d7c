//! One tree for TOML, JSON and YAML: values with the line they stand in.
//!
//! Knows no tool. Bounded in depth and size whatever the text says: what YAML's aliases repeat is
//! counted each time.

mod json;
mod toml;
mod yaml;

use super::ForeignError;

/// Levels that a document may have.
const DEEPEST: usize = 64;
/// Values that a document may have.
const MOST: usize = 500_000;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A number, as it is written.
    Number(String),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// Keys and values, in the order in which they are written.
    Map(Vec<(String, Node)>),
}

/// A value and the line it begins in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    /// The value.
    pub(super) value: Value,
    /// Its line, from 1; 0 where the format does not tell.
    pub(super) line: u32,
}

impl Node {
    /// A TOML document.
    pub(super) fn from_toml(text: &str) -> Result<Self, ForeignError> {
        toml::read(text)
    }

    /// A JSON document.
    pub(super) fn from_json(text: &str) -> Result<Self, ForeignError> {
        json::read(text)
    }

    /// The first document of a YAML stream; `Null` where there is none.
    pub(super) fn from_yaml(text: &str) -> Result<Self, ForeignError> {
        yaml::read(text)
    }

    /// Its keys and values, where it is a map.
    pub(super) fn pairs(&self) -> &[(String, Self)] {
        match &self.value {
            Value::Map(pairs) => pairs,
            _ => &[],
        }
    }

    /// Its members, where it is a list. A single value where a list is needed counts as a list of one, nothing
    /// as an empty one.
    pub(super) fn members(&self) -> &[Self] {
        match &self.value {
            Value::List(members) => members,
            Value::Null => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// The value of `key`; the last, where it stands there twice.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.pairs().iter().rev().find(|(own, _)| own == key).map(|(_, node)| node)
    }

    /// Its text, where it is one. Of a number and a boolean as it is written.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) | Value::Number(text) => Some(text),
            Value::Bool(true) => Some("true"),
            Value::Bool(false) => Some("false"),
            _ => None,
        }
    }

    /// The text of `key`; empty where it has none.
    pub(super) fn text_of(&self, key: &str) -> &str {
        self.get(key).and_then(Self::text).unwrap_or_default()
    }

    /// The texts in the list of `key`, with their lines.
    pub(super) fn texts_of(&self, key: &str) -> Vec<(&str, u32)> {
        let members = self.get(key).map(Self::members).unwrap_or_default();
        members.iter().filter_map(|node| Some((node.text()?, node.line))).collect()
    }

    /// Whether `key` is true.
    pub(super) fn is_true(&self, key: &str) -> bool {
        self.get(key).is_some_and(|node| node.text() == Some("true"))
    }

    /// The number of `key`.
    pub(super) fn number_of<T: std::str::FromStr>(&self, key: &str) -> Option<T> {
        self.get(key)?.text()?.parse().ok()
    }
}

/// The number of the line that byte `at` of `text` stands in.
fn line_at(text: &str, at: usize) -> u32 {
    let newlines = memchr::memchr_iter(b'\n', &text.as_bytes()[..at.min(text.len())]).count();
    u32::try_from(newlines).unwrap_or(u32::MAX).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_formats_give_the_same_tree() {
        let toml = Node::from_toml("a = [\"x\", 1]\n[b]\nc = true\n").unwrap();
        let yaml = Node::from_yaml("a:\n- x\n- 1\nb: {c: true}\n").unwrap();
        let json = Node::from_json("{\"a\": [\"x\", 1], \"b\": {\"c\": true}}").unwrap();
        for node in [&toml, &yaml, &json] {
            assert_eq!(node.texts_of("a").iter().map(|(text, _)| *text).collect::<Vec<_>>(), ["x", "1"]);
            assert!(node.get("b").unwrap().is_true("c") && node.get("d").is_none());
        }
        assert_eq!(yaml.texts_of("a")[1].1, 3);
        assert_eq!(toml.get("b").unwrap().get("c").unwrap().line, 3);
    }

    #[test]
    fn hostile_documents_are_refused() {
        let mut laughs = vec!["a: &a [x, x, x, x, x, x, x, x, x, x]".to_owned()];
        for (one, next) in "abcdefghij".chars().zip("bcdefghijk".chars()) {
            laughs.push(format!("{next}: &{next} [{}]", [format!("*{one}").as_str(); 10].join(", ")));
        }
        let laughs = laughs.join("\n");
        assert!(Node::from_yaml(&laughs).is_err());
        assert!(Node::from_yaml(&"[".repeat(10_000)).is_err());
        assert!(Node::from_yaml("a: &a [*a]").is_err());
        assert!(Node::from_json(&"[".repeat(10_000)).is_err());
        assert!(Node::from_toml(&format!("a = {}1", "[".repeat(10_000))).is_err());
        assert_eq!(Node::from_yaml("").unwrap().value, Value::Null);
    }
}
