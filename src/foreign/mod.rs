//! Other tools' configuration -> what it becomes here, entry by entry. Pure: takes bytes, reads no file.
//!
//! Each reader knows one file format from its tool's documentation, turns it into [`Entry`]s, and leaves
//! none out: what cannot be honoured is named with the reason. Texts of patterns and values are never
//! quoted: a pattern of an allowance may be the secret itself.

mod pattern;
mod plan;
mod place;
mod names;
mod own_rule;
mod gitleaks;
mod detect_secrets;
mod talisman;
mod git_secrets;
mod pre_commit;

use crate::document::Fault;

pub use place::{Looked, Stands};
pub use plan::{Became, Entry, Known, Plan, Spot, Write};

/// Bytes that a foreign file may have. Baselines and reports are long.
pub const MOST: u64 = 64 << 20;

/// A format that is read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `.gitleaks.toml`.
    GitleaksConfig,
    /// `.gitleaksignore`.
    GitleaksIgnore,
    /// A JSON report of gitleaks.
    GitleaksReport,
    /// `.secrets.baseline` of detect-secrets.
    DetectSecrets,
    /// `.talismanrc`.
    Talisman,
    /// `secrets.*` in git's configuration, as `git config --null --get-regexp` prints it.
    GitSecrets,
    /// `.gitallowed` of git-secrets.
    GitAllowed,
    /// `.pre-commit-config.yaml`.
    PreCommit,
}

/// Why a foreign file cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum ForeignError {
    /// It is too long.
    #[error("it is over {} MiB", MOST >> 20)]
    TooLarge,
    /// It is no text.
    #[error("it is not UTF-8")]
    Encoding,
    /// It is not of its format.
    #[error("line {line}: {message}")]
    Form {
        /// Where, from 1; 0 where that is not known.
        line: u32,
        /// What is wrong.
        message: String,
    },
    /// Its values are nested, or repeated by aliases, beyond all use.
    #[error("its values are nested too deep, or too many")]
    TooDeep,
}

impl From<Fault> for ForeignError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Form { line, message } => Self::Form { line, message },
            Fault::TooDeep => Self::TooDeep,
        }
    }
}

/// Why an allowance by the look of a value, a match or a line is not taken over, and what to do instead.
const NO_VALUES: (&str, &str) = (
    "gatehook allows by rule, path and finding, not by what a value or line looks like",
    "`gatehook scan`, then `gatehook allow FINGERPRINT --reason …` for what still shows",
);

/// Whether a `.pre-commit-config.yaml` has a hook of gatehook's already.
pub fn has_gatehook(text: &str) -> Result<bool, ForeignError> {
    pre_commit::has_gatehook(text)
}

/// Reads `text`, which is of that kind.
pub fn read(kind: Kind, text: &[u8]) -> Result<Plan, ForeignError> {
    if text.len() as u64 > MOST {
        return Err(ForeignError::TooLarge);
    }
    let text = std::str::from_utf8(text).map_err(|_| ForeignError::Encoding)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match kind {
        Kind::GitleaksConfig => gitleaks::config(text),
        Kind::GitleaksIgnore => Ok(gitleaks::ignore(text)),
        Kind::GitleaksReport => gitleaks::report(text),
        Kind::DetectSecrets => detect_secrets::read(text),
        Kind::Talisman => talisman::read(text),
        Kind::GitSecrets => Ok(git_secrets::read(text)),
        Kind::GitAllowed => Ok(git_secrets::allowed_file(text)),
        Kind::PreCommit => pre_commit::read(text),
    }
}
