//! JSON to the tree. The parser refuses documents of more than 128 levels; lines are not told.

use super::{DEEPEST, Node, Value};
use crate::foreign::ForeignError;

pub(super) fn read(text: &str) -> Result<Node, ForeignError> {
    let form = |error: &serde_json::Error| ForeignError::Form {
        line: u32::try_from(error.line()).unwrap_or_default(),
        // The parser's own words may quote the text, which may hold a secret.
        message: format!("no JSON ({:?} error)", error.classify()),
    };
    let value: serde_json::Value = serde_json::from_str(text).map_err(|error| form(&error))?;
    convert(value, DEEPEST).ok_or(ForeignError::TooDeep)
}

fn convert(value: serde_json::Value, levels: usize) -> Option<Node> {
    let levels = levels.checked_sub(1)?;
    let value = match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(value) => Value::Bool(value),
        serde_json::Value::Number(number) => Value::Number(number.to_string()),
        serde_json::Value::String(text) => Value::Text(text),
        serde_json::Value::Array(members) => {
            Value::List(members.into_iter().map(|member| convert(member, levels)).collect::<Option<_>>()?)
        }
        serde_json::Value::Object(pairs) => Value::Map(
            pairs.into_iter().map(|(key, value)| Some((key, convert(value, levels)?))).collect::<Option<_>>()?,
        ),
    };
    Some(Node { value, line: 0 })
}
