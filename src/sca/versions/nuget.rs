//! `NuGet`'s versions, after `NuGetVersion` and `VersionComparer` (<https://learn.microsoft.com/nuget/concepts/package-versioning>): up to
//! four numbers, a missing one is zero; labels without case; the build part does not count.

use std::cmp::Ordering;

use super::is_digits;

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let ((numbers_a, pre_a), (numbers_b, pre_b)) = (read(a)?, read(b)?);
    let order = numbers_a.cmp(&numbers_b).then_with(|| match (pre_a.is_empty(), pre_b.is_empty()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => labels(&pre_a, &pre_b),
    });
    Some(order)
}

fn labels(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.split('.'), b.split('.'));
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            // A label of digits counts as a number while it fits 32 bits.
            (Some(a), Some(b)) => match (a.parse::<i32>(), b.parse::<i32>()) {
                (Ok(a), Ok(b)) => a.cmp(&b),
                (Ok(_), Err(_)) => Ordering::Less,
                (Err(_), Ok(_)) => Ordering::Greater,
                (Err(_), Err(_)) => a.cmp(b),
            },
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// The numbers and the labels, which are in capitals: .NET's comparison without case is by capitals.
fn read(text: &str) -> Option<([u32; 4], String)> {
    let text = text.trim();
    let (text, build) = text.split_once('+').map_or((text, None), |(core, build)| (core, Some(build)));
    let (core, pre) = text.split_once('-').map_or((text, None), |(core, pre)| (core, Some(pre)));
    let mut numbers = [0; 4];
    for (at, part) in core.split('.').enumerate() {
        let part = part.trim();
        if !is_digits(part) {
            return None;
        }
        *numbers.get_mut(at)? = part.parse::<u32>().ok().filter(|number| *number <= 0x7fff_ffff)?;
    }
    let formed = |list: &str| {
        list.split('.')
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
    };
    if pre.is_some_and(|pre| !formed(pre)) || build.is_some_and(|build| !formed(build)) {
        return None;
    }
    Some((numbers, pre.unwrap_or_default().to_ascii_uppercase()))
}
