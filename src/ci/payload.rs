//! The event's payload: JSON from outside, read by pointer.

use serde_json::Value;

use super::is_null;

/// A payload; where there is none, it answers nothing.
pub(super) struct Payload(Option<Value>);

impl Payload {
    pub(super) fn new(text: Option<&[u8]>) -> Self {
        let text = text.map(|text| text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text));
        Self(text.and_then(|text| serde_json::from_slice(text).ok()).filter(Value::is_object))
    }

    /// Whether there is one that could be read.
    pub(super) const fn is_read(&self) -> bool {
        self.0.is_some()
    }

    /// A text, by JSON pointer (RFC 6901).
    pub(super) fn text(&self, pointer: &str) -> Option<String> {
        let text = self.0.as_ref()?.pointer(pointer)?.as_str()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// A commit; the null id is none.
    pub(super) fn commit(&self, pointer: &str) -> Option<String> {
        self.text(pointer).filter(|id| !is_null(id))
    }

    /// Whether the value there is `true`.
    pub(super) fn is_true(&self, pointer: &str) -> bool {
        self.0.as_ref().and_then(|value| value.pointer(pointer)).and_then(Value::as_bool) == Some(true)
    }

    /// Whether there is something other than `null`.
    pub(super) fn has(&self, pointer: &str) -> bool {
        self.0.as_ref().and_then(|value| value.pointer(pointer)).is_some_and(|value| !value.is_null())
    }
}
