//! One layer being laid over those before it: what it may set, and what a lock refuses it.

use std::collections::HashSet;

use super::layer::{Origin, Rank, Refusal, Setting};
use super::version::Program;
use crate::text::escape;

/// What all layers so far have said.
#[derive(Debug)]
pub(super) struct Ledger {
    program: Program,
    pub(super) settings: Vec<Setting>,
    pub(super) refused: Vec<Refusal>,
    pub(super) locks: Vec<(String, Origin)>,
    /// Keys that an organisation set.
    ruled: HashSet<String>,
}

impl Ledger {
    pub(super) fn new(program: &Program) -> Self {
        Self {
            program: program.clone(),
            settings: Vec::new(),
            refused: Vec::new(),
            locks: Vec::new(),
            ruled: HashSet::new(),
        }
    }

    /// Which layer locks `key`.
    fn lock(&self, key: &str) -> Option<&Origin> {
        self.locks.iter().find(|(lock, _)| covers(lock, key)).map(|(_, by)| by)
    }
}

/// Whether a lock on `lock`, a key or a whole table, holds for `key`. A key that speaks for every gate
/// is locked for each of them.
fn covers(lock: &str, key: &str) -> bool {
    let below = |rest: &str| rest.is_empty() || rest.starts_with('.');
    key.strip_prefix(lock).is_some_and(below)
        || (!lock.contains('.') && key.starts_with("gate.") && key.rsplit('.').next() == Some(lock))
}

/// What a room needs to lay its keys: every value it sets is noted with its origin, a loosening of what
/// an earlier layer locked is refused, every fault is collected.
pub(super) struct LayerMerge<'l> {
    rank: Rank,
    origin: &'l Origin,
    ledger: &'l mut Ledger,
    /// What is wrong with the layer's values, a sentence each.
    pub(super) faults: Vec<String>,
}

impl<'l> LayerMerge<'l> {
    pub(super) const fn new(rank: Rank, origin: &'l Origin, ledger: &'l mut Ledger) -> Self {
        Self { rank, origin, ledger, faults: Vec::new() }
    }

    /// Whether this program has an in-process stage of that name.
    pub(super) fn has_stage(&self, name: &str) -> bool {
        self.ledger.program.has_stage(name)
    }

    /// Whether one of these stages has a rule of that id.
    pub(super) fn has_rule(&self, id: &str) -> bool {
        (self.ledger.program.has_rule)(id)
    }

    /// Where the layer's text comes from.
    pub(super) const fn origin(&self) -> &'l Origin {
        self.origin
    }

    /// Who speaks in this layer.
    pub(super) const fn rank(&self) -> Rank {
        self.rank
    }

    /// Sets `slot` to `value`, unless an earlier layer locked `key` and `looser(new, old)` says that the
    /// new value asks for less. `shown` is how the value would be written.
    pub(super) fn put<T>(
        &mut self,
        key: &str,
        slot: &mut T,
        value: T,
        shown: impl Into<String>,
        looser: impl FnOnce(&T, &T) -> bool,
    ) {
        let shown = shown.into();
        if self.is_locked(key) {
            if looser(&value, slot) {
                return self.refuse(key, shown);
            }
        } else if self.rank == Rank::User && self.ledger.ruled.contains(key) {
            return;
        }
        *slot = value;
        self.note(key, &shown, false);
    }

    /// Whether this layer may add `shown` to the list `key`, which loosens what is there already.
    /// Where it may not, that is reported.
    pub(super) fn may_add(&mut self, key: &str, shown: impl Into<String>) -> bool {
        let shown = shown.into();
        if self.is_locked(key) {
            self.refuse(key, shown);
            return false;
        }
        self.note(key, &shown, true);
        true
    }

    /// Whether an earlier layer locked `key`.
    pub(super) fn is_locked(&self, key: &str) -> bool {
        self.ledger.lock(key).is_some()
    }

    /// Tells that this layer's value of a locked key does not hold.
    pub(super) fn refuse(&mut self, key: &str, shown: impl Into<String>) {
        let Some(by) = self.ledger.lock(key).cloned() else { return };
        self.ledger.refused.push(Refusal { key: key.to_owned(), value: shown.into(), origin: self.origin.clone(), by });
    }

    /// Notes that this layer sets `key`; `joined` beside what others set.
    fn note(&mut self, key: &str, shown: &str, joined: bool) {
        if self.rank == Rank::Organisation {
            self.ledger.ruled.insert(key.to_owned());
        }
        let origin = self.origin.clone();
        let value = escaped(shown);
        self.ledger.settings.push(Setting { key: key.to_owned(), value, rank: self.rank, origin, joined });
    }

    /// Locks keys and tables for every layer to come.
    pub(super) fn lock(&mut self, keys: Vec<String>) {
        let origin = self.origin;
        self.ledger.locks.extend(keys.into_iter().map(|key| (key, origin.clone())));
    }

    /// Whether this layer sets `key` as a whole; where it may not, that is reported.
    pub(super) fn may_set(&mut self, key: &str, shown: impl Into<String>) -> bool {
        let shown = shown.into();
        if self.is_locked(key) {
            self.refuse(key, shown);
            return false;
        }
        if self.rank == Rank::User && self.ledger.ruled.contains(key) {
            return false;
        }
        self.note(key, &shown, false);
        true
    }

    /// Whether no repository speaks in the layer: the user's own file, or the machine's.
    pub(super) fn is_users(&self) -> bool {
        self.rank == Rank::User || matches!(self.origin, Origin::File(path) if path.starts_with("/etc/gatehook"))
    }

    /// Says what is wrong with one of the layer's values.
    pub(super) fn fault(&mut self, sentence: impl Into<String>) {
        self.faults.push(escaped(&sentence.into()));
    }
}

/// What a file says goes to terminals.
fn escaped(text: &str) -> String {
    escape(text.as_bytes()).to_string()
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_lock_holds_for_its_key_its_table_and_each_gate() {
        assert!(covers("gate.commit.block", "gate.commit.block") && covers("gate", "gate.push.tier"));
        assert!(covers("mode", "gate.ci.mode") && covers("rules", "rules.disable"));
        assert!(!covers("gate.commit", "gate.commits.block") && !covers("rule", "rules.disable"));
        assert!(!covers("gate.commit.block", "gate.commit") && !covers("mode", "rules.mode"));
    }
}
