//! What a look depends on besides the content: the same under the same terms need not be looked at again.

use super::Request;
use super::patterns::{packs, set};
use crate::config::Config;
use crate::rules::Pack;

/// What each built-in stage of `request` would search with at the push gate: what passed under the same
/// terms need not be looked at again. Where something waits for a `later` gate only, the stages that have
/// rules for that are left out.
pub fn cache_keys(request: &Request, config: &Config, deferred: bool) -> Vec<[u8; 32]> {
    let packs = packs(request, config);
    let Ok(rules) = set(request, config, &packs) else { return Vec::new() };
    packs.iter().filter(|pack| !(deferred && rules.has_deferred(**pack))).map(|pack| rules.digest(*pack)).collect()
}

/// What decides which secrets the push gate finds in a commit, and how they are named. Empty where it looks
/// for none.
pub fn commit_cache_keys(request: &Request, config: &Config) -> Vec<[u8; 32]> {
    let packs = packs(request, config);
    let Ok(rules) = set(request, config, &[Pack::Secrets]) else { return Vec::new() };
    if !packs.contains(&Pack::Secrets) {
        return Vec::new();
    }
    vec![rules.digest(Pack::Secrets), *blake3::hash(&beside_rules(request, config)).as_bytes()]
}

/// What findings depend on besides the rules: how values are named, how much of a file is read, which rules
/// are too young.
pub(super) fn beside_rules(request: &Request, config: &Config) -> Vec<u8> {
    let limit = config.limit.unwrap_or(request.limit);
    format!("{:?} {limit} {:?}", config.salt, config.as_of).into_bytes()
}
