//! A rule's regexes, compiled on first use.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

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
pub fn compiles(rule: &Rule) -> Result<(), regex::Error> {
    compile(rule).map(drop)
}

/// Whether `word`, a rule's `matcher`, is one that there is.
pub fn has_matcher(word: &str) -> bool {
    Matcher::from_word(word).is_some()
}
