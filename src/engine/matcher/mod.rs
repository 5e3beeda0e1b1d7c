//! Matchers: hand-written readers for what a regular expression would do slower or worse.
//!
//! A rule names one by `matcher = "assignment:password"`: the reader, and which of its candidates
//! the rule is for. A reader sees the text, a keyword in it and the file's facts, nothing else.

mod pairs;
mod assignment;
mod below;
mod curl;
mod header;
mod jwk;
mod kubernetes;
mod literal;
mod login;
mod name;
mod pem;
mod settings;
mod sql;
mod url;

pub(super) use settings::holds_private;

use std::ops::Range;

use super::facts::FileFacts;
use super::validate::{Features, Grade, Judged, Kind};

/// What a rule's `matcher` key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Matcher {
    reader: ValueReader,
    /// The kinds of value that it is for.
    wanted: Wanted,
    grade: Grade,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ValueReader {
    /// A value assigned to a telling name.
    Assignment,
    /// A password in an address.
    Url,
    /// What follows `Basic` or `Bearer`.
    Header,
    /// User and password of `curl`.
    Curl,
    /// A private key.
    Pem,
    /// Values of a Kubernetes `Secret`.
    Kubernetes,
    /// A private JSON Web Key.
    Jwk,
    /// A password in a row that is inserted.
    Insert,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Only(Kind),
    All,
}

/// A value that stands where a secret would.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// Name and value.
    pub(super) span: Range<usize>,
    /// The value.
    pub(super) value: Range<usize>,
    kind: Kind,
    /// `None` for what the model does not take for a secret.
    grade: Option<Grade>,
    /// What the judgement rests on, where the model made it.
    pub(super) features: Features,
}

impl Candidate {
    /// A candidate whose place alone speaks for it.
    fn certain(span: Range<usize>, value: Range<usize>, kind: Kind, grade: Grade) -> Self {
        Self { span, value, kind, grade: Some(grade), features: Features::default() }
    }

    /// A candidate that the model judged.
    fn judged(span: Range<usize>, value: Range<usize>, kind: Kind, judged: Judged) -> Self {
        Self { span, value, kind, grade: judged.grade, features: judged.features }
    }
}

/// Digests of the private keys in `text`.
pub(super) fn digests(text: &[u8]) -> Vec<String> {
    let mut found = pem::digests(text);
    found.extend(jwk::digests(text));
    found
}

/// The last keyword that was read, so that several rules share one reading.
#[derive(Default)]
pub(super) struct Memo(Option<(ValueReader, usize, Option<Candidate>)>);

/// Span, value and features of the value assigned to the name around the keyword `hit`.
pub(super) fn assigned(
    text: &[u8],
    hit: &Range<usize>,
    facts: &FileFacts,
) -> Option<(Range<usize>, Range<usize>, Features)> {
    assignment::read(text, hit, facts).map(|found| (found.span, found.value, found.features))
}

impl Matcher {
    /// Reads `assignment:password`, `assignment:any:weak`, `url`, `url:weak`.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        let mut parts = word.split(':');
        let reader = match parts.next()? {
            "assignment" => ValueReader::Assignment,
            "url" => ValueReader::Url,
            "header" => ValueReader::Header,
            "curl" => ValueReader::Curl,
            "pem" => ValueReader::Pem,
            "kubernetes" => ValueReader::Kubernetes,
            "jwk" => ValueReader::Jwk,
            "sql-insert" => ValueReader::Insert,
            _ => return None,
        };
        let mut matcher = Self { reader, wanted: Wanted::All, grade: Grade::Strong };
        for part in parts {
            match part {
                "any" => matcher.wanted = Wanted::All,
                "password" => matcher.wanted = Wanted::Only(Kind::Password),
                "secret" => matcher.wanted = Wanted::Only(Kind::Secret),
                "token" => matcher.wanted = Wanted::Only(Kind::Token),
                "api-key" => matcher.wanted = Wanted::Only(Kind::ApiKey),
                "credential" => matcher.wanted = Wanted::Only(Kind::Credential),
                "weak" => matcher.grade = Grade::Weak,
                _ => return None,
            }
        }
        Some(matcher)
    }

    /// The candidate at the keyword `hit` of `text`, if it is one for this rule.
    pub(super) fn find(self, text: &[u8], hit: &Range<usize>, facts: &FileFacts, memo: &mut Memo) -> Option<Candidate> {
        let known = matches!(&memo.0, Some((reader, at, _)) if *reader == self.reader && *at == hit.start);
        if !known {
            let found = match self.reader {
                ValueReader::Assignment => assignment::read(text, hit, facts),
                ValueReader::Url => url::read(text, hit, facts),
                ValueReader::Header => header::read(text, hit, facts),
                ValueReader::Curl => curl::read(text, hit, facts),
                ValueReader::Kubernetes => kubernetes::read(text, hit, facts),
                ValueReader::Insert => sql::read(text, hit, facts),
                ValueReader::Jwk => jwk::read(text, hit),
                ValueReader::Pem => pem::read(text, hit),
            };
            memo.0 = Some((self.reader, hit.start, found));
        }
        let (_, _, found) = memo.0.as_ref()?;
        let found = found.as_ref()?;
        let fits = match self.wanted {
            Wanted::All => true,
            Wanted::Only(kind) => kind == found.kind,
        };
        (fits && found.grade == Some(self.grade)).then(|| found.clone())
    }
}
