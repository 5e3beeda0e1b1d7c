//! `gatehook trust`.

use std::io::{BufRead, BufReader, IsTerminal, Read, Write as _};
use std::path::Path;

use gatehook::finding::Exit;
use gatehook::git::Repo;
use gatehook::session::trust;
use gatehook::text::Dress;

use crate::args::Trust;
use crate::door::{self, Content};
use crate::say::{fail, failed, say};

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
    let pending = match trust::pending(&repo, &trust) {
        Ok(pending) => pending,
        Err(failure) => return failed(failure),
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
