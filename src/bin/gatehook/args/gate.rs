//! Flags of the release gate.

use std::path::PathBuf;

use clap::{Args as Flags, Subcommand};
use gatehook::session::clock;

#[derive(Debug, Subcommand)]
pub(crate) enum GateCommand {
    /// Let a release go, or not, by what CI reported of its commit
    ///
    /// Reads every file in the directory as a report that `gatehook ci --report json=FILE` wrote, joins shards, and demands
    /// that each stage of `gate.ci` in the commit's configuration ran on this very commit, once, whole, by this version
    /// and not long ago. The verdict is written as an in-toto statement (a SLSA verification summary) in a DSSE envelope,
    /// also where it is a no. Exits with 1 where findings block, with 4 where a stage is missing or failed, with 3 for
    /// other evidence that does not count.
    Release(ReleaseGate),
    /// Check the envelope of a release before a deploy
    ///
    /// It has to be signed by the pinned key, to be about the pinned commit, and to say yes. Exits with 1 where it says
    /// no, with 3 where it cannot be believed.
    Verify(VerifyEnvelope),
}

#[derive(Debug, Flags)]
pub(crate) struct ReleaseGate {
    /// The directory with the reports, and with nothing else
    #[arg(long, value_name = "DIR")]
    pub(crate) evidence: PathBuf,
    /// The commit that is released: an id, a tag, a branch
    #[arg(long, value_name = "REV")]
    pub(crate) commit: String,
    /// Stages that must have run besides those of `gate.ci`
    #[arg(long, value_name = "STAGE", num_args = 1..)]
    pub(crate) require: Vec<String>,
    /// How old a report may be: 90m, 24h, 7d
    #[arg(long, value_name = "AGE", default_value = "24h", value_parser = clock::age)]
    pub(crate) max_age: u64,
    /// The Ed25519 private key to sign with, as PKCS#8 PEM
    #[arg(long, value_name = "FILE", conflicts_with = "signer")]
    pub(crate) key: Option<PathBuf>,
    /// A command for `sh -c` that signs: gets the bytes on standard input, prints the signature (raw or base64)
    #[arg(long, value_name = "COMMAND", requires = "signer_key")]
    pub(crate) signer: Option<String>,
    /// The public key of `--signer`, as PEM: its signature is checked before anything is written
    #[arg(long, value_name = "FILE", requires = "signer")]
    pub(crate) signer_key: Option<PathBuf>,
    /// Where the envelope goes, by default to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Flags)]
pub(crate) struct VerifyEnvelope {
    /// The envelope that `gatehook gate release` wrote
    pub(crate) envelope: PathBuf,
    /// The public key that must have signed it, as PEM
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// The commit that is deployed, as its whole id
    #[arg(long, value_name = "ID")]
    pub(crate) commit: String,
    /// How old it may be, such as 24h or 7d; by default any age
    #[arg(long, value_name = "AGE", value_parser = clock::age)]
    pub(crate) max_age: Option<u64>,
    /// The SHA-256 of the gatehook.toml that must have been the policy
    #[arg(long, value_name = "DIGEST")]
    pub(crate) policy: Option<String>,
    /// The directory with the reports: they have to be the very ones that the verdict rests on
    #[arg(long, value_name = "DIR")]
    pub(crate) evidence: Option<PathBuf>,
}
