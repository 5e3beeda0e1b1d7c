//! A rule's regexes, compiled on first use.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::matcher::Matcher;
use crate::rules::{Rule, RuleId, RuleSet};

/// Compiled regexes of one rule.
pub(super) struct Compiled {
    /// The pattern; `None` for rules of a built-in matcher.
    pub(super) pattern: Option<Regex>,
    /// The built-in matcher that stands in for a pattern.
    pub(super) matcher: Option<Matcher>,
    /// Patterns of which none may match in the lines of a match.
    pub(super) veto: Vec<Regex>,
    /// Patterns of which none may match the value.
    pub(super) veto_value: Vec<Regex>,
}

/// One cell a rule; shared by all threads.
pub(super) struct Cache(Vec<OnceLock<Option<Compiled>>>);

impl Cache {
    pub(super) fn new(rules: &RuleSet) -> Self {
        let mut cells = Vec::new();
        cells.resize_with(rules.len(), OnceLock::new);
        Self(cells)
    }

    /// The rule's regexes. `None` where one does not compile: built-in rules are checked at build
    /// time and a user's when the configuration is read, so this never comes to pass unseen.
    pub(super) fn get(&self, id: RuleId, rule: &Rule) -> Option<&Compiled> {
        self.0.get(usize::from(id.0))?.get_or_init(|| compile(rule).ok()).as_ref()
    }
}

fn compile(rule: &Rule) -> Result<Compiled, regex::Error> {
    let all = |patterns: &[crate::finding::Text]| -> Result<Vec<Regex>, regex::Error> {
        patterns.iter().map(|pattern| build(pattern)).collect()
    };
    Ok(Compiled {
        pattern: if rule.pattern.is_empty() { None } else { Some(build(&rule.pattern)?) },
        matcher: Matcher::from_word(&rule.matcher),
        veto: all(&rule.veto)?,
        veto_value: all(&rule.veto_value)?,
    })
}

/// Compiles `pattern` on bytes, without Unicode classes: a hundredth of their cost.
fn build(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).unicode(false).size_limit(4 << 20).dfa_size_limit(4 << 20).build()
}

/// Whether all regexes of `rule` compile; the error says which does not and why.
///
/// Most are known to by their syntax and size, which costs a tenth of compiling them; what might be too large is compiled.
pub fn compiles(rule: &Rule) -> Result<(), regex::Error> {
    let mut all = rule.veto.iter().chain(&*rule.veto_value).chain([&rule.pattern]);
    if all.all(|pattern| is_small(pattern)) { Ok(()) } else { compile(rule).map(drop) }
}

/// States that a pattern may have at a guess and be known to compile: an eighth of what [`build`] has room for.
const SURELY: usize = 4096;

/// Whether `pattern` is of a right form and surely below the limit of size.
fn is_small(pattern: &str) -> bool {
    let parsed = ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern);
    parsed.is_ok_and(|hir| states(&hir) < SURELY)
}

/// States that `hir` takes, at a guess that is never far too low: each repetition repeats what it holds.
fn states(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(Class::Bytes(class)) => class.ranges().len(),
        // A range of characters becomes several of their bytes.
        HirKind::Class(Class::Unicode(class)) => class.ranges().len().saturating_mul(16),
        HirKind::Repetition(repeated) => {
            let times = repeated.max.unwrap_or(repeated.min).max(1);
            states(&repeated.sub).saturating_add(1).saturating_mul(usize::try_from(times).unwrap_or(usize::MAX))
        }
        HirKind::Capture(capture) => states(&capture.sub).saturating_add(2),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().fold(1, |all: usize, part| all.saturating_add(states(part)))
        }
    }
}

/// Whether `word`, a rule's `matcher`, is one that there is.
pub fn has_matcher(word: &str) -> bool {
    Matcher::from_word(word).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_for_small_compiles() {
        let odd = [
            "a{1000}",
            "(?:a{100}){100}",
            "\\w{4000}",
            "(?u)\\w{50}",
            "(?u)\\pL{200}",
            "[a-z]{2,3000}",
            "(a|b){9,}",
            "(?i)secret",
            "(?:[a-f0-9]{8}-){200}",
            "x(?=y)",
            "(",
            "(?u:.){3000}",
            "",
        ];
        for pattern in odd {
            assert!(!is_small(pattern) || build(pattern).is_ok(), "{pattern}");
        }
        assert!(is_small("acme_[a-z0-9]{32}") && !is_small("acme_(?=x)") && !is_small("(?:a{100}){100}"));
    }
}
