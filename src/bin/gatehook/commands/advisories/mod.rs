//! `gatehook advisories`.

mod status;

use std::fmt::Write as _;
use std::io::{self, BufRead, Write as _};

use gatehook::finding::Exit;
use gatehook::sca::Ecosystem;
use gatehook::session::advisory_index::{self, FollowUpdate, UpdateRequest};
use gatehook::text::Dress;

use crate::args::{Advisories, Compare, ImportAdvisories, UpdateAdvisories};
use crate::door::{self, Content};
use crate::say::{fail, say, stop};

pub(crate) fn run(command: &Advisories) -> Exit {
    match command {
        Advisories::Update(args) => update(args),
        Advisories::Import(args) => import(args),
        Advisories::Status(args) => status::run(args),
        Advisories::Compare(args) => compare(args),
    }
}

fn import(args: &ImportAdvisories) -> Exit {
    match advisory_index::import(&args.paths, &door::tell) {
        Ok(text) => say(&text),
        Err(reason) => fail(&io::Error::other(reason), Some("the index is as it was before"), Exit::NotScanned),
    }
}

fn update(args: &UpdateAdvisories) -> Exit {
    let request = UpdateRequest { ecosystems: args.ecosystems.clone(), url: args.url.clone(), ca: args.ca.clone() };
    match advisory_index::update(&request, &Bars) {
        Ok(text) => say(&text),
        Err(reason) => {
            let hint = "the index is as it was before; `gatehook advisories import FILE` takes archives that were downloaded otherwise";
            fail(&io::Error::other(reason), Some(hint), Exit::NotScanned)
        }
    }
}

/// A bar for each archive on a terminal, while it lasts.
struct Bars;

impl FollowUpdate for Bars {
    fn tell(&self, line: &str) {
        door::tell(line);
    }

    fn archive(&self, name: &str) -> Box<dyn FnMut(u64, Option<u64>)> {
        Box::new(progress(name))
    }
}

fn progress(name: &str) -> impl FnMut(u64, Option<u64>) + use<> {
    let bar = indicatif::ProgressBar::hidden();
    if io::IsTerminal::is_terminal(&io::stderr()) {
        bar.set_draw_target(indicatif::ProgressDrawTarget::stderr());
    }
    let style = indicatif::ProgressStyle::with_template("{msg}: {bytes} of {total_bytes}, {bytes_per_sec} {wide_bar}");
    bar.set_style(style.unwrap_or_else(|_| indicatif::ProgressStyle::default_bar()));
    bar.set_message(name.to_owned());
    move |done, total| {
        bar.set_length(total.unwrap_or(done));
        bar.set_position(done);
        if total == Some(done) {
            bar.finish_and_clear();
        }
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
