//! TOML, read by the `toml` crate, as a tree with lines.

use super::{DEEPEST, Entry, Fault, MOST_NODES, Node, Value, utf8};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Reads a TOML document.
pub fn toml(bytes: &[u8]) -> Result<Node<'_>, Fault> {
    let text = utf8(bytes)?;
    let table = DeTable::parse(text).map_err(|error| {
        let line = error.span().map(|span| super::line_of(text.as_bytes(), span.start));
        Fault { line, reason: format!("is not valid TOML: {}", error.message()) }
    })?;
    let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect();
    let mut reader = Reader { starts, nodes: 0 };
    let value = reader.table(table.into_inner(), 0)?;
    Ok(Node { line: 1, value })
}

struct Reader {
    starts: Vec<usize>,
    nodes: usize,
}

impl Reader {
    fn line(&self, at: usize) -> u32 {
        u32::try_from(self.starts.partition_point(|start| *start <= at)).unwrap_or(u32::MAX)
    }

    fn table<'a>(&mut self, table: DeTable<'a>, depth: usize) -> Result<Value<'a>, Fault> {
        let mut entries = Vec::with_capacity(table.len());
        for (key, value) in table {
            let line = self.line(key.span().start);
            entries.push(Entry { key: key.into_inner(), line, node: self.node(value, depth + 1)? });
        }
        // The crate's tables are sorted by key; here the file's order counts.
        entries.sort_by_key(|entry| entry.line);
        Ok(Value::Map(entries))
    }

    fn node<'a>(&mut self, value: Spanned<DeValue<'a>>, depth: usize) -> Result<Node<'a>, Fault> {
        let line = self.line(value.span().start);
        self.nodes += 1;
        if depth > DEEPEST || self.nodes > MOST_NODES {
            return Err(Fault::at(line, "is nested too deep or too large"));
        }
        let value = match value.into_inner() {
            DeValue::String(text) => Value::Text(text),
            DeValue::Integer(number) => Value::Plain(number.as_str().to_owned().into()),
            DeValue::Float(number) => Value::Plain(number.as_str().to_owned().into()),
            DeValue::Boolean(truth) => Value::Plain(if truth { "true" } else { "false" }.into()),
            DeValue::Datetime(time) => Value::Plain(time.to_string().into()),
            DeValue::Array(items) => {
                let items: Result<Vec<_>, Fault> = items.into_iter().map(|item| self.node(item, depth + 1)).collect();
                Value::List(items?)
            }
            DeValue::Table(table) => self.table(table, depth)?,
        };
        Ok(Node { line, value })
    }
}
