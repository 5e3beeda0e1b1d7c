//! Questions to a person who sits in front of a terminal.

use std::io::{self, BufRead, IsTerminal, Write};

use gatehook::text::Dress;

use crate::door::{self, Content};

/// Whether a question can be asked: input and error output are a terminal.
pub(crate) fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks on standard error and gives the answer; `None` at the end of the input.
pub(crate) fn ask(question: &str) -> Option<String> {
    let mut out = door::stderr(Dress::Plain, Content::Anyones);
    let _ = write!(out, "{question}").and_then(|()| out.flush());
    let mut answer = String::new();
    match io::stdin().lock().read_line(&mut answer) {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(answer.trim().to_owned()),
    }
}
