//! Debian's and Ubuntu's versions, after deb-version(7) (<https://manpages.debian.org/deb-version.7>): epoch, upstream version, revision; `~` is
//! older than the end, letters are older than all other signs.

use std::cmp::Ordering;

use super::{by_value, is_digits};

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (read(a)?, read(b)?);
    Some(by_value(a.0, b.0).then_with(|| part(a.1, b.1)).then_with(|| part(a.2, b.2)))
}

fn read(text: &str) -> Option<(&str, &str, &str)> {
    let text = text.trim();
    let (epoch, rest) = text.split_once(':').map_or(("0", text), |(epoch, rest)| (epoch, rest));
    if !is_digits(epoch) || epoch.parse::<i32>().is_err() {
        return None;
    }
    let (upstream, revision) =
        rest.rsplit_once('-').map_or((rest, None), |(upstream, revision)| (upstream, Some(revision)));
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'~');
    let upstream_known = |byte: u8| known(byte) || matches!(byte, b'-' | b':');
    if upstream.is_empty() || !upstream.bytes().all(upstream_known) {
        return None;
    }
    if revision.is_some_and(|revision| revision.is_empty() || !revision.bytes().all(known)) {
        return None;
    }
    Some((epoch, upstream, revision.unwrap_or_default()))
}

/// The weight of a sign outside numbers: `~`, the end, letters, everything more.
fn weight(byte: Option<u8>) -> i32 {
    match byte {
        Some(b'~') => -1,
        None | Some(b'0'..=b'9') => 0,
        Some(letter) if letter.is_ascii_alphabetic() => i32::from(letter),
        Some(other) => i32::from(other) + 256,
    }
}

fn part(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    while !a.is_empty() || !b.is_empty() {
        loop {
            let (left, right) = (a.bytes().next(), b.bytes().next());
            let is_sign = |byte: Option<u8>| byte.is_some_and(|byte| !byte.is_ascii_digit());
            if !is_sign(left) && !is_sign(right) {
                break;
            }
            let order = weight(left).cmp(&weight(right));
            if order != Ordering::Equal {
                return order;
            }
            (a, b) = (&a[1..], &b[1..]);
        }
        let number = |text: &str| text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
        let ((left, rest_a), (right, rest_b)) = (a.split_at(number(a)), b.split_at(number(b)));
        let order = by_value(left, right);
        if order != Ordering::Equal {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
    Ordering::Equal
}
