//! `[limit]`: how much is looked at.

use serde::Deserialize;

use super::Config;
use super::layer_merge::LayerMerge;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawLimit {
    /// In MiB.
    file: Option<u64>,
}

pub(super) fn apply(config: &mut Config, raw: &RawLimit, merge: &mut LayerMerge<'_>) {
    if let Some(mebibytes) = raw.file {
        if mebibytes == 0 {
            return merge.fault("`limit.file` is 0, so nothing would be looked at: give MiB from 1, or leave it out");
        }
        let bytes = mebibytes.saturating_mul(1 << 20);
        // Of a limit that no one set it is not known how it compares: it stays.
        merge.put("limit.file", &mut config.limit, Some(bytes), mebibytes.to_string(), |new, old| {
            old.is_none() || new < old
        });
    }
}
