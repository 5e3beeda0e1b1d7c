//! Judges a value that stands where only a credential can: in an address, a `.netrc`, a header.

use super::Grade;
use super::look::{Census, Look, look};
use super::placeholder::{is_placeholder, is_stand_in};
use super::shape::{is_something_else, is_uuid};
use super::words;
use crate::engine::facts::FileFacts;

/// What documents and tests put where a password belongs.
const STAND_INS: &[&[u8]] = &[
    b"password",
    b"passwd",
    b"pass",
    b"pwd",
    b"pw",
    b"secret",
    b"token",
    b"user",
    b"username",
    b"changeme",
    b"guest",
    b"admin",
    b"root",
    b"test",
    b"postgres",
    b"mysql",
    b"rabbitmq",
    b"redis",
    b"mongo",
    b"example",
    b"hunter2",
    b"foo",
    b"bar",
    b"baz",
    b"123",
    b"1234",
    b"12345",
    b"123456",
    b"1234567",
    b"12345678",
    b"passw0rd",
    b"p4ssw0rd",
    b"x-oauth-basic",
    b"key",
    b"abc",
    b"abc123",
    b"tiger",
    b"masterkey",
    b"superset",
    b"airflow",
    b"foobar",
    b"testing",
    b"mypass",
    b"mypassword",
    b"your_password",
    b"db_password",
    b"password1",
    b"password123",
    b"pass123",
    b"dbpass",
    b"api_key",
    b"apikey",
    b"pass1",
    b"pass2",
    b"secret1",
    b"mysecret",
    b"default",
    b"none",
    b"null",
    b"opensesame",
    b"open sesame",
    b"p@ss",
    b"p@ssw0rd",
    b"pa55word",
    b"pa55w0rd",
    b"passphrase",
    b"qwerty",
    b"letmein",
    b"s3cr3t",
    b"s3cret",
    b"test123",
    b"test1234",
    b"user1",
];

/// Whether a password is one that everybody begins with: `changeme`, `admin123`, `Password1!`.
pub(super) fn is_default(value: &[u8]) -> bool {
    const TAILS: &[&[u8]] =
        &[b"", b"1", b"2", b"3", b"01", b"12", b"123", b"1234", b"12345", b"123456", b"!", b"1!", b"123!"];
    let lower = value.to_ascii_lowercase();
    let stem = lower.iter().rposition(u8::is_ascii_alphabetic).map_or(0, |last| last + 1);
    let (stem, tail) = lower.split_at(stem);
    let tail =
        tail.strip_prefix(b"@").or_else(|| tail.strip_prefix(b"_")).or_else(|| tail.strip_prefix(b"-")).unwrap_or(tail);
    STAND_INS.contains(&&*lower) || STAND_INS.contains(&stem) && TAILS.contains(&tail)
}

/// Grades a password that stands in a certain place; `None` where it is a stand-in or a reference.
pub(in crate::engine) fn certain(value: &[u8], facts: &FileFacts) -> Option<Grade> {
    let lower = value.to_ascii_lowercase();
    let has = |part: &[u8]| memchr::memmem::find(&lower, part).is_some();
    if value.len() < 4 || STAND_INS.contains(&&*lower) || is_something_else(value) || is_placeholder(value) {
        return None;
    }
    if memchr::memchr3(b'$', b'{', b'*', value).is_some() && is_reference(value) || has(b"xxx") || has(b"...") {
        return None;
    }
    let census = Census::of(value);
    match look(value, &census) {
        Look::Random => {
            Some(if value.len() >= 6 && !(facts.test && value.len() < 8) { Grade::Strong } else { Grade::Weak })
        }
        // In a test, words are what it is about.
        _ if facts.test => None,
        _ if is_default(value) => Some(Grade::Weak),
        _ if is_stand_in(value) => (census.classes() >= 2 && value.len() >= 6).then_some(Grade::Weak),
        Look::Words if value.len() < 6 || !value.iter().all(u8::is_ascii_graphic) => None,
        // A word that programs are full of is rarely a password of theirs.
        Look::Words if census.letters() == value.len() && words::is_word(&lower) => {
            (value.len() >= 8).then_some(Grade::Weak)
        }
        Look::Words if census.letters() == value.len() => Some(Grade::Strong),
        // `app_user`, `read-only`: names of something as often as not.
        Look::Words if census.joints > 0 && census.digits == 0 => None,
        Look::Words if census.letters() == 0 => None,
        Look::Words | Look::Human => Some(Grade::Strong),
    }
}

/// `$NAME`, `{name}`, `***`; a `$` inside a value is part of it.
fn is_reference(value: &[u8]) -> bool {
    value.contains(&b'{')
        || value.windows(2).any(|pair| pair == b"**")
        || (value[0] == b'$'
            && value[1..].iter().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'_' | b'0'..=b'9')))
        || (value[0] == b'$' && value[1..].iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'_'))
}

/// Whether a token looks drawn at random.
pub(in crate::engine) fn is_random(value: &[u8]) -> bool {
    let census = Census::of(value);
    !is_something_else(value) && (is_uuid(value) || look(value, &census) == Look::Random)
}
