//! `[fingerprint]`: what fingerprints are keyed with.

use serde::Deserialize;

use super::Config;
use super::layer_merge::LayerMerge;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawFingerprint {
    salt: Option<String>,
}

pub(super) fn apply(config: &mut Config, raw: RawFingerprint, merge: &mut LayerMerge<'_>) {
    if let Some(salt) = raw.salt {
        // Another salt makes other fingerprints: neither stricter nor looser, so a locked one stays.
        merge.put("fingerprint.salt", &mut config.salt, Some(salt), "\"…\"", |new, old| new != old);
    }
}
