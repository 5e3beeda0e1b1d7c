//! One layer being laid over those before it.

use super::layer::{Origin, Setting};

/// What a room needs to lay its keys: every value it sets is noted with its origin, every fault is
/// collected.
pub(super) struct Laying<'l> {
    origin: &'l Origin,
    settings: &'l mut Vec<Setting>,
    /// What is wrong with the layer's values, a sentence each.
    pub(super) faults: Vec<String>,
}

impl<'l> Laying<'l> {
    pub(super) const fn new(origin: &'l Origin, settings: &'l mut Vec<Setting>) -> Self {
        Self { origin, settings, faults: Vec::new() }
    }

    /// Sets `slot` to `value`; `shown` is how it would be written.
    pub(super) fn put<T>(&mut self, key: &str, slot: &mut T, value: T, shown: impl Into<String>) {
        *slot = value;
        self.note(key, shown);
    }

    /// Notes that this layer sets `key`.
    pub(super) fn note(&mut self, key: &str, shown: impl Into<String>) {
        self.settings.push(Setting { key: key.to_owned(), value: shown.into(), origin: self.origin.clone() });
    }

    pub(super) fn fault(&mut self, sentence: impl Into<String>) {
        self.faults.push(sentence.into());
    }
}
