//! What flags mean for a session: the configuration as it is loaded here, and colour.

use std::io::{self, IsTerminal};

use gatehook::session::{self, ConfigFrom, Loaded};

use crate::args::{Color, Output};
use crate::say::tell_failure;

/// Loads the configuration; what is wrong with it is printed.
pub(crate) fn load(from: &ConfigFrom<'_>, output: &Output) -> Loaded {
    let loaded = session::load(from, &output.overrides());
    loaded.failure.iter().for_each(tell_failure);
    loaded
}

/// Whether what a command prints on standard output takes colour.
pub(crate) fn colors(when: Color) -> bool {
    colored(when, io::stdout().is_terminal())
}

/// Whether what goes to a terminal or not takes colour.
pub(crate) fn colored(when: Color, terminal: bool) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match when {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if set("NO_COLOR") => false,
        Color::Auto => {
            terminal && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
                || std::env::var_os("CLICOLOR_FORCE").is_some_and(|value| value != "0" && !value.is_empty())
        }
    }
}
