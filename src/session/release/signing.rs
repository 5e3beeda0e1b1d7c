//! Who signs: a key in a file, a command of the user's that holds one elsewhere, or nobody.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::public_key;
use crate::finding::Exit;
use crate::release::{Envelope, PublicKey, SigningKey};
use crate::session::failure::{Failure, fail, stop};
use crate::session::{files, limits};
use crate::sys::pipe::{self, Bounds};

/// How long a signer may be silent: it may ask a service, or a person at a token. It says one signature.
const BOUNDS: Bounds = Bounds { silence: Duration::from_secs(120), most: 4096 };

/// Who signs.
#[derive(Clone, Debug)]
pub enum Signer {
    /// Nobody.
    None,
    /// The private key in this file.
    Key(PathBuf),
    /// A line for `sh -c`, which gets the bytes to sign on standard input and prints the signature.
    Command {
        /// The line.
        line: String,
        /// The public key that its signature is checked by.
        public: PathBuf,
    },
}

/// A signer with its key read.
pub(super) enum Opened {
    None,
    Key(Box<SigningKey>),
    Command { line: String, public: Box<PublicKey> },
}

impl Signer {
    /// A key's file, else a command with the file of its public key, else nobody.
    pub fn of(key: Option<PathBuf>, command: Option<(String, PathBuf)>) -> Self {
        match (key, command) {
            (Some(key), _) => Self::Key(key),
            (None, Some((line, public))) => Self::Command { line, public },
            (None, None) => Self::None,
        }
    }

    /// Reads the key.
    pub(super) fn open(&self) -> Result<Opened, Failure> {
        match self {
            Self::None => Ok(Opened::None),
            Self::Key(path) => private_key(path).map(|key| Opened::Key(Box::new(key))),
            Self::Command { line, public } => {
                Ok(Opened::Command { line: line.clone(), public: Box::new(public_key(public)?) })
            }
        }
    }
}

impl Opened {
    /// Signs `envelope`; whether it is signed then. What would not verify is not written.
    pub(super) fn sign(self, envelope: &mut Envelope) -> Result<bool, Failure> {
        match self {
            Self::None => Ok(false),
            Self::Key(key) => {
                envelope.sign(&key);
                Ok(true)
            }
            Self::Command { line, public } => {
                let bytes = envelope.pae();
                let signature = ask(&line, &bytes)?;
                if !public.verifies(&bytes, &signature) {
                    let error = "what the signer printed is no signature by the key of `--signer-key`";
                    return Err(Failure { exit: Exit::NotScanned, ..stop(error, "see which key it signs with") });
                }
                envelope.add(public.id(), signature);
                Ok(true)
            }
        }
    }
}

fn private_key(path: &Path) -> Result<SigningKey, Failure> {
    let hint = "openssl genpkey -algorithm ed25519 -out PRIVATE.pem";
    let pem = files::regular(path, limits::KEY).map_err(|error| fail(&error, Some(hint), Exit::Usage))?;
    let pem = zeroize::Zeroizing::new(pem);
    SigningKey::from_pem(&pem).map_err(|error| stop(&format!("`{}`: {error}", path.display()), hint))
}

/// The signature that the command prints: 64 bytes, or their base64.
fn ask(line: &str, bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    let wrong = |error: io::Error| fail(&error, Some("try the signer by hand"), Exit::NotScanned);
    let child = Command::new("sh")
        .args(["-c", line])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .map_err(wrong)?;
    let output = pipe::converse(child, bytes, BOUNDS)
        .map_err(|error| wrong(io::Error::new(error.kind(), format!("the signer did not answer: {error}"))))?;
    if !output.status.success() {
        return Err(wrong(io::Error::other(format!("the signer failed: {}", output.status))));
    }
    if output.stdout.len() == 64 {
        return Ok(output.stdout);
    }
    let text: Vec<u8> = output.stdout.into_iter().filter(|byte| !byte.is_ascii_whitespace()).collect();
    STANDARD
        .decode(text)
        .ok()
        .filter(|signature| signature.len() == 64)
        .ok_or_else(|| wrong(io::Error::other("the signer printed neither 64 bytes nor their base64")))
}
