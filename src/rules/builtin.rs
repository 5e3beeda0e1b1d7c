//! The packs that the build script compiled in, as it wrote them: tables without pointers.

#![allow(clippy::all, clippy::pedantic, reason = "generated text")]

use super::automaton::Automaton;
use super::compact::{Compact, Span};
use super::language::LanguageSet;
use super::rule::{Context, GateSet, Pack, Tests, Window};
use crate::finding::{Confidence, Severity, Tier};

include!(concat!(env!("OUT_DIR"), "/rules.rs"));
