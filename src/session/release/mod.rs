//! The release gate around [`crate::release`]: where the evidence, the policy and the key come from.

mod folder;
mod signing;

use std::path::{Path, PathBuf};

use super::configuration::{ConfigFrom, Overrides, load};
use super::failure::{Failure, fail, stop};
use super::{clock, files, limits};
use crate::config;
use crate::finding::Exit;
use crate::git::{self, Repo};
use crate::release::{self, About, Demands, Envelope, Expected, Judgement, PublicKey, Verified};
use crate::text::sha256;

pub use signing::Signer;

/// What is asked for.
#[derive(Debug)]
pub struct ReleaseRequest {
    /// The directory of reports.
    pub evidence: PathBuf,
    /// The commit, as git names it.
    pub commit: String,
    /// Stages that must have run besides those that the configuration names for `ci`.
    pub require: Vec<String>,
    /// Seconds that a report may be old.
    pub max_age: u64,
    /// Who signs.
    pub signer: Signer,
}

/// What was decided.
#[derive(Debug)]
pub struct Released {
    /// The commit, as a whole id.
    pub commit: String,
    /// The verdict and what it rests on.
    pub judged: Judgement,
    /// The envelope's bytes.
    pub envelope: String,
    /// Whether it is signed.
    pub signed: bool,
}

impl Released {
    /// What people are told of it.
    pub fn lines(&self) -> Vec<String> {
        let Self { commit, judged, signed, .. } = self;
        let mut lines = Vec::new();
        for (at, reason) in judged.reasons.iter().enumerate() {
            lines.push(format!("error: {reason}"));
            if judged.reasons.get(at + 1).is_none_or(|next| next.wrong != reason.wrong) {
                lines.push(format!("hint: {}", reason.wrong.hint()));
            }
        }
        for proof in &judged.proofs {
            let base = proof.base.as_deref().map_or_else(|| "everything".to_owned(), |base| format!("from {base}"));
            let what = if proof.ran { "ran" } else { "had nothing to do" };
            lines.push(format!("{} {what} ({base}): {}", proof.stage, proof.reports.join(", ")));
        }
        let verdict = if judged.passes() { "PASSED" } else { "FAILED" };
        let how = if *signed { "signed" } else { "NOT signed: nothing shows that it was made here" };
        lines.push(format!("release of {commit}: {verdict}, {how}"));
        lines
    }
}

/// Decides over a release. What is wrong with evidence is in the judgement; an error is only what keeps it from being
/// made.
pub fn decide(request: &ReleaseRequest) -> Result<Released, Failure> {
    // Before anything is looked at: a key that is wrong is no reason to look.
    let opened = request.signer.open()?;
    let repo = Repo::discover(Path::new(".")).map_err(|error| fail(&error, error.hint().as_deref(), Exit::Usage))?;
    let commit = git::commit_id(&repo, &request.commit)
        .map_err(|error| fail(&error, error.hint().as_deref(), Exit::NotScanned))?
        .ok_or_else(|| stop(&format!("`{}` names no commit here", request.commit), "git fetch --unshallow --tags"))?;
    let loaded = load(&ConfigFrom::Commit(&repo, commit.clone()), &Overrides::default());
    if let Some(failure) = loaded.failure {
        return Err(failure);
    }
    let config = loaded.config;
    let text = git::file_at(&repo, &commit, config::FILE)
        .map_err(|error| fail(&error, error.hint().as_deref(), Exit::NotScanned))?;
    let evidence = folder::read(&request.evidence)?;
    let demands = Demands {
        commit: &commit,
        stages: config.ci.stages.iter().chain(&request.require).cloned().collect(),
        block: config.ci.block,
        tier: config.ci.tier,
        is_pinned: config.as_of.is_some(),
        max_age: request.max_age,
        advisories_max_age: config.sca.max_age.as_secs(),
        now: clock::seconds(),
        version: env!("CARGO_PKG_VERSION"),
    };
    let judged = release::judge(evidence, &demands);
    let digest = hex(&sha256(text.as_deref().unwrap_or_default()));
    let about = About {
        commit: &commit,
        policy: if text.is_some() { config::FILE } else { "gatehook:defaults" },
        policy_digest: &digest,
        time: &clock::at(demands.now),
        version: demands.version,
        required: demands.stages.iter().map(String::as_str).collect(),
    };
    let mut envelope = Envelope::new(release::statement(&judged, &about));
    let signed = opened.sign(&mut envelope)?;
    let envelope = envelope.to_json();
    Ok(Released { commit, judged, envelope, signed })
}

/// What must hold of an envelope.
#[derive(Debug)]
pub struct VerifyRequest {
    /// The envelope's file.
    pub envelope: PathBuf,
    /// The public key's file.
    pub key: PathBuf,
    /// The commit, as a whole id.
    pub commit: String,
    /// Seconds that it may be old.
    pub max_age: Option<u64>,
    /// SHA-256 of the policy.
    pub policy: Option<String>,
    /// The directory of the reports that it names, where they are to be looked at again.
    pub evidence: Option<PathBuf>,
}

/// Checks an envelope, and says in a line what it lets go.
pub fn verify(request: &VerifyRequest) -> Result<String, Failure> {
    let is_id = matches!(request.commit.len(), 40 | 64) && request.commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_id {
        let failure = stop(&format!("`{}` is no whole id of a commit", request.commit), "git rev-parse HEAD");
        return Err(failure);
    }
    let key = public_key(&request.key)?;
    let bytes =
        files::regular(&request.envelope, limits::ENVELOPE).map_err(|error| fail(&error, None, Exit::NotScanned))?;
    let expected = Expected {
        key: &key,
        commit: &request.commit.to_ascii_lowercase(),
        max_age: request.max_age,
        policy: request.policy.as_deref(),
        now: clock::seconds(),
    };
    let verified = release::verify(&bytes, &expected).map_err(|refused| {
        fail(&refused, Some("do not deploy: run `gatehook gate release` for this commit"), refused.exit())
    })?;
    if let Some(dir) = &request.evidence {
        let found = folder::digests(dir)?;
        let mut told = verified.inputs.clone();
        told.sort();
        if found != told {
            let differs =
                told.iter().find(|input| !found.contains(input)).or(found.iter().find(|one| !told.contains(one)));
            let name = differs.map_or("", |(name, _)| name);
            let text = format!("tampered: `{name}` is not what the verdict rests on");
            let failure = stop(&text, "take the reports as their jobs wrote them");
            return Err(Failure { exit: Exit::NotScanned, ..failure });
        }
    }
    let Verified { time, version, policy, inputs } = verified;
    let (commit, count) = (&request.commit, inputs.len());
    Ok(format!(
        "PASSED: commit {commit}, decided {time} by gatehook {version} over {count} reports, policy sha256:{policy}\n"
    ))
}

/// Reads a public key.
fn public_key(path: &Path) -> Result<PublicKey, Failure> {
    let hint = "openssl pkey -in PRIVATE.pem -pubout -out PUBLIC.pem";
    let pem = files::regular(path, limits::KEY).map_err(|error| fail(&error, Some(hint), Exit::Usage))?;
    PublicKey::from_pem(&pem).map_err(|error| stop(&format!("`{}`: {error}", path.display()), hint))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
