//! Semantic versions, in the dialects of the tools that read them.
//!
//! Precedence after `SemVer` 2.0.0, item 11 (<https://semver.org>). What each tool accepts: Cargo's `semver` crate (three numbers of 64
//! bits), npm's `semver` (a `v` in front, numbers up to 2^53-1, 256 characters), Go's `golang.org/x/mod/semver` (`v1` and `v1.2` are
//! `v1.0.0` and `v1.2.0`), Elixir's `Version`, and Dart's `pub_semver`, in which the build part is ordered too.

use std::cmp::Ordering;

use super::{by_value, is_digits};

/// Whose rules.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Lenient,
    Cargo,
    Npm,
    Go,
    Hex,
    Pub,
}

struct Version<'a> {
    numbers: Vec<&'a str>,
    pre: &'a str,
    build: &'a str,
}

pub(super) fn compare(a: &str, b: &str, dialect: Dialect) -> Option<Ordering> {
    let (a, b) = (read(a, dialect)?, read(b, dialect)?);
    let mut order = Ordering::Equal;
    for at in 0..a.numbers.len().max(b.numbers.len()) {
        let part = |version: &Version<'_>| version.numbers.get(at).copied().unwrap_or("0").to_owned();
        order = order.then_with(|| by_value(&part(&a), &part(&b)));
    }
    order = order.then_with(|| match (a.pre.is_empty(), b.pre.is_empty()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => lists(a.pre, b.pre, dialect),
    });
    if dialect == Dialect::Pub {
        order = order.then_with(|| match (a.build.is_empty(), b.build.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => lists(a.build, b.build, dialect),
        });
    }
    Some(order)
}

fn lists(a: &str, b: &str, dialect: Dialect) -> Ordering {
    let (mut left, mut right) = (a.split('.'), b.split('.'));
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(a), Some(b)) if dialect == Dialect::Pub => match (dart_int(a), dart_int(b)) {
                (Some(a), Some(b)) => a.cmp(&b),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => a.cmp(b),
            },
            (Some(a), Some(b)) => match (is_digits(a), is_digits(b)) {
                (true, true) => by_value(a, b),
                (true, false) => Ordering::Less,
                (false, true) => Ordering::Greater,
                (false, false) => a.cmp(b),
            },
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// What Dart's `int.tryParse` makes of a part: a sign, decimal or `0x` digits, 64 bits.
fn dart_int(part: &str) -> Option<i64> {
    let (negative, digits) = part.strip_prefix('-').map_or((false, part), |rest| (true, rest));
    let hex = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"));
    let value = match hex {
        Some(hex) if !hex.is_empty() && hex.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            i128::from(u64::from_str_radix(hex, 16).ok()?)
        }
        None if is_digits(digits) => digits.parse::<i128>().ok()?,
        _ => return None,
    };
    let signed = if negative { -value } else { value };
    i64::try_from(signed).ok()
}

fn read(text: &str, dialect: Dialect) -> Option<Version<'_>> {
    let text = match dialect {
        Dialect::Npm | Dialect::Lenient => text.trim(),
        _ => text,
    };
    if dialect == Dialect::Npm && text.len() > 256 {
        return None;
    }
    let text = match dialect {
        Dialect::Npm | Dialect::Go => text.strip_prefix('v').unwrap_or(text),
        Dialect::Lenient => text.strip_prefix(['v', 'V', '=']).unwrap_or(text),
        Dialect::Cargo | Dialect::Hex | Dialect::Pub => text,
    };
    let (text, build) = text.split_once('+').map_or((text, None), |(core, build)| (core, Some(build)));
    let (core, pre) = text.split_once('-').map_or((text, None), |(core, pre)| (core, Some(pre)));
    let numbers: Vec<&str> = core.split('.').collect();
    let enough = match dialect {
        Dialect::Go => (1..=3).contains(&numbers.len()) && (numbers.len() == 3 || pre.is_none() && build.is_none()),
        Dialect::Lenient => numbers.len() <= 8,
        _ => numbers.len() == 3,
    };
    let zeros = matches!(dialect, Dialect::Pub | Dialect::Lenient);
    let fits = |number: &str| match dialect {
        Dialect::Cargo => number.parse::<u64>().is_ok(),
        Dialect::Npm => number.parse::<u64>().is_ok_and(|value| value <= 9_007_199_254_740_991),
        Dialect::Pub => number.parse::<i64>().is_ok(),
        _ => true,
    };
    let number =
        |number: &&str| is_digits(number) && (zeros || *number == "0" || !number.starts_with('0')) && fits(number);
    if !enough || !numbers.iter().all(number) {
        return None;
    }
    if pre.is_some_and(|pre| !well_formed(pre, !zeros)) || build.is_some_and(|build| !well_formed(build, false)) {
        return None;
    }
    Some(Version { numbers, pre: pre.unwrap_or_default(), build: build.unwrap_or_default() })
}

/// Whether a list has no empty part and only letters, digits and dashes; numbers without zeros in front where `strict`.
fn well_formed(list: &str, strict: bool) -> bool {
    list.split('.').all(|part| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !(strict && part.len() > 1 && part.starts_with('0') && is_digits(part))
    })
}
