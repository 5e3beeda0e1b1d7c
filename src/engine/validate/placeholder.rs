//! Values that stand for a secret instead of being one.

/// Whether `value` is a placeholder, an example, a sequence or a repeat.
pub(in crate::engine) fn is_placeholder(value: &[u8]) -> bool {
    is_marked(value) || is_monotone(value) || is_reference(value)
}

/// Words that no one draws at random, in any case.
fn is_marked(value: &[u8]) -> bool {
    const WORDS: &[&[u8]] = &[
        b"example",
        b"placeholder",
        b"changeme",
        b"change_me",
        b"change-me",
        b"your",
        b"xxxx",
        b"redacted",
        b"dummy",
        b"insert",
        b"replace",
        b"1234567890",
        b"abcdefghij",
        b"0123456789",
        b"deadbeef",
        b"....",
        b"****",
        b"foobar",
        b"sample",
    ];
    let lower = value.to_ascii_lowercase();
    WORDS.iter().any(|word| memchr::memmem::find(&lower, word).is_some())
}

/// Whether `value` stands where a secret will: it names one, counts, or repeats itself. For values
/// that nothing but a name speaks for.
pub(in crate::engine) fn is_stand_in(value: &[u8]) -> bool {
    const WORDS: &[&[u8]] = &[
        b"passw",
        b"secret",
        b"token",
        b"apikey",
        b"api_key",
        b"api-key",
        b"credential",
        b"changeit",
        b"mykey",
        b"my_key",
        b"my-key",
        b"fake",
        b"enter_",
        b"enter-",
        b"put-",
        b"put_",
        b"foobar",
        b"lorem",
        b"undefined",
        b"12345",
        b"abcde",
        b"qwert",
        b"asdf",
        b"54321",
        b"abc123",
        b"123abc",
        b"todo",
        b"fixme",
        b"change",
        b"default",
        b"test",
        b"some-",
        b"some_",
        b"---",
        b"___",
        b"super",
        b"hello",
        b"access",
        b"private",
        b"public",
        b"admin",
        b"login",
        b"n0t",
        b"notreal",
        b"invalid",
        b"random",
        b"string",
        b"passphrase",
        b"key_here",
        b"key-here",
        b"goes_here",
        b"bearer",
    ];
    let lower = value.to_ascii_lowercase();
    let named = WORDS.iter().any(|word| memchr::memmem::find(&lower, word).is_some());
    (named && value.len() < 40) || repeats(&lower) || alternates(&lower)
}

/// Whether one byte stands five times in a row, or the whole is a shorter text over and over.
fn repeats(value: &[u8]) -> bool {
    let run = value.chunk_by(|one, other| one == other).map(<[u8]>::len).max().unwrap_or_default();
    run >= 5 && value.len() < 40
        || (2..=value.len() / 2).any(|period| value.iter().zip(&value[period..]).all(|(one, other)| one == other))
}

/// `a1b2c3d4`: two sequences, one between the other.
fn alternates(value: &[u8]) -> bool {
    let steps = value.windows(3).filter(|three| three[2] == three[0].wrapping_add(1)).count();
    steps * 2 > value.len()
}

/// Whether most of it repeats itself, or climbs or falls step by step.
fn is_monotone(value: &[u8]) -> bool {
    if value.len() < 8 {
        return false;
    }
    let steps = value.windows(2).filter(|pair| pair[0].abs_diff(pair[1]) <= 1).count();
    if steps * 10 >= (value.len() - 1) * 7 {
        return true;
    }
    let mut seen = [false; 256];
    for &byte in value {
        seen[usize::from(byte)] = true;
    }
    let distinct = seen.iter().filter(|&&here| here).count();
    value.len() >= 16 && distinct <= 4
}

/// Whether it names where the value comes from: `${VAR}`, `<token>`, `{{ token }}`, `%(token)s`.
fn is_reference(value: &[u8]) -> bool {
    let wrapped = |open: &[u8], close: &[u8]| value.starts_with(open) && value.ends_with(close);
    wrapped(b"${", b"}")
        || wrapped(b"<", b">")
        || wrapped(b"{{", b"}}")
        || wrapped(b"%(", b")s")
        || wrapped(b"$(", b")")
        || wrapped(b"{", b"}")
        || wrapped(b"[", b"]")
        || wrapped(b"%", b"%")
        || wrapped(b"__", b"__")
}

#[cfg(test)]
mod tests {
    use super::is_placeholder;

    #[test]
    fn placeholders_are_known_and_values_are_not() {
        for value in [
            "AKIAIOSFODNN7EXAMPLE",
            "your-token-here",
            "xxxxxxxxxxxxxxxx",
            "${TOKEN}",
            "<password>",
            "aaaaaaaaaaaaaaaa",
        ] {
            assert!(is_placeholder(value.as_bytes()), "{value}");
        }
        for value in ["kX9pQ2vLr7TzW4bN", "S3cure!pass"] {
            assert!(!is_placeholder(value.as_bytes()), "{value}");
        }
    }
}
