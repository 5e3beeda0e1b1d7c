//! Allowances in comments: `gatehook:allow [RULE…] -- reason`, and the marks of other tools.

use super::noqa;
use crate::rules::{Pack, Rule};
use crate::text::escape;

/// What stands for the reason of a mark that gives none.
pub const NO_REASON: &str = "no reason given";
/// How the reason of another tool's mark ends, which is the mark itself.
const IN_LINE: &str = " in the line";

/// Whether the `reason` of an allowance is one that a person wrote.
pub(super) fn has_reason(reason: &str) -> bool {
    reason != NO_REASON && !(reason.starts_with('`') && reason.ends_with(IN_LINE))
}

/// Our own mark.
const OURS: &[u8] = b"gatehook:allow";

/// A mark of another tool.
struct Other {
    word: &'static [u8],
    /// The kind of rule it speaks for.
    pack: Pack,
    /// The line it holds for, as that tool has it.
    reach: Reach,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Its own.
    Own,
    /// Its own, and from a line with nothing but the comment the one below.
    OwnOrBelow,
    /// The one below.
    Below,
}

const fn secrets(word: &'static [u8], reach: Reach) -> Other {
    Other { word, pack: Pack::Secrets, reach }
}

const fn insecure(word: &'static [u8], reach: Reach) -> Other {
    Other { word, pack: Pack::Insecure, reach }
}

/// gitleaks and its successor, detect-secrets, trufflehog, ggshield, kingfisher; bandit and gosec
/// (which takes the line above too), semgrep.
const OTHERS: &[Other] = &[
    secrets(b"gitleaks:allow", Reach::Own),
    secrets(b"betterleaks:allow", Reach::Own),
    secrets(b"pragma: allowlist secret", Reach::Own),
    secrets(b"pragma: whitelist secret", Reach::Own),
    secrets(b"pragma: allowlist nextline secret", Reach::Below),
    secrets(b"trufflehog:ignore", Reach::Own),
    secrets(b"ggignore", Reach::Own),
    secrets(b"kingfisher:ignore", Reach::Own),
    insecure(b"nosec", Reach::OwnOrBelow),
    insecure(b"nosemgrep", Reach::OwnOrBelow),
];

/// An allowance that stands in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The rules it names; none stands for all of `pack`.
    pub rules: Vec<String>,
    /// The kind of rule it speaks for; `None` stands for both.
    pub pack: Option<Pack>,
    /// Its reason, escaped; for other tools' marks the mark itself, see [`has_reason`].
    pub reason: Option<String>,
}

impl Mark {
    /// Whether it speaks for findings that an external stage calls `rule`, of that kind.
    pub fn covers_named(&self, rule: &str, pack: Pack) -> bool {
        self.pack.is_none_or(|own| own == pack) && (self.rules.is_empty() || self.rules.iter().any(|own| own == rule))
    }

    /// Whether it speaks for findings of `rule`, by whatever name it calls it.
    pub fn covers(&self, rule: &Rule) -> bool {
        self.pack.is_none_or(|own| own == rule.pack)
            && (self.rules.is_empty() || self.rules.iter().any(|own| rule.is_called(own)))
    }
}

/// The allowances that hold for `line`, which `above` stands before.
///
/// A mark above holds only where nothing but the comment stands in that line: a mark behind code
/// speaks for that code.
pub fn marks(line: &[u8], above: Option<&[u8]>) -> Vec<Mark> {
    let mut found = Vec::new();
    found.extend(ours(line));
    found.extend(others(line, |reach| reach != Reach::Below));
    found.extend(noqa_mark(line));
    if let Some(above) = above {
        found.extend(others(above, |reach| reach == Reach::Below));
        if is_comment_only(above) {
            found.extend(ours(above));
            found.extend(others(above, |reach| reach == Reach::OwnOrBelow));
        }
    }
    found
}

fn others(line: &[u8], holds: impl Fn(Reach) -> bool) -> impl Iterator<Item = Mark> {
    let found = OTHERS.iter().filter(move |other| holds(other.reach) && is_word(line, other.word));
    found.map(|other| Mark {
        rules: Vec::new(),
        pack: Some(other.pack),
        reason: Some(format!("`{}`{IN_LINE}", escape(other.word))),
    })
}

/// What a `noqa` allows: the insecure patterns that its codes name, and nothing else.
fn noqa_mark(line: &[u8]) -> Option<Mark> {
    let codes = noqa::codes(line);
    let reason = Some(format!("`noqa: {}`{IN_LINE}", codes.join(", ")));
    (!codes.is_empty()).then(|| Mark { rules: noqa::rules(&codes), pack: Some(Pack::Insecure), reason })
}

fn ours(line: &[u8]) -> Option<Mark> {
    let rest = &line[memchr::memmem::find(line, OURS)? + OURS.len()..];
    let (names, reason) = match memchr::memmem::find(rest, b"--") {
        Some(at) => (&rest[..at], Some(trim(&rest[at + 2..]))),
        None => (rest, None),
    };
    let rules = names
        .split(|byte| byte.is_ascii_whitespace() || *byte == b',')
        .take_while(|word| is_rule(word))
        .filter(|word| !word.is_empty())
        .map(|word| String::from_utf8_lossy(word).into_owned())
        .collect();
    let reason = reason.filter(|text| !text.is_empty()).map(|text| escape(text).to_string());
    Some(Mark { rules, pack: None, reason })
}

/// Whether `word` may name a rule: one of ours, or `stage/RULE` with the tool's own name for it.
fn is_rule(word: &[u8]) -> bool {
    let ours = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
    match memchr::memchr(b'/', word) {
        Some(at) if at > 0 => word[..at].iter().all(ours) && word[at..].iter().all(u8::is_ascii_graphic),
        Some(_) => false,
        None => word.iter().all(ours),
    }
}

/// The text without white space and comment ends around it.
fn trim(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii();
    [&b"*/"[..], b"-->", b"#}", b"%>"].iter().find_map(|end| text.strip_suffix(*end)).unwrap_or(text).trim_ascii()
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
    use crate::rules::builtin;

    fn rule(id: &str) -> &'static Rule {
        builtin().iter().find(|rule| rule.id == id).unwrap()
    }

    /// Whether a mark in `line`, or in `above`, covers a secret and an insecure pattern.
    fn covered(line: &str, above: &str) -> (bool, bool) {
        let marks = marks(line.as_bytes(), Some(above.as_bytes()));
        let covers = |id| marks.iter().any(|mark| mark.covers(rule(id)));
        (covers("generic-password"), covers("python-eval-nonliteral"))
    }

    #[test]
    fn our_mark_names_rules_and_a_reason() {
        let marks = marks(b"x = 1  # gatehook:allow aws-access-key-id generic-password -- a fixture", None);
        assert_eq!(marks[0].rules, ["aws-access-key-id", "generic-password"]);
        assert_eq!(marks[0].reason.as_deref(), Some("a fixture"));
        assert!(marks[0].covers(rule("generic-password")) && !marks[0].covers(rule("python-eval-nonliteral")));
        let tools = super::marks(b"x  # gatehook:allow bandit/B602 lint -- checked", None);
        assert_eq!(tools[0].rules, ["bandit/B602", "lint"]);
        let all = super::marks(b"/* gatehook:allow */ x", None);
        assert!(all[0].rules.is_empty() && all[0].reason.is_none());
        assert_eq!(covered("x  # gatehook:allow -- why", ""), (true, true));
    }

    #[test]
    fn an_old_name_of_a_rule_still_names_it() {
        let mut renamed = rule("generic-password").clone();
        renamed.aliases = vec!["old-name".into()].into();
        let mark = &marks(b"x  # gatehook:allow old-name -- why", None)[0];
        assert!(mark.covers(&renamed) && !mark.covers(rule("aws-access-key-id")));
    }

    #[test]
    fn our_mark_above_holds_only_in_a_line_of_its_own() {
        assert_eq!(covered("x", "  // gatehook:allow -- why"), (true, true));
        assert_eq!(covered("x", "y = 1 // gatehook:allow -- why"), (false, false));
    }

    #[test]
    fn other_tools_marks_speak_for_their_own_kind_where_their_tool_looks() {
        for mark in [
            "gitleaks:allow",
            "betterleaks:allow",
            "pragma: allowlist secret",
            "pragma: whitelist secret",
            "trufflehog:ignore",
            "ggignore",
            "kingfisher:ignore",
        ] {
            for open in ["# ", "#", "// ", "/* ", "-- ", "<!-- "] {
                assert_eq!(covered(&format!("k = 'v' {open}{mark}"), ""), (true, false), "{open}{mark}");
                assert_eq!(covered("k = 'v'", &format!("{open}{mark}")), (false, false), "{open}{mark} above");
            }
        }
        for mark in ["nosec", "nosec B307", "nosec G201 -- why", "nosemgrep", "nosemgrep: rule-id"] {
            assert_eq!(covered(&format!("eval(x)  # {mark}"), ""), (false, true), "{mark}");
            assert_eq!(covered("eval(x)", &format!("// {mark}")), (false, true), "{mark} above");
            assert_eq!(covered("eval(x)", &format!("y()  # {mark}")), (false, false), "{mark} behind code above");
        }
        let next = "# pragma: allowlist nextline secret";
        assert_eq!(covered("k = 'v'", next), (true, false));
        assert_eq!(covered("k = 'v'", &format!("y = 1  {next}")), (true, false));
        assert_eq!(covered(&format!("k = 'v'  {next}"), ""), (false, false));
    }

    #[test]
    fn a_part_of_a_word_and_a_word_outside_a_comment_are_no_mark() {
        for line in ["nosecret = 1 # x", "token = nosec", "x # nosec_files", "x # see gitleaks:allowed", "ggignore"] {
            assert_eq!(covered(line, ""), (false, false), "{line}");
        }
    }
}
