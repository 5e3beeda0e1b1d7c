//! One tree for TOML, JSON and YAML: values with the places of their keys and of themselves.
//!
//! Knows no tool. Bounded in depth and size whatever the text says: what YAML's aliases repeat is
//! counted each time. What another reader cannot resolve (an expression of HCL, a parameter) is a value
//! of its own kind: unknown.

mod json;
mod toml;
mod yaml;

/// Why a text gives no tree.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is not of its format.
    #[error("line {line}: {message}")]
    Form {
        /// Where, from 1; 0 where that is not known.
        line: u32,
        /// What is wrong, without a word of the text: it may hold a secret.
        message: String,
    },
    /// Its values are nested, or repeated by aliases, beyond all use.
    #[error("its values are nested too deep, or too many")]
    TooDeep,
}

/// Levels that a document may have.
const DEEPEST: usize = 64;
/// Values that a document may have.
const MOST: usize = 500_000;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
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
    /// What only a run can tell, as it is written.
    Unknown(String),
}

/// Where something begins: line and column, both from 1; 0 where that is not known.
pub type Spot = (u32, u32);

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Its line, from 1; 0 where that is not known.
    pub line: u32,
    /// Its column in characters, from 1.
    pub column: u32,
    /// Where its key stands; where it has none, (0, 0).
    pub key: Spot,
    /// The tag of a YAML value, without its `!`.
    pub tag: Option<Box<str>>,
}

impl Node {
    /// `value`, which begins at `spot`.
    pub const fn at(value: Value, (line, column): Spot) -> Self {
        Self { value, line, column, key: (0, 0), tag: None }
    }

    /// Where its key stands, or where it does itself.
    pub const fn spot(&self) -> Spot {
        if self.key.0 > 0 { self.key } else { (self.line, self.column) }
    }

    /// A TOML document.
    pub fn from_toml(text: &str) -> Result<Self, Fault> {
        toml::read(text)
    }

    /// A JSON document.
    pub fn from_json(text: &str) -> Result<Self, Fault> {
        json::read(text)
    }

    /// The first document of a YAML stream; `Null` where there is none.
    pub fn from_yaml(text: &str) -> Result<Self, Fault> {
        Ok(yaml::read(text, true, false)?.into_iter().next().unwrap_or(Self::at(Value::Null, (1, 1))))
    }

    /// Every document of a YAML stream. A key that stands twice in its map is a fault.
    pub fn all_from_yaml(text: &str) -> Result<Vec<Self>, Fault> {
        yaml::read(text, false, true).or_else(|fault| {
            let mended = with_closers_indented(text).ok_or_else(|| fault.clone())?;
            yaml::read(&mended, false, true).map_err(|_| fault)
        })
    }

    /// Its keys and values, where it is a map.
    pub fn pairs(&self) -> &[(String, Self)] {
        match &self.value {
            Value::Map(pairs) => pairs,
            _ => &[],
        }
    }

    /// Its members, where it is a list. A single value where a list is needed counts as a list of one, nothing
    /// as an empty one.
    pub fn members(&self) -> &[Self] {
        match &self.value {
            Value::List(members) => members,
            Value::Null => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// The value of `key`; the last, where it stands there twice.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.pairs().iter().rev().find(|(own, _)| own == key).map(|(_, node)| node)
    }

    /// Its text, where it is one. Of a number and a boolean as it is written.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) | Value::Number(text) => Some(text),
            Value::Bool(true) => Some("true"),
            Value::Bool(false) => Some("false"),
            _ => None,
        }
    }

    /// The text of `key`; empty where it has none.
    pub fn text_of(&self, key: &str) -> &str {
        self.get(key).and_then(Self::text).unwrap_or_default()
    }

    /// The texts in the list of `key`, with their lines.
    pub fn texts_of(&self, key: &str) -> Vec<(&str, u32)> {
        let members = self.get(key).map(Self::members).unwrap_or_default();
        members.iter().filter_map(|node| Some((node.text()?, node.line))).collect()
    }

    /// Whether `key` is true.
    pub fn is_true(&self, key: &str) -> bool {
        self.get(key).is_some_and(|node| node.text() == Some("true"))
    }

    /// The number of `key`.
    pub fn number_of<T: std::str::FromStr>(&self, key: &str) -> Option<T> {
        self.get(key)?.text()?.parse().ok()
    }
}

/// `text` with the lines that begin with a closing bracket one column further in. Every other parser takes a bracket
/// that closes in the column of its key, and workflows are written that way; the standard does not, and neither does ours.
fn with_closers_indented(text: &str) -> Option<String> {
    let closes = |line: &str| line.starts_with(' ') && line.trim_start().starts_with([']', '}']);
    text.lines().any(closes).then(|| {
        let lines = text.lines().flat_map(|line| [if closes(line) { " " } else { "" }, line, "\n"]);
        lines.collect()
    })
}

/// Where each line ends, so that a document of many values is not counted through for each.
pub struct Lines<'t> {
    text: &'t str,
    ends: Vec<usize>,
}

impl<'t> Lines<'t> {
    /// Of `text`.
    pub fn of(text: &'t str) -> Self {
        Self { text, ends: memchr::memchr_iter(b'\n', text.as_bytes()).collect() }
    }

    /// Line and column of the byte at `at`.
    pub fn at(&self, at: usize) -> Spot {
        let line = self.ends.partition_point(|&end| end < at);
        let start = line.checked_sub(1).map_or(0, |before| self.ends[before] + 1);
        let column = self.text.get(start..at).map_or(0, |before| before.chars().count());
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX).saturating_add(1);
        (number(line), number(column))
    }
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

    #[test]
    fn keys_and_values_have_places() {
        let json = Node::from_json("{\"a\":\n  {\"bc\": [1, \"\\u00e9\"]}}").unwrap();
        let inner = json.get("a").unwrap().get("bc").unwrap();
        assert_eq!((inner.key, (inner.line, inner.column)), ((2, 4), (2, 10)));
        assert_eq!(inner.members()[1].text(), Some("é"));
        let yaml = Node::all_from_yaml("a:\n  bc: !Ref x\n---\nd: 1\n").unwrap();
        let inner = yaml[0].get("a").unwrap().get("bc").unwrap();
        assert_eq!((inner.key, (inner.line, inner.column), inner.tag.as_deref()), ((2, 3), (2, 7), Some("Ref")));
        assert_eq!(yaml[1].get("d").unwrap().key, (4, 1));
    }

    #[test]
    fn what_is_no_document_is_a_fault() {
        for text in ["{", "{\"a\":1,}", "[1 2]", "{\"a\" 1}", "{\"a\":1}x", "\"\\q\"", "01", "nul", "", "\"a"] {
            assert!(Node::from_json(text).is_err(), "{text}");
        }
        assert!(Node::all_from_yaml("a:\n  b: [\n    c,\n  ]\n  d: 1\n").is_ok());
        for text in ["a: [", "a: b: c", "a: 1\n b: 2", "a: 1\na: 2", "a:\n\tb: 1", "a: \"x"] {
            assert!(Node::all_from_yaml(text).is_err(), "{text}");
        }
    }
}
