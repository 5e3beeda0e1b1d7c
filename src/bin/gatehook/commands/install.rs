//! `gatehook install` and `gatehook uninstall`.

use std::path::{Path, PathBuf};

use gatehook::finding::Exit;
use gatehook::git::Repo;
use gatehook::hooks::{self, Action, Hook, HooksError, Place, Tense};

use super::fail;
use crate::args;

pub(crate) fn install(args: &args::Install) -> Exit {
    let planned = names(&args.hooks).and_then(|hooks| {
        let repo = open(args.repo.as_deref())?;
        let hooks = hooks.unwrap_or_else(|| if repo.bare { Hook::BARE.to_vec() } else { Hook::WORK.to_vec() });
        let place = Place::find(&repo).map_err(Fault::Hooks)?;
        hooks::install(&place, &hooks, &binary()).map_err(Fault::Hooks)
    });
    carry_out(planned, args.dry_run)
}

pub(crate) fn uninstall(args: &args::Uninstall) -> Exit {
    let planned = names(&args.hooks).and_then(|hooks| {
        let repo = open(args.repo.as_deref())?;
        let place = Place::find(&repo).map_err(Fault::Hooks)?;
        hooks::uninstall(&place, &hooks.unwrap_or_else(|| Hook::ALL.to_vec())).map_err(Fault::Hooks)
    });
    carry_out(planned, args.dry_run)
}

/// Why there is no plan.
enum Fault {
    Name(String),
    Hooks(HooksError),
}

impl Fault {
    #[allow(clippy::print_stderr, reason = "the binary speaks")]
    fn tell(&self) -> Exit {
        match self {
            Self::Name(name) => {
                let offered: Vec<&str> = Hook::ALL.iter().map(|hook| hook.word()).collect();
                eprintln!("error: gatehook has no hook `{name}`\nhint: it has {}", offered.join(", "));
                Exit::Usage
            }
            Self::Hooks(error) => {
                let exit = if error.is_usage() { Exit::Usage } else { Exit::NotScanned };
                fail(error, error.hint().as_deref(), exit)
            }
        }
    }
}

fn names(given: &[String]) -> Result<Option<Vec<Hook>>, Fault> {
    let parse = |name: &String| name.parse().map_err(|()| Fault::Name(name.clone()));
    let hooks = given.iter().flat_map(|names| names.split(',').map(str::to_owned)).collect::<Vec<_>>();
    if hooks.is_empty() { Ok(None) } else { hooks.iter().map(parse).collect::<Result<_, _>>().map(Some) }
}

fn open(dir: Option<&Path>) -> Result<Repo, Fault> {
    Repo::discover(dir.unwrap_or(Path::new("."))).map_err(|error| Fault::Hooks(error.into()))
}

#[allow(clippy::print_stdout, reason = "the binary speaks")]
fn carry_out(planned: Result<Vec<Action>, Fault>, dry_run: bool) -> Exit {
    let plan = match planned {
        Ok(plan) => plan,
        Err(fault) => return fault.tell(),
    };
    let here = std::env::current_dir().unwrap_or_default();
    for action in &plan {
        if !dry_run && let Err(error) = action.apply() {
            return Fault::Hooks(error).tell();
        }
        println!("{}", action.describe(if dry_run { Tense::Would } else { Tense::Done }, &here));
    }
    if plan.is_empty() {
        println!("nothing of gatehook's is installed here");
    }
    Exit::Clean
}

/// The path to bake into shims: the entry of PATH that leads to this program, so that an upgrade
/// which moves the program behind a link does not break them; else the program itself.
fn binary() -> PathBuf {
    let own = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("gatehook"));
    let real = own.canonicalize().unwrap_or_else(|_| own.clone());
    #[allow(clippy::disallowed_methods, reason = "the binary knows its environment")]
    let path = std::env::var_os("PATH").unwrap_or_default();
    let name = own.file_name().unwrap_or_default().to_owned();
    std::env::split_paths(&path)
        .filter(|dir| dir.is_absolute())
        .map(|dir| dir.join(&name))
        .find(|entry| entry.canonicalize().is_ok_and(|entry| entry == real))
        .unwrap_or(own)
}
