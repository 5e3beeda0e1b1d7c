//! Whether a version is affected, as OSV's specification evaluates it (<https://ossf.github.io/osv-schema/#evaluation>), and which advisories are
//! one: those that share an id or alias.

use std::cmp::Ordering;

use super::record::{Advisory, Affected, Event, Level, Range};
use crate::sca::Ecosystem;
use crate::sca::versions::Order;

/// Whether `version` of the package is affected; `None` where that cannot be told, because a version cannot be read.
///
/// An empty version stands for one that is not known: affected only where every version is.
pub fn is_affected(affected: &Affected, version: &str) -> Option<bool> {
    let order = affected.ecosystem.order();
    if version.is_empty() {
        let every = |range: &Range| matches!(range.events.as_slice(), [Event::Introduced(from)] if from == "0");
        return if affected.ranges.iter().any(every) { Some(true) } else { None };
    }
    if affected
        .versions
        .iter()
        .any(|one| one == version || (one.len() < 64 && order.compare(one, version) == Some(Ordering::Equal)))
    {
        return Some(true);
    }
    let mut unknown = false;
    for range in &affected.ranges {
        match holds(range, affected.ecosystem, version) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => unknown = true,
        }
    }
    if unknown { None } else { Some(false) }
}

/// Whether no version from `from` on is affected: what a requirement without a pin may install at least.
pub fn is_mended_since(affected: &Affected, from: &str) -> bool {
    if from.is_empty() || (affected.ranges.is_empty() && affected.versions.is_empty()) {
        return false;
    }
    let below = |version: &str| affected.ecosystem.order().compare(version, from).is_some_and(Ordering::is_lt);
    let ends_below = |range: &Range| {
        // Each part of the range has an end, and the last one lies at or below.
        let (mut starts, mut ends) = (0, 0);
        for event in &range.events {
            match event {
                Event::Introduced(_) => starts += 1,
                Event::Fixed(to) if compare(range, affected.ecosystem, to, from).is_some_and(Ordering::is_le) => {
                    ends += 1;
                }
                Event::LastAffected(to)
                    if compare(range, affected.ecosystem, to, from).is_some_and(Ordering::is_lt) =>
                {
                    ends += 1;
                }
                _ => return false,
            }
        }
        ends >= starts
    };
    affected.ranges.iter().all(ends_below) && affected.versions.iter().all(|version| below(version))
}

/// Compares as the range says; where its own order cannot read a version, the other one is tried.
fn compare(range: &Range, ecosystem: Ecosystem, a: &str, b: &str) -> Option<Ordering> {
    let own = ecosystem.order();
    if range.semver {
        return Order::Semver.compare(a, b).or_else(|| own.compare(a, b));
    }
    own.compare(a, b).or_else(|| Order::Semver.compare(a, b))
}

fn holds(range: &Range, ecosystem: Ecosystem, version: &str) -> Option<bool> {
    let at_least = |from: &str| {
        if from == "0" { Some(true) } else { compare(range, ecosystem, version, from).map(Ordering::is_ge) }
    };
    let mut limited = false;
    let mut before = false;
    for event in &range.events {
        if let Event::Limit(limit) = event {
            limited = true;
            before |= limit == "*" || compare(range, ecosystem, version, limit)?.is_lt();
        }
    }
    if limited && !before {
        return Some(false);
    }
    let text = |event: &Event| match event {
        Event::Introduced(version) | Event::Fixed(version) | Event::LastAffected(version) | Event::Limit(version) => {
            version.clone()
        }
    };
    let rank = |event: &Event| match event {
        Event::Fixed(_) => 0,
        Event::Introduced(_) => 1,
        Event::LastAffected(_) | Event::Limit(_) => 2,
    };
    let mut events: Vec<&Event> = range.events.iter().collect();
    let mut unread = false;
    events.sort_by(|a, b| {
        let (left, right) = (text(a), text(b));
        let by_version = match (left == "0", right == "0") {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => compare(range, ecosystem, &left, &right).unwrap_or_else(|| {
                unread = true;
                Ordering::Equal
            }),
        };
        by_version.then(rank(a).cmp(&rank(b)))
    });
    if unread {
        return None;
    }
    let mut inside = false;
    for event in events {
        match event {
            Event::Introduced(from) => inside |= at_least(from)?,
            Event::Fixed(to) => inside &= !at_least(to)?,
            Event::LastAffected(last) => inside &= !compare(range, ecosystem, version, last)?.is_gt(),
            Event::Limit(_) => {}
        }
    }
    Some(inside)
}

/// The smallest version that mends an advisory for this version: the first `fixed` behind it in a range that holds it.
pub fn smallest_fix(affected: &Affected, version: &str) -> Option<String> {
    let mut best: Option<&str> = None;
    for range in affected
        .ranges
        .iter()
        .filter(|range| version.is_empty() || holds(range, affected.ecosystem, version) != Some(false))
    {
        for event in &range.events {
            let Event::Fixed(fixed) = event else { continue };
            let behind =
                version.is_empty() || compare(range, affected.ecosystem, fixed, version).is_some_and(Ordering::is_gt);
            if behind
                && best.is_none_or(|best| compare(range, affected.ecosystem, fixed, best).is_some_and(Ordering::is_lt))
            {
                best = Some(fixed);
            }
        }
    }
    best.map(str::to_owned)
}

/// An advisory that a version matches.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The advisory.
    pub advisory: Advisory,
    /// What of it concerns the package.
    pub affected: Affected,
    /// The smallest version that mends it.
    pub fix: Option<String>,
}

/// Advisories of several databases that are one.
#[derive(Clone, Debug)]
pub struct Group {
    /// All ids, the best known first: GHSA, CVE, then the databases' own.
    pub ids: Vec<String>,
    /// The records.
    pub hits: Vec<Hit>,
}

fn fame(id: &str) -> u8 {
    match id.split('-').next() {
        Some("MAL") => 0,
        Some("GHSA") => 1,
        Some("CVE") => 2,
        _ => 3,
    }
}

impl Group {
    /// The id that it is known by.
    pub fn id(&self) -> &str {
        self.ids.first().map_or("", String::as_str)
    }

    /// Whether the package is malicious.
    pub fn malicious(&self) -> bool {
        self.hits.iter().any(|hit| hit.advisory.malicious)
    }

    /// Whether all of it only informs.
    pub fn informational(&self) -> bool {
        self.hits.iter().all(|hit| hit.advisory.informational)
    }

    /// How bad it is: what a score says before what nothing says.
    pub fn level(&self) -> Level {
        if self.malicious() {
            return Level::Critical;
        }
        let scored = self.hits.iter().filter(|hit| hit.advisory.score > 0 || hit.advisory.informational);
        let known = scored.map(|hit| hit.advisory.level).max();
        known.or_else(|| self.hits.iter().map(|hit| hit.advisory.level).min()).unwrap_or_default()
    }

    /// The version that mends all of it: the largest of the smallest ones, unless a record affects that one too.
    pub fn fix(&self) -> Option<String> {
        let fixes = self.hits.iter().filter_map(|hit| Some((hit.fix.as_deref()?, hit.affected.ecosystem)));
        let (best, _) = fixes.reduce(|best, next| {
            if next.1.order().compare(next.0, best.0).is_some_and(Ordering::is_gt) { next } else { best }
        })?;
        let free = self.hits.iter().all(|hit| is_affected(&hit.affected, best) != Some(true));
        free.then(|| best.to_owned())
    }

    /// The record to show: the one with the longest summary of the best known database.
    pub fn shown(&self) -> Option<&Hit> {
        self.hits.iter().min_by_key(|hit| (fame(&hit.advisory.id), hit.advisory.summary.is_empty()))
    }
}

/// Puts hits that share an id or alias into one group. Groups are in the order of their ids.
pub fn groups(hits: Vec<Hit>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for hit in hits {
        let mut merged = Group { ids: hit.advisory.ids().map(str::to_owned).collect(), hits: vec![hit] };
        let mut rest = Vec::new();
        for group in groups {
            if group.ids.iter().any(|id| merged.ids.contains(id)) {
                merged.ids.extend(group.ids);
                merged.hits.extend(group.hits);
            } else {
                rest.push(group);
            }
        }
        rest.push(merged);
        groups = rest;
    }
    for group in &mut groups {
        group.ids.sort_by(|a, b| fame(a).cmp(&fame(b)).then_with(|| a.cmp(b)));
        group.ids.dedup();
        group.hits.sort_by(|a, b| a.advisory.id.cmp(&b.advisory.id));
        group.hits.dedup_by(|a, b| a.advisory.id == b.advisory.id);
    }
    groups.sort_by(|a, b| a.ids.cmp(&b.ids));
    groups
}
