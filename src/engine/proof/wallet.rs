//! Keys of wallets: the wallet import format and extended private keys, both `Base58Check` (BIP 32),
//! and recovery phrases (BIP 39).

use crate::text::{base58, bip39};

/// Whether `key` is a private key in the wallet import format: a version, 32 bytes, perhaps a 1.
pub(super) fn is_import_format(key: &[u8]) -> bool {
    base58::check(key).is_some_and(|bytes| bytes.len() == 33 || (bytes.len() == 34 && bytes[33] == 1))
}

/// Whether `key` is an extended private key: 78 bytes, of which the key begins with a zero.
pub(super) fn is_extended(key: &[u8]) -> bool {
    base58::check(key).is_some_and(|bytes| bytes.len() == 78 && bytes[45] == 0)
}

/// Whether `phrase` is a recovery phrase. Those of documents and tests repeat their words: `test test
/// test …`; among twelve drawn at random two are the same in one of thirty.
pub(super) fn is_recovery_phrase(phrase: &[u8]) -> bool {
    let mut words: Vec<&[u8]> = phrase.split(|&byte| byte == b' ').collect();
    let count = words.len();
    words.sort_unstable();
    words.dedup();
    words.len() * 10 >= count * 9 && bip39::has_checksum(phrase)
}
