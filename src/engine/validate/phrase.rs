//! Values with blanks: passwords in groups, as mail providers hand them out, and passphrases of words.

use super::Grade;
use super::grade::{Kind, Place};
use super::look::{Census, Look, look};
use super::placeholder::is_placeholder;
use super::words;

/// Words of sentences about passwords, and of what asks for one.
const SENTENCES: &[&[u8]] = &[
    b"enter",
    b"your",
    b"please",
    b"must",
    b"password",
    b"passphrase",
    b"passwords",
    b"invalid",
    b"wrong",
    b"required",
    b"incorrect",
    b"optional",
    b"confirm",
    b"type",
    b"private",
    b"file",
    b"decrypt",
    b"encrypt",
    b"certificate",
    b"is",
    b"not",
    b"for",
    b"key",
    b"keys",
    b"secret",
    b"token",
    b"example",
    b"sample",
    b"test",
    b"change",
    b"new",
    b"old",
    b"same",
    b"match",
    b"characters",
    b"least",
    b"user",
    b"username",
    b"login",
    b"reset",
    b"forgot",
    b"set",
    b"use",
    b"used",
    b"if",
    b"with",
    b"your",
    b"you",
    b"should",
    b"will",
    b"cannot",
    b"can",
    b"be",
    b"to",
    b"error",
    b"failed",
    b"missing",
    b"none",
    b"value",
    b"string",
    b"field",
    b"default",
    b"generate",
    b"this",
    b"that",
    b"here",
    b"goes",
    b"put",
    b"insert",
    b"some",
    b"basic",
    b"bearer",
    b"digest",
    b"correct",
];

/// How sure `value`, which holds blanks, is a secret; `None` for a sentence.
pub(super) fn judge(value: &[u8], place: &Place<'_>) -> Option<Grade> {
    if value.len() > 200 || is_placeholder(value) || !value.iter().all(|byte| (b' '..=b'~').contains(byte)) {
        return None;
    }
    let parts: Vec<Vec<u8>> = value.split(|&byte| byte == b' ').map(<[u8]>::to_ascii_lowercase).collect();
    let apart = place.facts.test || place.facts.prose || place.facts.locale || place.compares;
    if is_grouped(value) && matches!(place.kind, Kind::Password | Kind::Secret | Kind::Token | Kind::ApiKey) {
        return Some(if apart { Grade::Weak } else { Grade::Strong });
    }
    if apart || place.passes || parts.len() < 3 || parts.len() > 24 || parts.iter().any(Vec::is_empty) {
        return None;
    }
    let is_sentence = parts.iter().any(|part| {
        SENTENCES.contains(&&**part)
            || !part.iter().all(u8::is_ascii_alphanumeric)
            || part.iter().any(|byte| !byte.is_ascii_graphic())
    });
    if is_sentence || value.iter().filter(|byte| byte.is_ascii_uppercase()).count() == 1 {
        return None;
    }
    let name = place.name.to_ascii_lowercase();
    let is_phrase = [&b"phrase"[..], b"psk", b"seed", b"mnemonic", b"recovery"]
        .iter()
        .any(|word| memchr::memmem::find(&name, word).is_some());
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    if is_phrase && parts.len() >= 4 {
        return Some(Grade::Strong);
    }
    (place.kind == Kind::Password && digits >= 2 || is_phrase).then_some(Grade::Weak)
}

/// `abcd efgh ijkl mnop`: three groups or more of the same length that no words are.
pub(in crate::engine) fn is_grouped(value: &[u8]) -> bool {
    let mut groups = value.split(|&byte| byte == b' ');
    let length = groups.next().map_or(0, <[u8]>::len);
    if !(4..=8).contains(&length) || !(14..=80).contains(&value.len()) || !(value.len() + 1).is_multiple_of(length + 1)
    {
        return false;
    }
    let is_group = |group: &[u8]| group.len() == length && group.iter().all(u8::is_ascii_alphanumeric);
    if !value.split(|&byte| byte == b' ').all(is_group) || value.len() < 3 * length {
        return false;
    }
    let words = value.split(|&byte| byte == b' ').filter(|group| words::is_word(&group.to_ascii_lowercase())).count();
    let all: Vec<u8> = value.iter().copied().filter(|&byte| byte != b' ').collect();
    let census = Census::of(&all);
    words == 0
        && census.letters() >= 3
        && (look(&all, &census) == Look::Random || words::likeness(&all.to_ascii_lowercase()) < -0.2)
}

#[cfg(test)]
mod tests {
    use super::is_grouped;

    #[test]
    fn groups_are_told_from_sentences() {
        assert!(is_grouped(b"xkqv zprt wmbn qhgd") && is_grouped(b"a8Kx 92Lm Qp0z"));
        for value in
            ["this that then when", "abcd efg hijk lmno", "Sign in to mail", "1234 5678 9012 3456", "abcd efgh"]
        {
            assert!(!is_grouped(value.as_bytes()), "{value}");
        }
    }
}
