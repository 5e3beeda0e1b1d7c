//! Foreign regexes to the syntax of our engine: bytes, no Unicode classes, no look-around, no back references.
//!
//! Reads Go's RE2 syntax (<https://github.com/google/re2/wiki/Syntax>), Python's `re`
//! (<https://docs.python.org/3/library/re.html>) and POSIX extended expressions with GNU's additions, and
//! writes what means the same. What our engine cannot do is named, with what may stand in for it.

mod class;
mod globs;
mod literals;
mod reader;

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Hir, HirKind};

pub(super) use globs::{NoGlob, globs};
pub(super) use literals::needed;
use reader::PatternReader;

/// Whose regex it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Go's: gitleaks, talisman.
    Go,
    /// Python's: detect-secrets, pre-commit.
    Python,
    /// `grep -E`: git-secrets.
    Posix,
}

/// Why a regex cannot be taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoPattern {
    /// `(?=…)` and its kin.
    #[error("the pattern looks ahead or behind, which an engine of linear time cannot do")]
    LookAround,
    /// `\1`.
    #[error("the pattern refers back to a group, which an engine of linear time cannot do")]
    BackReference,
    /// `(?(1)…)`.
    #[error("the pattern has a conditional group, which an engine of linear time cannot do")]
    Conditional,
    /// `(?>…)`, `a++`.
    #[error("the pattern has an atomic group or a possessive repetition, which an engine of linear time cannot do")]
    Possessive,
    /// `\p{…}`, or a character beyond ASCII in a class.
    #[error("the pattern has classes of Unicode characters, and gatehook looks at bytes")]
    Unicode,
    /// Wrong in its own dialect, or nothing that we know.
    #[error("the pattern is not a regex that gatehook understands")]
    Syntax,
    /// It compiles to too much.
    #[error("the pattern is too large")]
    TooLarge,
}

impl NoPattern {
    /// What to do about it.
    pub(super) const fn hint(self) -> &'static str {
        match self {
            Self::LookAround => {
                "write a [[rule]] whose `pattern` matches more, and a `veto` (on the line) or `veto-value` (on the value) that drops the rest: rules/README.md"
            }
            Self::BackReference | Self::Conditional => {
                "write a [[rule]] with the alternatives spelled out, and a `veto` for what must not match: rules/README.md"
            }
            Self::Possessive => "a plain group or repetition finds the same or more: write it as a [[rule]]",
            Self::Unicode => "spell the characters out as alternatives in a [[rule]]: (?:ä|ö)",
            Self::Syntax | Self::TooLarge => "rewrite it as a [[rule]]: rules/README.md",
        }
    }
}

/// A regex in our syntax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    /// The text.
    pub(super) text: String,
    /// Where in it each capturing group opens.
    groups: Vec<usize>,
}

impl Pattern {
    /// How many capturing groups it has.
    pub(super) fn groups(&self) -> usize {
        self.groups.len()
    }

    /// The text with group `number` (from 1) called `secret`.
    pub(super) fn with_secret(&self, number: usize) -> Option<String> {
        let at = *self.groups.get(number.checked_sub(1)?)?;
        let (before, behind) = self.text.split_at(at + 1);
        Some(format!("{before}?P<secret>{behind}"))
    }

    /// Whether every match goes through group `number`.
    pub(super) fn is_always_in(&self, number: usize) -> bool {
        fn holds(hir: &Hir, number: usize) -> bool {
            match hir.kind() {
                HirKind::Capture(group) => group.index as usize == number || holds(&group.sub, number),
                HirKind::Concat(parts) => parts.iter().any(|part| holds(part, number)),
                HirKind::Repetition(repetition) => repetition.min > 0 && holds(&repetition.sub, number),
                _ => false,
            }
        }
        parse(&self.text).is_ok_and(|hir| holds(&hir, number))
    }
}

/// The syntax tree that our engine sees.
fn parse(text: &str) -> Result<Hir, NoPattern> {
    ParserBuilder::new().unicode(false).utf8(false).nest_limit(100).build().parse(text).map_err(|error| match error {
        regex_syntax::Error::Parse(error) => match error.kind() {
            regex_syntax::ast::ErrorKind::UnsupportedLookAround => NoPattern::LookAround,
            regex_syntax::ast::ErrorKind::UnsupportedBackreference => NoPattern::BackReference,
            _ => NoPattern::Syntax,
        },
        regex_syntax::Error::Translate(_) => NoPattern::Unicode,
        _ => NoPattern::Syntax,
    })
}

/// Bytes that a foreign pattern may have.
const LONGEST: usize = 16 << 10;

/// Reads `pattern` and rewrites it.
pub(super) fn translate(pattern: &str, dialect: Dialect) -> Result<Pattern, NoPattern> {
    if pattern.len() > LONGEST {
        return Err(NoPattern::TooLarge);
    }
    let PatternReader { mut out, mut groups, by_line, .. } = PatternReader::of(pattern, dialect)?;
    if by_line && dialect == Dialect::Posix {
        // grep looks at one line at a time.
        out.insert_str(0, "(?m)");
        for at in &mut groups {
            *at += 4;
        }
    }
    parse(&out)?;
    Ok(Pattern { text: out, groups })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn go(pattern: &str) -> Result<String, NoPattern> {
        translate(pattern, Dialect::Go).map(|pattern| pattern.text)
    }

    #[test]
    fn what_means_the_same_is_written_so() {
        for (theirs, ours) in [
            (r"(?i)acme_[0-9a-f]{32}", r"(?i)acme_[0-9a-f]{32}"),
            (r"\${[A-Z]+}", r"\$\{[A-Z]+\}"),
            (r"a\/b\_c\<d", r"a/b_c<d"),
            (r"[[a-c&&d]]", r"[\[a-c\&\&d]\]"),
            (r"[]a]", r"[\]a]"),
            (r"[^\s'\x22]+", r#"[^\s'"]+"#),
            (r"\Qa.b\E+", r"a\.b+"),
            (r"(?P<name>x)(?<other>y)", r"(x)(y)"),
            (r"[[:alpha:]]\d", r"[[:alpha:]]\d"),
            (r"\101", r"\x41"),
            (r"x{,3}", r"x\{,3\}"),
        ] {
            assert_eq!(go(theirs).as_deref(), Ok(ours), "{theirs}");
        }
        let python = |pattern| translate(pattern, Dialect::Python).map(|pattern| pattern.text);
        assert_eq!(python(r"(?ai)x{,3}\Z(?#why)").as_deref(), Ok(r"(?i)x{0,3}\z"));
        let posix = |pattern| translate(pattern, Dialect::Posix).map(|pattern| pattern.text);
        assert_eq!(posix(r"^[\w]\<k").as_deref(), Ok(r"(?m)^[\\w]\b{start}k"));
    }

    #[test]
    fn what_our_engine_cannot_do_is_named() {
        for (pattern, dialect, why) in [
            (r"(?!x)y", Dialect::Python, NoPattern::LookAround),
            (r"(?<=x)y", Dialect::Python, NoPattern::LookAround),
            (r"(a)\1", Dialect::Python, NoPattern::BackReference),
            (r"(a)\1", Dialect::Posix, NoPattern::BackReference),
            (r"(?P<q>a)(?P=q)", Dialect::Python, NoPattern::BackReference),
            (r"(?(1)a|b)", Dialect::Python, NoPattern::Conditional),
            (r"(?>a)", Dialect::Python, NoPattern::Possessive),
            (r"a++", Dialect::Python, NoPattern::Possessive),
            (r"\p{Greek}", Dialect::Go, NoPattern::Unicode),
            (r"[äö]", Dialect::Go, NoPattern::Unicode),
            (r"(", Dialect::Go, NoPattern::Syntax),
            (r"[a", Dialect::Go, NoPattern::Syntax),
            (r"*", Dialect::Go, NoPattern::Syntax),
        ] {
            assert_eq!(translate(pattern, dialect), Err(why), "{pattern}");
        }
    }

    #[test]
    fn the_group_that_holds_the_value_is_named() {
        let pattern = translate(r"(a|b)=(\w+)", Dialect::Go).unwrap();
        assert_eq!(pattern.with_secret(2).as_deref(), Some(r"(a|b)=(?P<secret>\w+)"));
        assert!(pattern.is_always_in(2) && pattern.with_secret(3).is_none() && pattern.with_secret(0).is_none());
        assert!(!translate("(a)|(b)", Dialect::Go).unwrap().is_always_in(1));
    }
}
