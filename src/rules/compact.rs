//! Built-in rules as they lie in the program: texts by their place in one text, lists by their place among all
//! words. A rule is made of that when somebody first asks for it.
//!
//! A table of rules with pointers would have to be set up by the loader at every start, all of it, and the more
//! rules there are the longer.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::builtin::{BY_NAME, RULES, TEXT, WORDS};
use super::language::LanguageSet;
use super::rule::{Context, GateSet, List, Pack, Rule, Tests, Window};
use crate::finding::{Confidence, Severity, Text, Tier};

/// Start and end, of bytes in [`TEXT`] or of entries in [`WORDS`].
pub(super) type Span = (u32, u32);

/// A built-in rule.
#[derive(Debug)]
pub(super) struct Compact {
    pub(super) pack: Pack,
    pub(super) severity: Severity,
    pub(super) tier: Tier,
    pub(super) confidence: Confidence,
    pub(super) window: Window,
    pub(super) context: Context,
    pub(super) tests: Tests,
    pub(super) entropy: f64,
    pub(super) placeholders: bool,
    pub(super) generic: bool,
    pub(super) languages: LanguageSet,
    pub(super) gates: GateSet,
    pub(super) id: Span,
    pub(super) title: Span,
    pub(super) pattern: Span,
    pub(super) matcher: Span,
    pub(super) judge: Span,
    pub(super) proof: Span,
    pub(super) why: Span,
    pub(super) fix: Span,
    pub(super) rotate: Span,
    pub(super) reference: Span,
    pub(super) since: Span,
    pub(super) bad: Span,
    pub(super) good: Span,
    pub(super) keywords: Span,
    pub(super) veto: Span,
    pub(super) veto_value: Span,
    pub(super) paths: Span,
    pub(super) cwe: Span,
    pub(super) owasp: Span,
    pub(super) aliases: Span,
    pub(super) hits: Span,
    pub(super) misses: Span,
}

/// How many built-in rules there are.
pub(super) const COUNT: usize = RULES.len();

/// Those that somebody asked for.
static MADE: [OnceLock<Box<Rule>>; COUNT] = [const { OnceLock::new() }; COUNT];

/// The built-in rule of that number.
pub(super) fn rule(at: usize) -> Option<&'static Rule> {
    let compact = RULES.get(at)?;
    Some(MADE[at].get_or_init(|| Box::new(compact.rule())))
}

/// The text at `span`.
pub(super) fn text((start, end): Span) -> &'static str {
    // The build script cut it there.
    TEXT.get(start as usize..end as usize).unwrap_or_default()
}

/// The words at `span`.
pub(super) fn words((start, end): Span) -> impl Iterator<Item = &'static str> {
    WORDS.get(start as usize..end as usize).unwrap_or_default().iter().map(|&span| text(span))
}

impl Compact {
    fn rule(&self) -> Rule {
        let one = |span| Text::Borrowed(text(span));
        let list = |span: Span| -> List {
            if span.0 == span.1 { Cow::Borrowed(&[]) } else { Cow::Owned(words(span).map(Text::Borrowed).collect()) }
        };
        Rule {
            pack: self.pack,
            id: one(self.id),
            title: one(self.title),
            severity: self.severity,
            tier: self.tier,
            confidence: self.confidence,
            keywords: list(self.keywords),
            pattern: one(self.pattern),
            matcher: one(self.matcher),
            window: self.window,
            veto: list(self.veto),
            veto_value: list(self.veto_value),
            entropy: self.entropy,
            judge: one(self.judge),
            proof: one(self.proof),
            placeholders: self.placeholders,
            generic: self.generic,
            languages: self.languages,
            paths: list(self.paths),
            context: self.context,
            gates: self.gates,
            tests: self.tests,
            cwe: list(self.cwe),
            owasp: list(self.owasp),
            why: one(self.why),
            fix: one(self.fix),
            rotate: one(self.rotate),
            reference: one(self.reference),
            since: one(self.since),
            aliases: list(self.aliases),
            bad: one(self.bad),
            good: one(self.good),
            hits: list(self.hits),
            misses: list(self.misses),
        }
    }

    /// Whether it is `id` or was once called so.
    fn is_called(&self, id: &str) -> bool {
        text(self.id) == id || words(self.aliases).any(|alias| alias == id)
    }
}

/// What decides whether a rule takes part, without making the rule.
#[derive(Clone, Copy, Debug)]
pub struct Brief<'r>(Of<'r>);

#[derive(Clone, Copy, Debug)]
enum Of<'r> {
    BuiltIn(&'static Compact),
    Own(&'r Rule),
}

impl<'r> Brief<'r> {
    pub(super) const fn own(rule: &'r Rule) -> Self {
        Self(Of::Own(rule))
    }

    pub(super) fn built_in(at: usize) -> Option<Self> {
        RULES.get(at).map(|compact| Self(Of::BuiltIn(compact)))
    }

    /// Its pack.
    pub const fn pack(&self) -> Pack {
        match self.0 {
            Of::BuiltIn(compact) => compact.pack,
            Of::Own(rule) => rule.pack,
        }
    }

    /// Its tier.
    pub const fn tier(&self) -> Tier {
        match self.0 {
            Of::BuiltIn(compact) => compact.tier,
            Of::Own(rule) => rule.tier,
        }
    }

    /// The languages it is limited to.
    pub const fn languages(&self) -> LanguageSet {
        match self.0 {
            Of::BuiltIn(compact) => compact.languages,
            Of::Own(rule) => rule.languages,
        }
    }

    /// Whether it belongs to that category of OWASP's Top 10.
    pub fn has_owasp(&self, category: &str) -> bool {
        match self.0 {
            Of::BuiltIn(compact) => words(compact.owasp).any(|word| word == category),
            Of::Own(rule) => rule.owasp.iter().any(|word| word == category),
        }
    }

    /// Whether it is a user's own.
    pub const fn is_own(&self) -> bool {
        matches!(self.0, Of::Own(_))
    }

    /// The gates at which it runs.
    pub const fn gates(&self) -> GateSet {
        match self.0 {
            Of::BuiltIn(compact) => compact.gates,
            Of::Own(rule) => rule.gates,
        }
    }

    /// Its id.
    pub fn id(&self) -> &'r str {
        match self.0 {
            Of::BuiltIn(compact) => text(compact.id),
            Of::Own(rule) => &rule.id,
        }
    }

    /// The month in which it joined.
    pub fn since(&self) -> &'r str {
        match self.0 {
            Of::BuiltIn(compact) => text(compact.since),
            Of::Own(rule) => &rule.since,
        }
    }

    /// Whether it is `id` or was once called so.
    pub fn is_called(&self, id: &str) -> bool {
        match self.0 {
            Of::BuiltIn(compact) => compact.is_called(id),
            Of::Own(rule) => rule.is_called(id),
        }
    }

    /// See [`Rule::by_name_only`].
    pub fn by_name_only(&self) -> bool {
        match self.0 {
            Of::BuiltIn(compact) => text(compact.pattern).is_empty() && text(compact.matcher).is_empty(),
            Of::Own(rule) => rule.by_name_only(),
        }
    }

    /// See [`Rule::takes_any_value`].
    pub fn takes_any_value(&self) -> bool {
        match self.0 {
            Of::BuiltIn(compact) => text(compact.matcher).starts_with("assignment"),
            Of::Own(rule) => rule.takes_any_value(),
        }
    }
}

/// Numbers of the built-in rules that fire on a file's name alone.
pub(super) fn by_name() -> impl Iterator<Item = usize> {
    BY_NAME.iter().map(|&number| usize::from(number))
}

/// All built-in rules in brief.
pub fn briefs() -> impl Iterator<Item = Brief<'static>> {
    RULES.iter().map(|compact| Brief(Of::BuiltIn(compact)))
}
