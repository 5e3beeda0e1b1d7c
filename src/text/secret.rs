//! The one type that a found value travels in.

use zeroize::Zeroizing;

/// A found value. It has no `Debug` and no `Display`, and its bytes are wiped on drop: the only
/// ways to show it are [`super::mask_value`] and a keyed hash.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes a copy of `value`.
    pub fn new(value: &[u8]) -> Self {
        Self(Zeroizing::new(value.to_vec()))
    }

    /// The bytes, for validators and hashes. Never for output.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has no bytes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
