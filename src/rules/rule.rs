//! A rule in its real form, and the way to it from the raw one.

use std::borrow::Cow;
use std::str::FromStr;

use super::language::{Language, LanguageSet};
use super::raw::RawRule;
use crate::finding::{Confidence, Severity, Text, Tier};

/// A list that is compiled in for built-in rules and owned for a user's.
pub(crate) type List = Cow<'static, [Text]>;

/// Which built-in stage a rule belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pack {
    /// Hardcoded credentials.
    Secrets,
    /// Insecure patterns.
    Insecure,
}

impl Pack {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Secrets, Self::Insecure];

    /// The pack's and the stage's name.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Secrets => "secrets",
            Self::Insecure => "insecure",
        }
    }
}

/// What a pattern sees around a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// The keyword's line, up to 1 KiB either side.
    Line,
    /// And the four lines above and below.
    Lines,
    /// And up to 16 KiB after it.
    Block,
}

/// Where a match may start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// Anywhere.
    Any,
    /// Not in a comment.
    NotComment,
    /// Neither in a comment nor in a string literal.
    Code,
    /// In a string literal.
    String,
}

/// What a rule does in tests, fixtures and examples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tests {
    /// The same as elsewhere.
    Same,
    /// It warns, whatever its tier.
    Warn,
    /// Nothing.
    Skip,
}

/// A moment at which something can still be stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Before a commit.
    Commit,
    /// Before a push.
    Push,
    /// In a CI job.
    Ci,
    /// On a server, before a ref moves.
    Receive,
    /// By hand.
    Scan,
    /// Before something is released.
    Release,
}

impl Gate {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Push => "push",
            Self::Ci => "ci",
            Self::Receive => "receive",
            Self::Scan => "scan",
            Self::Release => "release",
        }
    }

    /// Those that rules and configurations name.
    pub const NAMED: [Self; 3] = [Self::Commit, Self::Push, Self::Ci];

    /// The gate whose rules and configuration this one has: one of [`Gate::NAMED`].
    #[must_use]
    pub const fn like(self) -> Self {
        match self {
            Self::Commit | Self::Scan => Self::Commit,
            Self::Push => Self::Push,
            Self::Ci | Self::Receive | Self::Release => Self::Ci,
        }
    }
}

/// A set of gates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GateSet(pub u8);

impl GateSet {
    /// All gates.
    pub const ALL: Self = Self(7);

    const fn bit(gate: Gate) -> u8 {
        1 << gate.like() as u8
    }

    /// This set and `gate`, with all that are like it.
    #[must_use]
    pub const fn with(self, gate: Gate) -> Self {
        Self(self.0 | Self::bit(gate))
    }

    /// Whether `gate` is in it.
    pub const fn has(self, gate: Gate) -> bool {
        self.0 & Self::bit(gate) != 0
    }
}

/// A rule.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the keys are documented once, in rules/README.md")]
pub struct Rule {
    pub pack: Pack,
    pub id: Text,
    pub title: Text,
    pub severity: Severity,
    pub tier: Tier,
    pub confidence: Confidence,
    pub keywords: List,
    pub pattern: Text,
    pub matcher: Text,
    pub window: Window,
    pub veto: List,
    pub veto_value: List,
    pub entropy: f64,
    pub judge: Text,
    pub proof: Text,
    pub placeholders: bool,
    pub generic: bool,
    pub languages: LanguageSet,
    pub paths: List,
    pub context: Context,
    pub gates: GateSet,
    pub tests: Tests,
    pub cwe: List,
    pub owasp: List,
    pub why: Text,
    pub fix: Text,
    pub rotate: Text,
    pub reference: Text,
    pub since: Text,
    pub aliases: List,
    pub bad: Text,
    pub good: Text,
    pub hits: List,
    pub misses: List,
}

impl Rule {
    /// Whether it fires on a file by its name alone.
    pub fn by_name_only(&self) -> bool {
        self.pattern.is_empty() && self.matcher.is_empty()
    }

    /// Whether nothing speaks for its values but the name that they are assigned to.
    pub fn takes_any_value(&self) -> bool {
        self.matcher.starts_with("assignment")
    }

    /// Whether it is `id` or was once called so.
    pub fn is_called(&self, id: &str) -> bool {
        self.id == id || self.aliases.iter().any(|alias| alias == id)
    }

    /// How many bytes of `value` the issuer gives to every value: those of the keyword it begins with.
    pub fn public_prefix(&self, value: &[u8]) -> usize {
        if self.generic {
            return 0;
        }
        self.keywords
            .iter()
            .filter(|word| value.len() > word.len() && value[..word.len()].eq_ignore_ascii_case(word.as_bytes()))
            .map(|word| word.len())
            .max()
            .unwrap_or(0)
    }
}

/// Why a rule file's rule is none.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// Its form is wrong; every fault, a sentence each.
    #[error("{}", .0.join("; "))]
    Form(Vec<String>),
}

/// Turns a raw rule into a real one, collecting all faults.
pub fn from_raw(pack: Pack, raw: RawRule) -> Result<Rule, RuleError> {
    let mut faults = raw.faults();
    let id = raw.id.clone();
    let mut bad_word = |key: &str, word: &str| faults.push(format!("rule `{id}`: `{key}` does not know `{word}`"));
    let severity = level(&raw.severity, Severity::Medium, "severity", &mut bad_word);
    let tier = level(&raw.tier, Tier::Warn, "tier", &mut bad_word);
    let confidence = match raw.confidence.as_deref() {
        Some(word) => level(word, Confidence::Medium, "confidence", &mut bad_word),
        None if raw.proof.is_empty() => Confidence::Medium,
        None => Confidence::High,
    };
    let window = match raw.window.as_deref() {
        None | Some("line") => Window::Line,
        Some("lines") => Window::Lines,
        Some("block") => Window::Block,
        Some(word) => {
            bad_word("window", word);
            Window::Line
        }
    };
    let context = match (raw.context.as_deref(), pack) {
        (None, Pack::Secrets) | (Some("any"), _) => Context::Any,
        (None, Pack::Insecure) | (Some("not-comment"), _) => Context::NotComment,
        (Some("code"), _) => Context::Code,
        (Some("string"), _) => Context::String,
        (Some(word), _) => {
            bad_word("context", word);
            Context::Any
        }
    };
    let tests = match raw.tests.as_str() {
        "same" => Tests::Same,
        "warn" => Tests::Warn,
        "skip" => Tests::Skip,
        word => {
            bad_word("tests", word);
            Tests::Same
        }
    };
    let mut languages = LanguageSet::default();
    for word in &raw.languages {
        match Language::from_word(word) {
            Some(language) => languages = languages.with(language),
            None => bad_word("languages", word),
        }
    }
    let mut gates = GateSet(0);
    for word in &raw.gates {
        match Gate::NAMED.into_iter().find(|gate| gate.word() == word) {
            Some(gate) => gates = gates.with(gate),
            None => bad_word("gates", word),
        }
    }
    if raw.gates.is_empty() {
        gates = GateSet::ALL;
    }
    if !faults.is_empty() {
        return Err(RuleError::Form(faults));
    }
    let list = |words: Vec<String>| -> List { words.into_iter().map(Cow::Owned).collect::<Vec<Text>>().into() };
    Ok(Rule {
        pack,
        id: raw.id.into(),
        title: raw.title.into(),
        severity,
        tier,
        confidence,
        keywords: list(raw.keywords),
        pattern: raw.pattern.into(),
        matcher: raw.matcher.into(),
        window,
        veto: list(raw.veto),
        veto_value: list(raw.veto_value),
        entropy: raw.entropy.unwrap_or(0.0),
        judge: raw.judge.into(),
        proof: raw.proof.into(),
        placeholders: raw.placeholders,
        generic: raw.generic,
        languages,
        paths: list(raw.paths),
        context,
        gates,
        tests,
        cwe: list(raw.cwe),
        owasp: list(raw.owasp),
        why: raw.why.into(),
        fix: raw.fix.into(),
        rotate: raw.rotate.into(),
        reference: raw.reference.into(),
        since: raw.since.into(),
        aliases: list(raw.aliases),
        bad: raw.bad.into(),
        good: raw.good.into(),
        hits: list(raw.hits),
        misses: list(raw.misses),
    })
}

/// The value of `word`; where there is none, `bad` hears of it and the fallback stands in.
fn level<T: FromStr>(word: &str, fallback: T, key: &str, bad: &mut dyn FnMut(&str, &str)) -> T {
    word.parse().unwrap_or_else(|_| {
        bad(key, word);
        fallback
    })
}
