//! `rules.as-of`: a younger rule only warns, also where it takes a value over from an older one.

use crate::finding::Finding;
use crate::policy;

/// Adds what `older`, a look without the rules younger than `month`, finds beyond `findings`. Of two
/// rules for one value only the better is reported, so without this a rule that joined later would turn
/// what blocked into a warning. The second look is taken only where a younger rule found something.
pub(super) fn add_older(findings: &mut Vec<Finding>, month: &str, older: impl FnOnce() -> Vec<Finding>) {
    if !findings.iter().any(|finding| policy::is_newer_than_pin(&finding.rule, month)) {
        return;
    }
    let same = |one: &Finding, other: &Finding| {
        // The number of several values in one place may be another among fewer rules.
        (one.fingerprint == other.fingerprint || one.is_chosen())
            && one.rule == other.rule
            && one.path == other.path
            && one.place == other.place
            && one.commit == other.commit
    };
    for finding in older() {
        if !findings.iter().any(|known| same(known, &finding)) {
            findings.push(finding);
        }
    }
}

/// What is reported of rules that only warn; `None` where none found anything.
pub(super) fn note(younger: &[crate::finding::Text], month: &str) -> Option<String> {
    let named = younger.join(", ");
    (!younger.is_empty()).then(|| format!("rules younger than {month} (`rules.as-of`) only warn: {named}"))
}
