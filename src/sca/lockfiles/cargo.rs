//! Cargo: `Cargo.lock` of version 1 to 4 (<https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html>).

use std::collections::HashMap;

use super::{Input, Lock, Package, Source};
use crate::sca::Ecosystem;
use crate::sca::document::{Fault, toml};

pub(super) fn read(input: &Input<'_>) -> Result<Lock, Fault> {
    let root = toml(input.bytes)?;
    if let Some(version) = root.text("version")
        && !matches!(version, "1" | "2" | "3" | "4")
    {
        return Err(Fault::at(1, format!("has the unknown version `{}`", crate::sca::shown(version))));
    }
    let mut lock = Lock::default();
    let listed = root.list("package");
    if listed.is_empty()
        && root.get("root").is_none()
        && !root.entries().iter().all(|entry| matches!(entry.key.as_ref(), "version" | "metadata"))
    {
        return Err(Fault::at(1, "is not a Cargo.lock: it has no `[[package]]`"));
    }
    let checksums: HashMap<&str, &str> =
        root.map("metadata").iter().filter_map(|entry| Some((entry.key.as_ref(), entry.node.str()?))).collect();
    let mut named: HashMap<&str, Vec<(usize, &str)>> = HashMap::new();
    let mut places: Vec<Option<u32>> = Vec::new();
    for (number, node) in listed.iter().enumerate() {
        let (Some(name), Some(version)) = (node.text("name"), node.text("version")) else {
            return Err(Fault::at(node.line, "names a package without name or version"));
        };
        named.entry(name).or_default().push((number, version));
        // A package without a source is the workspace's own.
        let Some(source) = node.text("source") else {
            lock.own.push(name.to_owned());
            places.push(None);
            continue;
        };
        let mut package = Package::new(Ecosystem::CratesIo, name, version, node.line);
        package.source = match source.split_once('+') {
            Some(("registry" | "sparse", url)) => Source::Registry(url.to_owned()),
            Some(("git", url)) => Source::Git(url.to_owned()),
            Some(("path", path)) => Source::Path(path.to_owned()),
            _ => Source::of(source),
        };
        let old = format!("checksum {name} {version} ({source})");
        package.integrity =
            node.text("checksum").or_else(|| checksums.get(old.as_str()).copied()).unwrap_or_default().to_owned();
        places.push(Some(lock.push(package)));
    }
    // Before 2017 the workspace's own package stood apart.
    let root_package = root.get("root");
    lock.own.extend(root_package.and_then(|node| node.text("name")).map(str::to_owned));
    lock.scopes_by_manifest = lock.own.len() == 1;
    let numbered = listed.iter().zip(&places).map(|(node, place)| (node, *place));
    for (node, place) in numbered.chain(root_package.map(|node| (node, None))) {
        for want in node.list("dependencies") {
            let mut words = want.str().unwrap_or_default().split(' ');
            let (name, version) = (words.next().unwrap_or_default(), words.next());
            let candidates = named.get(name).map_or(&[][..], Vec::as_slice);
            let Some((target, _)) =
                candidates.iter().find(|(_, known)| version.is_none_or(|version| version == *known))
            else {
                if lock.own.iter().any(|own| own == name) {
                    continue;
                }
                // Cargo does not write this: the file is cut off, or was edited.
                let shown = crate::sca::shown(want.str().unwrap_or_default());
                return Err(Fault::at(want.line, format!("requires `{shown}`, which it does not hold")));
            };
            match (place, places[*target]) {
                (Some(from), Some(to)) => lock.edge(from, to),
                (None, Some(to)) if lock.packages[to as usize].direct.is_none() => {
                    lock.root(to);
                }
                _ => {}
            }
        }
    }
    if !lock.roots.is_empty() {
        lock.settle_direct();
    }
    Ok(lock)
}
