//! The form of a rule's condition: a tree of tests over paths of a resource.

use std::sync::OnceLock;

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::iac) enum Step {
    /// The value of a key, without regard to case, `_` and `-`.
    Key(String),
    /// Every value of a map.
    Every,
}

/// A path into a resource. A list on the way stands for each of its members.
pub(in crate::iac) type Path = Vec<Step>;

/// How a number has to stand to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::iac) enum Amount {
    Less,
    LessOrEqual,
    More,
    MoreOrEqual,
}

/// What a value has to be.
#[derive(Debug, Clone)]
pub(in crate::iac) enum Want {
    /// Not there, or empty.
    Absent,
    /// There.
    Present,
    /// True in any spelling.
    On,
    /// False in any spelling, or not there.
    Off,
    /// False in any spelling, and there.
    False,
    /// A range of addresses that is the whole internet.
    Open,
    /// A text that stands in the document itself and is no placeholder.
    Literal,
    /// One of these, without regard to case.
    In(Vec<String>),
    /// None of these.
    NotIn(Vec<String>),
    /// A text that matches.
    Matches(Pattern),
    /// A text that does not match.
    MatchesNot(Pattern),
    /// A number of that kind.
    Number(Amount, f64),
    /// Port ranges that hold one of these.
    Ports(Vec<u16>),
}

/// A pattern that is compiled when it is first asked.
#[derive(Debug, Clone)]
pub(in crate::iac) struct Pattern {
    pub(in crate::iac) text: String,
    compiled: OnceLock<Option<regex::Regex>>,
}

impl Pattern {
    pub(super) fn new(text: String) -> Self {
        Self { text, compiled: OnceLock::new() }
    }

    pub(in crate::iac) fn is_match(&self, text: &str) -> bool {
        self.compiled.get_or_init(|| regex::Regex::new(&self.text).ok()).as_ref().is_some_and(|own| own.is_match(text))
    }
}

/// A condition.
#[derive(Debug, Clone)]
pub(in crate::iac) enum Expression {
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    /// A value at the path is that.
    Test(Path, Want),
    /// How many values there are at the path.
    Count(Path, Amount, f64),
    /// From and to, as two numbers, hold one of these ports.
    Range(Path, Path, Vec<u16>),
    /// One of the members at the path.
    Any(Path, Box<Self>),
    /// There are members at the path, and each.
    Every(Path, Box<Self>),
    /// There is a resource of one of these kinds, which refers to this one at the path, and for which that holds.
    Exists {
        kinds: Vec<String>,
        via: Option<Path>,
        that: Option<Box<Self>>,
    },
    /// The resource of one of these kinds that the value at the path refers to.
    Target {
        kinds: Vec<String>,
        at: Path,
        that: Box<Self>,
    },
}
