//! gatehook: what must not pass a git gate without a human in the loop is stopped here.
//!
//! Data flows one way. Sources narrow to [`change::Change`], detectors narrow to
//! [`finding::Finding`], formats fan out. The modules below stand in flow order, and each may use
//! only what stands above it and in its row of the table in `tests/it/layers.rs`.

pub mod sys; //       memory maps, sessions, signals: the only place where `unsafe` may stand
pub mod text; //      secrets that cannot be shown, spans, lines, escaping, entropy
pub mod paths; //     repository-relative paths, as bytes
pub mod document; //  YAML, JSON and TOML -> one tree, with the places of keys and values
pub mod finding; //   waist 2: what was found, what was looked at, the report
pub mod change; //    waist 1: what changed, bytes on demand, no git type in it
pub mod rules; //     rule files -> rules; the packs that are compiled in
pub mod config; //    gatehook.toml -> configuration, with the origin of each value
pub mod foreign; //   other tools' configuration -> what it becomes here, entry by entry
pub mod diff; //      old and new bytes -> added ranges; patch text -> changes
pub mod source; //    the work tree, without git
pub mod ci; //        what a CI system tells of the change under review; pure
pub mod git; //       index, ranges, pushes -> changes: the only place that names git2 or starts git
pub mod engine; //    fragments x rules -> matches; pure
pub mod sca; //       dependencies: lock files, versions, advisories, what a change brings; pure
pub mod sast; //      source files -> flaws by syntax, constants and taint; pure
pub mod iac; //       configuration as code -> resources, and rules over them; pure
pub mod policy; //    allowances, what is new, the verdict
pub mod store; //     results that are kept for this user on this machine
pub mod stage; //     built-in and external stages: changes -> findings and an outcome
pub mod pipeline; //  event -> plan -> run: the one place that orders things
pub mod report; //    report -> bytes, one file a format
pub mod release; //   the release gate: evidence -> verdict, statement, signature; pure
pub mod service; //   archives of advisories: the only place that opens a socket
pub mod hooks; //     install, chain, status, remove
pub mod agent; //     events of coding agents -> what they are about to do, and whether they may; pure
pub mod session; //   what gates and commands decide around a run: configuration, limits, trust
