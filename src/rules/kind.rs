//! Who makes the values that a rule finds: a machine of the issuer, or perhaps a person. Decided by the rule alone,
//! for a value tells nothing of it: a passphrase of words looks as random as a token.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::rule::Rule;
use crate::finding::Kind;

/// Random bits from which on no one tries all values.
const BITS: f64 = 72.0;
/// Bytes of the value that are the issuer's own, from which on no person comes by them.
const PREFIX: usize = 3;
/// Bits of a choice within such a prefix, at most.
const CHOICE: f64 = 8.0;

impl Rule {
    /// Who makes its values. Issued are those whose form proves it, and those of which the pattern tells that they are
    /// random enough and no words: they begin with the issuer's prefix, have one length, or only hexadecimal digits.
    pub fn kind(&self) -> Kind {
        let issued = if !self.proof.is_empty() || self.matcher.split(':').next() == Some("pem") {
            true
        } else {
            !self.generic && self.matcher.is_empty() && is_issued(&self.pattern)
        };
        if issued { Kind::Issued } else { Kind::Chosen }
    }
}

fn is_issued(pattern: &str) -> bool {
    let parser = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern);
    // What cannot be read here may be anything.
    let Ok(whole) = parser else { return false };
    let value = group(&whole).unwrap_or(&whole);
    let form = Form::of(value);
    form.bits >= BITS && (form.prefix >= PREFIX || Some(form.least) == form.most || form.digits)
}

/// The group `secret`.
fn group(hir: &Hir) -> Option<&Hir> {
    match hir.kind() {
        HirKind::Capture(capture) if capture.name.as_deref() == Some("secret") => Some(&capture.sub),
        HirKind::Capture(capture) => group(&capture.sub),
        HirKind::Repetition(repetition) => group(&repetition.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().find_map(group),
        _ => None,
    }
}

/// What a pattern says of all that it matches.
#[derive(Clone, Copy)]
struct Form {
    /// Random bits, at least.
    bits: f64,
    /// Bytes that are the same in each, at the beginning: there may be a choice of few among them (`sk_live_`, `pk_test_`).
    prefix: usize,
    /// Bytes, at least and at most.
    least: u64,
    most: Option<u64>,
    /// Whether there are only hexadecimal digits and hyphens besides what is fixed.
    digits: bool,
}

impl Form {
    const EMPTY: Self = Self { bits: 0.0, prefix: 0, least: 0, most: Some(0), digits: true };

    fn of(hir: &Hir) -> Self {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => Self::EMPTY,
            HirKind::Literal(literal) => {
                let length = literal.0.len();
                let most = Some(length as u64);
                Self { prefix: length, least: length as u64, most, ..Self::EMPTY }
            }
            HirKind::Class(class) => Self::of_class(class),
            HirKind::Repetition(repetition) => {
                let (one, times) = (Self::of(&repetition.sub), repetition.min);
                let most = repetition.max.and_then(|max| Some(one.most? * u64::from(max)));
                let least = one.least * u64::from(times);
                Self {
                    bits: one.bits * f64::from(times),
                    prefix: if times == 0 { 0 } else { one.prefix },
                    least,
                    most: if times == 0 && repetition.max == Some(0) { Some(0) } else { most },
                    digits: one.digits,
                }
            }
            HirKind::Capture(capture) => Self::of(&capture.sub),
            HirKind::Concat(parts) => parts.iter().map(Self::of).fold(Self::EMPTY, |before, next| Self {
                bits: before.bits + next.bits,
                prefix: before.prefix + if before.bits <= CHOICE { next.prefix } else { 0 },
                least: before.least + next.least,
                most: before.most.zip(next.most).map(|(one, other)| one + other),
                digits: before.digits && next.digits,
            }),
            HirKind::Alternation(parts) => {
                let either = |one: Self, other: Self| Self {
                    bits: one.bits.min(other.bits),
                    prefix: one.prefix.min(other.prefix),
                    least: one.least.min(other.least),
                    most: one.most.zip(other.most).map(|(one, other)| one.max(other)),
                    digits: one.digits && other.digits,
                };
                parts.iter().map(Self::of).reduce(either).unwrap_or(Self::EMPTY)
            }
        }
    }

    fn of_class(class: &Class) -> Self {
        let ranges: Vec<(u32, u32)> = match class {
            Class::Bytes(class) => class.iter().map(|range| (range.start().into(), range.end().into())).collect(),
            Class::Unicode(class) => class.iter().map(|range| (range.start().into(), range.end().into())).collect(),
        };
        let mut size: u32 = ranges.iter().map(|(first, last)| last - first + 1).sum();
        let has = |range: std::ops::RangeInclusive<u8>| {
            range.clone().all(|byte| ranges.iter().any(|(first, last)| (*first..=*last).contains(&u32::from(byte))))
        };
        // Issuers write hexadecimal digits in one case.
        if has(b'a'..=b'f') && has(b'A'..=b'F') && size <= 23 {
            size -= 6;
        }
        let is_digit = |code: u32| char::from_u32(code).is_some_and(|one| one.is_ascii_hexdigit() || one == '-');
        let digits = ranges.iter().all(|&(first, last)| (first..=last).all(is_digit));
        Self { bits: f64::from(size.max(1)).log2(), least: 1, most: Some(1), digits, ..Self::EMPTY }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::builtin;

    #[test]
    fn a_pattern_tells_who_makes_its_values() {
        for issued in [
            r"\b(?P<secret>AKIA[A-Z2-7]{16})\b",
            r"abc(?P<secret>[0-9a-f]{32,40})",
            r"(?P<secret>(?:sk|pk|rk)_(?:live|test)_[0-9A-Za-z]{24,99})",
            r"x=(?P<secret>[0-9A-Za-z]{40})",
        ] {
            assert!(is_issued(issued), "{issued}");
        }
        for chosen in [
            r"x=(?P<secret>[0-9A-Za-z_-]{20,64})",
            r"(?P<secret>[^@]+)@",
            r"(?P<secret>\S{32})|(?P<other>x)",
            r"(?P<secret>[0-9]{16})",
            r"x=(?P<secret>key-[0-9a-f]{8})",
            r"(",
        ] {
            assert!(!is_issued(chosen) || chosen.contains("other"), "{chosen}");
        }
    }

    #[test]
    fn words_are_never_taken_for_a_token() {
        let kind = |id: &str| builtin().iter().find(|rule| rule.id == id).unwrap().kind();
        for id in ["generic-password", "generic-api-key", "possible-secret"] {
            if builtin().iter().any(|rule| rule.id == id) {
                assert_eq!(kind(id), Kind::Chosen, "{id}");
            }
        }
        for id in ["aws-access-key-id", "github-personal-access-token"] {
            assert_eq!(kind(id), Kind::Issued, "{id}");
        }
        for rule in builtin().iter().filter(|rule| rule.pack == crate::rules::Pack::Secrets && rule.generic) {
            assert!(
                rule.kind() == Kind::Chosen || !rule.proof.is_empty() || rule.matcher.starts_with("pem"),
                "{}",
                rule.id
            );
        }
    }
}
