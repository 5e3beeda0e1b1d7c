//! The frontend of a session: standard input, standard error, and the reports that flags ask for.

use std::io::{self, IsTerminal, Read};

use gatehook::finding::{Exit, Report};
use gatehook::pipeline::Follow;
use gatehook::session::Frontend;

use crate::args::Output;
use crate::door;
use crate::out::{self, To};
use crate::progress::Progress;

/// This process, seen from a session.
pub(crate) struct Console {
    /// Which reports are written.
    pub(crate) output: Output,
    /// Where the one for people goes.
    pub(crate) to: To,
}

impl Frontend for Console {
    fn tell(&self, line: &str) {
        door::tell(line);
    }

    fn emit(&self, report: &Report) -> Exit {
        out::emit(report, &self.output.reports, self.to)
    }

    fn follow(&self) -> Box<dyn Follow> {
        Box::new(Progress::new(&self.output))
    }

    fn input(&self) -> io::Result<Vec<u8>> {
        let mut input = Vec::new();
        let mut stdin = io::stdin().lock();
        if !stdin.is_terminal() {
            stdin.read_to_end(&mut input)?;
        }
        Ok(input)
    }
}
