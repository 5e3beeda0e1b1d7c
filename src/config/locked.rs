//! `locked`: keys that an organisation lets no one loosen.

use super::keys;
use super::layer::Rank;
use super::layer_merge::LayerMerge;

pub(super) fn apply(locked: Vec<String>, merge: &mut LayerMerge<'_>) {
    if !locked.is_empty() && merge.rank() != Rank::Organisation {
        merge.fault("only an organisation's file locks keys: one under /etc/gatehook, or one that this file extends");
        return;
    }
    for key in locked.iter().filter(|key| !keys::is_lockable(key)) {
        merge.fault(format!("`locked` names `{key}`, which is not a key; `gatehook config show` names them all"));
    }
    merge.lock(locked);
}
