//! An envelope, before a deploy: signed by the pinned key, about the pinned commit, and a yes.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use thiserror::Error;

use super::envelope::{Envelope, EnvelopeError, PAYLOAD_TYPE};
use super::key::PublicKey;
use super::moment::{SKEW, second, span};
use super::statement::{PASSED, PREDICATE, STATEMENT, VERIFIER};
use crate::finding::Exit;
use crate::text::escape;

/// What must hold.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'e> {
    /// Whose signature.
    pub key: &'e PublicKey,
    /// Of which commit, as a whole id.
    pub commit: &'e str,
    /// Seconds that it may be old; `None` for any age.
    pub max_age: Option<u64>,
    /// SHA-256 of the policy, where that is pinned too.
    pub policy: Option<&'e str>,
    /// The second since 1970 that it is.
    pub now: u64,
}

/// Why an envelope is a no.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Refused {
    /// No envelope.
    #[error("unreadable: {0}")]
    Envelope(#[from] EnvelopeError),
    /// An envelope around something else.
    #[error("other-payload: it holds `{0}`, no in-toto statement")]
    Payload(String),
    /// Without a signature.
    #[error("unsigned: it has no signature")]
    Unsigned,
    /// Signed by others, or changed after it was signed.
    #[error("bad-signature: none of its signatures is by this key over these bytes")]
    Signature,
    /// Signed, and no statement of the release gate.
    #[error("other-statement: {0}")]
    Statement(String),
    /// Of another commit.
    #[error("other-commit: it is of {0}, not of {1}")]
    Commit(String, String),
    /// Decided under another policy.
    #[error("other-policy: it was decided under the policy {0}, not {1}")]
    Policy(String, String),
    /// A no.
    #[error("failed: the release gate said no{0}")]
    Failed(String),
    /// Too old.
    #[error("stale: it is {0} old, and {1} is the most")]
    Stale(String, String),
    /// Made later than now.
    #[error("future: it was made {0} from now: the clocks differ")]
    Future(String),
}

impl Refused {
    /// How the check ends: a signed no is a no, everything else could not be believed.
    pub const fn exit(&self) -> Exit {
        match self {
            Self::Failed(_) => Exit::Blocked,
            _ => Exit::NotScanned,
        }
    }
}

/// What a good envelope says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// When it was decided.
    pub time: String,
    /// The version that decided, escaped.
    pub version: String,
    /// SHA-256 of the policy, escaped.
    pub policy: String,
    /// The inputs, each with its SHA-256.
    pub inputs: Vec<(String, String)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawStatement {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<RawResource>,
    predicate_type: String,
    predicate: RawPredicate,
}

#[derive(Deserialize)]
struct RawResource {
    #[serde(default)]
    uri: String,
    digest: RawDigest,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawDigest {
    git_commit: Option<String>,
    sha256: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawPredicate {
    verifier: RawVerifier,
    time_verified: String,
    policy: RawResource,
    #[serde(default)]
    input_attestations: Vec<RawResource>,
    verification_result: String,
    #[serde(default, rename = "gatehook_reasons")]
    reasons: Vec<RawReason>,
}

#[derive(Deserialize)]
struct RawVerifier {
    id: String,
    #[serde(default)]
    version: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct RawReason {
    kind: String,
}

/// Checks the envelope in `bytes`. Nothing of it is believed before its signature.
pub fn verify(bytes: &[u8], expected: &Expected<'_>) -> Result<Verified, Refused> {
    let shown = |text: &str| escape(text.as_bytes()).to_string();
    let envelope = Envelope::read(bytes)?;
    if envelope.is_unsigned() {
        return Err(Refused::Unsigned);
    }
    if !envelope.is_signed_by(expected.key) {
        return Err(Refused::Signature);
    }
    if envelope.payload_type() != PAYLOAD_TYPE {
        return Err(Refused::Payload(shown(envelope.payload_type())));
    }
    let statement: RawStatement = serde_json::from_slice(envelope.payload())
        .map_err(|error| Refused::Statement(format!("it is no verification summary: {}", shown(&error.to_string()))))?;
    let RawPredicate { verifier, time_verified, policy, input_attestations, verification_result, reasons } =
        statement.predicate;
    for (what, is, due) in [
        ("statement", &statement.kind, STATEMENT),
        ("predicate", &statement.predicate_type, PREDICATE),
        ("verifier", &verifier.id, VERIFIER),
    ] {
        if is != due {
            return Err(Refused::Statement(format!("its {what} is `{}`, not `{due}`", shown(is))));
        }
    }
    let [subject] = &statement.subject[..] else {
        return Err(Refused::Statement("it is not about exactly one commit".to_owned()));
    };
    let commit = subject.digest.git_commit.as_deref().unwrap_or("none");
    if commit != expected.commit {
        return Err(Refused::Commit(shown(commit), expected.commit.to_owned()));
    }
    let policy = policy.digest.sha256.unwrap_or_default();
    if let Some(due) = expected.policy
        && policy != due
    {
        return Err(Refused::Policy(shown(&policy), due.to_owned()));
    }
    if verification_result != PASSED {
        let kinds: BTreeSet<_> = reasons.iter().map(|reason| shown(&reason.kind)).collect();
        let kinds: Vec<_> = kinds.into_iter().collect();
        let why = if kinds.is_empty() { String::new() } else { format!(": {}", kinds.join(", ")) };
        return Err(Refused::Failed(why));
    }
    let Some(made) = second(&time_verified) else {
        return Err(Refused::Statement(format!("its time is `{}`", shown(&time_verified))));
    };
    if made > expected.now + SKEW {
        return Err(Refused::Future(span(made - expected.now)));
    }
    let age = expected.now.saturating_sub(made);
    if let Some(most) = expected.max_age.filter(|most| age > *most) {
        return Err(Refused::Stale(span(age), span(most)));
    }
    let version = verifier.version.get("gatehook").map_or_else(|| "unknown".to_owned(), |version| shown(version));
    let input = |input: RawResource| (shown(&input.uri), input.digest.sha256.unwrap_or_default());
    let inputs = input_attestations.into_iter().map(input).collect();
    Ok(Verified { time: time_verified, version, policy: shown(&policy), inputs })
}
