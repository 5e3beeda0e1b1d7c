//! pnpm: `pnpm-lock.yaml` of version 5, 6, 7 and 9 (<https://github.com/pnpm/spec/tree/master/lockfile>).

use std::collections::HashMap;

use super::{Input, Lock, Package, Scope, Source};
use crate::sca::Ecosystem;
use crate::sca::document::{Entry, Fault, Node, yaml};

pub(super) fn read(input: &Input<'_>) -> Result<Lock, Fault> {
    let documents = yaml(input.bytes)?;
    let mut lock = Lock::default();
    let mut seen = false;
    for root in &documents {
        let Some(version) = root.text("lockfileVersion") else { continue };
        seen = true;
        let major: u32 = version.split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0);
        if !matches!(major, 5 | 6 | 7 | 9) {
            let line = root.get("lockfileVersion").map_or(1, |node| node.line);
            return Err(Fault::at(line, format!("has the unknown lockfileVersion `{}`", crate::sca::shown(version))));
        }
        document(root, major, input.graph, &mut lock)?;
    }
    if seen { Ok(lock) } else { Err(Fault::at(1, "has no `lockfileVersion`")) }
}

/// The key of a package without the peers behind it.
fn bare(key: &str) -> &str {
    key.split('(').next().unwrap_or(key)
}

/// Name and version in a key: `/name/1.0.0_peer` before version 6, `/name@1.0.0(peer@1)` and `name@1.0.0` since.
fn parts(key: &str, major: u32) -> Option<(&str, &str)> {
    let key = bare(key);
    if major >= 6 {
        // A registry that is not the default stands before the first slash, where a package has its scope.
        let host = key.split_once('/').filter(|(host, _)| host.contains('.') && !host.contains(['@', ':']));
        let key = key.strip_prefix('/').or(host.map(|(_, path)| path)).unwrap_or(key);
        let at = key.get(1..)?.find('@')? + 1;
        return Some((&key[..at], &key[at + 1..]));
    }
    // A registry that is not the default stands before the first slash.
    let path = key
        .strip_prefix('/')
        .or_else(|| key.split_once('/').filter(|(host, _)| host.contains('.')).map(|(_, path)| path))?;
    let (name, rest) = path.rsplit_once('/')?;
    Some((name, rest.split('_').next().unwrap_or(rest)))
}

fn document(root: &Node<'_>, major: u32, graph: bool, lock: &mut Lock) -> Result<(), Fault> {
    let mut places: HashMap<&str, u32> = HashMap::new();
    for entry in root.map("packages") {
        let node = &entry.node;
        let keyed = parts(&entry.key, major);
        let resolution = node.get("resolution");
        let of = |key: &str| resolution.and_then(|node| node.text(key)).unwrap_or_default();
        let stated = (node.text("name"), node.text("version"));
        let (name, version) = match (keyed, stated) {
            (_, (Some(name), version)) => (name, version.unwrap_or_default()),
            (Some((name, keyed)), (None, version)) => (name, version.unwrap_or(keyed)),
            (None, (None, _)) => {
                return Err(Fault::at(entry.line, format!("names no package in `{}`", crate::sca::shown(&entry.key))));
            }
        };
        let mut package = Package::new(Ecosystem::Npm, name, version, entry.line);
        package.source = if of("type") == "git" {
            Source::Git(format!("{}#{}", of("repo"), of("commit")))
        } else if of("type") == "directory" {
            Source::Path(of("directory").to_owned())
        } else if version.contains(':') || node.text("name").is_some() && !of("tarball").is_empty() {
            Source::Url(of("tarball").to_owned())
        } else {
            Source::of(of("tarball"))
        };
        if package.version.contains(':') {
            package.version = String::new();
        }
        package.integrity = of("integrity").to_owned();
        package.scripts = node.truth("requiresBuild");
        package.scope = if node.truth("dev") {
            Scope::Dev
        } else if node.truth("optional") {
            Scope::Optional
        } else {
            Scope::Runtime
        };
        let place = lock.push(package);
        places.insert(entry.key.as_ref(), place);
    }
    let mut importers: Vec<&Node<'_>> = root.map("importers").iter().map(|entry| &entry.node).collect();
    importers.push(root);
    for importer in importers {
        for kind in ["dependencies", "devDependencies", "optionalDependencies"] {
            for one in importer.map(kind) {
                let version = one.node.str().or_else(|| one.node.text("version")).unwrap_or_default();
                if version.starts_with("link:") || version.starts_with("file:") {
                    continue;
                }
                lock.expects += 1;
                let Some(place) = find(&places, &one.key, version, major) else {
                    // pnpm does not write this: the file is cut off, or was edited.
                    let shown = crate::sca::shown(&one.key);
                    return Err(Fault::at(one.line, format!("asks for `{shown}`, which it does not hold")));
                };
                // Before version 9 each package says itself what it is needed for.
                let scope = match kind {
                    "devDependencies" if major >= 9 => Scope::Dev,
                    "optionalDependencies" if major >= 9 => Scope::Optional,
                    _ => Scope::Runtime,
                };
                lock.root_for(place, scope);
            }
        }
    }
    lock.settle_direct();
    if graph || major >= 9 {
        let snapshots = if major >= 9 { root.map("snapshots") } else { root.map("packages") };
        for entry in snapshots {
            edges(&places, entry, major, lock);
        }
    }
    Ok(())
}

fn edges(places: &HashMap<&str, u32>, entry: &Entry<'_>, major: u32, lock: &mut Lock) {
    let Some(from) = places.get(entry.key.as_ref()).or_else(|| places.get(bare(&entry.key))).copied() else { return };
    for kind in ["dependencies", "optionalDependencies"] {
        for one in entry.node.map(kind) {
            if let Some(to) = find(places, &one.key, one.node.str().unwrap_or_default(), major) {
                lock.edge(from, to);
            }
        }
    }
}

/// What a dependency's version means: a version, or the whole key of an alias or of something from elsewhere.
fn find(places: &HashMap<&str, u32>, name: &str, version: &str, major: u32) -> Option<u32> {
    let keys = match major {
        9 => [format!("{name}@{}", bare(version)), bare(version).to_owned(), version.to_owned()],
        6 | 7 => [format!("/{name}@{version}"), version.to_owned(), format!("/{name}@{}", bare(version))],
        _ => [format!("/{name}/{version}"), version.to_owned(), String::new()],
    };
    keys.iter().find_map(|key| places.get(key.as_str()).copied())
}
