//! `gatehook hook NAME`: what the shims call. A file a kind of hook.
//!
//! Every hook looks first and then runs the hook that it chains, whose exit code it keeps. Nothing
//! that goes wrong in here ends in 0 or 1.

mod commit;
mod gate;
mod message;
mod named;
mod passes;
mod push;
mod receipts;
mod receive;
mod rewrite;
mod surroundings;

use std::cell::{Cell, OnceCell};
use std::ffi::OsString;
use std::io::{self, IsTerminal, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use gatehook::finding::Exit;
use gatehook::git::{GitError, Repo};
use gatehook::hooks::{self, Hook};

use self::surroundings::Surroundings;
use crate::args;
use crate::say::fail;

/// One call of a hook.
struct Call<'a> {
    hook: Hook,
    flags: &'a args::Hook,
    around: Surroundings,
    /// The git directory that all work trees share, once it is known.
    common_dir: OnceCell<PathBuf>,
    /// Whether the checks that are left out stand in the record already.
    recorded: Cell<bool>,
}

pub(crate) fn run(flags: &args::Hook) -> u8 {
    let Ok(hook) = flags.name.parse::<Hook>() else {
        let offered: Vec<&str> = Hook::ALL.iter().map(|hook| hook.word()).collect();
        tell(&format!("error: gatehook has no hook `{}`", flags.name));
        tell(&format!("hint: it has {}", offered.join(", ")));
        return Exit::Usage.code();
    };
    let call = Call::new(hook, flags);
    call.tell_displaced();
    let ended = catch_unwind(AssertUnwindSafe(|| match hook {
        _ if call.leaves_it_to_a_shim() => Exit::Clean.code(),
        Hook::PreCommit | Hook::PreMergeCommit => commit::run(&call),
        Hook::CommitMsg => message::run(&call),
        Hook::PrePush => push::run(&call),
        Hook::PreReceive => receive::run(&call),
    }));
    ended.unwrap_or_else(|_| {
        tell(&format!("error: gatehook stumbled, so {} was not looked at (a defect of gatehook)", hook.what()));
        call.settle(Exit::NotScanned).code()
    })
}

/// Says a line. Standard error may be closed: no verdict depends on it.
fn tell(line: &str) {
    crate::door::tell(line);
}

/// All of standard input; nothing where a person sits in front of it.
fn input() -> io::Result<Vec<u8>> {
    let mut input = Vec::new();
    let mut stdin = io::stdin().lock();
    if !stdin.is_terminal() {
        stdin.read_to_end(&mut input)?;
    }
    Ok(input)
}

impl<'a> Call<'a> {
    fn new(hook: Hook, flags: &'a args::Hook) -> Self {
        let around = Surroundings::from_environment();
        Self { hook, flags, around, common_dir: OnceCell::new(), recorded: Cell::new(false) }
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
            tell("error: the repository's own hook did not run");
            self.settle(fail(&error, error.hint().as_deref(), Exit::NotScanned)).code()
        })
    }

    /// Runs the hook that comes after this one and gives its exit code, 0 where there is none.
    fn chained(&self, input: Option<&[u8]>) -> u8 {
        let path = match self.next() {
            Ok(Some(path)) => path,
            Ok(None) => return 0,
            Err(code) => return code,
        };
        match hooks::run(&path, self.hook, &self.flags.args, input, self.around.chain_depth.as_deref()) {
            Ok(code) => code,
            Err(error) => fail(&error, error.hint().as_deref(), Exit::NotScanned).code(),
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
            tell(&format!(
                "warning: `{}` does not run gatehook any more: {by}{verb}, and gatehook's is kept as {}",
                one.hook,
                one.kept.display()
            ));
        }
        if !lost.is_empty() {
            tell("hint: `gatehook status` says how both run");
        }
    }

    /// Tells why commits came past the commit gate, where another hook stands in its place.
    fn tell_not_in_force(repo: &Repo) {
        let state = hooks::Place::find(repo).and_then(|place| hooks::state(&place, Hook::PreCommit, true));
        if let Ok(state @ (hooks::State::Foreign(_) | hooks::State::Overridden(_))) = state {
            let state = state.describe(&std::env::current_dir().unwrap_or_default());
            tell(&format!("warning: `pre-commit` does not run gatehook: {state}\nhint: `gatehook status` says more"));
        }
    }

    /// What git gave at `place`, as text.
    fn arg(&self, place: usize) -> Option<String> {
        self.flags.args.get(place).map(|arg: &OsString| arg.to_string_lossy().into_owned())
    }

    /// Tells why git's answer is not to be had.
    fn no_git(&self, error: &GitError) -> Exit {
        self.settle(fail(error, error.hint().as_deref(), Exit::NotScanned))
    }
}
