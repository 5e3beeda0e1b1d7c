//! What `gatehook hook NAME` does, which the shims call. A file a kind of hook.
//!
//! Every hook looks first and then runs the hook that it chains, whose exit code it keeps. Nothing
//! that goes wrong in here ends in 0 or 1. What is to be said goes through a [`Frontend`].

mod commit;
mod gate;
mod message;
mod named;
mod passes;
mod push;
mod receipts;
mod receive;
mod rewrite;
mod environment;

use std::cell::{Cell, OnceCell};
use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::finding::Exit;
use crate::git::{GitError, Repo};
use crate::hooks::{self, Hook};
use crate::session::{Failure, Frontend, Overrides, fail};

use self::environment::HookEnvironment;

/// How a hook was called.
#[derive(Clone, Debug)]
pub struct HookCall {
    /// The hook.
    pub hook: Hook,
    /// Directory of the shim that calls.
    pub hooks_dir: Option<PathBuf>,
    /// Whether that shim stands in front of all repositories.
    pub everywhere: bool,
    /// Whether git's configuration calls.
    pub configured: bool,
    /// How long `pre-receive` may take.
    pub budget: Duration,
    /// Whether the push passes once that time is up.
    pub passes_late: bool,
    /// Files in place of the repository's own.
    pub overrides: Overrides,
    /// What git gave the hook.
    pub args: Vec<OsString>,
}

/// One call of a hook.
struct Call<'a> {
    hook: Hook,
    flags: &'a HookCall,
    front: &'a Arc<dyn Frontend>,
    environment: HookEnvironment,
    /// The git directory that all work trees share, once it is known.
    common_dir: OnceCell<PathBuf>,
    /// Whether the checks that are left out stand in the record already.
    recorded: Cell<bool>,
}

/// Runs a hook and gives the exit code: one of [`Exit`], or the chained hook's own.
pub fn run(flags: &HookCall, front: &Arc<dyn Frontend>) -> u8 {
    let hook = flags.hook;
    let call = Call::new(flags, front);
    call.tell_displaced();
    let ended = catch_unwind(AssertUnwindSafe(|| match hook {
        _ if call.leaves_it_to_a_shim() => Exit::Clean.code(),
        Hook::PreCommit | Hook::PreMergeCommit => commit::run(&call),
        Hook::CommitMsg => message::run(&call),
        Hook::PrePush => push::run(&call),
        Hook::PreReceive => receive::run(&call),
    }));
    ended.unwrap_or_else(|_| {
        call.tell(&format!(
            "error: internal error in gatehook, so {} was not looked at: please report it",
            hook.what()
        ));
        call.after_error(Exit::NotScanned).code()
    })
}

impl<'a> Call<'a> {
    fn new(flags: &'a HookCall, front: &'a Arc<dyn Frontend>) -> Self {
        let environment = HookEnvironment::from_environment();
        Self { hook: flags.hook, flags, front, environment, common_dir: OnceCell::new(), recorded: Cell::new(false) }
    }

    fn tell(&self, line: &str) {
        self.front.tell(line);
    }

    /// Says a failure and gives its exit code.
    fn failed(&self, failure: &Failure) -> Exit {
        self.tell(&failure.to_string());
        failure.exit
    }

    fn fail(&self, error: &dyn std::error::Error, hint: Option<&str>, exit: Exit) -> Exit {
        self.failed(&fail(error, hint, exit))
    }

    /// The repository that git runs this hook in.
    fn repo(&self) -> Result<Repo, GitError> {
        let repo = Repo::discover(Path::new("."))?;
        self.common_dir.get_or_init(|| repo.common_dir.clone());
        Ok(repo)
    }

    /// The hook that runs after this one.
    fn next(&self) -> Result<Option<PathBuf>, u8> {
        let Some(dir) = &self.flags.hooks_dir else { return Ok(None) };
        if !self.flags.everywhere {
            return Ok(hooks::beside(dir, self.hook));
        }
        let own = self.repo().map_err(hooks::HooksError::from);
        own.and_then(|repo| hooks::behind(&repo.common_dir.join("hooks"), self.hook)).map_err(|error| {
            self.tell("error: the repository's own hook did not run");
            self.after_error(self.fail(&error, error.hint().as_deref(), Exit::NotScanned)).code()
        })
    }

    /// Runs the hook that comes after this one and gives its exit code, 0 where there is none.
    fn chained(&self, input: Option<&[u8]>) -> u8 {
        let path = match self.next() {
            Ok(Some(path)) => path,
            Ok(None) => return 0,
            Err(code) => return code,
        };
        match hooks::run(&path, self.hook, &self.flags.args, input, self.environment.chain_depth.as_deref()) {
            Ok(code) => code,
            Err(error) => self.fail(&error, error.hint().as_deref(), Exit::NotScanned).code(),
        }
    }

    /// Whether git's configuration runs this, and a shim does the work already.
    fn leaves_it_to_a_shim(&self) -> bool {
        let shim = |repo: Repo| hooks::configured::has_shim(&repo, self.hook);
        // In doubt it is done twice.
        self.flags.configured && self.repo().map_err(hooks::HooksError::from).and_then(shim).unwrap_or(false)
    }

    /// Tells which hooks of this repository gatehook has lost to another tool since it was installed.
    fn tell_displaced(&self) {
        let Some(dir) = self.flags.hooks_dir.as_deref().filter(|_| !self.flags.everywhere) else { return };
        // What cannot be known here is not what this hook is for.
        let lost = hooks::displaced(dir, || self.repo()).unwrap_or_default();
        for one in &lost {
            let by = one.by.map_or("another hook stands there", |by| by.word());
            let verb = if one.by.is_some() { " has put its own hook there" } else { "" };
            self.tell(&format!(
                "warning: `{}` does not run gatehook any more: {by}{verb}, and gatehook's is kept as {}",
                one.hook,
                one.kept.display()
            ));
        }
        if !lost.is_empty() {
            self.tell("hint: `gatehook status` says how both run");
        }
    }

    /// Tells why commits came past the commit gate, where another hook stands in its place.
    fn tell_not_in_force(&self, repo: &Repo) {
        let state = hooks::Place::find(repo).and_then(|place| hooks::state(&place, Hook::PreCommit, true));
        if let Ok(state @ (hooks::State::Foreign(_) | hooks::State::Overridden(_))) = state {
            let state = state.describe(&std::env::current_dir().unwrap_or_default());
            self.tell(&format!(
                "warning: `pre-commit` does not run gatehook: {state}\nhint: `gatehook status` says more"
            ));
        }
    }

    /// What git gave at `place`, as text.
    fn arg(&self, place: usize) -> Option<String> {
        self.flags.args.get(place).map(|arg: &OsString| arg.to_string_lossy().into_owned())
    }

    /// Tells why git's answer is not available.
    fn no_git(&self, error: &GitError) -> Exit {
        self.after_error(self.fail(error, error.hint().as_deref(), Exit::NotScanned))
    }
}
