//! .NET: `packages.lock.json`, project files with `PackageReference`, `packages.config`, `*.deps.json`
//! (<https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files>).

use std::collections::{BTreeMap, HashMap};

use super::{Input, Lock, Package, Scope, Source};
use crate::sca::Ecosystem;
use crate::sca::document::{Element, Fault, json, xml};

pub(super) fn lock(input: &Input<'_>) -> Result<Lock, Fault> {
    let root = json(input.bytes, false)?;
    match root.text("version") {
        Some("1" | "2") => {}
        other => {
            return Err(Fault::at(
                1,
                format!("has the unknown version `{}`", crate::sca::shown(other.unwrap_or("none"))),
            ));
        }
    }
    let frameworks =
        root.get("dependencies").filter(|node| node.is_map()).ok_or_else(|| Fault::at(1, "has no `dependencies`"))?;
    let mut lock = Lock::default();
    let mut seen: HashMap<(String, String), u32> = HashMap::new();
    for framework in frameworks.entries() {
        let mut here: HashMap<String, u32> = HashMap::new();
        for entry in framework.node.entries() {
            let kind = entry.node.text("type").unwrap_or_default();
            if kind.eq_ignore_ascii_case("project") {
                continue;
            }
            let version = entry.node.text("resolved").ok_or_else(|| {
                Fault::at(entry.line, format!("gives no resolved version for `{}`", crate::sca::shown(&entry.key)))
            })?;
            let name = entry.key.to_ascii_lowercase();
            let direct = kind.eq_ignore_ascii_case("direct");
            let place = *seen.entry((name.clone(), version.to_owned())).or_insert_with(|| {
                let mut package = Package::new(Ecosystem::NuGet, entry.key.as_ref(), version, entry.line);
                package.integrity = entry.node.text("contentHash").unwrap_or_default().to_owned();
                lock.push(package)
            });
            here.insert(name, place);
            if direct {
                lock.root(place);
            }
        }
        if input.graph {
            for entry in framework.node.entries() {
                let Some(from) = here.get(&entry.key.to_ascii_lowercase()).copied() else { continue };
                for want in entry.node.map("dependencies") {
                    if let Some(to) = here.get(&want.key.to_ascii_lowercase()) {
                        lock.edge(from, *to);
                    }
                }
            }
        }
    }
    lock.settle_direct();
    Ok(lock)
}

/// The version that a range resolves to: `NuGet` takes the lowest one that fits. Empty where none is certain.
fn lowest(range: &str) -> String {
    let range = range.trim();
    let inner = range.strip_prefix('[').map_or(range, |rest| rest.split([',', ']']).next().unwrap_or(rest)).trim();
    if inner.contains(['*', '(', '$', ',']) || !Ecosystem::NuGet.order().reads(inner) {
        String::new()
    } else {
        inner.to_owned()
    }
}

fn filled(text: &str, properties: &BTreeMap<String, String>) -> String {
    let mut text = text.to_owned();
    for _ in 0..5 {
        let Some(start) = text.find("$(") else { break };
        let Some(end) = text[start..].find(')') else { break };
        let Some(value) =
            properties.get(&text[start + 2..start + end].to_ascii_lowercase()).filter(|value| value.len() < 500)
        else {
            break;
        };
        text.replace_range(start..=start + end, value);
    }
    text
}

fn properties(root: &Element, into: &mut BTreeMap<String, String>) {
    for property in root.all("PropertyGroup").flat_map(|group| &group.children) {
        into.insert(property.name.to_ascii_lowercase(), property.text.clone());
    }
}

/// Items of one kind: in groups, and in groups under conditions.
fn items<'e>(root: &'e Element, kind: &'static str) -> impl Iterator<Item = &'e Element> {
    let chosen = root.all("Choose").flat_map(|choose| &choose.children).flat_map(|when| when.all("ItemGroup"));
    root.all("ItemGroup").chain(chosen).flat_map(move |group| group.all(kind))
}

/// The nearest file of that name in this folder or above.
fn above(input: &Input<'_>, name: &str) -> Option<Element> {
    let mut folder = input.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    loop {
        let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        if let Some(bytes) = (input.beside)(&path) {
            return xml(&bytes).ok();
        }
        if folder.is_empty() {
            return None;
        }
        folder = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
    }
}

pub(super) fn project(input: &Input<'_>) -> Result<Lock, Fault> {
    let root = xml(input.bytes)?;
    if root.name != "Project" {
        return Err(Fault::at(root.line, "is not an MSBuild project"));
    }
    let mut known = BTreeMap::new();
    let mut central: BTreeMap<String, String> = BTreeMap::new();
    // What stands above the project holds for it too: versions, and packages that every project takes.
    let mut references: Vec<(Element, bool)> = Vec::new();
    for name in ["Directory.Build.props", "Directory.Packages.props", "Directory.Build.targets"] {
        if let Some(props) = above(input, name) {
            properties(&props, &mut known);
            for one in items(&props, "PackageVersion") {
                let names = one.attribute("Include").or_else(|| one.attribute("Update")).unwrap_or_default();
                let version = one.attribute("Version").or_else(|| one.text_of("Version")).unwrap_or_default();
                for name in names.split(';') {
                    central.insert(name.trim().to_ascii_lowercase(), version.to_owned());
                }
            }
            references.extend(items(&props, "GlobalPackageReference").cloned().map(|one| (one, false)));
            references.extend(items(&props, "PackageReference").cloned().map(|one| (one, false)));
        }
    }
    properties(&root, &mut known);
    references.extend(items(&root, "PackageReference").cloned().map(|one| (one, true)));
    let mut lock = Lock::default();
    let mut places: HashMap<String, u32> = HashMap::new();
    for (one, is_own) in &references {
        let of = |key: &str| one.attribute(key).or_else(|| one.text_of(key)).map(str::to_owned);
        let is_private = of("PrivateAssets").is_some_and(|assets| assets.eq_ignore_ascii_case("all"));
        // `Update` changes what another place includes.
        let updated = one.attribute("Update").unwrap_or_default();
        let names = one.attribute("Include").unwrap_or(updated);
        for name in names.split(';').map(str::trim).filter(|name| !name.is_empty()) {
            let key = name.to_ascii_lowercase();
            let stated = of("VersionOverride").or_else(|| of("Version")).or_else(|| central.get(&key).cloned());
            let version = lowest(&filled(&stated.unwrap_or_default(), &known));
            if one.attribute("Include").is_none() {
                if let Some(place) = places.get(&key).filter(|_| !version.is_empty()) {
                    lock.packages[*place as usize].version = version;
                }
                continue;
            }
            let mut package = Package::new(Ecosystem::NuGet, name, version, if *is_own { one.line } else { 0 });
            if is_private || one.name == "GlobalPackageReference" {
                package.scope = Scope::Dev;
            }
            let place = lock.push(package);
            places.insert(key, place);
            lock.root(place);
        }
    }
    Ok(lock)
}

pub(super) fn packages_config(input: &Input<'_>) -> Result<Lock, Fault> {
    let root = xml(input.bytes)?;
    if root.name != "packages" {
        return Err(Fault::at(root.line, "is not a packages.config"));
    }
    let mut lock = Lock::default();
    for one in root.all("package") {
        let (Some(name), Some(version)) = (one.attribute("id"), one.attribute("version")) else {
            return Err(Fault::at(one.line, "names a package without id or version"));
        };
        let mut package = Package::new(Ecosystem::NuGet, name, version, one.line);
        if one.attribute("developmentDependency") == Some("true") {
            package.scope = Scope::Dev;
        }
        lock.push(package);
    }
    Ok(lock)
}

pub(super) fn deps_json(input: &Input<'_>) -> Result<Lock, Fault> {
    let root = json(input.bytes, true)?;
    let libraries =
        root.get("libraries").filter(|node| node.is_map()).ok_or_else(|| Fault::at(1, "has no `libraries`"))?;
    let mut lock = Lock::default();
    let mut places: HashMap<&str, u32> = HashMap::new();
    let mut own = Vec::new();
    for entry in libraries.entries() {
        let (name, version) =
            entry.key.split_once('/').ok_or_else(|| Fault::at(entry.line, "names a library without a version"))?;
        // A runtime that is published with the program is a package too.
        let runtime = entry.node.text("type") == Some("runtimepack");
        if entry.node.text("type") != Some("package") && !runtime {
            own.push(entry.key.as_ref());
            continue;
        }
        let name = if runtime { name.trim_start_matches("runtimepack.") } else { name };
        let mut package = Package::new(Ecosystem::NuGet, name, version, entry.line);
        package.integrity = entry.node.text("sha512").unwrap_or_default().to_owned();
        if let Some(path) = entry.node.text("path").filter(|path| path.starts_with("..")) {
            package.source = Source::Path(path.to_owned());
        }
        places.insert(entry.key.as_ref(), lock.push(package));
    }
    for target in root.map("targets") {
        for entry in target.node.entries() {
            for want in entry.node.map("dependencies") {
                let key = format!("{}/{}", want.key, want.node.str().unwrap_or_default());
                let Some(to) = places.get(key.as_str()).copied() else { continue };
                match places.get(entry.key.as_ref()) {
                    Some(from) => lock.edge(*from, to),
                    None if own.contains(&entry.key.as_ref()) => lock.root(to),
                    None => {}
                }
            }
        }
    }
    if !lock.roots.is_empty() {
        lock.settle_direct();
    }
    Ok(lock)
}
