//! How sure a value is a secret, given the name it is assigned to and where it stands.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::certain::{certain, is_default};
use super::features::{Feature, Features, features};
use super::look::{Census, Look, is_hex, look};
use super::{model, phrase, placeholder, shape};
use crate::engine::facts::FileFacts;
use crate::rules::Language;

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
    /// How the value is written.
    pub(in crate::engine) style: Style,
    /// Whether it is compared instead of assigned.
    pub(in crate::engine) compares: bool,
    /// Whether the name is a word in quotes before a comma.
    pub(in crate::engine) passes: bool,
    /// The whole text.
    pub(in crate::engine) text: &'a [u8],
    /// Where the value begins in it.
    pub(in crate::engine) at: usize,
}

/// A judgement and what it rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Judged {
    /// How sure; `None` where it is no secret.
    pub(in crate::engine) grade: Option<Grade>,
    /// What holds of the value and its place.
    pub(in crate::engine) features: Features,
}

impl Judged {
    fn of(grade: Option<Grade>) -> Self {
        Self { grade, features: Features::default() }
    }

    /// Whether nothing speaks against it.
    pub(in crate::engine) fn is_sure(&self) -> bool {
        self.grade == Some(Grade::Strong)
    }
}

/// Judges `value`; `None` where it is certainly no secret.
pub(in crate::engine) fn grade(value: &[u8], place: &Place<'_>) -> Option<Judged> {
    let least = if place.kind == Kind::Password { 4 } else { 6 };
    if value.len() < least || value.len() > 512 {
        return None;
    }
    if value.contains(&b' ') {
        let says_little = matches!(place.kind, Kind::Key | Kind::Credential);
        return phrase::judge(value, place)
            .map(|grade| Judged::of(Some(if says_little { Grade::Weak } else { grade })));
    }
    let census = Census::of(value);
    // Prose and translations have blanks or letters beyond ASCII.
    if census.foreign > 0 {
        return None;
    }
    if census.letters() == 0 {
        return (place.kind == Kind::Password && is_pin(value, &census, place))
            .then_some(Judged::of(Some(Grade::Weak)));
    }
    // Before anything costly: a key without digits is hardly ever one, and nearly all words are so.
    if place.kind == Kind::Key && (census.digits < 2 || value.len() < if place.facts.test { 24 } else { 16 }) {
        return None;
    }
    // In a translation `password` is a label, and its value a word of that language.
    if place.facts.locale && census.digits == 0 {
        return None;
    }
    let stands_in = if place.kind == Kind::Password { is_default(value) } else { placeholder::is_stand_in(value) };
    if stands_in || placeholder::is_placeholder(value) || shape::is_something_else(value) {
        return None;
    }
    if value.starts_with(b"MII") && !place.name.to_ascii_lowercase().windows(4).any(|part| part == b"priv") {
        return None;
    }
    // A JSON Web Token has a rule of its own, which knows samples and what is none.
    if value.starts_with(b"eyJ") && value.contains(&b'.') {
        return None;
    }
    // Fingerprints and identifiers of keys are this short, keys are not.
    let short = value.len() < 20 && is_hex(value, &census);
    if short && matches!(place.kind, Kind::Token | Kind::ApiKey | Kind::Key) {
        return None;
    }
    // Vectors of tests: `Key = 0123…`.
    if place.kind == Kind::Key && place.name.len() <= 4 && is_hex(value, &census) {
        return None;
    }
    if is_encoded_text(value) || shape::is_uuid(value) && !opens_by_uuid(place) {
        return None;
    }
    if is_login(value, place) {
        let apart = place.facts.test || place.facts.prose;
        return Some(Judged::of(Some(if apart { Grade::Weak } else { Grade::Strong })));
    }
    let look = look(value, &census);
    let features = features(value, &census, look, place);
    let is_sample = place.facts.test || place.facts.prose || place.facts.locale || features.has(Feature::Embedded);
    let apart = is_sample || place.compares;
    // `if password == "…"`: what it is compared with lets in.
    let only_compared = place.compares && !is_sample && !features.has(Feature::Digits0);
    let grade = if (!apart || only_compared) && is_certain(value, look, features, place) {
        Some(Grade::Strong)
    } else {
        model::decide(model::score(features), apart)
    };
    let grade =
        grade.or((place.kind == Kind::Password && !apart && is_passphrase(value, &census)).then_some(Grade::Weak));
    // Their names say too little to stop a commit.
    let says_little = matches!(place.kind, Kind::Key | Kind::Credential);
    let grade = if says_little { grade.map(|_| Grade::Weak) } else { grade };
    Some(Judged { grade, features })
}

/// Whether three words or more with capitals in front and digits among them are joined by signs: nothing of a program
/// is called so.
fn is_passphrase(value: &[u8], census: &Census) -> bool {
    let mut words = value.split(|byte| matches!(byte, b'-' | b'_' | b'.'));
    census.digits > 0 && words.clone().count() >= 3 && words.all(|word| word.len() >= 3 && word[0].is_ascii_uppercase())
}

/// Whether format and name leave no doubt, in a file that is filled in for one installation: a password whatever its
/// entropy, and any key or token that was drawn at random. A password of letters alone may be a word of the format,
/// unless more speaks for it.
fn is_certain(value: &[u8], look: Look, features: Features, place: &Place<'_>) -> bool {
    use Feature as F;
    let any = |list: &[F]| list.iter().any(|&feature| features.has(feature));
    let is_xml = features.has(F::Markup) && place.facts.languages.has(Language::Xml);
    // A statement of SQL and a command are as plain as a setting.
    let is_plain =
        place.kind == Kind::Password && (features.has(F::Sql) || features.has(F::Shell) && place.style == Style::Bare);
    // In a program, what has digits and is called a password is one; of letters alone, where a user or a host stands
    // beside it or its name says whose it is.
    let is_owned = any(&[F::Company, F::NameOwner]);
    let is_login = place.kind == Kind::Password
        && (features.has(F::Code) || features.has(F::Unknown) && place.style == Style::Quoted)
        && if features.has(F::Digits0) {
            is_owned && !place.passes && !any(&[F::Underscore, F::Dash, F::Dot, F::Slash])
        } else {
            is_owned || !place.passes
        };
    if !(features.has(F::Settled) || is_xml || is_plain || is_login) || any(&[F::Comment, F::Embedded]) {
        return false;
    }
    match place.kind {
        Kind::Password => {
            !any(&[F::NameForm, F::Percent])
                && (!features.has(F::Digits0) || any(&[F::Sign, F::Env, F::Company, F::NameOwner]))
                && certain(value, place.facts) == Some(Grade::Strong)
        }
        Kind::Secret | Kind::Token | Kind::ApiKey => {
            look == Look::Random
                && value.len() >= 20
                && !features.has(F::Digits0)
                && !any(&[F::NameForm, F::Uuid, F::Slash])
        }
        Kind::Key | Kind::Credential => false,
    }
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
    let text = text.trim_ascii_end();
    let printable = text.iter().all(|byte| (b' '..=b'~').contains(byte) || *byte == b'\n');
    printable && (text.contains(&b' ') || look(text, &Census::of(text)) == Look::Words)
}

/// Whether it is base64 of `user:password` behind the name `auth` or `_auth`, as Docker and npm keep it.
fn is_login(value: &[u8], place: &Place<'_>) -> bool {
    let name = place.name;
    if place.compares || place.passes || !matches!(name, b"auth" | b"_auth") || value.len() < 12 {
        return false;
    }
    let Ok(text) = STANDARD.decode(value) else { return false };
    let Some(colon) = memchr::memchr(b':', &text) else { return false };
    colon > 0
        && text.iter().all(u8::is_ascii_graphic)
        && certain(&text[colon + 1..], place.facts) == Some(Grade::Strong)
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
