//! Fingerprints: the same finding keeps its name when code moves, and the name tells nothing.
//!
//! A fingerprint is a keyed BLAKE3 hash of the rule and the value (for code: of the rule, the path
//! and the line without its white space), never of line numbers. Values of low entropy go through
//! Argon2id (RFC 9106) first, so that a committed baseline is no oracle for weak passwords.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;

use crate::text::{Secret, entropy};

/// Values with fewer bits than this in all are stretched: within reach of guessing offline.
const GUESSABLE_BITS: f64 = 80.0;

/// The key of a repository's fingerprints. Random where `gatehook.toml` carries one, else fixed, so
/// that laptops and CI agree.
#[derive(Clone)]
pub struct Salt([u8; 32]);

impl Default for Salt {
    fn default() -> Self {
        Self(*blake3::hash(b"gatehook fingerprint, no salt configured").as_bytes())
    }
}

impl Salt {
    /// From the text that stands in the configuration.
    pub fn from_text(text: &str) -> Self {
        Self(blake3::derive_key("gatehook fingerprint salt v1", text.as_bytes()))
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Salt")
    }
}

/// Sixteen bytes that name a finding.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// For a found value.
    pub fn of_secret(salt: &Salt, rule: &str, secret: &Secret) -> Self {
        let value = secret.expose();
        if !Self::is_costly(secret) {
            return Self::hash(salt, &[b"secret", rule.as_bytes(), value]);
        }
        Self::hash(salt, &[b"stretched", rule.as_bytes(), &stretch(salt, value)])
    }

    /// Whether the value is within reach of guessing, so that its fingerprint takes some 20 ms.
    pub fn is_costly(secret: &Secret) -> bool {
        let value = secret.expose();
        #[allow(clippy::cast_precision_loss, reason = "lengths are far below 2^52")]
        let bits = entropy::shannon(value) * value.len() as f64;
        bits < GUESSABLE_BITS
    }

    /// For a value of which the text has too many to stretch each: from the hash of the `whole` text and
    /// the value's number in it. It changes with every byte of the text, so that no other value ever
    /// inherits it, and who guesses at it must know all the others.
    pub fn of_one_of_many(salt: &Salt, rule: &str, whole: &[u8; 32], number: usize) -> Self {
        Self::hash(salt, &[b"many", rule.as_bytes(), whole, &(number as u64).to_le_bytes()])
    }

    /// For a line of code: white space is left out, so re-indenting keeps it.
    pub fn of_code(salt: &Salt, rule: &str, path: &[u8], code: &[u8]) -> Self {
        let packed: Vec<u8> = code.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        Self::hash(salt, &[b"code", rule.as_bytes(), path, &packed])
    }

    /// Reads the hexadecimal form; `None` where it is none.
    pub fn parse(hex: &str) -> Option<Self> {
        Self::from_hex(hex.as_bytes())
    }

    /// The same from bytes.
    pub fn from_hex(hex: &[u8]) -> Option<Self> {
        const NONE: u8 = 0xff;
        // A baseline holds ten thousand of them.
        const DIGITS: [u8; 256] = {
            let mut digits = [NONE; 256];
            let mut value = 0_u8;
            while value < 16 {
                digits[b"0123456789abcdef"[value as usize] as usize] = value;
                digits[b"0123456789ABCDEF"[value as usize] as usize] = value;
                value += 1;
            }
            digits
        };
        let hex: &[u8; 32] = hex.try_into().ok()?;
        let (mut bytes, mut wrong) = ([0; 16], 0);
        for (slot, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
            let (high, low) = (DIGITS[usize::from(pair[0])], DIGITS[usize::from(pair[1])]);
            wrong |= (high | low) & 0xf0;
            *slot = high << 4 | low & 0xf;
        }
        (wrong == 0).then_some(Self(bytes))
    }

    /// The first eight digits: what people type.
    pub fn short(&self) -> String {
        self.to_string()[..8].to_owned()
    }

    fn hash(salt: &Salt, parts: &[&[u8]]) -> Self {
        let mut hasher = blake3::Hasher::new_keyed(&salt.0);
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        let mut bytes = [0; 16];
        hasher.finalize_xof().fill(&mut bytes);
        Self(bytes)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0 {
            write!(out, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self}")
    }
}

thread_local! {
    static WORK: RefCell<Work> = RefCell::default();
}

/// What a thread keeps between two values: the memory, which costs as much to get as to fill, and what
/// it has stretched already, by a keyed hash: the same password often stands in many places.
#[derive(Default)]
struct Work {
    memory: Vec<argon2::Block>,
    done: HashMap<[u8; 32], [u8; 32]>,
}

/// Memory of a stretching, in KiB.
const MEMORY: u32 = 19 * 1024;

/// Argon2id with the parameters that OWASP's password storage sheet names first for small memory:
/// 19 MiB, two passes, one lane: some 15 ms a value, and only found values come here.
fn stretch(salt: &Salt, value: &[u8]) -> [u8; 32] {
    WORK.with_borrow_mut(|work| {
        let key = *blake3::keyed_hash(&salt.0, value).as_bytes();
        if let Some(done) = work.done.get(&key) {
            return *done;
        }
        let parameters = argon2::Params::new(MEMORY, 2, 1, Some(32)).unwrap_or_default();
        work.memory.resize(parameters.block_count(), argon2::Block::default());
        let argon = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, parameters);
        let mut out = [0; 32];
        argon
            .hash_password_into_with_memory(value, &salt.0, &mut out, &mut work.memory)
            .expect("a 32 byte salt and output are within Argon2's bounds");
        work.done.insert(key, out);
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_follows_the_value_and_the_salt() {
        let salt = Salt::default();
        let weak = Secret::new(b"hunter2");
        let print = Fingerprint::of_secret(&salt, "generic-password", &weak);
        assert_eq!(print, Fingerprint::of_secret(&salt, "generic-password", &weak));
        assert_ne!(print, Fingerprint::of_secret(&salt, "other", &weak));
        assert_ne!(print, Fingerprint::of_secret(&Salt::from_text("x"), "generic-password", &weak));
        assert_eq!(Fingerprint::parse(&print.to_string()), Some(print));
    }

    #[test]
    fn indentation_does_not_change_the_name_of_code() {
        let salt = Salt::default();
        let one = Fingerprint::of_code(&salt, "r", b"a.py", b"    eval(x)");
        assert_eq!(one, Fingerprint::of_code(&salt, "r", b"a.py", b"\teval( x )\r"));
        assert_ne!(one, Fingerprint::of_code(&salt, "r", b"b.py", b"eval(x)"));
    }
}
