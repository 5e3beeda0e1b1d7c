//! `gatehook hook NAME`: flags to a call, and what a hook says to standard error.

use std::io::{self, IsTerminal, Read};
use std::sync::Arc;

use gatehook::finding::{Exit, Report};
use gatehook::hooks::Hook;
use gatehook::pipeline::Follow;
use gatehook::session::hook::{self, Frontend, HookCall};

use crate::args::{self, OnBudget, Output};
use crate::door;
use crate::out::{self, To};
use crate::progress::Progress;
use crate::say::stop;

pub(crate) fn run(flags: &args::Hook) -> u8 {
    let Ok(hook) = flags.name.parse::<Hook>() else {
        let offered: Vec<&str> = Hook::ALL.iter().map(|hook| hook.word()).collect();
        return stop(&format!("gatehook has no hook `{}`", flags.name), &format!("it has {}", offered.join(", ")))
            .code();
    };
    let call = HookCall {
        hook,
        hooks_dir: flags.hooks_dir.clone(),
        everywhere: flags.everywhere,
        configured: flags.configured,
        budget: flags.budget,
        passes_late: flags.on_budget == OnBudget::Allow,
        overrides: flags.output.overrides(),
        args: flags.args.clone(),
    };
    let front: Arc<dyn Frontend> = Arc::new(StandardError { output: flags.output.clone() });
    hook::run(&call, &front)
}

/// Everything goes to standard error: standard output may belong to somebody else.
struct StandardError {
    output: Output,
}

impl Frontend for StandardError {
    fn tell(&self, line: &str) {
        door::tell(line);
    }

    fn emit(&self, report: &Report) -> Exit {
        out::emit(report, &self.output.reports, To::Stderr)
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
