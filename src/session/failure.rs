//! What went wrong, ready to be printed: the error with its causes, what to do, and the exit code.

use std::error::Error;
use std::fmt;

use crate::finding::Exit;

/// An error as a user reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What went wrong, then what caused it.
    pub chain: Vec<String>,
    /// What to do.
    pub hint: Option<String>,
    /// How the command ends.
    pub exit: Exit,
}

/// The failure of a command that ends with `exit`.
pub fn fail(error: &dyn Error, hint: Option<&str>, exit: Exit) -> Failure {
    let mut chain = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(next) = cause {
        chain.push(next.to_string());
        cause = next.source();
    }
    Failure { chain, hint: hint.map(str::to_owned), exit }
}

/// The failure where the command itself was wrong.
pub fn stop(error: &str, hint: &str) -> Failure {
    Failure { chain: vec![error.to_owned()], hint: Some(hint.to_owned()), exit: Exit::Usage }
}

impl fmt::Display for Failure {
    /// Lines for standard error, without the last line's end.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut causes = self.chain.iter();
        write!(out, "error: {}", causes.next().map_or("", String::as_str))?;
        for cause in causes {
            write!(out, "\n  caused by: {cause}")?;
        }
        match &self.hint {
            Some(hint) => write!(out, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::GitError;

    #[test]
    fn causes_and_hint_have_lines_of_their_own() {
        let source = std::io::Error::other("gone");
        let error = GitError::NoPath { path: "a".into(), source };
        let text = fail(&error, Some("name another path"), Exit::Usage).to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3, "{text}");
        assert!(lines[0].starts_with("error: ") && lines[1] == "  caused by: gone", "{text}");
        assert_eq!(lines[2], "hint: name another path");
    }
}
