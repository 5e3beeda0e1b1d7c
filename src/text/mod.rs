//! Text from outside, handled safely: secrets, lines and columns, escaping, entropy.
//!
//! Knows bytes only: no path, no rule, no git.

pub mod base58;
pub mod bech32;
pub mod bip39;
pub mod checksum;
pub mod entropy;
mod escape;
mod lines;
mod mask;
mod secret;
pub mod sha256;

pub use escape::{Dress, Escaped, dressed, escape};
pub use lines::{LineIndex, Place, line_bounds};
pub use mask::{mask_all, mask_value};
pub use secret::Secret;
pub use sha256::digest as sha256;
