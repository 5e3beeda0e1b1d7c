//! The stages `secrets` and `insecure`: rules that are patterns on added lines, for which the engine looks in
//! one pass (see [`super::builtin`]).

use super::{Looked, Needs, Stage, Task};
use crate::finding::Outcome;
use crate::rules::{GateSet, Pack};

/// Hardcoded credentials, in every commit: what was taken away again stays in the history.
pub struct Secrets;

/// Insecure patterns, in the net change.
pub struct Insecure;

impl Stage for Secrets {
    fn name(&self) -> &'static str {
        Pack::Secrets.word()
    }

    fn usual(&self) -> GateSet {
        GateSet::ALL
    }

    fn needs(&self) -> Needs {
        Needs::EveryCommit
    }

    fn pack(&self) -> Option<Pack> {
        Some(Pack::Secrets)
    }

    fn look(&self, _: &Task<'_>) -> Looked {
        by_the_engine()
    }
}

impl Stage for Insecure {
    fn name(&self) -> &'static str {
        Pack::Insecure.word()
    }

    fn usual(&self) -> GateSet {
        GateSet::ALL
    }

    fn pack(&self) -> Option<Pack> {
        Some(Pack::Insecure)
    }

    fn look(&self, _: &Task<'_>) -> Looked {
        by_the_engine()
    }
}

/// Never a pass for whoever calls it all the same.
fn by_the_engine() -> Looked {
    Looked::not(Outcome::Failed("its patterns are looked for by the engine's pass".to_owned()))
}
