//! `gatehook advisories`.

mod import;
mod page;
mod status;
mod update;

use std::fmt::Write as _;
use std::io::{self, BufRead, Write as _};

use gatehook::finding::Exit;
use gatehook::sca::Ecosystem;
use gatehook::text::Dress;

pub(crate) use self::page::{is_id, page};
use crate::args::{Advisories, Compare};
use crate::door::{self, Content};
use crate::say::{fail, say, stop};

pub(crate) fn run(command: &Advisories) -> Exit {
    match command {
        Advisories::Update(args) => update::run(args),
        Advisories::Import(args) => import::run(args),
        Advisories::Status(args) => status::run(args),
        Advisories::Compare(args) => compare(args),
    }
}

fn compare(args: &Compare) -> Exit {
    let Some(ecosystem) = Ecosystem::from_word(&args.ecosystem) else {
        let names: Vec<&str> = Ecosystem::ALL.iter().map(|one| one.name()).collect();
        return stop(
            &format!("there is no ecosystem `{}`", args.ecosystem),
            &format!("it is one of {}", names.join(", ")),
        );
    };
    let sign = |a: &str, b: &str| match ecosystem.order().compare(a, b) {
        Some(order) if order.is_lt() => "<",
        Some(order) if order.is_gt() => ">",
        Some(_) => "=",
        None => "?",
    };
    if let (Some(a), Some(b)) = (&args.a, &args.b) {
        let mut text = String::new();
        let answer = sign(a, b);
        let _ = writeln!(text, "{answer}");
        let exit = if answer == "?" { Exit::NotScanned } else { Exit::Clean };
        return exit.or(say(&text));
    }
    let mut out = door::stdout(Dress::Plain, Content::Anyones);
    for line in io::stdin().lock().split(b'\n') {
        let line = match line {
            Ok(line) => line,
            Err(error) => return fail(&error, None, Exit::NotScanned),
        };
        let line = String::from_utf8_lossy(&line);
        let line = line.strip_suffix('\r').unwrap_or(&line);
        let answer = line.split_once('\t').map_or("?", |(a, b)| sign(a, b));
        if writeln!(out, "{answer}").is_err() {
            return Exit::Clean;
        }
    }
    match out.flush() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => fail(&error, None, Exit::NotScanned),
        _ => Exit::Clean,
    }
}
