//! What can be said of a value that only the name in front of it speaks for: one bit a statement.
//!
//! The statements are about the name, the value, the place and its neighbours. What each is worth stands in
//! `rules/model/weights.tsv`; nothing here decides.

use super::grade::{Kind, Place, Style};
use super::look::{Census, Look, is_hex};
use super::{placeholder, shape, words};
use crate::rules::Language as L;
use crate::text::line_bounds;

macro_rules! features {
    ($($name:ident = $label:literal, $says:literal;)*) => {
        /// A statement.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(super) enum Feature { $($name),* }

        /// Labels as the weights use them, and what they say to a person.
        pub(super) const FEATURES: &[(&str, &str)] = &[$(($label, $says)),*];
    };
}

features! {
    KindPassword = "name.password", "the name says password";
    KindSecret = "name.secret", "the name says secret";
    KindToken = "name.token", "the name says token";
    KindApiKey = "name.api-key", "the name says a key that opens something";
    KindKey = "name.key", "the name says key";
    KindCredential = "name.credential", "the name says credential, authorisation or salt";
    NameBare = "name.bare", "the name is that word alone";
    NameConstant = "name.constant", "the name is a constant or a variable of the environment";
    NameDotted = "name.dotted", "the name is a path with dots";
    NameOwner = "name.owner", "the name says whose it is: a database, a server, an account";
    NameForm = "name.form", "the name is about a form or a change of passwords";
    NameNumbered = "name.numbered", "the name ends in a digit";
    Length4 = "length.4", "shorter than 6 characters";
    Length6 = "length.6", "6 or 7 characters";
    Length8 = "length.8", "8 to 11 characters";
    Length12 = "length.12", "12 to 15 characters";
    Length16 = "length.16", "16 to 23 characters";
    Length24 = "length.24", "24 to 39 characters";
    Length40 = "length.40", "40 characters and more";
    Digits0 = "value.no-digits", "no digits";
    DigitsEnd = "value.digits-end", "digits at the end alone";
    DigitsIn = "value.digits-in", "digits among the letters";
    Year = "value.year", "holds a year";
    Sign = "value.sign", "has a sign such as `!` or `@`";
    Underscore = "value.underscore", "words joined by `_`";
    Dash = "value.dash", "words joined by `-`";
    Dot = "value.dot", "parts joined by `.`";
    Slash = "value.slash", "has a slash or colon";
    Percent = "value.percent", "has `%`, a bracket or another sign of code";
    AllUpper = "value.upper", "all letters are capitals";
    AllLower = "value.lower", "all letters are small";
    Title = "value.title", "one capital in front";
    Humps = "value.humps", "words joined by capitals";
    StandIn = "value.stand-in", "holds a word that stands for a secret";
    NamesIt = "value.names-it", "repeats a part of its name";
    Dictionary = "value.dictionary", "one word that code is full of";
    Covered = "value.covered", "made of words that code is full of";
    Unlikely = "value.unlikely", "its letters do not read like words";
    Hex = "value.hex", "hexadecimal digits";
    Uuid = "value.uuid", "a UUID";
    Base64 = "value.base64", "has the length and the end of base64";
    Walk = "value.walk", "a row of keys or a count";
    Env = "place.env", "a file of an environment";
    Config = "place.config", "a file of settings";
    Yaml = "place.yaml", "YAML";
    Json = "place.json", "JSON";
    Markup = "place.markup", "XML or HTML";
    Shell = "place.shell", "a script of commands";
    Sql = "place.sql", "SQL";
    Code = "place.code", "a program";
    Unknown = "place.unknown", "a file of no known kind";
    Bare = "place.bare", "without quotes";
    Test = "place.test", "a test or an example";
    Prose = "place.prose", "a document";
    Locale = "place.locale", "translations";
    Comment = "place.comment", "a comment";
    Embedded = "place.embedded", "an example in a program's documentation";
    Compared = "place.compared", "compared, not assigned";
    Company = "company.user", "a user or a host stands beside it";
    Settings = "company.settings", "the file's name says configuration";
    Words = "look.words", "it reads like words";
    Human = "look.human", "words, digits and signs, as people make them";
    Random = "look.random", "it looks drawn at random";
    Settled = "place.settled", "a file whose values are filled in for one installation";
    Argument = "place.argument", "the second of two words in quotes";
}

/// The statements that hold of a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::engine) struct Features(u128);

impl Features {
    pub(super) fn set(&mut self, feature: Feature, holds: bool) {
        self.0 |= u128::from(holds) << feature as u8;
    }

    /// Whether `feature` holds.
    pub(super) fn has(self, feature: Feature) -> bool {
        self.0 >> feature as u8 & 1 == 1
    }

    /// Whether all of `others` hold.
    pub(super) fn holds(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    /// The statement called `label` alone.
    pub(super) fn called(label: &str) -> Option<Self> {
        FEATURES.iter().position(|(known, _)| *known == label).map(|at| Self(1 << at))
    }

    /// Both sets.
    pub(super) fn with(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Those that hold, as indices into `FEATURES`.
    pub(super) fn iter(self) -> impl Iterator<Item = usize> {
        (0..FEATURES.len()).filter(move |&at| self.0 >> at & 1 == 1)
    }
}

impl Features {
    /// Labels of those that hold.
    pub(in crate::engine) fn labels(self) -> impl Iterator<Item = &'static str> {
        self.iter().map(|at| FEATURES[at].0)
    }
}

/// What holds of `value` at `place`.
pub(super) fn features(value: &[u8], census: &Census, look: Look, place: &Place<'_>) -> Features {
    use Feature as F;
    let mut all = Features::default();
    name(&mut all, place);
    value_alone(&mut all, value, census);
    let lower = value.to_ascii_lowercase();
    all.set(F::StandIn, placeholder::is_stand_in(value));
    all.set(F::NamesIt, repeats_name(&lower, place.name));
    let letters: Vec<u8> = lower.iter().copied().filter(u8::is_ascii_alphabetic).collect();
    let is_long = letters.len() >= 4;
    let covered = words::covered(&letters);
    all.set(F::Dictionary, letters.len() == value.len() && words::is_word(&letters));
    all.set(F::Covered, is_long && covered * 10 >= letters.len() * 9);
    all.set(F::Unlikely, is_long && words::likeness(&letters) < -0.2);
    all.set(F::Walk, is_walk(&lower));
    spot(&mut all, place);
    all.set(F::Company, has_company(place));
    all.set(F::Argument, place.passes);
    all.set(F::Words, look == Look::Words);
    all.set(F::Human, look == Look::Human);
    all.set(F::Random, look == Look::Random);
    all
}

fn name(all: &mut Features, place: &Place<'_>) {
    use Feature as F;
    let kind = match place.kind {
        Kind::Password => F::KindPassword,
        Kind::Secret => F::KindSecret,
        Kind::Token => F::KindToken,
        Kind::ApiKey => F::KindApiKey,
        Kind::Key => F::KindKey,
        Kind::Credential => F::KindCredential,
    };
    all.set(kind, true);
    let name = place.name;
    let lower = name.to_ascii_lowercase();
    let has = |words: &[&[u8]]| words.iter().any(|word| memchr::memmem::find(&lower, word).is_some());
    all.set(F::NameBare, lower.len() <= 10 && lower.iter().all(u8::is_ascii_lowercase));
    all.set(F::NameConstant, name.len() > 4 && !name.iter().any(u8::is_ascii_lowercase));
    all.set(F::NameDotted, name.contains(&b'.'));
    all.set(F::NameOwner, has(OWNERS));
    all.set(F::NameForm, has(FORMS));
    all.set(F::NameNumbered, name.last().is_some_and(u8::is_ascii_digit));
}

/// Parts of names that say whose a password is.
const OWNERS: &[&[u8]] = &[
    b"db",
    b"database",
    b"datasource",
    b"sql",
    b"mongo",
    b"redis",
    b"postgres",
    b"pg",
    b"oracle",
    b"jdbc",
    b"smtp",
    b"mail",
    b"ftp",
    b"ssh",
    b"ldap",
    b"root",
    b"admin",
    b"user",
    b"server",
    b"host",
    b"rabbit",
    b"mq",
    b"kafka",
    b"elastic",
    b"proxy",
    b"keystore",
    b"truststore",
    b"wifi",
    b"vpn",
    b"prod",
    b"sudo",
    b"service",
    b"account",
    b"bot",
    b"repo",
    b"registry",
    b"docker",
    b"spring",
    b"aws",
    b"sa_",
    b"app",
    b"client",
];

/// Parts of names of forms.
const FORMS: &[&[u8]] = &[
    b"reset",
    b"forgot",
    b"change",
    b"show",
    b"hide",
    b"new",
    b"old",
    b"confirm",
    b"current",
    b"invalid",
    b"wrong",
    b"missing",
    b"no_",
    b"require",
    b"input",
    b"enter",
    b"verify",
    b"check",
    b"is_",
    b"has_",
    b"use_",
    b"generate",
    b"min",
    b"max",
    b"label",
    b"field",
    b"incorrect",
    b"bad",
    b"empty",
    b"weak",
    b"without",
    b"update",
    b"with_",
    b"too",
    b"plain",
    b"dummy",
    b"fake",
    b"mock",
    b"sample",
    b"example",
    b"test",
    b"default",
    b"type",
    b"valid",
    b"encrypted",
    b"hash",
];

fn value_alone(all: &mut Features, value: &[u8], census: &Census) {
    use Feature as F;
    let length = match value.len() {
        0..=5 => F::Length4,
        6..=7 => F::Length6,
        8..=11 => F::Length8,
        12..=15 => F::Length12,
        16..=23 => F::Length16,
        24..=39 => F::Length24,
        _ => F::Length40,
    };
    all.set(length, true);
    let tail = value.iter().rev().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'!' | b'?')).count();
    let in_tail = value[value.len() - tail..].iter().filter(|byte| byte.is_ascii_digit()).count();
    all.set(F::Digits0, census.digits == 0);
    all.set(F::DigitsEnd, census.digits > 0 && in_tail == census.digits);
    all.set(F::DigitsIn, census.digits > in_tail);
    let year = value
        .windows(4)
        .any(|four| (four.starts_with(b"19") || four.starts_with(b"20")) && four[2..].iter().all(u8::is_ascii_digit));
    all.set(F::Year, year && (4..=6).contains(&census.digits));
    let has = |wanted: &[u8]| value.iter().any(|byte| wanted.contains(byte));
    all.set(F::Sign, has(b"!@#$&*?^"));
    all.set(F::Underscore, has(b"_"));
    all.set(F::Dash, has(b"-"));
    all.set(F::Dot, has(b"."));
    all.set(F::Slash, has(b"/:\\"));
    all.set(F::Percent, has(b"%()[]{}<>=;,|~'\"` "));
    all.set(F::AllUpper, census.upper > 0 && census.lower == 0);
    all.set(F::AllLower, census.lower > 0 && census.upper == 0);
    all.set(F::Title, census.upper == 1 && value[0].is_ascii_uppercase() && census.lower > 0);
    let humps = value.windows(2).filter(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase()).count();
    all.set(F::Humps, humps > 0);
    all.set(F::Hex, is_hex(value, census));
    all.set(F::Uuid, shape::is_uuid(value));
    all.set(F::Base64, value.len() >= 16 && value.len().is_multiple_of(4) && value.ends_with(b"="));
}

/// Whether a word of four letters or more stands in both.
fn repeats_name(lower: &[u8], name: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    name.split(|byte| !byte.is_ascii_alphanumeric())
        .any(|part| part.len() >= 4 && memchr::memmem::find(lower, part).is_some())
}

/// Whether most of it lies side by side on a keyboard, or counts.
fn is_walk(lower: &[u8]) -> bool {
    const ROWS: &[&[u8]] = &[
        b"1234567890",
        b"qwertyuiop",
        b"asdfghjkl",
        b"zxcvbnm",
        b"qazwsxedcrfvtgbyhnujm",
        b"1q2w3e4r5t6y7u8i9o0p",
        b"abcdefghijklmnopqrstuvwxyz",
    ];
    let mut longest = 0;
    for row in ROWS {
        for start in 0..lower.len() {
            let Some(at) = memchr::memchr(lower[start], row) else { continue };
            let run = lower[start..].iter().zip(&row[at..]).take_while(|(one, other)| one == other).count();
            longest = longest.max(run);
        }
        if lower.len() > 64 {
            break;
        }
    }
    longest >= 4 && longest * 2 >= lower.len()
}

/// What the file and the line are.
fn spot(all: &mut Features, place: &Place<'_>) {
    use Feature as F;
    let set = place.facts.languages;
    let any = |list: &[L]| list.iter().any(|&one| set.has(one));
    let form = if place.facts.prose {
        F::Prose
    } else if any(&[L::Env, L::Compose]) {
        F::Env
    } else if any(&[L::Properties, L::Ini, L::Toml, L::Terraform]) {
        F::Config
    } else if any(&[L::Yaml]) {
        F::Yaml
    } else if any(&[L::Json]) {
        F::Json
    } else if any(&[L::Xml, L::Html]) {
        F::Markup
    } else if any(&[L::Shell, L::Dockerfile, L::Make, L::Powershell]) {
        F::Shell
    } else if any(&[L::Sql]) {
        F::Sql
    } else if set.is_empty() {
        F::Unknown
    } else {
        F::Code
    };
    all.set(form, true);
    all.set(F::Settled, matches!(form, F::Env | F::Config | F::Yaml | F::Json));
    all.set(F::Bare, place.style == Style::Bare);
    all.set(F::Test, place.facts.test);
    all.set(F::Locale, place.facts.locale);
    all.set(F::Compared, place.compares);
    all.set(F::Settings, place.facts.settings);
    let line = line_bounds(place.text, place.at);
    let line = &place.text[line.start.max(place.at.saturating_sub(400))..line.end.min(place.at + 400)];
    let head = line.trim_ascii_start();
    let marks: &[&[u8]] = &[b"#", b"//", b"*", b";", b"-- ", b"<!--", b"/*", b"REM ", b"\"\"\""];
    let directive = [&b"#define"[..], b"#if", b"#!"].iter().any(|word| head.starts_with(word));
    all.set(F::Comment, !directive && marks.iter().any(|mark| head.starts_with(mark)));
    // YAML in a program: an example in its documentation.
    let keyed = head.strip_prefix(b"- ").unwrap_or(head);
    let word = keyed.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')).count();
    let is_yaml =
        word > 0 && keyed[word..].starts_with(b": ") && !matches!(line.trim_ascii_end().last(), Some(b',' | b';'));
    all.set(F::Embedded, form == F::Code && (is_yaml && any(&[L::Python]) || head.starts_with(b"* ")));
}

/// Whether a user, a host or the like stands in the lines around.
fn has_company(place: &Place<'_>) -> bool {
    let from = place.at.saturating_sub(160);
    let to = place.text.len().min(place.at + 160);
    let mut buffer = [0_u8; 320];
    let near = &mut buffer[..to - from];
    near.copy_from_slice(&place.text[from..to]);
    near.make_ascii_lowercase();
    [&b"user"[..], b"host", b"login", b"mail", b"database", b"port"]
        .iter()
        .any(|word| memchr::memmem::find(near, word).is_some())
}
