//! The values of a text that only their names speak for, with what holds of each: what the model is
//! trained on (`rules/model/train.py`). Not part of a scan.

use std::ops::Range;

use super::facts::FileFacts;
use super::matcher;
use super::validate::{Features, published};
use crate::rules::RuleSet;

/// A value and the labels of what holds of it.
pub struct Studied {
    /// Name and value.
    pub span: Range<usize>,
    /// The value.
    pub value: Range<usize>,
    /// Labels, as in `rules/model/weights.tsv`.
    pub features: Vec<&'static str>,
}

/// The values in `text`, each once.
pub fn study(rules: &RuleSet, text: &[u8], facts: &FileFacts) -> Vec<Studied> {
    let mut found: Vec<Studied> = Vec::new();
    if facts.lock || facts.generated || facts.binary {
        return found;
    }
    let mut end = 0;
    rules.keywords(text, |id, start, stop| {
        if &*rules[id].matcher != "assignment:any:weak" || start < end {
            return;
        }
        let Some((span, value, features)) = matcher::assigned(text, &(start..stop), facts) else { return };
        if features == Features::default() {
            return;
        }
        end = value.end;
        found.push(Studied { span, value, features: features.labels().collect() });
    });
    found
}

/// Digests of the private keys in `text`, as `rules/secrets/published-keys.txt` holds them.
pub fn key_digests(text: &[u8]) -> Vec<String> {
    matcher::digests(text)
}

/// The digest of a sample, as `rules/secrets/published-samples.txt` holds it.
pub fn digest(value: &[u8]) -> String {
    published::digest(value)
}
