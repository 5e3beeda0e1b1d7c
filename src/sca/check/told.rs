//! A finding of an advisory in words: what is affected, how bad it is, how it came in, and which upgrade mends it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Found, Kind, Placed, Standing, Tree};
use crate::sca::advisories::{Event, Group, Hit, Level, Weight};
use crate::sca::lockfiles::{self, Input, Lock};

/// Lock files read once more with their graphs, for what was found in them.
pub(super) struct Graphs<'t> {
    head: &'t dyn Tree,
    read: BTreeMap<String, Option<Lock>>,
}

impl<'t> Graphs<'t> {
    pub(super) fn new(head: &'t dyn Tree) -> Self {
        Self { head, read: BTreeMap::new() }
    }

    fn via(&mut self, one: &Placed) -> Vec<String> {
        let head = self.head;
        let lock = self.read.entry(one.path.clone()).or_insert_with(|| {
            let bytes = head.read(&one.path).ok().flatten()?;
            let beside = |path: &str| head.read(path).ok().flatten();
            lockfiles::read(one.format, &Input { path: &one.path, bytes: &bytes, beside: &beside, graph: true }).ok()
        });
        let Some(lock) = lock else { return Vec::new() };
        let same =
            |package: &lockfiles::Package| package.name == one.package.name && package.version == one.package.version;
        let place = if lock.packages.get(one.place).is_some_and(same) {
            Some(one.place)
        } else {
            lock.packages.iter().position(same)
        };
        let path = place.map(|place| lock.path_to(place)).unwrap_or_default();
        path.iter()
            .filter_map(|at| lock.packages.get(*at))
            .map(|package| format!("{} {}", package.name, package.version))
            .collect()
    }
}

/// A range in words: `>= 1.0.0, < 1.2.3`.
fn in_words(hit: &Hit) -> String {
    let mut parts = Vec::new();
    for range in &hit.affected.ranges {
        let mut from = None;
        for event in &range.events {
            match event {
                Event::Introduced(version) => {
                    if let Some(from) = from.replace(version) {
                        parts.push(format!(">= {from}"));
                    }
                }
                Event::Fixed(to) | Event::LastAffected(to) => {
                    let sign = if matches!(event, Event::Fixed(_)) { "<" } else { "<=" };
                    match from.take() {
                        Some(start) if start != "0" && start != "0.0.0-0" => {
                            parts.push(format!(">= {start}, {sign} {to}"));
                        }
                        _ => parts.push(format!("{sign} {to}")),
                    }
                }
                Event::Limit(_) => {}
            }
        }
        if let Some(start) = from {
            parts.push(if start == "0" || start == "0.0.0-0" {
                "every version".to_owned()
            } else {
                format!(">= {start}")
            });
        }
    }
    parts.dedup();
    if parts.is_empty() { "the versions that the record lists".to_owned() } else { parts.join(" or ") }
}

/// What is known of an advisory that a version matches.
pub(super) struct Told<'g> {
    pub(super) group: &'g Group,
    /// How many advisories the version matches.
    pub(super) count: usize,
    /// The smallest version that none of them affects.
    pub(super) safe: Option<&'g str>,
    /// How likely it is used.
    pub(super) weight: Weight,
}

impl Told<'_> {
    /// The finding.
    pub(super) fn finding(&self, one: &Placed, standing: Standing, graphs: &mut Graphs<'_>) -> Found {
        let group = self.group;
        let package = one.package.clone();
        let kind = if group.malicious() {
            Kind::Malicious
        } else if group.informational() {
            Kind::Informational
        } else {
            Kind::Vulnerable
        };
        let hit = group.shown();
        let summary = hit.map(|hit| hit.advisory.summary.clone()).unwrap_or_default();
        let version = if package.version.is_empty() { "(any version)" } else { package.version.as_str() };
        let title = match kind {
            Kind::Malicious => format!("malicious package: {} {version}", package.name),
            _ if summary.is_empty() => format!("{} {version}: {}", package.name, group.id()),
            _ => format!("{} {version}: {summary}", package.name),
        };
        let via = graphs.via(one);
        let fixed = group.fix();
        let range = hit.map(in_words).unwrap_or_default();
        let brought = match via.as_slice() {
            [first, .., _] => format!(" It comes with {first}: {}.", via.join(" > ")),
            _ => String::new(),
        };
        let fix = match (&fixed, kind) {
            (_, Kind::Malicious) => format!(
                "Remove `{}`, and treat every machine that installed it and every secret on it as known to others.",
                package.name
            ),
            (Some(fixed), _) => {
                let brings = if via.len() > 1 { format!("; a newer {} may bring it", via[0]) } else { String::new() };
                let all = match self.safe {
                    Some(safe) if safe == fixed => format!("; that mends all {} advisories for it", self.count),
                    Some(safe) => format!("; {safe} mends all {} advisories for it", self.count),
                    None => String::new(),
                };
                format!("Upgrade `{}` to {fixed} or later{all}{brings}.", package.name)
            }
            (None, _) => {
                format!("No version mends it yet: replace `{}`, or allow the advisory with a reason.", package.name)
            }
        };
        let level = if kind == Kind::Informational { Level::Low } else { self.level() };
        let symbols: BTreeSet<String> =
            group.hits.iter().flat_map(|hit| hit.affected.symbols.iter().cloned()).collect();
        let cwe: BTreeSet<String> = group.hits.iter().flat_map(|hit| hit.advisory.cwe.iter().cloned()).collect();
        let severity = group.hits.iter().filter(|hit| hit.advisory.score > 0).max_by_key(|hit| hit.advisory.score);
        let scored = severity
            .map_or_else(String::new, |hit| format!(" CVSS {}.{}.", hit.advisory.score / 10, hit.advisory.score % 10));
        let why = match kind {
            Kind::Malicious => format!("It was published to do harm ({}).{brought}", group.ids.join(", ")),
            _ => format!("{}: affected are {range}.{scored}{}{brought}", group.ids.join(", "), self.used()),
        };
        Found {
            kind,
            path: one.path.clone(),
            line: package.line,
            ids: group.ids.clone(),
            level,
            blocks: kind != Kind::Informational,
            title,
            why,
            fix,
            reference: hit.map(|hit| hit.advisory.reference.clone()).unwrap_or_default(),
            cwe: cwe.into_iter().collect(),
            fixed,
            range,
            via,
            symbols: symbols.into_iter().collect(),
            standing,
            published: hit.map(|hit| hit.advisory.published.chars().take(10).collect()).unwrap_or_default(),
            exempt: None,
            package,
        }
    }

    /// How bad it is: what is known to be exploited is high at least, what probably will be medium.
    fn level(&self) -> Level {
        let floor = match self.weight {
            Weight { exploited: true, .. } => Level::High,
            Weight { epss: 1000.., .. } => Level::Medium,
            Weight { .. } => Level::Low,
        };
        self.group.level().max(floor)
    }

    /// What EPSS and CISA say, as sentences.
    fn used(&self) -> String {
        let exploited = if self.weight.exploited { " It is exploited (CISA KEV)." } else { "" };
        match self.weight.epss {
            0 => exploited.to_owned(),
            epss => format!(" EPSS {}.{:02} %.{exploited}", epss / 100, epss % 100),
        }
    }
}
