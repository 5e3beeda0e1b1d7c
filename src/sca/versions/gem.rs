//! Ruby's versions, after `Gem::Version` (<https://docs.ruby-lang.org/en/master/Gem/Version.html>): letters are older than numbers, zeros
//! at the end of the numbers and of the rest do not count.

use std::cmp::Ordering;

use super::{by_value, is_digits, runs};

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (left, right) = (segments(a)?, segments(b)?);
    for at in 0..left.len().max(right.len()) {
        let order = match (left.get(at), right.get(at)) {
            (Some(a), Some(b)) => match (is_digits(a), is_digits(b)) {
                (true, true) => by_value(a, b),
                (true, false) => Ordering::Greater,
                (false, true) => Ordering::Less,
                (false, false) => a.cmp(b),
            },
            (Some(a), None) => beyond(a),
            (None, Some(b)) => beyond(b).reverse(),
            (None, None) => Ordering::Equal,
        };
        if order != Ordering::Equal {
            return Some(order);
        }
    }
    Some(Ordering::Equal)
}

/// How a segment stands to nothing at all.
fn beyond(segment: &str) -> Ordering {
    if is_digits(segment) { by_value(segment, "0") } else { Ordering::Less }
}

fn segments(text: &str) -> Option<Vec<String>> {
    let text = text.trim();
    let text = if text.is_empty() { "0" } else { text };
    let (core, pre) = text.split_once('-').map_or((text, None), |(core, pre)| (core, Some(pre)));
    let mut parts = core.split('.');
    let alphanumeric = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !parts.next().is_some_and(is_digits) || !parts.all(alphanumeric) {
        return None;
    }
    let dashed = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if pre.is_some_and(|pre| !pre.split('.').all(dashed)) {
        return None;
    }
    let mut all = runs(&text.replace('-', ".pre."));
    let words = all.iter().position(|segment| !is_digits(segment)).unwrap_or(all.len());
    let mut rest = all.split_off(words);
    for list in [&mut all, &mut rest] {
        while list.last().is_some_and(|segment| is_digits(segment) && segment.bytes().all(|byte| byte == b'0')) {
            list.pop();
        }
    }
    all.append(&mut rest);
    Some(all)
}
