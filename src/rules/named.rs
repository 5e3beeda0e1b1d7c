//! Named sets of built-in rules, of which `rules.sets` names those that take part.
//!
//! A set is recognized by what its rules share, so that a new rule joins by itself.

use std::fmt;

use super::compact::Brief;
use super::language::Language;
use super::rule::Pack;
use crate::finding::Tier;

/// A set of built-in rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// Every rule: `default`.
    Default,
    /// The rules of a pack: `secrets`, `insecure`.
    Pack(Pack),
    /// The rules of the block tier: `block-tier`.
    BlockTier,
    /// The insecure patterns of a category of OWASP's Top 10 of 2021, from 1: `owasp-a01` to `owasp-a10`.
    Owasp(u8),
    /// The insecure patterns of a language or technology, by the word that rule files use: `python`.
    Language(Language),
}

impl Named {
    /// The set of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "default" => Some(Self::Default),
            "secrets" => Some(Self::Pack(Pack::Secrets)),
            "insecure" => Some(Self::Pack(Pack::Insecure)),
            "block-tier" => Some(Self::BlockTier),
            _ => match name.strip_prefix("owasp-a") {
                Some(number) if number.len() == 2 && number.bytes().all(|byte| byte.is_ascii_digit()) => {
                    number.parse().ok().filter(|number| (1..=10).contains(number)).map(Self::Owasp)
                }
                _ => Language::from_word(name).map(Self::Language),
            },
        }
    }

    /// Whether the built-in rule is in it.
    pub fn has(self, rule: Brief<'_>) -> bool {
        match self {
            Self::Default => true,
            Self::Pack(pack) => rule.pack() == pack,
            Self::BlockTier => rule.tier() == Tier::Block,
            Self::Owasp(number) => rule.pack() == Pack::Insecure && rule.has_owasp(&format!("A{number:02}")),
            Self::Language(language) => rule.pack() == Pack::Insecure && rule.languages().has(language),
        }
    }
}

impl fmt::Display for Named {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => out.write_str("default"),
            Self::Pack(pack) => out.write_str(pack.word()),
            Self::BlockTier => out.write_str("block-tier"),
            Self::Owasp(number) => write!(out, "owasp-a{number:02}"),
            Self::Language(language) => out.write_str(language.word()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::briefs;

    fn size(name: &str) -> usize {
        let set = Named::from_name(name).unwrap();
        assert_eq!(set.to_string(), name);
        briefs().filter(|rule| set.has(*rule)).count()
    }

    #[test]
    fn sets_are_told_by_what_their_rules_share() {
        let all = briefs().count();
        assert_eq!((size("default"), size("secrets") + size("insecure")), (all, all));
        assert!(size("block-tier") > 200 && size("block-tier") < all);
        let owasp: usize = (1..=10).map(|number| size(&format!("owasp-a{number:02}"))).sum();
        assert!(size("python") > 20 && size("owasp-a03") > 20 && owasp <= 2 * size("insecure"));
        for none in ["", "Default", "owasp-a00", "owasp-a11", "owasp-a1", "owasp-a+1", "owasp-b01", "cobol"] {
            assert!(Named::from_name(none).is_none(), "{none}");
        }
    }
}
