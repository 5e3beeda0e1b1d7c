//! One integration binary. Each module is a promise about the whole.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests may fail loudly, and drive the real thing")]

mod baselines;
mod bases;
mod clean_code;
mod config;
mod corpus;
mod docs;
mod door;
mod everyday;
mod frameworks;
#[cfg(unix)]
mod hostile;
mod installer;
mod layers;
mod leaks;
mod licences;
mod lockfiles;
mod mutations;
mod names;
mod reports;
mod plain;
mod pushes;
mod ready;
mod release;
mod rules;
mod sast_pairs;
mod scenarios;
mod staged;
mod support;
mod templates;
mod tidy;
