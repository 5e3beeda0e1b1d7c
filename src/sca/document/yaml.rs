//! YAML as a tree with lines, made of a parser's events, so that what aliases may blow up is counted here.

use std::borrow::Cow;
use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::{DEEPEST, Entry, Fault, MOST_NODES, Node, Value, utf8};

/// Most nodes that aliases may add.
const MOST_ALIASED: usize = 100_000;

enum Open<'a> {
    List(Vec<Node<'a>>),
    Map(Vec<Entry<'a>>, Option<(Cow<'a, str>, u32)>),
}

struct Frame<'a> {
    open: Open<'a>,
    line: u32,
    anchor: usize,
    nodes: usize,
}

/// Reads all documents of a YAML file.
pub fn yaml(bytes: &[u8]) -> Result<Vec<Node<'_>>, Fault> {
    let text = utf8(bytes)?;
    let mut documents = Vec::new();
    let mut frames: Vec<Frame<'_>> = Vec::new();
    let mut anchors: BTreeMap<usize, (Node<'_>, usize)> = BTreeMap::new();
    let (mut aliased, mut nodes) = (0, 0);
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            Fault::at(u32::try_from(error.marker().line()).unwrap_or(0), format!("is not valid YAML: {}", error.info()))
        })?;
        let line = u32::try_from(span.start.line()).unwrap_or(u32::MAX).max(1);
        nodes += 1;
        if frames.len() > DEEPEST || nodes > MOST_NODES {
            return Err(Fault::at(line, "is nested too deep or too large"));
        }
        let (node, anchor, count) = match event {
            Event::DocumentStart(_) => {
                anchors.clear();
                continue;
            }
            Event::SequenceStart(anchor, _) => {
                frames.push(Frame { open: Open::List(Vec::new()), line, anchor, nodes: 1 });
                continue;
            }
            Event::MappingStart(anchor, _) => {
                frames.push(Frame { open: Open::Map(Vec::new(), None), line, anchor, nodes: 1 });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(frame) = frames.pop() else { continue };
                let value = match frame.open {
                    Open::List(items) => Value::List(items),
                    Open::Map(entries, _) => Value::Map(entries),
                };
                (Node { line: frame.line, value }, frame.anchor, frame.nodes)
            }
            Event::Scalar(text, style, anchor, _) => {
                let value = match (style, text.as_ref()) {
                    (ScalarStyle::Plain, "" | "~" | "null" | "Null" | "NULL") => Value::Null,
                    (ScalarStyle::Plain, _) => Value::Plain(text.into_owned().into()),
                    _ => Value::Text(text.into_owned().into()),
                };
                (Node { line, value }, anchor, 1)
            }
            Event::Alias(anchor) => {
                let Some((node, count)) = anchors.get(&anchor) else {
                    return Err(Fault::at(line, "names an anchor that is not there"));
                };
                aliased += count;
                if aliased > MOST_ALIASED {
                    return Err(Fault::at(line, "repeats too much by aliases"));
                }
                (node.clone(), 0, *count)
            }
            _ => continue,
        };
        if anchor != 0 {
            aliased += count;
            if aliased > MOST_ALIASED {
                return Err(Fault::at(line, "repeats too much by aliases"));
            }
            anchors.insert(anchor, (node.clone(), count));
        }
        let Some(frame) = frames.last_mut() else {
            documents.push(node);
            continue;
        };
        frame.nodes += count;
        match &mut frame.open {
            Open::List(items) => items.push(node),
            Open::Map(entries, key) => match key.take() {
                None => {
                    let name = match node.value {
                        Value::Text(text) | Value::Plain(text) => text,
                        Value::Null => Cow::Borrowed(""),
                        _ => return Err(Fault::at(node.line, "has a key that is a list or a table")),
                    };
                    *key = Some((name, node.line));
                }
                Some((key, line)) => entries.push(Entry { key, line, node }),
            },
        }
    }
    Ok(documents)
}
