//! The part of a large run that one of several parallel jobs takes.

use std::fmt;
use std::str::FromStr;

use super::Surroundings;

/// `index` of `total`, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which, from 1.
    pub index: u32,
    /// Of how many.
    pub total: u32,
}

/// A text that is no shard.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no shard: it takes `I/N` with I from 1 to N, as `2/4`")]
pub struct BadShard(String);

impl Shard {
    /// Whether the piece of work that `key` names is this shard's. The same key gives the same shard on
    /// every machine, whatever else there is to do.
    pub fn takes(self, key: &[u8]) -> bool {
        let hash = blake3::hash(key);
        let head = hash.as_bytes().first_chunk::<8>().copied().unwrap_or_default();
        u64::from_le_bytes(head) % u64::from(self.total) == u64::from(self.index - 1)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.index, self.total)
    }
}

impl FromStr for Shard {
    type Err = BadShard;

    fn from_str(text: &str) -> Result<Self, BadShard> {
        let bad = || BadShard(text.chars().take(40).collect());
        let (index, total) = text.split_once('/').ok_or_else(bad)?;
        let number = |text: &str| text.trim().parse::<u32>().map_err(|_| bad());
        let (index, total) = (number(index)?, number(total)?);
        if (1..=total).contains(&index) { Ok(Self { index, total }) } else { Err(bad()) }
    }
}

/// How the systems that run one job several times tell each of them which it is: index, total, and the
/// first index.
const COUNTERS: [(&str, &str, u32); 5] = [
    // GitLab's `parallel`; what a Jenkins pipeline can set.
    ("CI_NODE_INDEX", "CI_NODE_TOTAL", 1),
    ("CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0),
    ("BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", 0),
    ("BITBUCKET_PARALLEL_STEP", "BITBUCKET_PARALLEL_STEP_COUNT", 0),
    ("SYSTEM_JOBPOSITIONINPHASE", "SYSTEM_TOTALJOBSINPHASE", 1),
];

/// The shard that `GATEHOOK_SHARD` or the system names; `None` where the job has all the work.
pub(super) fn find(around: &Surroundings<'_>) -> Result<Option<Shard>, BadShard> {
    if let Some(text) = around.get("GATEHOOK_SHARD") {
        return text.parse().map(Some);
    }
    for (index, total, first) in COUNTERS {
        let (Some(index), Some(total)) = (around.get(index), around.get(total)) else { continue };
        let text = format!("{index}/{total}");
        let number = |text: &str| text.parse::<u32>().ok();
        let (Some(index), Some(count)) = (number(&index), number(&total)) else { return Err(BadShard(text)) };
        if count <= 1 {
            continue;
        }
        let shard = Shard { index: index.saturating_add(1 - first), total: count };
        return if (1..=count).contains(&shard.index) { Ok(Some(shard)) } else { Err(BadShard(text)) };
    }
    Ok(None)
}
