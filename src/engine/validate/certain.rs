//! Judges a value that stands where only a credential can: in an address, a `.netrc`, a header.

use super::Grade;
use super::look::{Census, Look, look};
use super::shape::{is_something_else, is_uuid};
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

/// Grades a password that stands in a certain place; `None` where it is a stand-in or a reference.
pub(in crate::engine) fn certain(value: &[u8], facts: &FileFacts) -> Option<Grade> {
    let lower = value.to_ascii_lowercase();
    let has = |part: &[u8]| memchr::memmem::find(&lower, part).is_some();
    if value.len() < 4 || STAND_INS.contains(&&*lower) || is_something_else(value) {
        return None;
    }
    if memchr::memchr3(b'$', b'{', b'*', value).is_some() && is_reference(value)
        || has(b"xxx")
        || has(b"your")
        || has(b"...")
    {
        return None;
    }
    let census = Census::of(value);
    match look(value, &census) {
        Look::Random if value.len() >= 8 => Some(Grade::Strong),
        Look::Random => Some(Grade::Weak),
        // Dressed-up words are passwords of people, except in tests.
        _ if census.classes() >= 2 && value.len() >= 6 && !facts.test => Some(Grade::Weak),
        _ => None,
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
