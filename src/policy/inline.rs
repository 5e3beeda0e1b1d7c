//! Allowances in comments: `gatehook:allow [RULE…] -- reason`, and the marks of other tools.

use crate::rules::Pack;
use crate::text::escape;

/// Our own mark.
const OURS: &[u8] = b"gatehook:allow";

/// Other tools' marks, and the kind of rule they speak for. `nextline` ones hold for the line below.
const OTHERS: &[(&[u8], Pack)] = &[
    (b"gitleaks:allow", Pack::Secrets),
    (b"betterleaks:allow", Pack::Secrets),
    (b"pragma: allowlist secret", Pack::Secrets),
    (b"pragma: whitelist secret", Pack::Secrets),
    (b"trufflehog:ignore", Pack::Secrets),
    (b"ggignore", Pack::Secrets),
    (b"kingfisher:ignore", Pack::Secrets),
    (b"nosec", Pack::Insecure),
    (b"nosemgrep", Pack::Insecure),
];
const NEXT_LINE: &[u8] = b"pragma: allowlist nextline secret";

/// An allowance that stands in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The rules it names; none stands for all of `pack`.
    pub rules: Vec<String>,
    /// The kind of rule it speaks for; `None` stands for both.
    pub pack: Option<Pack>,
    /// Its reason, escaped; for other tools' marks the mark itself.
    pub reason: Option<String>,
}

impl Mark {
    /// Whether it speaks for a finding of `rule` in `pack`.
    pub fn covers(&self, rule: &str, pack: Pack) -> bool {
        self.pack.is_none_or(|own| own == pack) && (self.rules.is_empty() || self.rules.iter().any(|own| own == rule))
    }
}

/// The allowances that hold for `line`, which `above` stands before.
///
/// A mark above holds only where nothing but the comment stands in that line: a mark behind code
/// speaks for that code.
pub fn marks(line: &[u8], above: Option<&[u8]>) -> Vec<Mark> {
    let mut found = in_line(line);
    if let Some(above) = above {
        found.extend(in_line(above).into_iter().filter(|_| is_comment_only(above)));
        if contains(above, NEXT_LINE) {
            found.push(other(NEXT_LINE, Pack::Secrets));
        }
    }
    found
}

fn in_line(line: &[u8]) -> Vec<Mark> {
    let mut found = Vec::new();
    if let Some(at) = memchr::memmem::find(line, OURS) {
        found.push(ours(&line[at + OURS.len()..]));
    }
    for (word, pack) in OTHERS {
        if is_word(line, word) {
            found.push(other(word, *pack));
        }
    }
    found
}

fn ours(rest: &[u8]) -> Mark {
    let (names, reason) = match memchr::memmem::find(rest, b"--") {
        Some(at) => (&rest[..at], Some(trim(&rest[at + 2..]))),
        None => (rest, None),
    };
    let rules = names
        .split(|byte| byte.is_ascii_whitespace() || *byte == b',')
        .take_while(|word| word.iter().all(|&byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'))
        .filter(|word| !word.is_empty())
        .map(|word| String::from_utf8_lossy(word).into_owned())
        .collect();
    let reason = reason.filter(|text| !text.is_empty()).map(|text| escape(text).to_string());
    Mark { rules, pack: None, reason }
}

fn other(word: &[u8], pack: Pack) -> Mark {
    Mark { rules: Vec::new(), pack: Some(pack), reason: Some(format!("`{}` in the line", escape(word))) }
}

/// The text without white space and comment ends around it.
fn trim(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii();
    [&b"*/"[..], b"-->", b"#}", b"%>"].iter().find_map(|end| text.strip_suffix(*end)).unwrap_or(text).trim_ascii()
}

fn contains(line: &[u8], word: &[u8]) -> bool {
    memchr::memmem::find(line, word).is_some()
}

/// Whether `word` stands in `line` as a word of its own, behind what may begin a comment.
fn is_word(line: &[u8], word: &[u8]) -> bool {
    let Some(opener) = line.iter().position(|&byte| is_opener(byte)) else { return false };
    memchr::memmem::find_iter(line, word).any(|at| {
        let before = at.checked_sub(1).map(|before| line[before]);
        let after = line.get(at + word.len());
        let edge = |byte: u8| !byte.is_ascii_alphanumeric() && byte != b'_' && byte != b'-';
        before.is_none_or(edge) && after.is_none_or(|&byte| edge(byte)) && opener < at
    })
}

const fn is_opener(byte: u8) -> bool {
    matches!(byte, b'#' | b'/' | b'*' | b'-' | b'!' | b';' | b'%' | b'"' | b'\'')
}

/// Whether nothing but a comment stands in `line`: no letter or digit before the mark's comment.
fn is_comment_only(line: &[u8]) -> bool {
    let text = line.trim_ascii_start();
    [&b"#"[..], b"//", b"/*", b"*", b"--", b"<!--", b";", b"%", b"{#", b"rem ", b"REM ", b"\"", b"'"]
        .iter()
        .any(|open| text.starts_with(open))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_mark_names_rules_and_a_reason() {
        let marks = marks(b"x = 1  # gatehook:allow aws-access-key-id generic-password -- a fixture", None);
        assert_eq!(marks[0].rules, ["aws-access-key-id", "generic-password"]);
        assert_eq!(marks[0].reason.as_deref(), Some("a fixture"));
        assert!(marks[0].covers("generic-password", Pack::Secrets) && !marks[0].covers("other", Pack::Secrets));
        let all = super::marks(b"/* gatehook:allow */ x", None);
        assert!(all[0].rules.is_empty() && all[0].reason.is_none());
    }

    #[test]
    fn a_mark_above_holds_only_in_a_line_of_its_own() {
        assert_eq!(marks(b"x", Some(b"  // gatehook:allow -- why")).len(), 1);
        assert_eq!(marks(b"x", Some(b"y = 1 // gatehook:allow -- why")).len(), 0);
        assert_eq!(marks(b"x", Some(b"y # pragma: allowlist nextline secret")).len(), 1);
    }

    #[test]
    fn other_tools_marks_speak_for_their_own_kind() {
        let secret = marks(b"k = 'v' # gitleaks:allow", None);
        assert!(secret[0].covers("any", Pack::Secrets) && !secret[0].covers("any", Pack::Insecure));
        let code = marks(b"eval(x)  # nosec B307", None);
        assert!(code[0].covers("any", Pack::Insecure) && !code[0].covers("any", Pack::Secrets));
        assert!(marks(b"nosecret = 1 # x", None).is_empty());
        assert!(marks(b"token = nosec", None).is_empty());
    }
}
