//! gitleaks: its configuration, its ignore file, its report as a baseline.
//!
//! Formats: the README of <https://github.com/gitleaks/gitleaks>, "Configuration" and "Additional
//! Configuration".

mod allowlist;
mod config;
mod ignore;
mod report;

pub(super) use config::config;
pub(super) use ignore::ignore;
pub(super) use report::report;
