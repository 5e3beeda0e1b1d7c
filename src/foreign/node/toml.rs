//! TOML to the tree.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{DEEPEST, Node, Value, line_at};
use crate::foreign::ForeignError;

pub(super) fn read(text: &str) -> Result<Node, ForeignError> {
    let table = DeTable::parse(text).map_err(|error| ForeignError::Form {
        line: error.span().map_or(0, |span| line_at(text, span.start)),
        message: "no TOML".to_owned(),
    })?;
    let lines = Lines::of(text);
    Ok(Node { value: pairs(table.into_inner(), &lines, DEEPEST).ok_or(ForeignError::TooDeep)?, line: 1 })
}

/// Where each line ends, so that a document of many values is not counted through for each.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(memchr::memchr_iter(b'\n', text.as_bytes()).collect())
    }

    fn at(&self, byte: usize) -> u32 {
        u32::try_from(self.0.partition_point(|&end| end < byte)).unwrap_or(u32::MAX).saturating_add(1)
    }
}

fn pairs(table: DeTable<'_>, lines: &Lines, levels: usize) -> Option<Value> {
    let mut pairs: Vec<(usize, String, Node)> = Vec::with_capacity(table.len());
    for (key, value) in table {
        let at = key.span().start;
        pairs.push((at, key.into_inner().into_owned(), convert(value, lines, levels)?));
    }
    // The parser sorts keys; people read them in the order in which they stand.
    pairs.sort_by_key(|(at, ..)| *at);
    Some(Value::Map(pairs.into_iter().map(|(_, key, node)| (key, node)).collect()))
}

fn convert(value: Spanned<DeValue<'_>>, lines: &Lines, levels: usize) -> Option<Node> {
    let levels = levels.checked_sub(1)?;
    let line = lines.at(value.span().start);
    let value = match value.into_inner() {
        DeValue::Boolean(value) => Value::Bool(value),
        DeValue::Integer(number) => Value::Number(number.to_string()),
        DeValue::Float(number) => Value::Number(number.to_string()),
        DeValue::Datetime(time) => Value::Text(time.to_string()),
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Array(members) => {
            Value::List(members.into_iter().map(|member| convert(member, lines, levels)).collect::<Option<_>>()?)
        }
        DeValue::Table(table) => pairs(table, lines, levels)?,
    };
    Some(Node { value, line })
}
