//! `noqa: S605`: which of our rules the codes of ruff's and flake8's rules for insecure Python stand for.
//!
//! By the meaning that ruff's documentation gives each code (flake8-bandit, S). A `noqa` without a code of them says
//! nothing about security, and allows nothing here.

/// A code's digits, and the rules that look for the same.
const CODES: &[(&str, &[&str])] = &[
    ("101", &["python-assert-check"]),
    ("102", &["python-eval-nonliteral", "python-eval-of-request"]),
    ("103", &["python-file-world-writable"]),
    ("104", &["python-bind-all-interfaces"]),
    ("110", &["python-exception-swallowed"]),
    ("112", &["python-exception-swallowed"]),
    ("113", &["python-request-without-timeout"]),
    ("201", &["python-flask-debug"]),
    ("202", &["python-tar-extractall"]),
    ("301", &["python-pickle-load", "python-pickle-of-request"]),
    ("302", &["python-marshal-load"]),
    ("303", &["python-weak-hash", "python-password-fast-hash"]),
    ("304", &["python-weak-cipher"]),
    ("305", &["python-ecb-mode"]),
    ("306", &["python-tempfile-mktemp"]),
    ("307", &["python-eval-nonliteral", "python-eval-of-request"]),
    ("308", &["python-html-marked-safe"]),
    ("310", &["python-ssrf-from-request", "python-ssrf-near-request"]),
    ("311", &["python-random-secret"]),
    ("312", &["python-cleartext-protocol"]),
    ("313", &["python-xml-stdlib-parser", "python-xml-of-request"]),
    ("314", &["python-xml-stdlib-parser", "python-xml-of-request"]),
    ("315", &["python-xml-stdlib-parser", "python-xml-of-request"]),
    ("316", &["python-xml-stdlib-parser", "python-xml-of-request"]),
    ("317", &["python-xml-stdlib-parser", "python-xml-of-request"]),
    ("318", &["python-xml-stdlib-parser", "python-xml-of-request"]),
    ("319", &["python-xml-stdlib-parser", "python-xml-of-request"]),
    ("320", &["python-lxml-external-entities", "python-xml-of-request"]),
    ("321", &["python-cleartext-protocol"]),
    ("323", &["python-tls-certificate-unchecked"]),
    ("324", &["python-weak-hash", "python-password-fast-hash"]),
    ("501", &["python-http-verify-off", "python-http-verify-off-option"]),
    ("502", &["python-tls-version-old"]),
    ("503", &["python-tls-version-old"]),
    ("504", &["python-ssl-wrap-socket"]),
    ("505", &["python-rsa-key-short", "python-elliptic-curve-short"]),
    ("506", &["python-yaml-load", "python-yaml-unsafe-loader"]),
    ("507", &["python-ssh-host-key-unchecked"]),
    ("601", &["python-remote-command-formatted"]),
    ("602", &["python-subprocess-shell", "python-subprocess-shell-formatted"]),
    ("603", &["python-shell-list-formatted", "python-shell-list-nonliteral"]),
    ("604", &["python-subprocess-shell", "python-subprocess-shell-formatted"]),
    ("605", &["python-os-system-formatted", "python-os-system-nonliteral"]),
    ("608", &["python-sql-formatted", "python-sql-formatted-execute", "python-sql-from-request"]),
    ("610", &["python-sql-formatted", "python-sql-formatted-execute", "python-sql-from-request"]),
    ("611", &["python-sql-formatted", "python-sql-formatted-execute", "python-sql-from-request"]),
    ("612", &["python-logging-listen"]),
    ("614", &["python-torch-load-pickle"]),
    ("701", &["python-jinja-autoescape-off"]),
    ("704", &["python-html-marked-safe"]),
];

/// The codes for insecure code in a `# noqa: …` of the line, as they are written there.
pub(super) fn codes(line: &[u8]) -> Vec<String> {
    let Some(opener) = memchr::memchr(b'#', line) else { return Vec::new() };
    let lower = line[opener..].to_ascii_lowercase();
    let Some(at) = memchr::memmem::find(&lower, b"noqa") else { return Vec::new() };
    let rest = lower[at + b"noqa".len()..].trim_ascii_start();
    let Some(rest) = rest.strip_prefix(b":") else { return Vec::new() };
    let words = rest.split(|byte| byte.is_ascii_whitespace() || *byte == b',').filter(|word| !word.is_empty());
    // What stands behind the codes is a comment.
    let is_code = |word: &&[u8]| word[0].is_ascii_lowercase() && word.last().is_some_and(u8::is_ascii_digit);
    words
        .take_while(is_code)
        .filter(|word| word.len() == 4 && word[0] == b's' && word[1..].iter().all(u8::is_ascii_digit))
        .map(|word| String::from_utf8_lossy(word).to_ascii_uppercase())
        .collect()
}

/// Our rules for what a rule of ruff (`S605`), flake8 or bandit (`B605`) looks for.
pub fn rules_of_code(code: &str) -> Vec<&'static str> {
    let digits = code.strip_prefix(['S', 'B']).unwrap_or_default();
    CODES.iter().filter(|(own, _)| *own == digits).flat_map(|(_, rules)| rules.iter().copied()).collect()
}

/// The rules that `codes` stand for: ours, and those of the tools that use them.
pub(super) fn rules(codes: &[String]) -> Vec<String> {
    let mut rules = Vec::new();
    for digits in codes.iter().filter_map(|code| code.strip_prefix('S')) {
        rules.extend(rules_of_code(&format!("S{digits}")).into_iter().map(str::to_owned));
        rules.extend([format!("ruff/S{digits}"), format!("flake8/S{digits}"), format!("bandit/B{digits}")]);
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{Pack, builtin};

    #[test]
    fn every_rule_of_the_table_is_one_of_ours() {
        for id in CODES.iter().flat_map(|(_, rules)| *rules) {
            assert!(builtin().iter().any(|rule| rule.id == *id && rule.pack == Pack::Insecure), "{id}");
        }
    }

    #[test]
    fn codes_are_read_as_ruff_and_flake8_read_them() {
        for (line, expected) in [
            ("os.system(x)  # noqa: S605", &["S605"][..]),
            ("os.system(x)  # NOQA:E501,S605 S607 -- checked", &["S605", "S607"]),
            ("os.system(x)  # type: ignore  # noqa: S605", &["S605"]),
            ("os.system(x)  # noqa", &[]),
            ("os.system(x)  # noqa: E501", &[]),
            ("s = 'noqa: S605'", &[]),
            ("os.system(x)  # noqa S605", &[]),
        ] {
            assert_eq!(codes(line.as_bytes()), expected, "{line}");
        }
    }
}
