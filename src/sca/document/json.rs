//! JSON after RFC 8259, and with comments and commas at the end where a tool writes them (`bun.lock`, `deno.json`).
//!
//! Borrows from the text: a string without escapes is not copied.

use std::borrow::Cow;

use super::{DEEPEST, Entry, Fault, MOST_NODES, Node, Value, utf8};

/// Reads one JSON value. `relaxed`: with comments and commas at the end.
pub fn json(bytes: &[u8], relaxed: bool) -> Result<Node<'_>, Fault> {
    json_without(bytes, relaxed, |_, _| false)
}

/// The same, without the values that `skipped` names by the key of their object and their own key: they are read and
/// not kept.
pub fn json_without(bytes: &[u8], relaxed: bool, skipped: fn(&str, &str) -> bool) -> Result<Node<'_>, Fault> {
    let text = utf8(bytes)?;
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, line: 1, nodes: 0, relaxed, skipped };
    reader.blank()?;
    let node = reader.node(0, "")?;
    reader.blank()?;
    if reader.at < reader.bytes.len() {
        return Err(reader.fault("something follows the value"));
    }
    Ok(node)
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    line: u32,
    nodes: usize,
    relaxed: bool,
    skipped: fn(&str, &str) -> bool,
}

impl<'a> Reader<'a> {
    fn fault(&self, reason: &str) -> Fault {
        Fault::at(self.line, format!("is not valid JSON: {reason}"))
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blank(&mut self) -> Result<(), Fault> {
        while let Some(byte) = self.peek() {
            match byte {
                b'\n' => self.line += 1,
                b' ' | b'\t' | b'\r' => {}
                b'/' if self.relaxed => {
                    let rest = &self.bytes[self.at..];
                    let length = if rest.starts_with(b"//") {
                        memchr::memchr(b'\n', rest).unwrap_or(rest.len())
                    } else if rest.starts_with(b"/*") {
                        2 + memchr::memmem::find(&rest[2..], b"*/").ok_or_else(|| self.fault("a comment has no end"))?
                            + 2
                    } else {
                        return Ok(());
                    };
                    let lines = memchr::memchr_iter(b'\n', &rest[..length]).count();
                    self.line += u32::try_from(lines).unwrap_or(0);
                    self.at += length;
                    continue;
                }
                _ => return Ok(()),
            }
            self.at += 1;
        }
        Ok(())
    }

    fn node(&mut self, depth: usize, key: &str) -> Result<Node<'a>, Fault> {
        self.nodes += 1;
        if depth > DEEPEST || self.nodes > MOST_NODES {
            return Err(self.fault("it is nested too deep or too large"));
        }
        let line = self.line;
        let value = match self.peek() {
            Some(b'{') => Value::Map(self.map(depth, key)?),
            Some(b'[') => Value::List(self.list(depth)?),
            Some(b'"') => Value::Text(self.string()?),
            Some(_) => self.plain()?,
            None => return Err(self.fault("it ends too early")),
        };
        Ok(Node { line, value })
    }

    /// After a value: whether another one follows.
    fn more(&mut self, end: u8) -> Result<bool, Fault> {
        self.blank()?;
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                self.blank()?;
                if self.peek() == Some(end) {
                    if !self.relaxed {
                        return Err(self.fault("a comma has nothing behind it"));
                    }
                    self.at += 1;
                    return Ok(false);
                }
                Ok(true)
            }
            Some(byte) if byte == end => {
                self.at += 1;
                Ok(false)
            }
            None => Err(self.fault("it ends too early")),
            Some(_) => Err(self.fault("a comma or an end is expected")),
        }
    }

    fn map(&mut self, depth: usize, parent: &str) -> Result<Vec<Entry<'a>>, Fault> {
        let mut entries = Vec::new();
        self.at += 1;
        self.blank()?;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(entries);
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.fault("a key is expected"));
            }
            let line = self.line;
            let key = self.string()?;
            self.blank()?;
            if self.peek() != Some(b':') {
                return Err(self.fault("a colon is expected"));
            }
            self.at += 1;
            self.blank()?;
            let node = self.node(depth + 1, &key)?;
            if !(self.skipped)(parent, &key) {
                entries.push(Entry { key, line, node });
            }
            if !self.more(b'}')? {
                return Ok(entries);
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Node<'a>>, Fault> {
        let mut items = Vec::new();
        self.at += 1;
        self.blank()?;
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(items);
        }
        loop {
            items.push(self.node(depth + 1, "")?);
            if !self.more(b']')? {
                return Ok(items);
            }
        }
    }

    fn plain(&mut self) -> Result<Value<'a>, Fault> {
        let rest = &self.bytes[self.at..];
        let end = rest.iter().position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')));
        let text = &self.text[self.at..self.at + end.unwrap_or(rest.len())];
        let number = text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) && text.parse::<f64>().is_ok();
        if !number && !matches!(text, "true" | "false" | "null") {
            return Err(self.fault("a value is expected"));
        }
        self.at += text.len();
        Ok(if text == "null" { Value::Null } else { Value::Plain(Cow::Borrowed(text)) })
    }

    fn string(&mut self) -> Result<Cow<'a, str>, Fault> {
        self.at += 1;
        let start = self.at;
        let rest = &self.bytes[start..];
        let Some(end) = memchr::memchr2(b'"', b'\\', rest) else {
            return Err(self.fault("a string has no end"));
        };
        if rest[..end].iter().any(|byte| *byte < 0x20) {
            return Err(self.fault("a string holds a line break or control character"));
        }
        if rest[end] == b'"' {
            self.at = start + end + 1;
            return Ok(Cow::Borrowed(&self.text[start..start + end]));
        }
        let mut out = self.text[start..start + end].to_owned();
        self.at = start + end;
        loop {
            match self.peek() {
                None => return Err(self.fault("a string has no end")),
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Cow::Owned(out));
                }
                Some(b'\\') => self.escape(&mut out)?,
                Some(byte) if byte < 0x20 => return Err(self.fault("a string holds a line break or control character")),
                Some(_) => {
                    let rest = &self.bytes[self.at..];
                    let end =
                        rest.iter().position(|byte| matches!(byte, b'"' | b'\\') || *byte < 0x20).unwrap_or(rest.len());
                    out.push_str(&self.text[self.at..self.at + end]);
                    self.at += end;
                }
            }
        }
    }

    fn escape(&mut self, out: &mut String) -> Result<(), Fault> {
        let byte = self.bytes.get(self.at + 1).copied();
        self.at += 2;
        out.push(match byte {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let mut code = self.unit()?;
                if (0xd800..0xdc00).contains(&code) && self.bytes[self.at..].starts_with(b"\\u") {
                    self.at += 2;
                    let low = self.unit()?;
                    code = if (0xdc00..0xe000).contains(&low) {
                        0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)
                    } else {
                        0xfffd
                    };
                }
                char::from_u32(code).unwrap_or('\u{fffd}')
            }
            _ => return Err(self.fault("an escape is unknown")),
        });
        Ok(())
    }

    fn unit(&mut self) -> Result<u32, Fault> {
        let digits =
            self.text.get(self.at..self.at + 4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        self.at += 4;
        code.ok_or_else(|| self.fault("an escape is unknown"))
    }
}
