//! `gatehook install`, `gatehook uninstall` and `gatehook status`.

use std::path::{Path, PathBuf};

use gatehook::config::FILE;
use gatehook::finding::Exit;
use gatehook::git::Repo;
use gatehook::git::setup::Scope;
use gatehook::hooks::{self, Action, Framework, Hook, HooksError, Owner, Place, State, Tense, configured, everywhere};
use gatehook::session::{ConfigFrom, clock, trust, user_dir};

use crate::args;
use crate::args::Output;
use crate::say::{fail, say};
use crate::setup;

pub(crate) fn install(args: &args::Install) -> Exit {
    let hooks = match names(&args.hooks) {
        Ok(hooks) => hooks,
        Err(exit) => return exit,
    };
    let mut notes = Vec::new();
    let planned = if args.global {
        let hooks = hooks.unwrap_or_else(|| Hook::WORK.to_vec());
        if args.config_hooks {
            configured::install(Path::new("."), Scope::Global, &hooks, &own_program())
        } else {
            notes.push(format!("a repository's own {} stay hidden", everywhere::HIDDEN.join(", ")));
            shims_dir().and_then(|dir| everywhere::install(&dir, &hooks, &own_program()))
        }
    } else if let Some(dir) = &args.into {
        let dir = absolute(dir);
        // A mistyped directory would hold hooks that no one ever runs.
        if !dir.is_dir() && !git_looks_into(&dir) {
            return carry_out(Err(HooksError::NoDirectory(dir)), args.which.dry_run, &[]);
        }
        hooks::install_into(&dir, &hooks.unwrap_or_else(|| Hook::WORK.to_vec()))
    } else {
        open(args.which.repo.as_deref()).and_then(|repo| {
            let hooks = hooks.unwrap_or_else(|| if repo.bare { Hook::BARE.to_vec() } else { Hook::WORK.to_vec() });
            if args.config_hooks {
                return configured::install(&repo.top, Scope::Local, &hooks, &own_program());
            }
            let place = Place::find(&repo)?;
            if place.owner == Owner::Gatehook {
                notes.push("gatehook is installed for all of your repositories already".to_owned());
            }
            hooks::install(&place, &hooks, &own_program())
        })
    };
    carry_out(planned, args.which.dry_run, &notes)
}

/// Whether hooks of the repository around the current directory run from `dir`, made or not.
fn git_looks_into(dir: &Path) -> bool {
    let place = open(None).and_then(|repo| Place::find(&repo));
    place.is_ok_and(|place| match &place.owner {
        Owner::Husky(own) | Owner::Somebody(own) => own == dir,
        _ => place.dir == dir,
    })
}

pub(crate) fn uninstall(args: &args::Uninstall) -> Exit {
    let hooks = match names(&args.hooks) {
        Ok(hooks) => hooks.unwrap_or_else(|| Hook::ALL.to_vec()),
        Err(exit) => return exit,
    };
    let place = || open(args.which.repo.as_deref()).and_then(|repo| Place::find(&repo));
    let planned = if args.global {
        shims_dir().and_then(|dir| everywhere::uninstall(&dir))
    } else if let Some(dir) = &args.into {
        hooks::uninstall_from(&absolute(dir), &hooks)
    } else {
        place().and_then(|place| hooks::uninstall(&place, &hooks))
    };
    let exit = carry_out(planned, args.which.dry_run, &[]);
    if exit != Exit::Clean || args.global || args.into.is_some() || args.which.dry_run {
        return exit;
    }
    match place().and_then(|place| hooks::left(&place, &hooks)) {
        Ok(files) => say(&files
            .iter()
            .map(|file| format!("note: {} still runs gatehook: take that out of it\n", short(file)))
            .collect::<String>()),
        Err(error) => refuse(&error),
    }
}

pub(crate) fn status(args: &args::Status) -> Exit {
    let states = open(args.repo.as_deref()).and_then(|repo| {
        let place = Place::find(&repo)?;
        let expected = if repo.bare { &Hook::BARE[..] } else { &Hook::WORK[..] };
        let mut states = Vec::new();
        for hook in Hook::ALL {
            let state = hooks::state(&place, hook, on_path())?;
            // A hook that no one expects is worth a line only where it is there.
            if expected.contains(&hook) || matches!(state, State::Installed(_) | State::Stale { .. }) {
                states.push((hook, state));
            }
        }
        Ok((states, place, repo))
    });
    let (states, place, repo) = match states {
        Ok(states) => states,
        Err(error) => return refuse(&error),
    };
    let all = states.iter().all(|(_, state)| state.in_force());
    let mut text = String::new();
    for (hook, state) in &states {
        text.extend([&format!("{:18}", hook.word()), &state.describe(&here()), "\n"]);
    }
    if let Some(setting) =
        place.setting.as_ref().filter(|_| states.iter().any(|(_, state)| matches!(state, State::Overridden(_))))
    {
        text.extend(["core.hooksPath is `", &setting.value, "` (", &setting.origin, ")\n"]);
    }
    let (more, exit) = under_which(&repo);
    text += &more;
    let remedies = match hooks::remedies(&place, &states) {
        Ok(remedies) => remedies,
        Err(error) => return refuse(&error),
    };
    for remedy in &remedies {
        text.extend([remedy, "\n"]);
    }
    if (!all && remedies.is_empty()) || states.iter().any(|(_, state)| matches!(state, State::Stale { .. })) {
        text += "`gatehook install` repairs that, or says what to do\n";
    }
    let exit = exit.or(if all { Exit::Clean } else { Exit::Blocked });
    exit.or(say(&text))
}

/// The configuration that holds in the work tree: which file, whether its gates stop what they find, and which of
/// its programs may start.
fn under_which(repo: &Repo) -> (String, Exit) {
    if repo.bare {
        return (String::new(), Exit::Clean);
    }
    let loaded = setup::load(&ConfigFrom::Dir(&repo.top), &Output::default());
    let config = &loaded.config;
    let has_file = repo.top.join(FILE).is_file();
    let which = match loaded.exit() {
        Exit::Clean if has_file => FILE,
        Exit::Clean => "none, so the defaults apply",
        _ => "wrong, as said above: no gate passes until it is fixed",
    };
    let gates = [("commit", &config.commit), ("push", &config.push), ("ci", &config.ci)];
    let observing: Vec<String> = gates
        .iter()
        .filter(|(_, gate)| gate.observes(clock::today()))
        .map(|(name, gate)| {
            gate.enforce_from.map_or_else(|| (*name).to_owned(), |from| format!("{name} (until {from})"))
        })
        .collect();
    let mode = match observing.as_slice() {
        [] => "enforce".to_owned(),
        some => format!("observe at {}: what is found there stops nothing", some.join(", ")),
    };
    let mut text = format!("{:18}{which}\n{:18}{mode}\n", "configuration", "mode");
    let trusted = trust::names(repo, "HEAD", config);
    let waiting: Vec<&str> =
        config.stages.iter().map(|stage| stage.name.as_str()).filter(|name| !trusted.contains(*name)).collect();
    if !config.stages.is_empty() {
        let trust = match waiting.as_slice() {
            [] => "every stage may start its program".to_owned(),
            names => format!("{} may not start before `gatehook trust`", names.join(", ")),
        };
        text.extend([&format!("{:18}", "trust"), trust.as_str(), "\n"]);
    }
    (text, loaded.exit())
}

#[allow(clippy::print_stderr, reason = "the binary speaks")]
fn names(given: &[String]) -> Result<Option<Vec<Hook>>, Exit> {
    let mut hooks = Vec::new();
    for name in given {
        let Ok(hook) = name.parse() else {
            let offered: Vec<&str> = Hook::ALL.iter().map(|hook| hook.word()).collect();
            crate::door::tell(&format!("error: gatehook has no hook `{name}`\nhint: it has {}", offered.join(", ")));
            return Err(Exit::Usage);
        };
        hooks.push(hook);
    }
    Ok(if hooks.is_empty() { None } else { Some(hooks) })
}

fn open(dir: Option<&Path>) -> Result<Repo, HooksError> {
    Ok(Repo::discover(dir.unwrap_or(Path::new(".")))?)
}

fn refuse(error: &HooksError) -> Exit {
    let exit = if error.is_usage() { Exit::Usage } else { Exit::NotScanned };
    fail(error, error.hint().as_deref(), exit)
}

fn carry_out(planned: Result<Vec<Action>, HooksError>, dry_run: bool, notes: &[String]) -> Exit {
    let plan = match planned {
        Ok(plan) => plan,
        Err(error) => return refuse(&error),
    };
    let tense = if dry_run { Tense::Would } else { Tense::Done };
    let mut notes = notes.to_vec();
    for action in &plan {
        let Action::Chain { from, .. } = action else { continue };
        if let Some(whose) = Framework::at(from).filter(|whose| whose.comes_back()) {
            let whose = whose.word();
            notes.push(format!(
                "{whose} puts its hook back when it is installed again; docs/coexist.md says how both run"
            ));
        }
    }
    notes.dedup();
    for action in &plan {
        if !dry_run && let Err(error) = action.apply() {
            return refuse(&error);
        }
        match say(&format!("{}\n", action.describe(tense, &here()))) {
            Exit::Clean => {}
            exit => return exit,
        }
    }
    if plan.is_empty() {
        return say("nothing of gatehook's is here\n");
    }
    say(&notes.iter().map(|note| format!("note: {note}\n")).collect::<String>())
}

fn short(path: &Path) -> String {
    path.strip_prefix(here()).unwrap_or(path).display().to_string()
}

fn here() -> PathBuf {
    std::env::current_dir().unwrap_or_default()
}

fn absolute(dir: &Path) -> PathBuf {
    here().join(dir)
}

/// Where the shims for all repositories are.
fn shims_dir() -> Result<PathBuf, HooksError> {
    let data = user_dir("XDG_DATA_HOME", ".local/share").ok_or(HooksError::NoHome)?;
    Ok(data.join("gatehook").join("hooks"))
}

/// The path to bake into shims: the entry of PATH that leads to this program, so that an upgrade
/// which moves the program behind a link does not break them; else the program itself.
pub(super) fn own_program() -> PathBuf {
    let own = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("gatehook"));
    let real = own.canonicalize().unwrap_or_else(|_| own.clone());
    let name = own.file_name().unwrap_or_default().to_owned();
    path_entries(&name).find(|entry| entry.canonicalize().is_ok_and(|entry| entry == real)).unwrap_or(own)
}

/// Whether a shim finds gatehook on PATH.
fn on_path() -> bool {
    path_entries(std::ffi::OsStr::new(if cfg!(windows) { "gatehook.exe" } else { "gatehook" }))
        .any(|entry| entry.is_file())
}

fn path_entries(name: &std::ffi::OsStr) -> impl Iterator<Item = PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let dirs: Vec<PathBuf> = std::env::split_paths(&path).filter(|dir| dir.is_absolute()).collect();
    dirs.into_iter().map(move |dir| dir.join(name))
}
