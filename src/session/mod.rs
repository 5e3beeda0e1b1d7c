//! What a gate or a command decides around a run: from where configuration and baselines come, which programs are
//! trusted, how much is read, what is let through once, what the gates of one user know of each other.
//!
//! The binary parses flags, calls this and prints. Nothing here prints or exits: what goes wrong comes back as a
//! [`Failure`]. Knows files and the environment of the process, and no flag and no terminal.

#![allow(clippy::disallowed_methods, reason = "a session reads the user's files and environment")]

pub mod advisory_index;
pub mod agents;
pub mod allowing;
pub mod baseline_file;
pub mod baselines;
pub mod ci;
pub mod clock;
mod completed;
mod configuration;
mod dirs;
mod failure;
pub mod files;
mod frameworks;
mod frontend;
pub mod hook;
pub mod import;
pub mod init;
pub mod limits;
mod look;
pub mod release;
mod shelves;
pub mod subdirectories;
pub mod trust;
mod unstaged;
mod workspace;

pub use completed::Completed;
pub use configuration::{Base, ConfigFrom, Loaded, Overrides, load, load_after, load_with, loosened, quietly};
pub use dirs::{dirs, user_dir};
pub use failure::{Failure, fail, stop};
pub use frameworks::without_gatehook;
pub use frontend::Frontend;
pub use look::{holds_secret, look};
pub use unstaged::notes as unstaged_notes;
pub use workspace::Workspace;
