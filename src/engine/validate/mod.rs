//! Validators: what drops a match that only looks right.

mod certain;
mod features;
mod grade;
mod look;
mod model;
mod phrase;
mod placeholder;
pub(super) mod published;
mod shape;
mod words;

pub(super) use certain::{certain, is_random};
pub(super) use features::Features;
pub(super) use grade::{Grade, Judged, Kind, Place, Style, grade};
pub(super) use model::reasons;
pub(super) use phrase::is_grouped;
pub(super) use placeholder::{is_placeholder, is_stand_in};

use super::facts::FileFacts;
use super::proof;
use crate::rules::Rule;
use crate::text::entropy;

/// What the validators say of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judgement {
    /// It stands.
    Keep,
    /// It is no secret.
    Drop,
    /// It has the form, but its checksum or structure is wrong.
    Unproven,
}

/// Judges `value`, which `rule` captured.
pub(super) fn judge(rule: &Rule, value: &[u8], facts: &FileFacts) -> Judgement {
    if value.is_empty() {
        return Judgement::Drop;
    }
    if !rule.proof.is_empty() {
        return match proof::check(&rule.proof, value) {
            Some(true) if published::is_sample(value) => Judgement::Drop,
            Some(true) => Judgement::Keep,
            _ => Judgement::Unproven,
        };
    }
    if rule.placeholders && is_placeholder(value) {
        return Judgement::Drop;
    }
    let fits = match &*rule.judge {
        // In tests, what may be a sample is one.
        "password" => certain(value, facts).is_some_and(|grade| grade == Grade::Strong || !facts.test),
        "token" => is_random(value),
        _ => true,
    };
    if !fits {
        return Judgement::Drop;
    }
    if rule.entropy > 0.0 && entropy::shannon(value) < rule.entropy || published::is_sample(value) {
        return Judgement::Drop;
    }
    Judgement::Keep
}
