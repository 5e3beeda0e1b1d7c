//! Severity, tier and confidence: the three scales of a finding.

use std::fmt;
use std::str::FromStr;

macro_rules! scale {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$each])* $variant),+ }

        impl $name {
            /// All of them, lowest first.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word for it, as in rule files, configuration and JSON.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl FromStr for $name {
            type Err = ();

            fn from_str(word: &str) -> Result<Self, ()> {
                Self::ALL.iter().copied().find(|level| level.word() == word).ok_or(())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.pad(self.word())
            }
        }
    };
}

scale! {
    /// What the value or flaw lets somebody do.
    Severity {
        /// Hardly anything alone.
        Low = "low",
        /// Something, with more effort or luck.
        Medium = "medium",
        /// Real harm.
        High = "high",
        /// Take over an account or a system.
        Critical = "critical",
    }
}

scale! {
    /// Whether a finding may stop a gate.
    Tier {
        /// Shown, never stops unless the configuration says so.
        Warn = "warn",
        /// May stop, by its severity.
        Block = "block",
    }
}

scale! {
    /// How sure the rule is that this is what it says.
    Confidence {
        /// A hint.
        Low = "low",
        /// Likely.
        Medium = "medium",
        /// A checksum, structure or unmistakable prefix says so.
        High = "high",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_round_trip_and_order_rises() {
        for &level in Severity::ALL {
            assert_eq!(level.word().parse(), Ok(level));
        }
        assert!(Severity::Low < Severity::Critical);
        assert!(Tier::Warn < Tier::Block);
        assert_eq!("severe".parse::<Severity>(), Err(()));
    }
}
