//! What a command did, ready to be printed.

use super::Failure;
use crate::finding::Exit;

/// What is to be said once a command is through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completed {
    /// For standard output.
    pub text: String,
    /// For standard error, before that.
    pub warnings: Vec<String>,
    /// How it ends, at best.
    pub exit: Exit,
}

impl Completed {
    /// All of it was done.
    pub fn all(text: String) -> Self {
        Self { text, warnings: Vec::new(), exit: Exit::Clean }
    }

    /// The same, but for `failures`.
    pub fn but_for(text: String, failures: &[Failure]) -> Self {
        let exit = failures.iter().fold(Exit::Clean, |exit, failure| exit.or(failure.exit));
        Self { text, warnings: failures.iter().map(ToString::to_string).collect(), exit }
    }
}
