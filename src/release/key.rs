//! Ed25519 keys in PEM files, as `openssl genpkey -algorithm ed25519` writes them.

use std::fmt::Write;

use ed25519_dalek::pkcs8::{DecodePrivateKey, DecodePublicKey};
use ed25519_dalek::{Signature, Signer};
use thiserror::Error;

use crate::text::sha256;

/// Why a file is no key.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum KeyError {
    /// Not a private one.
    #[error("it is no Ed25519 private key in PKCS#8 PEM without a password")]
    Private,
    /// Not a public one.
    #[error("it is no Ed25519 public key in PEM")]
    Public,
}

/// The key that signs. Shown by nothing, and wiped when it goes.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// Reads `BEGIN PRIVATE KEY`.
    pub fn from_pem(pem: &[u8]) -> Result<Self, KeyError> {
        let text = std::str::from_utf8(pem).map_err(|_| KeyError::Private)?;
        ed25519_dalek::SigningKey::from_pkcs8_pem(text.trim_start()).map(Self).map_err(|_| KeyError::Private)
    }

    /// The signature of `bytes`.
    pub fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        self.0.sign(bytes).to_bytes()
    }

    /// Its public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }
}

/// The key that signatures are checked by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(ed25519_dalek::VerifyingKey);

impl PublicKey {
    /// Reads `BEGIN PUBLIC KEY`.
    pub fn from_pem(pem: &[u8]) -> Result<Self, KeyError> {
        let text = std::str::from_utf8(pem).map_err(|_| KeyError::Public)?;
        ed25519_dalek::VerifyingKey::from_public_key_pem(text.trim_start()).map(Self).map_err(|_| KeyError::Public)
    }

    /// Whether `signature` is this key's of `bytes`. Keys and points of small order are refused.
    pub fn verifies(&self, bytes: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature).is_ok_and(|signature| self.0.verify_strict(bytes, &signature).is_ok())
    }

    /// Its name in envelopes: what `securesystemslib` calls a key of these bytes.
    pub fn id(&self) -> String {
        let public = hex(self.0.as_bytes());
        let form = format!(r#"{{"keytype":"ed25519","keyval":{{"public":"{public}"}},"scheme":"ed25519"}}"#);
        hex(&sha256(form.as_bytes()))
    }
}

/// Bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // A String takes every write.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
