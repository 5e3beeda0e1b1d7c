//! Which files belong to the projects that a change touches, and their packages on both sides.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{Checked, Hole, Packages, Placed, Tree, unchanged};
use crate::sca::Ecosystem;
use crate::sca::lockfiles::{self, Format, Input, Manifest, manifest_of};

/// Names of files that stand in one project in each other's place.
const FAMILIES: &[&[&str]] = &[
    &["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "deno.lock"],
    &["poetry.lock", "pdm.lock", "uv.lock", "pylock.toml", "Pipfile.lock", "requirements.txt"],
    &["pom.xml", "gradle.lockfile", "buildscript-gradle.lockfile", "gradle/verification-metadata.xml"],
    &["Gemfile.lock", "gems.locked"],
    &["packages.lock.json", "packages.config"],
    &["stack.yaml.lock", "cabal.project.freeze"],
];

/// Manifests beside which a lock file stands.
const MANIFESTS: &[(&str, &[&str])] = &[
    ("package.json", &["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock"]),
    ("Cargo.toml", &["Cargo.lock"]),
    ("pyproject.toml", &["poetry.lock", "pdm.lock", "uv.lock", "pylock.toml"]),
    ("Pipfile", &["Pipfile.lock"]),
    ("composer.json", &["composer.lock"]),
    ("pubspec.yaml", &["pubspec.lock"]),
    ("Gemfile", &["Gemfile.lock"]),
    ("mix.exs", &["mix.lock"]),
];

/// Packages at the beginning of a long list that stay on both sides, so that it is known where a project's packages come from.
pub(super) const USUAL: usize = 50;

/// Files whose change reaches the projects in all folders below.
const SHARED: &[&str] = &["Directory.Packages.props", "Directory.Build.props"];

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Whether a path is a manifest beside a lock file.
pub fn is_manifest(path: &str) -> bool {
    MANIFESTS.iter().any(|(name, _)| *name == name_of(path))
}

/// Whether a changed path gives this check something to do.
pub fn is_relevant(path: &str) -> bool {
    Format::of(path).is_some() || is_manifest(path) || SHARED.contains(&name_of(path)) || name_of(path) == "go.sum"
}

/// The lock files of the projects that a change touches, on any side.
pub(super) fn folders(
    paths: &BTreeSet<String>,
    bases: &[&dyn Tree],
    head: &dyn Tree,
    checked: &mut Checked,
) -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    let mut listed = BTreeSet::new();
    for path in paths {
        let (folder, name) = (folder_of(path), name_of(path));
        if let Some(format) = Format::of(path) {
            files.insert(path.clone());
            if bases.is_empty() {
                continue;
            }
            for family in FAMILIES.iter().filter(|family| family.contains(&name)) {
                files.extend(family.iter().map(|name| joined(folder, name)));
            }
            // Files of these formats may have any name.
            if matches!(format, Format::Requirements | Format::Project) {
                listed.insert((folder.to_owned(), false));
            }
            if format == Format::Pom {
                listed.insert((folder.to_owned(), true));
            }
        } else if name == "go.sum" {
            files.insert(joined(folder, "go.mod"));
        } else if SHARED.contains(&name) {
            listed.insert((folder.to_owned(), true));
        } else if let Some((_, locks)) = MANIFESTS.iter().find(|(manifest, _)| *manifest == name) {
            files.extend(locks.iter().map(|lock| joined(folder, lock)));
        }
    }
    for (folder, below) in listed {
        for side in bases.iter().copied().chain([head]) {
            match side.under(&folder) {
                Ok(found) => files.extend(found.into_iter().filter(|path| {
                    let wanted = matches!(
                        Format::of(path),
                        Some(Format::Requirements | Format::Project | Format::Pom | Format::PackagesConfig)
                    );
                    wanted && (below || folder_of(path) == folder)
                })),
                Err(reason) => checked.holes.push(Hole { path: folder.clone(), reason, hint: String::new() }),
            }
        }
    }
    files
}

/// A manifest of the head and what its lock file holds.
pub(super) struct Beside {
    pub(super) lock: String,
    pub(super) manifest: Manifest,
    pub(super) held: BTreeSet<String>,
}

impl Beside {
    /// Of all that the lock file holds only what is asked for counts.
    fn of(path: &str, manifest: Manifest, lock: &lockfiles::Lock) -> Self {
        let wanted: HashSet<&str> = manifest.wants.iter().map(|want| want.name.as_str()).collect();
        let names = lock.packages.iter().map(|one| one.ecosystem.normalised(&one.name));
        let held = names.filter(|name| wanted.contains(name.as_ref())).map(Cow::into_owned);
        let held = held.chain(lock.own.iter().cloned()).collect();
        Self { lock: path.to_owned(), manifest, held }
    }
}

/// Both sides of the projects.
pub(super) struct Sides {
    pub(super) head: BTreeMap<(String, Ecosystem), Packages>,
    base: BTreeMap<(String, Ecosystem), Packages>,
    /// Manifests of the head and what their lock files hold, where one of the two changed.
    pub(super) manifests: Vec<Beside>,
    /// What was missing in a lock file before: path and name.
    pub(super) missing_before: BTreeSet<(String, String)>,
}

impl Sides {
    /// Reads every file on every side.
    pub(super) fn read(
        files: &BTreeSet<String>,
        bases: &[&dyn Tree],
        head: &dyn Tree,
        changed: &BTreeSet<String>,
        checked: &mut Checked,
    ) -> Self {
        let mut sides = Self {
            head: BTreeMap::new(),
            base: BTreeMap::new(),
            manifests: Vec::new(),
            missing_before: BTreeSet::new(),
        };
        for path in files {
            let Some(format) = Format::of(path) else { continue };
            let now = match head.read(path) {
                Ok(now) => now,
                Err(reason) => {
                    checked.holes.push(Hole { path: path.clone(), reason, hint: String::new() });
                    continue;
                }
            };
            let mut olds = Vec::new();
            for base in bases {
                match base.read(path) {
                    Ok(Some(bytes)) => olds.push((*base, bytes)),
                    Ok(None) => {}
                    Err(reason) => checked.notes.push(format!("the old side of {path} could not be read: {reason}")),
                }
            }
            let alone = bases.len() == 1 && only(path, files, bases, head);
            let mut lock = None;
            if let Some(bytes) = &now {
                checked.files += 1;
                let beside = |path: &str| head.read(path).ok().flatten();
                let input = Input { path, bytes, beside: &beside, graph: false };
                match lockfiles::read(format, &input) {
                    Ok(read) => {
                        checked.packages += read.packages.len();
                        let touched = bases.is_empty()
                            || changed.contains(path)
                            || changed.iter().any(|other| folder_of(other) == folder_of(path) && is_manifest(other));
                        if let Some(manifest) = manifest_of(format, &input).filter(|_| touched) {
                            sides.manifests.push(Beside::of(path, manifest, &read));
                        }
                        lock = Some(read);
                    }
                    // What the change does not touch is not its fault.
                    Err(fault) if changed.contains(path) || bases.is_empty() => checked.holes.push(hole(path, &fault)),
                    Err(_) => {}
                }
            }
            let mut after = lock.unwrap_or_default().packages;
            let mut before = Vec::new();
            let split = match (olds.as_slice(), &now) {
                ([(_, old)], Some(new)) if alone && format == Format::Npm => unchanged::split(old, new, after),
                _ => Err(after),
            };
            match split {
                Ok(split) => {
                    (before, after) = (split.before, split.after);
                    sides.was_missing(path, format, olds[0].0, &split.old_names);
                }
                Err(all) => {
                    after = all;
                    for (base, bytes) in &olds {
                        before.extend(sides.before_side(path, format, bytes, *base));
                    }
                    if alone {
                        (before, after) = without_the_same(before, after);
                    }
                }
            }
            place(&mut sides.base, path, format, before);
            place(&mut sides.head, path, format, after);
        }
        sides
    }

    /// Notes what the old manifest asks for and the old lock file, whose differing lines name `held`, does not hold. What stands in the
    /// lines that both sides share the new one holds too, and is not asked about.
    fn was_missing(&mut self, path: &str, format: Format, base: &dyn Tree, held: &HashSet<String>) {
        let beside = |path: &str| base.read(path).ok().flatten();
        let Some(manifest) = manifest_of(format, &Input { path, bytes: &[], beside: &beside, graph: false }) else {
            return;
        };
        let wants = manifest.wants.into_iter().filter(|want| !held.contains(&want.name));
        self.missing_before.extend(wants.map(|want| (path.to_owned(), want.name)));
    }

    fn before_side(&mut self, path: &str, format: Format, bytes: &[u8], base: &dyn Tree) -> Vec<lockfiles::Package> {
        let beside = |path: &str| base.read(path).ok().flatten();
        let input = Input { path, bytes, beside: &beside, graph: false };
        let Ok(lock) = lockfiles::read(format, &input) else { return Vec::new() };
        if let Some(manifest) = manifest_of(format, &input) {
            let held: BTreeSet<Cow<'_, str>> =
                lock.packages.iter().map(|one| one.ecosystem.normalised(&one.name)).collect();
            for want in manifest.wants {
                if !held.contains(want.name.as_str()) {
                    self.missing_before.insert((path.to_owned(), want.name));
                }
            }
        }
        lock.packages
    }

    /// What a project held before. A project that is new takes over what stood in the projects that are gone. `None` where
    /// there is no before.
    pub(super) fn before(&self, folder: &str, ecosystem: Ecosystem, all: bool) -> Option<Vec<&Packages>> {
        if all {
            return None;
        }
        if let Some(own) = self.base.get(&(folder.to_owned(), ecosystem)) {
            return Some(vec![own]);
        }
        let gone = self.base.iter().filter(|(key, _)| key.1 == ecosystem && !self.head.contains_key(key));
        Some(gone.map(|(_, packages)| packages).collect())
    }
}

/// Whether no other lock file of the change stands in this one's folder, on any side.
fn only(path: &str, files: &BTreeSet<String>, bases: &[&dyn Tree], head: &dyn Tree) -> bool {
    let project = |path: &str| Format::of(path).map(|format| project_of(path, format).to_owned());
    let own = project(path);
    let others = files.iter().filter(|other| *other != path && project(other) == own);
    let stands = |other: &str| bases.iter().copied().chain([head]).any(|side| !matches!(side.read(other), Ok(None)));
    others.map(String::as_str).all(|other| !stands(other))
}

/// Leaves out what stands alike at the start and at the end of both lists, but for packages that have a name of what is left:
/// of ten thousand packages a change touches a few.
fn without_the_same(
    before: Vec<lockfiles::Package>,
    after: Vec<lockfiles::Package>,
) -> (Vec<lockfiles::Package>, Vec<lockfiles::Package>) {
    let same = |a: &lockfiles::Package, b: &lockfiles::Package| {
        a.name == b.name
            && a.version == b.version
            && a.source == b.source
            && a.integrity == b.integrity
            && a.scope == b.scope
            && a.scripts == b.scripts
            && a.licence == b.licence
    };
    let start = before.iter().zip(&after).take_while(|(a, b)| same(a, b)).count();
    let end = before[start..].iter().rev().zip(after[start..].iter().rev()).take_while(|(a, b)| same(a, b)).count();
    let names: HashSet<String> = before[start..before.len() - end]
        .iter()
        .chain(&after[start..after.len() - end])
        .map(|package| package.name.clone())
        .collect();
    // A few of the rest stay, so that it is known where the project's packages come from.
    let kept = |list: Vec<lockfiles::Package>| {
        let last = list.len() - end;
        list.into_iter()
            .enumerate()
            .filter(|(at, package)| (start..last).contains(at) || *at < USUAL || names.contains(package.name.as_str()))
            .map(|(_, package)| package)
            .collect()
    };
    (kept(before), kept(after))
}

fn hole(path: &str, fault: &crate::sca::document::Fault) -> Hole {
    let at = fault.line.map_or_else(String::new, |line| format!("line {line}: "));
    Hole {
        path: path.to_owned(),
        reason: format!("its packages could not be checked: {at}it {}", fault.reason),
        hint: String::new(),
    }
}

/// The folder of a project: that of its lock file. Gradle's metadata stand in a folder of their own.
fn project_of(path: &str, format: Format) -> &str {
    let folder = folder_of(path);
    if format == Format::GradleLock && folder.ends_with("gradle/dependency-locks") {
        folder.strip_suffix("gradle/dependency-locks").unwrap_or(folder).trim_end_matches('/')
    } else if format == Format::GradleVerification {
        folder.strip_suffix("/gradle").or(if folder == "gradle" { Some("") } else { None }).unwrap_or(folder)
    } else {
        folder
    }
}

fn place(
    into: &mut BTreeMap<(String, Ecosystem), Packages>,
    path: &str,
    format: Format,
    packages: Vec<lockfiles::Package>,
) {
    let folder = project_of(path, format).to_owned();
    for (place, package) in packages.into_iter().enumerate() {
        let name = package.ecosystem.normalised(&package.name).into_owned();
        let project = into.entry((folder.clone(), package.ecosystem)).or_default();
        project.entry(name).or_default().push(Placed { path: path.to_owned(), format, package, place });
    }
}
