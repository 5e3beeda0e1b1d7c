//! Install, chain, status, remove: how gatehook gets in front of a repository's gates.
//!
//! Asks git where hooks live and never guesses; keeps what was there beside the shim and restores
//! it untouched; removes only what carries its own marker. Planning is apart from doing, so that
//! `--dry-run` shows exactly what would happen. Knows no rule and no finding.

mod action;
mod call;
mod chain;
pub mod configured;
mod error;
pub mod everywhere;
mod files;
mod framework;
mod install;
mod name;
mod place;
mod shim;
mod status;

pub use action::{Action, Tense};
pub use call::{left, take_out as uninstall_from, write as install_into};
pub use chain::{behind, beside, run};
pub use error::HooksError;
pub use framework::{Displaced, Framework, displaced, files as framework_files, leaves_out, remedies};
pub use install::{install, uninstall};
pub use name::Hook;
pub use place::{Owner, Place};
pub use shim::quoted;
pub use status::{State, state};
