//! Install, chain, status, remove: how gatehook gets in front of a repository's gates.
//!
//! Asks git where hooks live and never guesses; keeps what was there beside the shim and restores
//! it untouched; removes only what carries its own marker. Planning is apart from doing, so that
//! `--dry-run` shows exactly what would happen. Knows no rule and no finding.

mod action;
mod chain;
mod error;
mod install;
mod name;
mod place;
pub mod record;
mod shim;

pub use action::{Action, Tense};
pub use chain::{Chained, has_chained, run as run_chained};
pub use error::HooksError;
pub use install::{install, uninstall};
pub use name::Hook;
pub use place::{Owner, Place};
pub use shim::quoted;
