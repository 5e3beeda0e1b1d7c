//! Keys of wallets: the wallet import format and extended private keys, both `Base58Check` (BIP 32).

use crate::text::base58;

/// Whether `key` is a private key in the wallet import format: a version, 32 bytes, perhaps a 1.
pub(super) fn is_import_format(key: &[u8]) -> bool {
    base58::check(key).is_some_and(|bytes| bytes.len() == 33 || (bytes.len() == 34 && bytes[33] == 1))
}

/// Whether `key` is an extended private key: 78 bytes, of which the key begins with a zero.
pub(super) fn is_extended(key: &[u8]) -> bool {
    base58::check(key).is_some_and(|bytes| bytes.len() == 78 && bytes[45] == 0)
}
