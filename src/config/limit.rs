//! `[limit]`: how much is looked at.

use serde::Deserialize;

use super::Config;
use super::laying::Laying;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawLimit {
    /// In MiB.
    file: Option<u64>,
}

pub(super) fn apply(config: &mut Config, raw: &RawLimit, laying: &mut Laying<'_>) {
    if let Some(mebibytes) = raw.file {
        let bytes = mebibytes.saturating_mul(1 << 20);
        laying.put("limit.file", &mut config.limit, Some(bytes), mebibytes.to_string());
    }
}
