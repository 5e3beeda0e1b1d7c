//! Coding agents: an event of theirs -> what it is about to do -> whether it may, in the agent's own form.
//!
//! Agents know `--no-verify`. What they are about to run, write or send comes here first: ways around the hooks are
//! refused, and so are edits of gatehook's own files; texts are handed back to be looked at. Pure: who calls reads the
//! event, looks at the texts and prints the answer.

mod answer;
mod command;
mod event;
pub mod mcp;
mod settings;
mod shell;

pub use answer::{Answer, Judgement, answer};
pub use command::{changes_own_files, refused};
pub use event::{Event, Moment, NoEvent, Piece, read};
pub use settings::{NoSettings, Settings, merged};

use std::str::FromStr;

/// An agent whose hooks are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agent {
    /// Claude Code.
    Claude,
    /// Codex.
    Codex,
    /// Cursor.
    Cursor,
    /// GitHub Copilot CLI.
    Copilot,
    /// Gemini CLI.
    Gemini,
    /// VS Code's own agents.
    VsCode,
}

impl Agent {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 6] = [Self::Claude, Self::Codex, Self::Cursor, Self::Copilot, Self::Gemini, Self::VsCode];

    /// Its word in flags.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Claude => "claude",
            Self::Codex => "codex",
            Self::Cursor => "cursor",
            Self::Copilot => "copilot",
            Self::Gemini => "gemini",
            Self::VsCode => "vscode",
        }
    }
}

impl FromStr for Agent {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|agent| agent.word() == word).ok_or(())
    }
}

/// Why something is refused, and what to do in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What it would have done.
    pub why: String,
    /// What to do.
    pub instead: String,
}
