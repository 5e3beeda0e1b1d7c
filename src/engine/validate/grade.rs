//! How sure a value is a secret, given the name it is assigned to and where it stands.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::look::{Census, Look, is_hex, look};
use super::{placeholder, shape};
use crate::engine::facts::FileFacts;

/// What a value is, by the name it is assigned to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Kind {
    /// Chosen by people as often as not.
    Password,
    /// A client secret, a signing secret.
    Secret,
    /// A token.
    Token,
    /// A key that the name says more of: an API key, a private key.
    ApiKey,
    /// A key, and nothing else is said.
    Key,
    /// A credential, an authorisation, a salt.
    Credential,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Style {
    /// In quotes.
    Quoted,
    /// Without.
    Bare,
    /// Between tags.
    Markup,
}

/// How sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Grade {
    /// It may be a sample, or a word of a language that is not known.
    Weak,
    /// Nothing speaks against it.
    Strong,
}

/// Where a value stands.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Place<'a> {
    /// What its name says.
    pub(in crate::engine) kind: Kind,
    /// The name.
    pub(in crate::engine) name: &'a [u8],
    /// What is known of the file.
    pub(in crate::engine) facts: &'a FileFacts,
    /// Whether it is compared instead of assigned.
    pub(in crate::engine) compares: bool,
}

/// Grades `value`; `None` where it is no secret.
pub(in crate::engine) fn grade(value: &[u8], place: &Place<'_>) -> Option<Grade> {
    if value.len() < 6 || value.len() > 512 {
        return None;
    }
    let census = Census::of(value);
    // Prose and translations have blanks or letters beyond ASCII.
    if census.foreign > 0 {
        return None;
    }
    if census.letters() == 0 {
        return (place.kind == Kind::Password && is_pin(value, &census, place)).then_some(Grade::Weak);
    }
    // Before anything costly: a key without digits is hardly ever one, and nearly all words are so.
    if place.kind == Kind::Key && (census.digits < 2 || value.len() < if place.facts.test { 24 } else { 16 }) {
        return None;
    }
    // In a translation `password` is a label, and its value a word of that language.
    if place.facts.locale && census.digits == 0 {
        return None;
    }
    if placeholder::is_placeholder(value) || placeholder::is_stand_in(value) || shape::is_something_else(value) {
        return None;
    }
    if value.starts_with(b"MII") && !place.name.to_ascii_lowercase().windows(4).any(|part| part == b"priv") {
        return None;
    }
    if is_encoded_text(value) {
        return None;
    }
    let untrusted = place.facts.test || place.facts.prose || place.compares;
    let graded = if shape::is_uuid(value) {
        opens_by_uuid(place).then_some(Grade::Weak)?
    } else {
        of_kind(value, &census, place)?
    };
    Some(if untrusted { Grade::Weak } else { graded })
}

/// Whether a value of digits and perhaps signs is a password that a person chose: no date, no number
/// that counts or repeats, and not what a test or a comparison holds.
fn is_pin(value: &[u8], census: &Census, place: &Place<'_>) -> bool {
    let mut seen = [false; 256];
    for &byte in value {
        seen[usize::from(byte)] = true;
    }
    let distinct = seen.iter().filter(|&&here| here).count();
    let is_date = census.digits == 8 && (value.starts_with(b"19") || value.starts_with(b"20"));
    census.digits >= 6
        && census.joints == 0
        && value.len() <= 16
        && distinct >= 4
        && !is_date
        && !(place.facts.test || place.facts.prose || place.facts.locale || place.compares)
        && !placeholder::is_placeholder(value)
        && !placeholder::is_stand_in(value)
}

/// Base64 of a sentence or of words: a sample, `dGhlIHNhbXBsZSBub25jZQ==`.
fn is_encoded_text(value: &[u8]) -> bool {
    if value.len() < 12 || !value.len().is_multiple_of(4) {
        return false;
    }
    let Ok(text) = STANDARD.decode(value) else { return false };
    let printable = text.iter().all(|byte| (b' '..=b'~').contains(byte));
    printable && (text.contains(&b' ') || look(&text, &Census::of(&text)) == Look::Words)
}

/// Tokens that are UUIDs make requests idempotent as often as they open something.
fn opens_by_uuid(place: &Place<'_>) -> bool {
    match place.kind {
        Kind::Password | Kind::Secret | Kind::ApiKey => true,
        Kind::Token => {
            let lower = place.name.to_ascii_lowercase();
            [&b"access"[..], b"auth", b"api", b"bearer"].iter().any(|word| memchr::memmem::find(&lower, word).is_some())
        }
        Kind::Key | Kind::Credential => false,
    }
}

fn of_kind(value: &[u8], census: &Census, place: &Place<'_>) -> Option<Grade> {
    let look = look(value, census);
    let length = value.len();
    match (place.kind, look) {
        (Kind::Password, Look::Random) => Some(if length >= 8 { Grade::Strong } else { Grade::Weak }),
        (Kind::Password, Look::Human) if !place.compares && !value.contains(&b'/') => Some(Grade::Weak),
        (_, Look::Words | Look::Human) => None,
        // Fingerprints and identifiers of keys are this short, keys are not.
        (Kind::Token | Kind::ApiKey | Kind::Key, Look::Random) if length < 20 && is_hex(value, census) => None,
        (Kind::Key, Look::Random) if place.facts.test && is_hex(value, census) => None,
        (_, Look::Random) if length < 8 && census.digits == 0 => None,
        (_, Look::Random) if length < 16 || census.digits == 0 || (length < 24 && is_hex(value, census)) => {
            Some(Grade::Weak)
        }
        (Kind::Credential | Kind::Key, Look::Random) => Some(Grade::Weak),
        (_, Look::Random) => Some(Grade::Strong),
    }
}
