//! `gatehook completions` and `gatehook man`: made from the same flags that are parsed.

use clap::CommandFactory;
use gatehook::finding::Exit;

use crate::args::Args;
use crate::say::{fail, say_own};

pub(crate) fn completions(shell: clap_complete::Shell) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "gatehook", &mut script);
    say_own(&String::from_utf8_lossy(&script))
}

pub(crate) fn man() -> Exit {
    let mut page = Vec::new();
    match clap_mangen::Man::new(Args::command()).render(&mut page) {
        Ok(()) => say_own(&String::from_utf8_lossy(&page)),
        Err(error) => fail(&error, None, Exit::NotScanned),
    }
}
