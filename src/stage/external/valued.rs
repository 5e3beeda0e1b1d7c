//! What looks like a value in a tool's message: a quoted or long word that letters and digits are mixed in, and
//! whatever is said to be a password or a token.
//!
//! It may hide too much: a digest is as good as a key to it. Names of rules, paths, versions and CVE ids stay.

use std::ops::Range;
use std::sync::OnceLock;

use regex::bytes::Regex;

/// Characters of a part of a word that may be a value.
const LONG: usize = 16;

/// `password: 'x'`, `api_key=x`: the value of what is named so. Bandit and others quote it.
const NAMED: &str = r#"(?i-u)(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[ _-]?key|access[ _-]?key|private[ _-]?key|credentials?)["']?\s*(?::|=|=>|is)\s*(?:"([^"\r\n]{3,})"|'([^'\r\n]{3,})'|`([^`\r\n]{3,})`|([^\s"'`$<{]{6,}))"#;

/// The spans of values in `text`.
pub(super) fn values(text: &[u8]) -> Vec<Range<usize>> {
    static PATTERN: OnceLock<Option<Regex>> = OnceLock::new();
    let mut found = Vec::new();
    if let Some(named) = PATTERN.get_or_init(|| Regex::new(NAMED).ok()) {
        for captures in named.captures_iter(text) {
            found.extend((1..=4).find_map(|at| captures.get(at)).map(|value| value.range()));
        }
    }
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'_' | b'-' | b'.');
    let mut at = 0;
    while at < text.len() {
        let end = text[at..].iter().position(|&byte| !is_word(byte)).map_or(text.len(), |length| at + length);
        if is_valued(&text[at..end]) {
            found.push(at..end);
        }
        at = end + 1;
    }
    found
}

/// Whether one part of `word`, between what joins words, is long and mixes letters and digits throughout.
fn is_valued(word: &[u8]) -> bool {
    word.split(|byte| matches!(byte, b'/' | b'-' | b'_' | b'.' | b'=')).any(|part| {
        let digits = part.iter().filter(|byte| byte.is_ascii_digit()).count();
        // Digits at one end count a version; within they are spread by chance.
        let changes = part.windows(2).filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit()).count();
        part.len() >= LONG && digits >= 2 && part.len() - digits >= 2 && changes >= 3
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, hidden: &str) {
        let found: Vec<&str> = values(text.as_bytes()).into_iter().map(|span| &text[span]).collect();
        assert_eq!(found.join("|"), hidden, "{text}");
    }

    #[test]
    fn what_is_said_to_be_a_secret_is_hidden() {
        check("Possible hardcoded password: 'hunter two'", "hunter two");
        check("api_key=abcdef1 is bad", "abcdef1");
        check("the token is \"qwe rty\"", "qwe rty");
        check("password: ${PASSWORD}, token=<value>", "");
    }

    #[test]
    fn what_only_looks_like_a_value_is_hidden_and_names_are_not() {
        check("found Zx81kQ02mPq7Lw3T in it", "Zx81kQ02mPq7Lw3T");
        check("id 3f2a9c1e7b6d4058aa10", "3f2a9c1e7b6d4058aa10");
        for name in [
            "python.lang.security.audit.dangerous-subprocess-use",
            "CVE-2023-12345 GHSA-jfh8-c2jp-5v3q RUSTSEC-2024-0001",
            "src/components/internationalization2/index.js:10",
            "django 4.2.11 is vulnerable, 5.0.3 is not",
            "use of weak sha1 in libsomethingveryverylong2",
            "https://example.org/rules/S105?version=2",
        ] {
            check(name, "");
        }
    }
}
