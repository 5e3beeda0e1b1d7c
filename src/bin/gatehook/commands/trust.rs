//! `gatehook trust`.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, IsTerminal, Read, Write as _};
use std::path::Path;

use gatehook::config::{Config, Export, StageConfig};
use gatehook::finding::Exit;
use gatehook::git::Repo;
use gatehook::session::{ConfigFrom, trust};
use gatehook::stage::external;
use gatehook::text::{Dress, escape};

use crate::args::{Output, Trust};
use crate::door::{self, Content};
use crate::say::{fail, say};
use crate::setup;

pub(crate) fn run(args: &Trust) -> Exit {
    let repo = match Repo::discover(Path::new(".")) {
        Ok(repo) => repo,
        Err(error) => return fail(&error, error.hint().as_deref(), Exit::NotScanned),
    };
    let Some(mut trust) = trust::open(&repo) else {
        return fail(&std::io::Error::other("there is no home directory to keep it in"), Some("set HOME"), Exit::Usage);
    };
    if args.revoke {
        return match trust.revoke() {
            Ok(true) => say("no stage of this repository is trusted any more\n"),
            Ok(false) => say("no stage of this repository was trusted\n"),
            Err(error) => fail(&error, None, Exit::Usage),
        };
    }
    let pending = match pending(&repo, &trust) {
        Ok(pending) => pending,
        Err(exit) => return exit,
    };
    if pending.digests.is_empty() {
        return say("this repository's gatehook.toml names no stage that starts a program\n");
    }
    if args.show {
        return say(&pending.told);
    }
    let known = pending.digests.iter().all(|(stage, digest)| trust.holds(stage, digest));
    if !known && !args.yes {
        match agreed(&pending.told) {
            Some(true) => {}
            Some(false) => return Exit::Usage.or(say("nothing has changed\n")),
            None => {
                let error = std::io::Error::other("there is no terminal to ask at");
                let hint = "look at what `gatehook trust --show` prints; `gatehook trust --yes` trusts it";
                return fail(&error, Some(hint), Exit::Usage);
            }
        }
    }
    if let Err(error) = trust.set(&pending.digests) {
        return fail(&error, Some("make that directory yours alone, then run it again"), Exit::Usage);
    }
    say(&format!(
        "from now on these start at a push, in all work trees of this repository, as they stand now:\n{}",
        pending.told
    ))
}

/// What would be trusted, and how that is told.
#[derive(Default)]
struct Pending {
    digests: Vec<(String, String)>,
    told: String,
}

/// The repository's stages as they stand in HEAD, which a push looks at, and in the index, which the next commit brings.
fn pending(repo: &Repo, trust: &gatehook::store::Trust) -> Result<Pending, Exit> {
    let mut pending = Pending::default();
    let mut exit = Exit::Clean;
    let head = gatehook::git::ancestry::head(repo).ok().flatten();
    let mut places = vec![(None, ConfigFrom::Index(repo))];
    if let Some(head) = &head {
        places.insert(0, (Some(&head[..]), ConfigFrom::Commit(repo, head.clone())));
    }
    // What loosens a stage counts once the remote has it: until then the table runs that the remote has.
    let outgoing = gatehook::git::unpushed(repo, None).map(|outgoing| outgoing.net).unwrap_or_default();
    for base in outgoing.iter().filter_map(|net| net.bases.first()) {
        places.extend([head.as_deref(), None].map(|at| (at, ConfigFrom::Commit(repo, base.to_string()))));
    }
    for (revision, from) in places {
        let loaded = setup::load(&from, &Output::default());
        exit = exit.or(loaded.exit());
        for stage in foreign(&loaded.config) {
            let Some((digest, files)) = trust::digest(repo, revision, stage) else {
                let error =
                    std::io::Error::other(format!("the files that `{}` starts cannot be looked up", stage.name));
                return Err(fail(&error, Some("its links lead to each other, or git has no answer"), Exit::Usage));
            };
            let one = (stage.name.clone(), digest);
            if !pending.digests.contains(&one) {
                told(stage, trust.holds(&one.0, &one.1), &files, &mut pending.told);
                pending.digests.push(one);
            }
        }
    }
    if exit == Exit::Clean { Ok(pending) } else { Err(exit) }
}

/// All of `stage` that decides what starts, and what it may do then.
fn told(stage: &StageConfig, trusted: bool, files: &[String], out: &mut String) {
    let shown = |text: &str| escape(text.as_bytes()).to_string();
    let list = |texts: &[String]| texts.iter().map(|text| shown(text)).collect::<Vec<_>>().join(", ");
    let words: Vec<String> = stage.command.iter().map(|word| shown(word)).collect();
    let _ = writeln!(out, "{}: {words:?} ({})", stage.name, if trusted { "trusted" } else { "not trusted" });
    let mut line = |what: &str, text: String| {
        if !text.is_empty() {
            let _ = writeln!(out, "  {what}: {text}");
        }
    };
    line("sees the variables", list(&stage.env));
    let set: Vec<String> = stage.set_env.iter().map(|(name, value)| format!("{name}={value}")).collect();
    line("with", list(&set));
    let reach = [
        (stage.reach.home, "your home directory"),
        (stage.reach.network, "the network"),
        (!stage.reach.confine, "all that you may reach yourself"),
        (stage.export == Export::None, "the work tree"),
    ];
    let reach: Vec<String> = reach.iter().filter(|(may, _)| *may).map(|(_, what)| (*what).to_owned()).collect();
    line("reaches", list(&reach));
    line("pinned", list(files));
    line("not pinned", external::not_pinned(stage));
}

/// The answer to whether these may start; `None` where there is no terminal to ask at.
fn agreed(told: &str) -> Option<bool> {
    let input = std::io::stdin();
    if !input.is_terminal() || !std::io::stderr().is_terminal() {
        return None;
    }
    let mut output = door::stderr(Dress::Plain, Content::Anyones);
    write!(output, "these would start at a push:\n{told}Let them start, as they stand now? [y/N] ")
        .and_then(|()| output.flush())
        .ok()?;
    let mut answer = String::new();
    BufReader::new(input.take(100)).read_line(&mut answer).ok()?;
    Some(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// The stages that the repository itself brings.
fn foreign(config: &Config) -> impl Iterator<Item = &StageConfig> {
    config.stages.iter().filter(|stage| !stage.own)
}
