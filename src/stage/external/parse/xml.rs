//! The part of XML that reports are made of: elements and their attributes. No entity of a document's own
//! is expanded, nothing outside it is read.

use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{ParseError, form};

/// What stands in a document, one after the other.
pub(super) enum Item {
    /// An element begins; an empty one ends at once.
    Start(String, HashMap<String, String>),
    /// It ends.
    End(String),
    /// Text between.
    Text(String),
}

/// Elements within each other, at most.
const DEEPEST: usize = 100;

/// Calls `each` with all that stands in `text`. The document must have one root and end with it.
pub(super) fn read(
    text: &[u8],
    format: &'static str,
    each: &mut dyn FnMut(Item) -> Result<(), ParseError>,
) -> Result<(), ParseError> {
    let mut reader = Reader::from_reader(text);
    let (mut depth, mut roots) = (0_usize, 0_usize);
    let broken = |reader: &Reader<&[u8]>| form(format, format!("it is not XML at byte {}", reader.error_position()));
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                roots += usize::from(depth == 0);
                depth += 1;
                if depth > DEEPEST {
                    return Err(form(format, "its elements lie too deep in each other"));
                }
                each(element(&start, format)?)?;
            }
            Ok(Event::Empty(start)) => {
                roots += usize::from(depth == 0);
                let name = local(start.name().as_ref());
                each(element(&start, format)?)?;
                each(Item::End(name))?;
            }
            Ok(Event::End(end)) => {
                depth = depth.saturating_sub(1);
                each(Item::End(local(end.name().as_ref())))?;
            }
            Ok(Event::Text(text)) if depth > 0 => each(Item::Text(String::from_utf8_lossy(&text).into_owned()))?,
            Ok(Event::CData(text)) if depth > 0 => each(Item::Text(String::from_utf8_lossy(&text).into_owned()))?,
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(_) => return Err(broken(&reader)),
        }
    }
    match (depth, roots) {
        (0, 1) => Ok(()),
        (0, _) => Err(form(format, "it has no root element, or several")),
        _ => Err(form(format, "it ends too early")),
    }
}

fn element(start: &BytesStart<'_>, format: &'static str) -> Result<Item, ParseError> {
    let mut attributes = HashMap::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| form(format, "an attribute is none"))?;
        let raw = String::from_utf8_lossy(&attribute.value);
        // Entities that the document itself defines stay as they are.
        let value = quick_xml::escape::unescape(&raw).map_or_else(|_| raw.clone().into_owned(), Into::into);
        attributes.insert(local(attribute.key.as_ref()), value);
    }
    Ok(Item::Start(local(start.name().as_ref()), attributes))
}

/// A name without its name space.
fn local(name: &[u8]) -> String {
    String::from_utf8_lossy(name.rsplit(|&byte| byte == b':').next().unwrap_or_default()).into_owned()
}
