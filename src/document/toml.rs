//! TOML to the tree.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{DEEPEST, Fault, Lines, Node, Value};

pub(super) fn read(text: &str) -> Result<Node, Fault> {
    let table = DeTable::parse(text).map_err(|error| Fault::Form {
        line: error.span().map_or(0, |span| Lines::of(text).at(span.start).0),
        message: "no TOML".to_owned(),
    })?;
    let lines = Lines::of(text);
    Ok(Node::at(pairs(table.into_inner(), &lines, DEEPEST).ok_or(Fault::TooDeep)?, (1, 1)))
}

fn pairs(table: DeTable<'_>, lines: &Lines<'_>, levels: usize) -> Option<Value> {
    let mut pairs: Vec<(usize, String, Node)> = Vec::with_capacity(table.len());
    for (key, value) in table {
        let at = key.span().start;
        let node = Node { key: lines.at(at), ..convert(value, lines, levels)? };
        pairs.push((at, key.into_inner().into_owned(), node));
    }
    // The parser sorts keys; people read them in the order in which they stand.
    pairs.sort_by_key(|(at, ..)| *at);
    Some(Value::Map(pairs.into_iter().map(|(_, key, node)| (key, node)).collect()))
}

fn convert(value: Spanned<DeValue<'_>>, lines: &Lines<'_>, levels: usize) -> Option<Node> {
    let levels = levels.checked_sub(1)?;
    let spot = lines.at(value.span().start);
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
    Some(Node::at(value, spot))
}
