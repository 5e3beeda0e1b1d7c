//! RPM's versions, after rpm-version(7) and `rpmvercmp` (<https://rpm.org/docs/latest/man/rpm-version.7>): epoch, version, release; `~` is older than
//! the end and `^` newer, a number is newer than letters.

use std::cmp::Ordering;

use super::{by_value, is_digits};

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (read(a)?, read(b)?);
    let order = by_value(a.0, b.0).then_with(|| part(a.1, b.1));
    Some(order.then_with(|| match (a.2, b.2) {
        (Some(a), Some(b)) => part(a, b),
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
    }))
}

fn read(text: &str) -> Option<(&str, &str, Option<&str>)> {
    let text = text.trim();
    let (epoch, rest) = text.split_once(':').map_or(("0", text), |(epoch, rest)| (epoch, rest));
    let epoch = if epoch.is_empty() { "0" } else { epoch };
    let (version, release) = rest.rsplit_once('-').map_or((rest, None), |(version, release)| (version, Some(release)));
    (is_digits(epoch) && !version.is_empty() && !version.contains(char::is_whitespace))
        .then_some((epoch, version, release))
}

fn part(a: &str, b: &str) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    loop {
        let skip = |text: &[u8]| {
            text.iter()
                .position(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'~' | b'^'))
                .unwrap_or(text.len())
        };
        (a, b) = (&a[skip(a)..], &b[skip(b)..]);
        match (a.first(), b.first()) {
            (Some(b'~'), Some(b'~')) | (Some(b'^'), Some(b'^')) => {
                (a, b) = (&a[1..], &b[1..]);
                continue;
            }
            // `~` is older than all, the end too; `^` is newer than the end and older than everything more.
            (a, b) if rank(a) != rank(b) => return rank(a).cmp(&rank(b)),
            (None, _) => return Ordering::Equal,
            (Some(_), _) => {}
        }
        let numeric = a[0].is_ascii_digit();
        let run = |text: &[u8]| {
            text.iter()
                .position(|byte| if numeric { !byte.is_ascii_digit() } else { !byte.is_ascii_alphabetic() })
                .unwrap_or(text.len())
        };
        let ((left, rest_a), (right, rest_b)) = (a.split_at(run(a)), b.split_at(run(b)));
        if right.is_empty() {
            return if numeric { Ordering::Greater } else { Ordering::Less };
        }
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let order = if numeric { by_value(&text(left), &text(right)) } else { left.cmp(right) };
        if order != Ordering::Equal {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
}

/// Where two versions part: `~`, the end, `^`, everything more.
const fn rank(first: Option<&u8>) -> u8 {
    match first {
        Some(b'~') => 0,
        None => 1,
        Some(b'^') => 2,
        Some(_) => 3,
    }
}
