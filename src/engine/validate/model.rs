//! The learned decision: a sum of weights, and bars.
//!
//! The weights are data (`rules/model/weights.tsv`), made by `rules/model/train.py`: a line a weight, in hundredths,
//! of a feature or of two that hold together (`look.human&place.env`). Knows nothing of how a feature comes about.

use std::sync::OnceLock;

use super::features::{FEATURES, Features};
use super::grade::Grade;

static WEIGHTS: &str = include_str!("../../../rules/model/weights.tsv");

/// Weights in hundredths, and the bars.
#[derive(Default)]
struct Model {
    weights: Vec<(Features, i32)>,
    bias: i32,
    block: i32,
    warn: i32,
    /// In tests, documents and the like, which never block.
    apart: i32,
}

fn model() -> &'static Model {
    static MODEL: OnceLock<Model> = OnceLock::new();
    MODEL.get_or_init(|| {
        let mut model = Model::default();
        for (label, weight) in rows() {
            match label {
                "bias" => model.bias = weight,
                "block" => model.block = weight,
                "warn" => model.warn = weight,
                "apart" => model.apart = weight,
                _ => model.weights.extend(named(label).map(|features| (features, weight))),
            }
        }
        model
    })
}

fn rows() -> impl Iterator<Item = (&'static str, i32)> {
    let rows = WEIGHTS.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'));
    rows.filter_map(|(label, weight)| Some((label, weight.trim().parse().ok()?)))
}

/// The features that `label` joins with `&`.
fn named(label: &str) -> Option<Features> {
    label.split('&').try_fold(Features::default(), |all, one| Some(all.with(Features::called(one)?)))
}

/// The sum of the weights of what holds.
pub(super) fn score(features: Features) -> i32 {
    let model = model();
    let held = model.weights.iter().filter(|(wanted, _)| features.holds(*wanted));
    model.bias + held.map(|(_, weight)| weight).sum::<i32>()
}

/// Statements that are named for and against a value.
const FOR: usize = 3;
const AGAINST: usize = 2;

/// What weighed most for and against a value, in words: `+` or `-`, then the statements.
pub(in crate::engine) fn reasons(features: Features) -> Vec<String> {
    if features == Features::default() {
        return Vec::new();
    }
    let mut held: Vec<(Features, i32)> =
        model().weights.iter().filter(|(wanted, _)| features.holds(*wanted)).copied().collect();
    held.sort_by_key(|&(_, weight)| std::cmp::Reverse(weight));
    let says = |wanted: Features| wanted.iter().map(|at| FEATURES[at].1).collect::<Vec<_>>().join(", and ");
    let most =
        held.iter().filter(|(_, weight)| *weight > 0).take(FOR).map(|&(wanted, _)| format!("+ {}", says(wanted)));
    let least = held.iter().rev().filter(|(_, weight)| *weight < 0).take(AGAINST);
    most.chain(least.map(|&(wanted, _)| format!("- {}", says(wanted)))).collect()
}

/// What the sum says; `None` where it is no secret. What stands apart, in a test or a document, never blocks.
pub(super) fn decide(score: i32, apart: bool) -> Option<Grade> {
    let model = model();
    match score {
        score if apart => (score >= model.apart).then_some(Grade::Weak),
        score if score >= model.block => Some(Grade::Strong),
        score if score >= model.warn => Some(Grade::Weak),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::validate::features::FEATURES;

    #[test]
    fn every_weight_has_its_feature_and_every_feature_its_weight() {
        let lines = WEIGHTS.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(rows().count(), lines, "a line is no label, tab and number");
        for (label, _) in rows() {
            assert!(matches!(label, "bias" | "block" | "warn" | "apart") || named(label).is_some(), "{label}");
        }
        for (label, _) in FEATURES {
            assert!(rows().any(|(known, _)| known == *label), "{label} has no weight");
        }
        assert!(FEATURES.len() <= 128);
    }
}
