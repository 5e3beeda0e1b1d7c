//! XML as a tree of elements with lines. No entity is resolved but the five of XML itself and numbers, no document type is read.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{DEEPEST, Fault, MOST_NODES, line_of, utf8, utf16};

/// An element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// Its name without a prefix.
    pub name: String,
    /// The line it begins at.
    pub line: u32,
    /// Attributes, names without prefix.
    pub attributes: Vec<(String, String)>,
    /// Its own text, without blanks around it.
    pub text: String,
    /// The elements in it.
    pub children: Vec<Self>,
}

impl Element {
    /// The first element of that name in it.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// All elements of that name in it.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the first element of that name.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str())
    }

    /// An attribute, in any case: `MSBuild` does not mind it.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// Reads the root element.
pub fn xml(bytes: &[u8]) -> Result<Element, Fault> {
    let decoded = decoded(bytes)?;
    let text = decoded.as_ref();
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    let (mut count, mut counted, mut line) = (0, 0, 1);
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(text.len());
        line += line_of(&text.as_bytes()[counted..], at - counted) - 1;
        counted = at;
        let fault = |reason: String| Fault::at(line, format!("is not valid XML: {reason}"));
        let event = reader.read_event().map_err(|error| fault(error.to_string()))?;
        count += 1;
        if open.len() > DEEPEST || count > MOST_NODES {
            return Err(fault("it is nested too deep or too large".to_owned()));
        }
        match event {
            Event::Start(start) => open.push(element(&start, line).map_err(fault)?),
            Event::Empty(start) => {
                let element = element(&start, line).map_err(fault)?;
                close(&mut open, &mut root, element);
            }
            Event::End(_) => {
                if let Some(mut element) = open.pop() {
                    element.text = element.text.trim().to_owned();
                    close(&mut open, &mut root, element);
                }
            }
            Event::Text(part) => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&part.decode().map_err(|error| fault(error.to_string()))?);
                } else if !part.iter().all(u8::is_ascii_whitespace) {
                    return Err(fault("text stands outside of the root".to_owned()));
                }
            }
            Event::CData(part) => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&String::from_utf8_lossy(&part));
                }
            }
            Event::GeneralRef(name) => {
                let resolved = match name.resolve_char_ref() {
                    Ok(Some(character)) => character.to_string(),
                    _ => quick_xml::escape::resolve_predefined_entity(&String::from_utf8_lossy(&name))
                        .ok_or_else(|| fault("an entity is unknown".to_owned()))?
                        .to_owned(),
                };
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&resolved);
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if let Some(element) = open.last() {
        return Err(Fault::at(line, format!("is not valid XML: `{}` is not closed", element.name)));
    }
    root.ok_or_else(|| Fault::whole("is not valid XML: it holds no element"))
}

/// The text, from the encodings that project files are written in: UTF-8, UTF-16 with its mark, Latin-1 where the head says so.
fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, Fault> {
    if let [0xff, 0xfe, ..] | [0xfe, 0xff, ..] = bytes {
        return utf16(bytes);
    }
    let head = &bytes[..bytes.len().min(100)];
    let head = head.split(|byte| *byte == b'>').next().unwrap_or(head).to_ascii_lowercase();
    let latin = [&b"iso-8859-1"[..], b"windows-1252", b"latin1"];
    if head.starts_with(b"<?xml") && latin.iter().any(|name| memchr::memmem::find(&head, name).is_some()) {
        return Ok(bytes.iter().map(|byte| char::from(*byte)).collect());
    }
    utf8(bytes).map(Cow::Borrowed)
}

fn close(open: &mut [Element], root: &mut Option<Element>, element: Element) {
    match open.last_mut() {
        Some(parent) => parent.children.push(element),
        None => {
            root.get_or_insert(element);
        }
    }
}

fn element(start: &BytesStart<'_>, line: u32) -> Result<Element, String> {
    let name = String::from_utf8_lossy(start.local_name().as_ref()).into_owned();
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute.unescape_value().map_err(|error| error.to_string())?.into_owned();
        attributes.push((String::from_utf8_lossy(attribute.key.local_name().as_ref()).into_owned(), value));
    }
    Ok(Element { name, line, attributes, text: String::new(), children: Vec::new() })
}
