//! Flags of the commands that coding agents call.

use clap::{Args as Flags, Subcommand, ValueEnum};
use gatehook::agent::Agent;

#[derive(Debug, Subcommand)]
pub(crate) enum AgentCommand {
    /// Judge one event of an agent: JSON on standard input, the answer in that agent's form
    ///
    /// Refuses commands that go around git's hooks (`--no-verify`, `core.hooksPath`, `HUSKY=0`, …) and edits of gatehook's own
    /// files, and looks for secrets and insecure patterns in what is about to be written, run or sent. Prints nothing where
    /// nothing speaks against it. Exits with 2 where the event cannot be read, which the agents take for a no.
    Event(AgentEvent),
    /// Serve `scan_text`, `scan_staged` and `explain` over the Model Context Protocol, on standard input and output
    Mcp,
    /// Put the call into the agents' settings of this repository, beside what is there
    Install(AgentInstall),
}

/// An agent, as a flag names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AgentName {
    /// Claude Code
    Claude,
    /// Codex
    Codex,
    /// Cursor
    Cursor,
    /// GitHub Copilot CLI
    Copilot,
    /// Gemini CLI
    Gemini,
    /// VS Code
    Vscode,
}

impl From<AgentName> for Agent {
    fn from(name: AgentName) -> Self {
        match name {
            AgentName::Claude => Self::Claude,
            AgentName::Codex => Self::Codex,
            AgentName::Cursor => Self::Cursor,
            AgentName::Copilot => Self::Copilot,
            AgentName::Gemini => Self::Gemini,
            AgentName::Vscode => Self::VsCode,
        }
    }
}

#[derive(Debug, Flags)]
pub(crate) struct AgentEvent {
    /// Which agent calls; without it the event's own form tells
    #[arg(long = "for", value_name = "AGENT", value_enum)]
    pub(crate) agent: Option<AgentName>,
}

#[derive(Debug, Flags)]
pub(crate) struct AgentInstall {
    /// The agents; by default those whose directory is there (`.claude`, `.codex`, `.cursor`, `.gemini`)
    #[arg(long = "for", value_name = "AGENT", value_enum, num_args = 1.., value_delimiter = ',')]
    pub(crate) agents: Vec<AgentName>,
    /// Show what would be written and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}
