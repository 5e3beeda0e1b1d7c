//! `locked`: keys that an organisation lets nobody loosen.

use super::keys;
use super::layer::Rank;
use super::laying::Laying;

pub(super) fn apply(locked: Vec<String>, laying: &mut Laying<'_>) {
    if !locked.is_empty() && laying.rank() != Rank::Organisation {
        laying.fault("only an organisation's file locks keys: one under /etc/gatehook, or one that this file extends");
        return;
    }
    for key in locked.iter().filter(|key| !keys::is_lockable(key)) {
        laying.fault(format!("`locked` names `{key}`, which is no key; `gatehook config show` names them all"));
    }
    laying.lock(locked);
}
