//! `gatehook hook NAME`: flags to a call, and what a hook says to standard error.

use std::sync::Arc;

use gatehook::hooks::Hook;
use gatehook::session::Frontend;
use gatehook::session::hook::{self, HookCall};

use crate::args::{self, OnBudget};
use crate::console::Console;
use crate::out::To;
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
    // Standard output may belong to another program.
    let front: Arc<dyn Frontend> = Arc::new(Console { output: flags.output.clone(), to: To::Stderr });
    hook::run(&call, &front)
}
