//! Bytes of the compiled index: numbers of variable length, texts with their length in front, checked at every step.

use super::index::Corrupt;

#[derive(Default)]
pub(super) struct Writer {
    pub(super) bytes: Vec<u8>,
}

impl Writer {
    pub(super) fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    pub(super) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push((number & 0x7f) as u8);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    pub(super) fn texts(&mut self, texts: &[String]) {
        self.number(texts.len() as u64);
        for text in texts {
            self.text(text);
        }
    }

    pub(super) fn u32(&mut self, number: u32) {
        self.bytes.extend_from_slice(&number.to_le_bytes());
    }

    pub(super) fn u64(&mut self, number: u64) {
        self.bytes.extend_from_slice(&number.to_le_bytes());
    }
}

pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

const SHORT: Corrupt = Corrupt("it ends too early");

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], Corrupt> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(SHORT)?;
        self.rest = rest;
        Ok(taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Corrupt> {
        Ok(self.take(1)?[0])
    }

    pub(super) fn number(&mut self) -> Result<u64, Corrupt> {
        let mut number = 0_u64;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Corrupt("a number is too long"))
    }

    /// How many things follow: each takes a byte at least, so that no number asks for more memory than the file has.
    pub(super) fn count(&mut self) -> Result<usize, Corrupt> {
        let count = usize::try_from(self.number()?).map_err(|_| SHORT)?;
        if count > self.rest.len() { Err(SHORT) } else { Ok(count) }
    }

    pub(super) fn str(&mut self) -> Result<&'a str, Corrupt> {
        let length = self.count()?;
        std::str::from_utf8(self.take(length)?).map_err(|_| Corrupt("a text is not UTF-8"))
    }

    pub(super) fn text(&mut self) -> Result<String, Corrupt> {
        self.str().map(str::to_owned)
    }

    pub(super) fn texts(&mut self) -> Result<Vec<String>, Corrupt> {
        let count = self.count()?;
        (0..count).map(|_| self.text()).collect()
    }

    pub(super) fn u32(&mut self) -> Result<u32, Corrupt> {
        let bytes = self.take(4)?;
        Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    pub(super) fn u64(&mut self) -> Result<u64, Corrupt> {
        Ok(u64::from(self.u32()?) | u64::from(self.u32()?) << 32)
    }
}
