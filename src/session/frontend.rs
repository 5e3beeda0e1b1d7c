//! What a session needs from whoever runs it.

use std::io;

use crate::finding::{Exit, Report};
use crate::pipeline::Follow;

/// Takes the lines and reports of a session, and gives what stands on standard input.
pub trait Frontend: Send + Sync {
    /// Says a line. Nothing depends on whether it is heard.
    fn tell(&self, line: &str);
    /// Writes the report where the flags ask for it, and gives the exit code.
    fn emit(&self, report: &Report) -> Exit;
    /// Who follows the stages of a run.
    fn follow(&self) -> Box<dyn Follow>;
    /// All of standard input; nothing where a person sits in front of it.
    fn input(&self) -> io::Result<Vec<u8>>;
}
