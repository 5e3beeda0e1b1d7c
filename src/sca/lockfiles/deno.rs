//! Deno: `deno.lock` of version 2 to 5 (<https://docs.deno.com/runtime/fundamentals/modules/>): npm and JSR packages. Modules by URL are
//! no packages and are not looked at.

use std::collections::HashMap;

use super::{Input, Lock, Package};
use crate::sca::Ecosystem;
use crate::sca::document::{Entry, Fault, Node, json};

pub(super) fn read(input: &Input<'_>) -> Result<Lock, Fault> {
    let root = json(input.bytes, false)?;
    let version = root.text("version").ok_or_else(|| Fault::at(1, "has no `version`"))?;
    let (npm, jsr) = match version {
        "2" => (root.get("npm").and_then(|node| node.get("packages")), None),
        "3" => {
            let packages = root.get("packages");
            (packages.and_then(|node| node.get("npm")), packages.and_then(|node| node.get("jsr")))
        }
        "4" | "5" => (root.get("npm"), root.get("jsr")),
        other => return Err(Fault::at(1, format!("has the unknown version `{}`", crate::sca::shown(other)))),
    };
    let mut lock = Lock::default();
    let mut places: HashMap<&str, u32> = HashMap::new();
    let sides = [(Ecosystem::Npm, npm), (Ecosystem::Deno, jsr)];
    for (ecosystem, node) in sides {
        for entry in node.map_or(&[][..], |node| node.entries()) {
            let (name, version) = parts(&entry.key).ok_or_else(|| {
                Fault::at(entry.line, format!("names no version in `{}`", crate::sca::shown(&entry.key)))
            })?;
            let mut package = Package::new(ecosystem, name, version, entry.line);
            package.integrity = entry.node.text("integrity").unwrap_or_default().to_owned();
            package.scripts = entry.node.truth("scripts");
            let place = lock.push(package);
            places.insert(entry.key.as_ref(), place);
        }
    }
    // A workspace says what it asks for itself; without one all specifiers count, those of JSR packages too.
    let mut asked: Vec<&str> = Vec::new();
    if let Some(workspace) = root.get("workspace") {
        let members = workspace.map("members").iter().map(|entry| &entry.node);
        for node in std::iter::once(workspace).chain(members) {
            let lists =
                [node.list("dependencies"), node.get("packageJson").map_or(&[], |node| node.list("dependencies"))];
            asked.extend(lists.into_iter().flatten().filter_map(|one| one.str()));
        }
    }
    let specifiers =
        root.map("specifiers").iter().chain(root.get("packages").map_or(&[][..], |node| node.map("specifiers")));
    for entry in specifiers {
        let target = entry.node.str().unwrap_or_default();
        let bare = target.strip_prefix("npm:").or_else(|| target.strip_prefix("jsr:"));
        let name = entry.key.strip_prefix("npm:").or_else(|| entry.key.strip_prefix("jsr:")).unwrap_or(&entry.key);
        let keyed = parts(name).map_or(name, |(name, _)| name);
        let key = bare.map_or_else(|| format!("{keyed}@{target}"), str::to_owned);
        lock.expects += 1;
        let is_asked = asked.is_empty() || asked.contains(&entry.key.as_ref());
        if let Some(place) = places.get(key.as_str()).copied().filter(|_| is_asked) {
            lock.root(place);
        }
    }
    if !lock.roots.is_empty() {
        lock.settle_direct();
    }
    if input.graph {
        for (_, node) in sides {
            for entry in node.map_or(&[][..], |node| node.entries()) {
                edges(&places, entry, &mut lock);
            }
        }
    }
    Ok(lock)
}

/// Name and version of `name@1.0.0_peer@2.0.0`.
fn parts(key: &str) -> Option<(&str, &str)> {
    let at = key.get(1..)?.find('@')? + 1;
    let version = &key[at + 1..];
    Some((&key[..at], version.split('_').next().unwrap_or(version)))
}

fn edges(places: &HashMap<&str, u32>, entry: &Entry<'_>, lock: &mut Lock) {
    let Some(from) = places.get(entry.key.as_ref()).copied() else { return };
    for kind in ["dependencies", "optionalDependencies"] {
        edges_of(places, from, entry.node.get(kind), lock);
    }
}

fn edges_of(places: &HashMap<&str, u32>, from: u32, node: Option<&Node<'_>>, lock: &mut Lock) {
    for one in node.map_or(&[][..], |node| node.items()) {
        // JSR packages write `npm:name@range` or `jsr:name`.
        let key = one.str().unwrap_or_default();
        let key = key.strip_prefix("npm:").or_else(|| key.strip_prefix("jsr:")).unwrap_or(key);
        let found = places.get(key).copied().or_else(|| {
            // Where one version alone is there, its number is left out.
            let prefix = format!("{key}@");
            places.iter().filter(|(known, _)| known.starts_with(&prefix)).map(|(_, place)| *place).min()
        });
        if let Some(to) = found {
            lock.edge(from, to);
        }
    }
    for one in node.map_or(&[][..], |node| node.entries()) {
        if let Some(to) = places.get(one.node.str().unwrap_or_default()) {
            lock.edge(from, *to);
        }
    }
}
