//! YAML to the tree, from the parser's events.
//!
//! Texts are texts: which scalars of YAML are numbers does not matter here, a plain `true`, `false` and
//! nothing do. Keys that are no scalar, and tags, are left out of account. An alias is a copy that counts
//! towards the limit, so that a document of a few hundred bytes cannot become a billion values.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span};

use super::{DEEPEST, MOST, Node, Value};
use crate::foreign::ForeignError;

pub(super) fn read(text: &str) -> Result<Node, ForeignError> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| form(&error))?;
        if builder.take(event, span)? {
            break;
        }
    }
    Ok(builder.root.unwrap_or(Node { value: Value::Null, line: 1 }))
}

fn form(error: &ScanError) -> ForeignError {
    ForeignError::Form { line: u32::try_from(error.marker().line()).unwrap_or_default(), message: "no YAML".to_owned() }
}

/// A list or map that is still open.
struct Open {
    node: Node,
    anchor: usize,
    /// The key whose value comes next.
    key: Option<String>,
    /// What `<<` brought: it stands before everything else, so that what is written here wins.
    merged: Vec<(String, Node)>,
}

/// What an alias stands for.
#[derive(Clone)]
struct Anchored {
    node: Node,
    size: usize,
    levels: usize,
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: HashMap<usize, Anchored>,
    count: usize,
    root: Option<Node>,
}

impl Builder {
    /// Takes an event; whether the document has ended.
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<bool, ForeignError> {
        let line = u32::try_from(span.start.line()).unwrap_or_default();
        match event {
            Event::DocumentEnd | Event::StreamEnd => return Ok(true),
            Event::Nothing | Event::StreamStart | Event::DocumentStart(_) => {}
            Event::Alias(anchor) => {
                // An alias within what it names has no anchor yet: it would have no end.
                let (size, levels) =
                    self.anchors.get(&anchor).map(|own| (own.size, own.levels)).ok_or(ForeignError::TooDeep)?;
                self.counted(size)?;
                if self.open.len() + levels > DEEPEST {
                    return Err(ForeignError::TooDeep);
                }
                let node = self.anchors[&anchor].node.clone();
                self.place(node)?;
            }
            Event::Scalar(text, style, anchor, _) => {
                self.counted(1)?;
                let value = match (&*text, style) {
                    ("" | "~" | "null" | "Null" | "NULL", ScalarStyle::Plain) => Value::Null,
                    ("true" | "True" | "TRUE", ScalarStyle::Plain) => Value::Bool(true),
                    ("false" | "False" | "FALSE", ScalarStyle::Plain) => Value::Bool(false),
                    _ => Value::Text(text.into_owned()),
                };
                self.finish(Node { value, line }, anchor)?;
            }
            Event::SequenceStart(anchor, _) => self.begin(Value::List(Vec::new()), line, anchor)?,
            Event::MappingStart(anchor, _) => self.begin(Value::Map(Vec::new()), line, anchor)?,
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(Open { mut node, anchor, merged, .. }) = self.open.pop() {
                    if let Value::Map(pairs) = &mut node.value {
                        pairs.splice(0..0, merged);
                    }
                    self.finish(node, anchor)?;
                }
            }
        }
        Ok(false)
    }

    fn counted(&mut self, more: usize) -> Result<(), ForeignError> {
        self.count = self.count.saturating_add(more);
        if self.count > MOST { Err(ForeignError::TooDeep) } else { Ok(()) }
    }

    fn begin(&mut self, value: Value, line: u32, anchor: usize) -> Result<(), ForeignError> {
        self.counted(1)?;
        if self.open.len() >= DEEPEST {
            return Err(ForeignError::TooDeep);
        }
        self.open.push(Open { node: Node { value, line }, anchor, key: None, merged: Vec::new() });
        Ok(())
    }

    /// A value is whole: kept for aliases where it has an anchor, and put where it belongs.
    fn finish(&mut self, node: Node, anchor: usize) -> Result<(), ForeignError> {
        if anchor > 0 {
            // The copy that is kept counts as well: nested anchors would else be kept in each other for nothing.
            let (size, levels) = measure(&node);
            self.counted(size)?;
            self.anchors.insert(anchor, Anchored { node: node.clone(), size, levels });
        }
        self.place(node)
    }

    fn place(&mut self, node: Node) -> Result<(), ForeignError> {
        let Some(open) = self.open.last_mut() else {
            self.root.get_or_insert(node);
            return Ok(());
        };
        match &mut open.node.value {
            Value::List(members) => members.push(node),
            Value::Map(pairs) => match open.key.take() {
                None => open.key = Some(node.text().unwrap_or_default().to_owned()),
                // `<<: *base` takes over what the base has and this has not.
                Some(key) if key == "<<" => {
                    let sources: Vec<Node> = match node.value {
                        Value::List(members) => members,
                        value => vec![Node { value, line: node.line }],
                    };
                    open.merged.extend(sources.iter().flat_map(Node::pairs).cloned());
                }
                Some(key) => pairs.push((key, node)),
            },
            _ => return Err(ForeignError::TooDeep),
        }
        Ok(())
    }
}

/// Values and levels of a tree, itself among them.
fn measure(node: &Node) -> (usize, usize) {
    let within: Vec<(usize, usize)> = match &node.value {
        Value::List(members) => members.iter().map(measure).collect(),
        Value::Map(pairs) => pairs.iter().map(|(_, value)| measure(value)).collect(),
        _ => return (1, 1),
    };
    let size = within.iter().map(|(size, _)| size).sum::<usize>();
    (1 + size, 1 + within.iter().map(|(_, levels)| *levels).max().unwrap_or_default())
}
