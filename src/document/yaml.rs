//! YAML to the tree, from the parser's events.
//!
//! Texts are texts: which scalars of YAML are numbers does not matter here, a plain `true`, `false` and
//! nothing do. Keys that are no scalar are left out of account. An alias is a copy that counts
//! towards the limit, so that a document of a few hundred bytes cannot become a billion values.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};

use super::{DEEPEST, Fault, MOST, Node, Spot, Value};

/// The documents of `text`, or its first one only. Where it is read strictly, no key may stand twice in its map.
pub(super) fn read(text: &str, first: bool, strict: bool) -> Result<Vec<Node>, Fault> {
    let mut builder = Builder { strict, ..Builder::default() };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| form(&error))?;
        if builder.take(event, span)? && first {
            break;
        }
    }
    Ok(builder.documents)
}

fn form(error: &ScanError) -> Fault {
    Fault::Form { line: u32::try_from(error.marker().line()).unwrap_or_default(), message: "no YAML".to_owned() }
}

/// The tag as it is written, without its `!`.
fn named(tag: &Tag) -> Box<str> {
    tag.suffix.trim_start_matches('!').into()
}

/// A list or map that is still open.
struct Open {
    node: Node,
    anchor: usize,
    /// The key whose value comes next.
    key: Option<(String, Spot)>,
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
    strict: bool,
    documents: Vec<Node>,
}

impl Builder {
    /// Takes an event; whether the document has ended.
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<bool, Fault> {
        let number = |count: usize| u32::try_from(count).unwrap_or_default();
        let spot = (number(span.start.line()), number(span.start.col()).saturating_add(1));
        match event {
            Event::DocumentEnd => {
                // An anchor is known in its document only.
                self.anchors.clear();
                return Ok(true);
            }
            Event::StreamEnd => return Ok(true),
            Event::Nothing | Event::StreamStart | Event::DocumentStart(_) => {}
            Event::Alias(anchor) => {
                // An alias within what it names has no anchor yet: it would have no end.
                let (size, levels) =
                    self.anchors.get(&anchor).map(|own| (own.size, own.levels)).ok_or(Fault::TooDeep)?;
                self.counted(size)?;
                if self.open.len() + levels > DEEPEST {
                    return Err(Fault::TooDeep);
                }
                let node = self.anchors[&anchor].node.clone();
                self.place(node)?;
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.counted(1)?;
                let value = match (&*text, style) {
                    ("" | "~" | "null" | "Null" | "NULL", ScalarStyle::Plain) => Value::Null,
                    ("true" | "True" | "TRUE", ScalarStyle::Plain) => Value::Bool(true),
                    ("false" | "False" | "FALSE", ScalarStyle::Plain) => Value::Bool(false),
                    _ => Value::Text(text.into_owned()),
                };
                self.finish(Node { tag: tag.map(|tag| named(&tag)), ..Node::at(value, spot) }, anchor)?;
            }
            Event::SequenceStart(anchor, tag) => {
                let node = Node { tag: tag.map(|tag| named(&tag)), ..Node::at(Value::List(Vec::new()), spot) };
                self.begin(node, anchor)?;
            }
            Event::MappingStart(anchor, tag) => {
                let node = Node { tag: tag.map(|tag| named(&tag)), ..Node::at(Value::Map(Vec::new()), spot) };
                self.begin(node, anchor)?;
            }
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

    fn counted(&mut self, more: usize) -> Result<(), Fault> {
        self.count = self.count.saturating_add(more);
        if self.count > MOST { Err(Fault::TooDeep) } else { Ok(()) }
    }

    fn begin(&mut self, node: Node, anchor: usize) -> Result<(), Fault> {
        self.counted(1)?;
        if self.open.len() >= DEEPEST {
            return Err(Fault::TooDeep);
        }
        self.open.push(Open { node, anchor, key: None, merged: Vec::new() });
        Ok(())
    }

    /// A value is whole: kept for aliases where it has an anchor, and put where it belongs.
    fn finish(&mut self, node: Node, anchor: usize) -> Result<(), Fault> {
        if anchor > 0 {
            // The copy that is kept counts as well: nested anchors would else be kept in each other for nothing.
            let (size, levels) = measure(&node);
            self.counted(size)?;
            self.anchors.insert(anchor, Anchored { node: node.clone(), size, levels });
        }
        self.place(node)
    }

    fn place(&mut self, node: Node) -> Result<(), Fault> {
        let Some(open) = self.open.last_mut() else {
            self.documents.push(node);
            return Ok(());
        };
        match &mut open.node.value {
            Value::List(members) => members.push(node),
            Value::Map(pairs) => match open.key.take() {
                None => {
                    let key = node.text().unwrap_or_default().to_owned();
                    if self.strict && key != "<<" && pairs.iter().any(|(other, _)| *other == key) {
                        return Err(Fault::Form { line: node.line, message: "a key stands twice".to_owned() });
                    }
                    open.key = Some((key, (node.line, node.column)));
                }
                // `<<: *base` takes over what the base has and this has not.
                Some((key, _)) if key == "<<" => {
                    let sources: Vec<Node> = match node.value {
                        Value::List(members) => members,
                        value => vec![Node { value, ..node }],
                    };
                    open.merged.extend(sources.iter().flat_map(Node::pairs).cloned());
                }
                Some((key, spot)) => pairs.push((key, Node { key: spot, ..node })),
            },
            _ => return Err(Fault::TooDeep),
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
