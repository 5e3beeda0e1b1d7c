//! Packages against advisories: which advisory each new version brings, and whether an older version already had it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::{Checked, Found, Hole, Kind, Packages, Placed, Standing, Tree, is_looked_up};
use crate::sca::Ecosystem;
use crate::sca::advisories::{
    Advisory, Corrupt, Event, Group, Hit, Index, Level, groups, is_affected, is_mended_since, smallest_fix,
};
use crate::sca::lockfiles::{self, Input, Lock, Scope};

const REBUILD: &str = "gatehook advisories update";

pub(super) fn judge(
    ecosystem: Ecosystem,
    now: &Packages,
    before: Option<&[&Packages]>,
    head: &dyn Tree,
    index: Option<&Index<'_>>,
    checked: &mut Checked,
) {
    let Some(index) = index else { return };
    let mut graphs = Graphs { head, read: BTreeMap::new() };
    let mut uncovered = BTreeSet::new();
    for (name, placed) in now {
        let old: Vec<&Placed> =
            before.iter().flat_map(|sides| sides.iter()).filter_map(|side| side.get(name)).flatten().collect();
        let same =
            |one: &Placed| old.iter().any(|old| old.package.version == one.package.version && worst(old) <= worst(one));
        if before.is_some() && placed.iter().all(same) {
            continue;
        }
        if !placed.iter().any(|one| is_looked_up(&one.package)) {
            continue;
        }
        if !index.covers(ecosystem) {
            uncovered.extend(placed.iter().map(|one| one.path.clone()));
            continue;
        }
        match index.of_package(ecosystem, name) {
            Ok(advisories) if advisories.is_empty() => {}
            Ok(advisories) => one_name(&advisories, name, placed, &old, &mut graphs, checked),
            Err(error) => return broken(placed, error, checked),
        }
    }
    for path in uncovered {
        let reason =
            format!("its packages could not be checked: the advisory index holds no record for {}", ecosystem.name());
        checked.unanswered = Some(format!("the advisory index holds no record for {}", ecosystem.name()));
        checked.holes.push(Hole { path, reason, hint: format!("{REBUILD} '{}'", ecosystem.name()) });
    }
}

/// What weighs more: to run before to develop.
fn worst(one: &Placed) -> u8 {
    match one.package.scope {
        Scope::Runtime | Scope::Optional => 0,
        Scope::Dev | Scope::Test => 1,
    }
}

fn broken(placed: &[Placed], error: Corrupt, checked: &mut Checked) {
    let path = placed.first().map(|one| one.path.clone()).unwrap_or_default();
    checked.unanswered = Some(error.to_string());
    checked.holes.push(Hole { path, reason: error.to_string(), hint: REBUILD.to_owned() });
}

/// The advisories that a version matches, and those of which it cannot be told.
fn hits(advisories: &[Advisory], ecosystem: Ecosystem, name: &str, one: &Placed) -> (Vec<Hit>, usize) {
    let mut found = Vec::new();
    let mut unknown = 0;
    if !is_looked_up(&one.package) {
        return (found, 0);
    }
    let version = &*looked_up(&one.package);
    for advisory in advisories {
        let mut open = false;
        let of_release =
            |release: &str| release.is_empty() || one.package.release.is_empty() || release == one.package.release;
        for affected in advisory
            .affected
            .iter()
            .filter(|one| one.ecosystem == ecosystem && one.name == name && of_release(&one.release))
        {
            let affects = match is_affected(affected, version) {
                None if version.is_empty() && is_mended_since(affected, &one.package.at_least) => Some(false),
                affects => affects,
            };
            match affects {
                Some(true) => {
                    found.push(Hit {
                        advisory: advisory.clone(),
                        affected: affected.clone(),
                        fix: smallest_fix(affected, version),
                    });
                    open = false;
                    break;
                }
                Some(false) => {}
                None => open = true,
            }
        }
        unknown += usize::from(open);
    }
    (found, unknown)
}

/// The version to compare. An action's `v4` moves with the newest release of its line.
fn looked_up(package: &lockfiles::Package) -> Cow<'_, str> {
    if package.ecosystem != Ecosystem::GitHubActions {
        return Cow::Borrowed(&package.version);
    }
    let number = package.version.strip_prefix('v').unwrap_or(&package.version);
    let missing = 3_usize.saturating_sub(number.split('.').count());
    if number.is_empty() || !package.integrity.is_empty() || missing == 0 {
        return Cow::Borrowed(number);
    }
    Cow::Owned(format!("{number}{}", ".999999".repeat(missing)))
}

fn one_name(
    advisories: &[Advisory],
    name: &str,
    placed: &[Placed],
    old: &[&Placed],
    graphs: &mut Graphs<'_>,
    checked: &mut Checked,
) {
    let ecosystem = placed[0].package.ecosystem;
    let earlier: Vec<(u8, BTreeSet<String>)> = old
        .iter()
        .map(|one| {
            (
                worst(one),
                hits(advisories, ecosystem, name, one)
                    .0
                    .iter()
                    .flat_map(|hit| hit.advisory.ids().map(str::to_owned).collect::<Vec<_>>())
                    .collect(),
            )
        })
        .collect();
    // The same version at two places is one finding; so are two versions under one advisory, at the first of them.
    let mut told: Vec<BTreeSet<String>> = Vec::new();
    for one in placed {
        let (found, unknown) = hits(advisories, ecosystem, name, one);
        if unknown > 0 && !old.iter().any(|old| old.package.version == one.package.version && old.path == one.path) {
            checked.holes.push(unreadable(one, unknown));
        }
        for group in groups(found) {
            let ids: BTreeSet<String> = group.ids.iter().cloned().collect();
            if told.iter().any(|told| !told.is_disjoint(&ids)) {
                continue;
            }
            let weight = placed
                .iter()
                .filter(|other| other.package.version == one.package.version)
                .map(worst)
                .min()
                .unwrap_or(0);
            let mut standing = Standing::Introduced;
            for (scope, known) in &earlier {
                if !known.is_disjoint(&ids) {
                    let as_before = if *scope <= weight { Standing::Existing } else { Standing::Worsened };
                    standing = if standing == Standing::Existing { Standing::Existing } else { as_before };
                }
            }
            checked.findings.push(found_of(&group, one, standing, graphs));
            told.push(ids);
        }
    }
}

fn unreadable(one: &Placed, count: usize) -> Hole {
    let package = &one.package;
    let what = if package.version.is_empty() {
        format!("`{}` on line {} is not pinned to a version", crate::sca::shown(&package.name), package.line)
    } else {
        let shown = (crate::sca::shown(&package.version), crate::sca::shown(&package.name));
        format!("the version `{}` of `{}` on line {} cannot be compared", shown.0, shown.1, package.line)
    };
    let many = if count == 1 { "an advisory is".to_owned() } else { format!("{count} advisories are") };
    Hole { path: one.path.clone(), reason: format!("{what}, and {many} known for it"), hint: String::new() }
}

/// Lock files read once more with their graphs, for what was found in them.
struct Graphs<'t> {
    head: &'t dyn Tree,
    read: BTreeMap<String, Option<Lock>>,
}

impl Graphs<'_> {
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

fn found_of(group: &Group, one: &Placed, standing: Standing, graphs: &mut Graphs<'_>) -> Found {
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
        (Some(fixed), _) if via.len() > 1 => {
            format!("Upgrade `{}` to {fixed} or later; a newer {} may bring it.", package.name, via[0])
        }
        (Some(fixed), _) => format!("Upgrade `{}` to {fixed} or later.", package.name),
        (None, _) => {
            format!("No version mends it yet: replace `{}`, or allow the advisory with a reason.", package.name)
        }
    };
    let level = if kind == Kind::Informational { Level::Low } else { group.level() };
    let symbols: BTreeSet<String> = group.hits.iter().flat_map(|hit| hit.affected.symbols.iter().cloned()).collect();
    let cwe: BTreeSet<String> = group.hits.iter().flat_map(|hit| hit.advisory.cwe.iter().cloned()).collect();
    let severity = group.hits.iter().filter(|hit| hit.advisory.score > 0).max_by_key(|hit| hit.advisory.score);
    let scored = severity
        .map_or_else(String::new, |hit| format!(" CVSS {}.{}.", hit.advisory.score / 10, hit.advisory.score % 10));
    let why = match kind {
        Kind::Malicious => format!("It was published to do harm ({}).{brought}", group.ids.join(", ")),
        _ => format!("{}: affected are {range}.{scored}{brought}", group.ids.join(", ")),
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
        package,
    }
}
