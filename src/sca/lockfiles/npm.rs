//! npm: `package-lock.json` and `npm-shrinkwrap.json` of version 1 to 3
//! (<https://docs.npmjs.com/cli/configuring-npm/package-lock-json>).

use std::collections::HashMap;

use super::{Input, Lock, Package, Scope, Source};
use crate::sca::Ecosystem;
use crate::sca::document::{Entry, Fault, Node, json, json_without};

/// Deepest nesting of version 1.
const DEEPEST: usize = 64;

pub(super) fn read(input: &Input<'_>) -> Result<Lock, Fault> {
    // Of ten thousand packages most is never looked at.
    let bare = |parent: &str, key: &str| {
        let idle = matches!(key, "engines" | "funding" | "bin" | "peerDependenciesMeta" | "deprecated" | "os" | "cpu");
        let wanted = matches!(key, "dependencies" | "optionalDependencies" | "peerDependencies" | "requires");
        (idle || wanted) && parent.contains("node_modules/")
    };
    let root = if input.graph { json(input.bytes, false)? } else { json_without(input.bytes, false, bare)? };
    if !root.is_map() {
        return Err(Fault::at(1, "is not an object"));
    }
    let version = root.text("lockfileVersion");
    let packages = root.get("packages");
    match version {
        Some("1") => tree(&root),
        Some("2" | "3") => match packages {
            Some(node) if node.is_map() => flat(node, input.graph),
            // Version 2 holds both forms; a file that holds the old one alone is still whole.
            _ if version == Some("2") && root.get("dependencies").is_some() => tree(&root),
            _ => Err(Fault::whole("has no `packages`")),
        },
        None if packages.is_none() && root.get("dependencies").is_some_and(Node::is_map) => tree(&root),
        None => Err(Fault::at(1, "has no `lockfileVersion`")),
        Some(other) => {
            let line = root.get("lockfileVersion").map_or(1, |node| node.line);
            Err(Fault::at(line, format!("has the unknown lockfileVersion `{}`", crate::sca::shown(other))))
        }
    }
}

fn scope(node: &Node<'_>) -> Scope {
    // `devOptional`: needed to develop, and an option of what is needed to run.
    if node.truth("dev") {
        Scope::Dev
    } else if node.truth("optional") || node.truth("devOptional") {
        Scope::Optional
    } else {
        Scope::Runtime
    }
}

fn flat(packages: &Node<'_>, graph: bool) -> Result<Lock, Fault> {
    let mut lock = Lock::default();
    let mut places: HashMap<&str, u32> = HashMap::new();
    let mut own: Vec<&Entry<'_>> = Vec::new();
    for entry in packages.entries() {
        let (path, node) = (entry.key.as_ref(), &entry.node);
        if !node.is_map() {
            return Err(Fault::at(entry.line, "holds a package that is not an object"));
        }
        let Some((_, in_path)) = path.rsplit_once("node_modules/") else {
            own.push(entry);
            continue;
        };
        let Some(package) = installed(in_path, entry) else {
            lock.own.push(in_path.to_owned());
            continue;
        };
        let place = lock.push(package);
        places.insert(path, place);
    }
    for entry in own {
        for kind in ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"] {
            let asked = entry.node.map(kind);
            if kind == "dependencies" || kind == "devDependencies" {
                // What the workspace holds itself is linked, not installed.
                lock.expects += asked
                    .iter()
                    .filter(|one| {
                        !one.node
                            .str()
                            .is_some_and(|range| range.starts_with("file:") || range.starts_with("workspace:"))
                    })
                    .filter(|one| !linked(packages, &one.key))
                    .count();
            }
            for one in asked {
                if let Some(place) = resolve(&places, &entry.key, &one.key)
                    && lock.packages[place as usize].direct.is_none()
                {
                    lock.root(place);
                }
            }
        }
    }
    lock.settle_direct();
    if graph {
        for entry in packages.entries() {
            let Some(from) = places.get(entry.key.as_ref()) else { continue };
            for kind in ["dependencies", "optionalDependencies", "peerDependencies"] {
                for one in entry.node.map(kind) {
                    if let Some(to) = resolve(&places, &entry.key, &one.key) {
                        lock.edge(*from, to);
                    }
                }
            }
        }
    }
    Ok(lock)
}

/// An installed package; `None` for a link into the workspace.
fn installed(in_path: &str, entry: &Entry<'_>) -> Option<Package> {
    let mut package = Package::new(Ecosystem::Npm, "", "", entry.line);
    for field in entry.node.entries() {
        let text = field.node.str().unwrap_or_default();
        match field.key.as_ref() {
            "name" => text.clone_into(&mut package.name),
            "version" => text.clone_into(&mut package.version),
            "resolved" => package.source = Source::of(text),
            "integrity" => text.clone_into(&mut package.integrity),
            "hasInstallScript" => package.scripts = text == "true",
            "link" if text == "true" => return None,
            "license" => package.licence = licence(&entry.node),
            "dev" | "devOptional" | "optional" => package.scope = scope(&entry.node),
            _ => {}
        }
    }
    if package.name.is_empty() {
        in_path.clone_into(&mut package.name);
    }
    Some(package)
}

fn linked(packages: &Node<'_>, name: &str) -> bool {
    packages.get(&format!("node_modules/{name}")).is_some_and(|node| node.truth("link"))
}

/// Finds what `name` means at `path`, as Node does: in its own folder first, then one level up, and so on.
fn resolve(places: &HashMap<&str, u32>, path: &str, name: &str) -> Option<u32> {
    let mut base = path;
    loop {
        let candidate =
            if base.is_empty() { format!("node_modules/{name}") } else { format!("{base}/node_modules/{name}") };
        if let Some(place) = places.get(candidate.as_str()) {
            return Some(*place);
        }
        if base.is_empty() {
            return None;
        }
        base = match base.rfind("node_modules/") {
            Some(0) => "",
            Some(at) => base[..at].trim_end_matches('/'),
            None => base.rsplit_once('/').map_or("", |(parent, _)| parent),
        };
    }
}

fn licence(node: &Node<'_>) -> String {
    match node.get("license") {
        Some(node) if node.is_map() => node.text("type").unwrap_or_default().to_owned(),
        Some(node) => node.str().unwrap_or_default().to_owned(),
        None => String::new(),
    }
}

/// Version 1: packages nested in packages.
fn tree(root: &Node<'_>) -> Result<Lock, Fault> {
    let mut lock = Lock::default();
    let mut open: Vec<(&Entry<'_>, usize)> = root.map("dependencies").iter().rev().map(|entry| (entry, 0)).collect();
    let mut places: HashMap<String, u32> = HashMap::new();
    let mut wants: Vec<(String, &Entry<'_>)> = Vec::new();
    let mut paths: Vec<String> = Vec::new();
    while let Some((entry, depth)) = open.pop() {
        let node = &entry.node;
        if depth > DEEPEST {
            return Err(Fault::at(entry.line, "nests packages too deep"));
        }
        if !node.is_map() {
            return Err(Fault::at(entry.line, "holds a package that is not an object"));
        }
        let stated = node.text("version").unwrap_or_default();
        let (name, version) = match stated.strip_prefix("npm:").and_then(|alias| alias.rsplit_once('@')) {
            Some((name, version)) => (name, version),
            None => (entry.key.as_ref(), stated),
        };
        let mut package = Package::new(Ecosystem::Npm, name, version, entry.line);
        package.source = Source::of(node.text("resolved").unwrap_or_default());
        if version.contains(':') || version.contains('/') {
            package.source = Source::of(version);
            package.version = String::new();
        }
        package.integrity = node.text("integrity").unwrap_or_default().to_owned();
        package.scope = scope(node);
        if depth > 0 {
            package.direct = Some(false);
        }
        paths.truncate(depth);
        let above = paths.last().map_or("", String::as_str);
        let path = format!("{above}{}node_modules/{}", if depth == 0 { "" } else { "/" }, entry.key);
        wants.extend(node.map("requires").iter().map(|want| (path.clone(), want)));
        // A folder of the repository is linked: what it asks for, the project asks for.
        if version.starts_with("file:") && package.integrity.is_empty() {
            lock.own.push(package.name);
        } else {
            places.insert(path.clone(), lock.push(package));
        }
        paths.push(path);
        open.extend(node.map("dependencies").iter().rev().map(|entry| (entry, depth + 1)));
    }
    let places: HashMap<&str, u32> = places.iter().map(|(path, place)| (path.as_str(), *place)).collect();
    for (path, want) in &wants {
        let Some(to) = resolve(&places, path, &want.key) else { continue };
        match places.get(path.as_str()) {
            Some(from) => lock.edge(*from, to),
            None => lock.root(to),
        }
    }
    Ok(lock)
}
