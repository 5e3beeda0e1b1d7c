//! JSON to the tree, with places. The grammar is that of RFC 8259, nothing more: what a strict parser refuses is
//! refused here. Texts and numbers are read by `serde_json`, each by itself.

use super::{DEEPEST, Fault, Lines, MOST, Node, Value};

pub(super) fn read(text: &str) -> Result<Node, Fault> {
    let mut reader = JsonReader { text, at: 0, count: 0, lines: Lines::of(text) };
    reader.blank();
    let node = reader.value(DEEPEST)?;
    reader.blank();
    if reader.at < text.len() { Err(reader.fault()) } else { Ok(node) }
}

struct JsonReader<'t> {
    text: &'t str,
    at: usize,
    count: usize,
    lines: Lines<'t>,
}

impl JsonReader<'_> {
    fn fault(&self) -> Fault {
        // Words that quote the text may quote a secret.
        Fault::Form { line: self.lines.at(self.at.min(self.text.len())).0, message: "no JSON".to_owned() }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blank(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn takes(&mut self, byte: u8) -> bool {
        let is = self.peek() == Some(byte);
        self.at += usize::from(is);
        is
    }

    fn value(&mut self, levels: usize) -> Result<Node, Fault> {
        let levels = levels.checked_sub(1).ok_or(Fault::TooDeep)?;
        self.count += 1;
        if self.count > MOST {
            return Err(Fault::TooDeep);
        }
        let spot = self.lines.at(self.at);
        let value = match self.peek() {
            Some(b'{') => self.map(levels)?,
            Some(b'[') => self.list(levels)?,
            Some(b'"') => Value::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            _ => self.word()?,
        };
        Ok(Node::at(value, spot))
    }

    fn map(&mut self, levels: usize) -> Result<Value, Fault> {
        self.at += 1;
        let mut pairs = Vec::new();
        self.blank();
        if self.takes(b'}') {
            return Ok(Value::Map(pairs));
        }
        loop {
            self.blank();
            let key = self.lines.at(self.at);
            let name = self.string()?;
            self.blank();
            if !self.takes(b':') {
                return Err(self.fault());
            }
            self.blank();
            pairs.push((name, Node { key, ..self.value(levels)? }));
            self.blank();
            if self.takes(b'}') {
                return Ok(Value::Map(pairs));
            }
            if !self.takes(b',') {
                return Err(self.fault());
            }
        }
    }

    fn list(&mut self, levels: usize) -> Result<Value, Fault> {
        self.at += 1;
        let mut members = Vec::new();
        self.blank();
        if self.takes(b']') {
            return Ok(Value::List(members));
        }
        loop {
            self.blank();
            members.push(self.value(levels)?);
            self.blank();
            if self.takes(b']') {
                return Ok(Value::List(members));
            }
            if !self.takes(b',') {
                return Err(self.fault());
            }
        }
    }

    fn string(&mut self) -> Result<String, Fault> {
        if self.peek() != Some(b'"') {
            return Err(self.fault());
        }
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut end = start + 1;
        loop {
            match memchr::memchr2(b'"', b'\\', &bytes[end.min(bytes.len())..]) {
                None => return Err(self.fault()),
                Some(step) if bytes[end + step] == b'"' => {
                    end += step + 1;
                    break;
                }
                Some(step) => end += step + 2,
            }
        }
        let text = serde_json::from_str(&self.text[start..end]).map_err(|_| self.fault())?;
        self.at = end;
        Ok(text)
    }

    fn number(&mut self) -> Result<String, Fault> {
        let rest = &self.text[self.at..];
        let is_in = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E');
        let length = rest.bytes().position(|byte| !is_in(byte)).unwrap_or(rest.len());
        let number: serde_json::Number = serde_json::from_str(&rest[..length]).map_err(|_| self.fault())?;
        self.at += length;
        Ok(number.to_string())
    }

    fn word(&mut self) -> Result<Value, Fault> {
        for (word, value) in [("null", Value::Null), ("true", Value::Bool(true)), ("false", Value::Bool(false))] {
            if self.text[self.at..].starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(self.fault())
    }
}
