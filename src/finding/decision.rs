//! What a gate came to: verdict, exit code and which findings block, which always fit together.
//!
//! Made by `policy::decide`, or read back from a report; what goes wrong around the run is added by
//! [`Decision::end_with`]. No part of it can be set alone, so that no report says "pass" beside an exit code that
//! is none.

use super::{Exit, Verdict};

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    verdict: Verdict,
    exit: Exit,
    blocking: Vec<usize>,
}

impl Decision {
    /// Of these parts; `blocking` are places in the report's findings, rising. "Pass" beside another exit code
    /// than 0 is "incomplete".
    pub fn new(verdict: Verdict, exit: Exit, blocking: Vec<usize>) -> Self {
        let mut decision = Self { verdict, exit, blocking };
        decision.end_with(exit);
        decision
    }

    /// The verdict.
    pub const fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The exit code.
    pub const fn exit(&self) -> Exit {
        self.exit
    }

    /// Places of the findings that block, rising.
    pub fn blocking(&self) -> &[usize] {
        &self.blocking
    }

    /// Adds what went wrong around the run.
    pub fn end_with(&mut self, exit: Exit) {
        self.exit = self.exit.or(exit);
        if self.verdict == Verdict::Pass && self.exit != Exit::Clean {
            self.verdict = Verdict::Incomplete;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_pass_stands_beside_an_exit_code_that_is_none() {
        for exit in [Exit::Usage, Exit::NotScanned, Exit::StageFailed, Exit::Interrupted] {
            assert_eq!(Decision::new(Verdict::Pass, exit, Vec::new()).verdict(), Verdict::Incomplete);
            let mut passed = Decision::new(Verdict::Pass, Exit::Clean, Vec::new());
            passed.end_with(exit);
            assert_eq!((passed.verdict(), passed.exit()), (Verdict::Incomplete, exit));
        }
    }
}
