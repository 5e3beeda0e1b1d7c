//! Proofs: a checksum or structure that a value must have to be what it looks like. One file each.
//!
//! A proof is named by a rule (`proof = "github-crc32"`) and looks at nothing but the value.

mod github;
mod gitlab;
mod grafana;
mod jwt;
mod wallet;

use crate::text::bech32;

/// A structure or checksum test of a value.
type Proof = fn(&[u8]) -> bool;

/// The proofs, by the name that rules use.
const PROOFS: &[(&str, Proof)] = &[
    ("github-crc32", github::has_checksum),
    ("gitlab-routable-crc", gitlab::has_checksum),
    ("grafana-crc32", grafana::has_checksum),
    ("jwt", jwt::has_header),
    ("bech32", bech32::has_checksum),
    ("wallet-import-format", wallet::is_import_format),
    ("extended-private-key", wallet::is_extended),
    ("bip39", wallet::is_recovery_phrase),
];

/// Whether `value` passes the proof called `name`; `None` where there is no such proof.
pub fn check(name: &str, value: &[u8]) -> Option<bool> {
    PROOFS.iter().find(|(known, _)| *known == name).map(|(_, proof)| proof(value))
}

/// Whether there is a proof called `name`.
pub fn is_known(name: &str) -> bool {
    PROOFS.iter().any(|(known, _)| *known == name)
}
