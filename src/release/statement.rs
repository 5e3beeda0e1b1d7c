//! What was decided, as an in-toto statement v1 with a SLSA verification summary v1:
//! <https://slsa.dev/spec/v1.0/verification_summary>.

use serde_json::{Value, json};

use super::judge::Judgement;

/// The type of the statement.
pub(super) const STATEMENT: &str = "https://in-toto.io/Statement/v1";
/// The type of the predicate.
pub(super) const PREDICATE: &str = "https://slsa.dev/verification_summary/v1";
/// Who decides.
pub(super) const VERIFIER: &str = "https://github.com/gatehook/gatehook";
/// The level that a commit has which passed. SLSA leaves names that do not begin with its own to others.
const LEVEL: &str = "GATEHOOK_RELEASE_GATE";
/// The word of a statement that lets a release go.
pub(super) const PASSED: &str = "PASSED";

/// What the statement is about, besides what was decided.
#[derive(Clone, Debug)]
pub struct About<'a> {
    /// The commit, as a whole id.
    pub commit: &'a str,
    /// Where the policy stands.
    pub policy: &'a str,
    /// SHA-256 of the policy's file, in hexadecimal.
    pub policy_digest: &'a str,
    /// When it was decided, in RFC 3339.
    pub time: &'a str,
    /// The version that decided.
    pub version: &'a str,
    /// The stages that were required.
    pub required: Vec<&'a str>,
}

/// The statement's bytes. It holds no source text: of findings only the rule, the file and the line.
pub fn statement(judged: &Judgement, about: &About<'_>) -> Vec<u8> {
    let verdict = if judged.passes() { PASSED } else { "FAILED" };
    let level = if judged.passes() { LEVEL } else { "FAILED" };
    let kind = if about.commit.len() == 40 { "sha1" } else { "sha256" };
    let inputs: Vec<Value> =
        judged.inputs.iter().map(|(name, digest)| json!({ "uri": name, "digest": { "sha256": digest } })).collect();
    let proofs: Vec<Value> = judged
        .proofs
        .iter()
        .map(|proof| {
            let outcome = if proof.ran { "ran" } else { "nothing-to-do" };
            json!({ "stage": proof.stage, "outcome": outcome, "reports": proof.reports, "base": proof.base })
        })
        .collect();
    let reasons: Vec<Value> =
        judged.reasons.iter().map(|reason| json!({ "kind": reason.wrong.word(), "text": reason.text })).collect();
    let whole = json!({
        "_type": STATEMENT,
        "subject": [{ "name": "commit", "digest": { "gitCommit": about.commit } }],
        "predicateType": PREDICATE,
        "predicate": {
            "verifier": { "id": VERIFIER, "version": { "gatehook": about.version } },
            "timeVerified": about.time,
            "resourceUri": format!("gitoid:commit:{kind}:{}", about.commit),
            "policy": { "uri": about.policy, "digest": { "sha256": about.policy_digest } },
            "inputAttestations": inputs,
            "verificationResult": verdict,
            "verifiedLevels": [level],
            "gatehook_required": about.required,
            "gatehook_stages": proofs,
            "gatehook_reasons": reasons,
        },
    });
    whole.to_string().into_bytes()
}
