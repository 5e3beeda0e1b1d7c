//! The packs that the build script compiled in.

#![allow(clippy::all, clippy::pedantic, reason = "generated text")]

use std::borrow::Cow;

use super::automaton::Automaton;
use super::language::LanguageSet;
use super::rule::{Context, GateSet, Pack, Rule, Tests, Window};
use crate::finding::{Confidence, Severity, Tier};

include!(concat!(env!("OUT_DIR"), "/rules.rs"));
