//! Versions that are lists of numbers: R's `compareVersion` (<https://rdrr.io/r/utils/compareVersion.html>), in which a dash parts as a
//! dot does, and Haskell's `Data.Version`. In both `1.0` is older than `1.0.0`.

use std::cmp::Ordering;

use super::{by_value, is_digits};

pub(super) fn compare(a: &str, b: &str, between: &[char]) -> Option<Ordering> {
    let (left, right): (Vec<&str>, Vec<&str>) = (a.trim().split(between).collect(), b.trim().split(between).collect());
    if !left.iter().chain(&right).all(|part| is_digits(part)) {
        return None;
    }
    let differing = left.iter().zip(&right).map(|(a, b)| by_value(a, b)).find(|order| *order != Ordering::Equal);
    Some(differing.unwrap_or_else(|| left.len().cmp(&right.len())))
}
