//! The part of a large run that one of several parallel jobs takes.

use super::Surroundings;
use crate::finding::Shard;

/// A text that is no shard.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no shard: it takes `I/N` with I from 1 to N, as `2/4`")]
pub struct BadShard(String);

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
        return parse(&text).map(Some);
    }
    for (index, total, first) in COUNTERS {
        let (Some(index), Some(total)) = (around.get(index), around.get(total)) else { continue };
        let text = format!("{index}/{total}");
        let number = |text: &str| text.parse::<u32>().ok();
        let (Some(index), Some(count)) = (number(&index), number(&total)) else { return Err(BadShard(text)) };
        if count <= 1 {
            continue;
        }
        let shard = Shard { index: index.saturating_add(1 - first), count };
        return if (1..=count).contains(&shard.index) { Ok(Some(shard)) } else { Err(BadShard(text)) };
    }
    Ok(None)
}

/// Reads `I/N`.
///
/// # Errors
///
/// [`BadShard`] where it is none.
pub fn parse(text: &str) -> Result<Shard, BadShard> {
    text.parse().map_err(|()| BadShard(text.chars().take(40).collect()))
}
