//! Under which terms a report was made: what must agree before the reports of shards become one.

use std::fmt;
use std::str::FromStr;

use super::{Severity, Text, Tier};

/// What a gate demands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demand {
    /// Lowest severity that blocks.
    pub block: Severity,
    /// Lowest tier that blocks.
    pub tier: Tier,
    /// Whether the gate only observes: findings that block are reported, and do not stop it.
    pub observe: bool,
    /// Rules whose findings only warn, whatever the tier.
    pub younger: Vec<Text>,
}

/// One part of a run that was split: `index` of `count`, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shard {
    /// Which part, from 1.
    pub index: u32,
    /// How many parts there are.
    pub count: u32,
}

impl Shard {
    /// Whether the piece of work that `key` names is this shard's. The same key goes to the same shard on
    /// every machine, whatever else there is to do.
    pub fn takes(self, key: &[u8]) -> bool {
        let hash = blake3::hash(key);
        let head = hash.as_bytes().first_chunk::<8>().copied().unwrap_or_default();
        u64::from_le_bytes(head) % u64::from(self.count.max(1)) == u64::from(self.index.saturating_sub(1))
    }
}

impl FromStr for Shard {
    type Err = ();

    /// Reads `I/N`, 1 <= I <= N.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (index, count) = text.split_once('/').ok_or(())?;
        let number = |digits: &str| digits.parse::<u32>().map_err(|_| ());
        let (index, count) = (number(index)?, number(count)?);
        if (1..=count).contains(&index) { Ok(Self { index, count }) } else { Err(()) }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.index, self.count)
    }
}

/// The terms of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// gatehook's version.
    pub version: Text,
    /// Digest of the rules and of the settings that change what they find.
    pub rules: String,
    /// What the gate demanded.
    pub demand: Demand,
    /// Which part of a run this is; `None` for a whole one.
    pub shard: Option<Shard>,
    /// When it was made, as `2026-11-24T08:00:00Z`; only of CI, whose reports are evidence for a release.
    pub made: Option<String>,
    /// When the advisory index was made that the stage `sca` asked; `None` where it asked none.
    pub advisories: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_counts_from_one() {
        assert_eq!("2/3".parse(), Ok(Shard { index: 2, count: 3 }));
        assert_eq!(Shard { index: 2, count: 3 }.to_string(), "2/3");
        for wrong in ["0/3", "4/3", "1", "1/0", "a/b", "-1/2", "1/2/3", "+1/2 "] {
            assert_eq!(wrong.parse::<Shard>(), Err(()), "{wrong}");
        }
    }
}
