//! Packages against advisories: which advisory each new version brings, whether an older version already had it, and which ones are gone.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::told::{Graphs, Told};
use super::{Checked, Hole, Packages, Placed, Standing, Tree, is_looked_up};
use crate::sca::Ecosystem;
use crate::sca::advisories::{
    Advisory, Corrupt, Event, Group, Hit, Index, groups, is_affected, is_mended_since, smallest_fix,
};
use crate::sca::lockfiles::{self, Scope};

const REBUILD: &str = "gatehook advisories update";
/// For how many days an advisory counts as newly published.
const NEW: i64 = 30;

/// The packages of one project in one ecosystem, now and before.
pub(super) struct Side<'s> {
    pub(super) ecosystem: Ecosystem,
    pub(super) now: &'s Packages,
    /// `None` where all there is counts.
    pub(super) before: Option<&'s [&'s Packages]>,
    /// Today, in days since 1970.
    pub(super) today: i64,
}

impl Side<'_> {
    /// What stood under a name before.
    fn old(&self, name: &str) -> Vec<&Placed> {
        self.before.iter().flat_map(|sides| sides.iter()).filter_map(|side| side.get(name)).flatten().collect()
    }
}

pub(super) fn judge(side: &Side<'_>, head: &dyn Tree, index: Option<&Index<'_>>, checked: &mut Checked) {
    let Some(index) = index else { return };
    let ecosystem = side.ecosystem;
    let mut graphs = Graphs::new(head);
    let mut uncovered = BTreeSet::new();
    for (name, placed) in side.now {
        let old = side.old(name);
        let same =
            |one: &Placed| old.iter().any(|old| old.package.version == one.package.version && worst(old) <= worst(one));
        if side.before.is_some() && placed.iter().all(same) {
            continue;
        }
        if !placed.iter().any(|one| is_looked_up(&one.package)) {
            continue;
        }
        if !index.covers(ecosystem) {
            uncovered.extend(placed.iter().map(|one| one.path.clone()));
            continue;
        }
        let one = index.of_package(ecosystem, name).and_then(|advisories| {
            if advisories.is_empty() { Ok(()) } else { one_name(side, index, &advisories, name, &mut graphs, checked) }
        });
        if let Err(error) = one {
            return broken(placed, error, checked);
        }
    }
    // Names that are gone take their advisories along.
    let gone: BTreeSet<&String> =
        side.before.iter().flat_map(|sides| sides.iter()).flat_map(|side| side.keys()).collect();
    for name in gone.into_iter().filter(|name| !side.now.contains_key(*name)) {
        if let Ok(advisories) = index.of_package(ecosystem, name) {
            mended(&advisories, ecosystem, name, &side.old(name), &BTreeSet::new(), checked);
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
    side: &Side<'_>,
    index: &Index<'_>,
    advisories: &[Advisory],
    name: &str,
    graphs: &mut Graphs<'_>,
    checked: &mut Checked,
) -> Result<(), Corrupt> {
    let ecosystem = side.ecosystem;
    let Some(placed) = side.now.get(name) else { return Ok(()) };
    let old = side.old(name);
    let earlier: Vec<(u8, BTreeSet<String>)> = old
        .iter()
        .map(|one| {
            let found = hits(advisories, ecosystem, name, one).0;
            (worst(one), found.iter().flat_map(|hit| hit.advisory.ids()).map(str::to_owned).collect())
        })
        .collect();
    // The same version at two places is one finding; so are two versions under one advisory, at the first of them.
    let mut told: BTreeSet<String> = BTreeSet::new();
    for one in placed {
        let (found, unknown) = hits(advisories, ecosystem, name, one);
        if unknown > 0 && !old.iter().any(|old| old.package.version == one.package.version && old.path == one.path) {
            checked.holes.push(unreadable(one, unknown));
        }
        let groups = groups(found);
        let safe = free_of_all(advisories, &groups, ecosystem, name, one);
        for group in &groups {
            if group.ids.iter().any(|id| told.contains(id)) {
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
                if group.ids.iter().any(|id| known.contains(id)) {
                    let as_before = if *scope <= weight { Standing::Existing } else { Standing::Worsened };
                    standing = if standing == Standing::Existing { Standing::Existing } else { as_before };
                }
            }
            let told_of = Told { group, count: groups.len(), safe: safe.as_deref(), weight: index.weight(&group.ids)? };
            let mut found = told_of.finding(one, standing, graphs);
            let age = super::day_of(&found.published).map(|day| side.today - day);
            if standing == Standing::Existing && age.is_some_and(|age| (0..=NEW).contains(&age)) {
                found.standing = Standing::Published;
            }
            checked.findings.push(found);
            told.extend(group.ids.iter().cloned());
        }
    }
    mended(advisories, ecosystem, name, &old, &told, checked);
    Ok(())
}

/// Advisories that an old version had and none that is there now has.
fn mended(
    advisories: &[Advisory],
    ecosystem: Ecosystem,
    name: &str,
    old: &[&Placed],
    now: &BTreeSet<String>,
    checked: &mut Checked,
) {
    for one in old {
        for group in groups(hits(advisories, ecosystem, name, one).0) {
            if !group.ids.iter().any(|id| now.contains(id)) {
                let version = crate::sca::shown(&one.package.version);
                let line = format!("{} ({} {version})", group.id(), crate::sca::shown(&one.package.name));
                if !checked.mended.contains(&line) {
                    checked.mended.push(line);
                }
            }
        }
    }
}

/// The smallest version above this one that no known advisory affects.
fn free_of_all(
    advisories: &[Advisory],
    groups: &[Group],
    ecosystem: Ecosystem,
    name: &str,
    one: &Placed,
) -> Option<String> {
    let order = ecosystem.order();
    let version = looked_up(&one.package);
    let affected = || {
        advisories
            .iter()
            .flat_map(|advisory| &advisory.affected)
            .filter(|affected| affected.ecosystem == ecosystem && affected.name == name)
    };
    if groups.len() < 2 || version.is_empty() {
        return None;
    }
    let mut candidates: Vec<&str> = affected()
        .flat_map(|affected| &affected.ranges)
        .flat_map(|range| &range.events)
        .filter_map(|event| if let Event::Fixed(fixed) = event { Some(fixed.as_str()) } else { None })
        .filter(|fixed| order.compare(fixed, &version).is_some_and(std::cmp::Ordering::is_gt))
        .collect();
    candidates.sort_by(|a, b| order.compare(a, b).unwrap_or(std::cmp::Ordering::Equal));
    candidates.dedup();
    let is_free = |fixed: &&str| affected().all(|affected| is_affected(affected, fixed) == Some(false));
    candidates.into_iter().take(200).find(is_free).map(str::to_owned)
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
