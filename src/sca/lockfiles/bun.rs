//! Bun: `bun.lock`, JSON with comments (<https://bun.com/docs/pm/lockfile>). Each package is a list: `name@version`, registry, details, hash.

use std::collections::HashMap;

use super::{Input, Lock, Package, Scope, Source};
use crate::sca::Ecosystem;
use crate::sca::document::{Fault, Value, json};

pub(super) fn read(input: &Input<'_>) -> Result<Lock, Fault> {
    let root = json(input.bytes, true)?;
    match root.text("lockfileVersion") {
        Some("0" | "1" | "2") => {}
        Some(other) => {
            return Err(Fault::at(1, format!("has the unknown lockfileVersion `{}`", crate::sca::shown(other))));
        }
        None => return Err(Fault::at(1, "has no `lockfileVersion`")),
    }
    let packages = root.get("packages").filter(|node| node.is_map());
    let mut lock = Lock::default();
    let mut places: HashMap<&str, u32> = HashMap::new();
    let entries = packages.map_or(&[][..], |node| node.entries());
    for entry in entries {
        let items = entry.node.items();
        let Some(spec) = items.first().and_then(|node| node.str()) else {
            return Err(Fault::at(entry.line, format!("does not say what `{}` is", crate::sca::shown(&entry.key))));
        };
        let at = spec.get(1..).and_then(|rest| rest.find('@')).map_or(spec.len(), |at| at + 1);
        let (name, version) = (&spec[..at], spec.get(at + 1..).unwrap_or_default());
        if version.starts_with("workspace:") {
            lock.own.push(name.to_owned());
            continue;
        }
        let foreign = version.contains(':') || version.contains('/');
        let mut package = Package::new(Ecosystem::Npm, name, if foreign { "" } else { version }, entry.line);
        package.source = if foreign {
            match version.split_once(':') {
                Some(("github" | "git+https" | "git+ssh" | "git", _)) => Source::Git(version.to_owned()),
                Some(("file" | "link", path)) => Source::Path(path.to_owned()),
                _ => Source::Url(version.to_owned()),
            }
        } else {
            Source::of(items.get(1).and_then(|node| node.str()).unwrap_or_default())
        };
        if let Some(Value::Text(hash)) = items.last().filter(|_| items.len() > 1).map(|node| &node.value)
            && hash.contains('-')
            && hash.starts_with("sha")
        {
            package.integrity = hash.to_string();
        }
        let place = lock.push(package);
        places.insert(entry.key.as_ref(), place);
    }
    for workspace in root.map("workspaces") {
        for kind in ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"] {
            for one in workspace.node.map(kind) {
                let range = one.node.str().unwrap_or_default();
                let nested = workspace.node.text("name").map(|name| format!("{name}/{}", one.key));
                let place =
                    nested.and_then(|key| places.get(key.as_str())).or_else(|| places.get(one.key.as_ref())).copied();
                if kind != "peerDependencies" && kind != "optionalDependencies" && !range.starts_with("workspace:") {
                    lock.expects += 1;
                }
                if let Some(place) = place {
                    let scope = match kind {
                        "devDependencies" => Scope::Dev,
                        "optionalDependencies" => Scope::Optional,
                        _ => Scope::Runtime,
                    };
                    lock.root_for(place, scope);
                }
            }
        }
    }
    lock.settle_direct();
    for entry in entries {
        let Some(from) = places.get(entry.key.as_ref()).copied() else { continue };
        let Some(details) = entry.node.items().iter().find(|node| node.is_map()) else { continue };
        for kind in ["dependencies", "optionalDependencies", "peerDependencies"] {
            for one in details.map(kind) {
                if let Some(to) = resolve(&places, &entry.key, &one.key) {
                    lock.edge(from, to);
                }
            }
        }
    }
    Ok(lock)
}

/// What a name means in the package at `key`: the one in its own folder, or in one above. A scope (`@a/b`) is one step.
fn resolve(places: &HashMap<&str, u32>, key: &str, name: &str) -> Option<u32> {
    let mut above = key;
    loop {
        if let Some(place) = places.get(format!("{above}/{name}").as_str()) {
            return Some(*place);
        }
        let Some((rest, _)) = above.rsplit_once('/') else { break };
        above = match rest.rsplit_once('/') {
            Some((outer, scope)) if scope.starts_with('@') => outer,
            None if rest.starts_with('@') => break,
            _ => rest,
        };
    }
    places.get(name).copied()
}
