//! Three sides of a baseline made one.

use super::{Baseline, Entry};

/// What `ours` and `theirs` made of `base`: what either added is there, what either took out is not,
/// and where both keep an entry the side that changed it has the word (ours where both did).
///
/// Never a conflict: entries of different findings have nothing to do with each other.
#[must_use]
pub fn merge(base: &Baseline, ours: &Baseline, theirs: &Baseline) -> Baseline {
    let merged = |own: &Entry| match (base.find(own), theirs.find(own)) {
        (Some(_), None) => None,
        (Some(before), Some(other)) if before == own => Some(other.clone()),
        _ => Some(own.clone()),
    };
    let added = theirs.entries().iter().filter(|other| ours.find(other).is_none() && base.find(other).is_none());
    ours.entries().iter().filter_map(merged).chain(added.cloned()).collect()
}
