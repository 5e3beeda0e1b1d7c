//! Python's standard lock file `pylock.toml` (PEP 751, <https://packaging.python.org/en/latest/specifications/pylock-toml/>) and uv's
//! `uv.lock` (<https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile>).

use std::collections::HashMap;

use super::{Input, Lock, Package, Scope, Source};
use crate::sca::Ecosystem;
use crate::sca::document::{Fault, Node, toml};

/// When the first archive of a release was uploaded.
fn uploaded(node: &Node<'_>) -> String {
    let files = node.get("sdist").into_iter().chain(node.list("wheels"));
    files.filter_map(|file| file.text("upload-time")).min().unwrap_or_default().to_owned()
}

pub(super) fn uv(input: &Input<'_>) -> Result<Lock, Fault> {
    let root = toml(input.bytes)?;
    match root.text("version") {
        Some("1") => {}
        other => {
            return Err(Fault::at(
                1,
                format!("has the unknown version `{}`", crate::sca::shown(other.unwrap_or("none"))),
            ));
        }
    }
    let mut lock = Lock::default();
    let mut places: HashMap<(&str, &str), u32> = HashMap::new();
    let mut by_name: HashMap<&str, u32> = HashMap::new();
    let mut own = Vec::new();
    let mut nodes = Vec::new();
    for node in root.list("package") {
        let Some(name) = node.text("name") else { return Err(Fault::at(node.line, "names a package without a name")) };
        let version = node.text("version").unwrap_or_default();
        let source = node.get("source");
        let of = |key: &str| source.and_then(|source| source.text(key)).map(str::to_owned);
        let source = if let Some(url) = of("registry") {
            Source::Registry(url)
        } else if let Some(url) = of("git") {
            Source::Git(url)
        } else if let Some(url) = of("url") {
            Source::Url(url)
        } else if let Some(path) = of("path") {
            Source::Path(path)
        } else {
            // The project itself and what its workspace holds: editable, virtual, directory.
            lock.own.push(Ecosystem::PyPI.normalised(name).into_owned());
            own.push(node);
            continue;
        };
        if version.is_empty() && matches!(source, Source::Registry(_)) {
            return Err(Fault::at(node.line, format!("gives no version for `{}`", crate::sca::shown(name))));
        }
        let mut package = Package::new(Ecosystem::PyPI, name, version, node.line);
        package.source = source;
        let sdist = node.get("sdist").and_then(|sdist| sdist.text("hash"));
        let hashes: Vec<&str> =
            sdist.into_iter().chain(node.list("wheels").iter().filter_map(|wheel| wheel.text("hash"))).collect();
        package.integrity = hashes.join(" ");
        package.released = uploaded(node);
        let place = lock.push(package);
        places.insert((name, version), place);
        by_name.entry(name).or_insert(place);
        nodes.push((place, node));
    }
    let find = |want: &Node<'_>| {
        let name = want.text("name")?;
        match want.text("version") {
            Some(version) => places.get(&(name, version)).copied(),
            None => by_name.get(name).copied(),
        }
    };
    for node in own {
        let of = |key: &str| node.map(key).iter().flat_map(|entry| entry.node.items());
        let runtime = node.list("dependencies").iter().map(|want| (want, Scope::Runtime));
        let optional = of("optional-dependencies").map(|want| (want, Scope::Optional));
        let dev = of("dev-dependencies").map(|want| (want, Scope::Dev));
        for (want, scope) in runtime.chain(optional).chain(dev) {
            if let Some(place) = find(want) {
                lock.root_for(place, scope);
            }
        }
        let asked = node.get("metadata").map_or(&[][..], |meta| meta.list("requires-dist"));
        lock.expects +=
            asked.iter().filter(|want| want.get("editable").is_none() && want.get("virtual").is_none()).count();
    }
    if !lock.own.is_empty() {
        lock.settle_direct();
    }
    for (from, node) in nodes {
        let extras = node.map("optional-dependencies").iter().flat_map(|entry| entry.node.items());
        for want in node.list("dependencies").iter().chain(extras) {
            let Some(name) = want.text("name") else { continue };
            match find(want) {
                Some(to) => lock.edge(from, to),
                None if lock.own.iter().any(|own| own == name) => {}
                // uv does not write this: the file is cut off, or was edited.
                None => {
                    let shown = crate::sca::shown(name);
                    return Err(Fault::at(want.line, format!("requires `{shown}`, which it does not hold")));
                }
            }
        }
    }
    Ok(lock)
}

pub(super) fn pylock(input: &Input<'_>) -> Result<Lock, Fault> {
    let root = toml(input.bytes)?;
    match root.text("lock-version") {
        Some(version) if version == "1" || version.starts_with("1.") => {}
        other => {
            return Err(Fault::at(
                1,
                format!("has the unknown lock-version `{}`", crate::sca::shown(other.unwrap_or("none"))),
            ));
        }
    }
    if root.get("packages").is_none() {
        return Err(Fault::at(1, "has no `packages`"));
    }
    let mut lock = Lock::default();
    let mut by_name: HashMap<&str, u32> = HashMap::new();
    let mut wants = Vec::new();
    for node in root.list("packages") {
        let Some(name) = node.text("name") else { return Err(Fault::at(node.line, "names a package without a name")) };
        let mut package = Package::new(Ecosystem::PyPI, name, node.text("version").unwrap_or_default(), node.line);
        let text = |table: &str, keys: [&str; 2]| {
            node.get(table).and_then(|table| table.text(keys[0]).or_else(|| table.text(keys[1]))).map(str::to_owned)
        };
        package.source = if let Some(url) = text("vcs", ["url", "path"]) {
            Source::Git(url)
        } else if let Some(path) = text("directory", ["path", "path"]) {
            Source::Path(path)
        } else if let Some(url) = text("archive", ["url", "path"]) {
            Source::Url(url)
        } else {
            Source::Registry(node.text("index").unwrap_or("https://pypi.org/simple").to_owned())
        };
        let files = node.list("wheels").iter().chain(node.get("sdist")).chain(node.get("archive"));
        let hashes: Vec<String> = files
            .flat_map(|file| file.map("hashes"))
            .map(|entry| format!("{}:{}", entry.key, entry.node.str().unwrap_or_default()))
            .collect();
        package.integrity = hashes.join(" ");
        package.released = uploaded(node);
        // `'dev' in dependency_groups`: what the default does not install.
        let marker: String = node.text("marker").unwrap_or_default().replace('"', "'");
        if marker.contains("in dependency_groups") && !marker.contains("'default' in dependency_groups") {
            package.scope = Scope::Dev;
        } else if marker.contains("in extras") && !marker.contains("in dependency_groups") {
            package.scope = Scope::Optional;
        }
        let place = lock.push(package);
        by_name.entry(name).or_insert(place);
        wants.extend(node.list("dependencies").iter().filter_map(|want| Some((place, want.text("name")?))));
    }
    for (from, want) in wants {
        if let Some(to) = by_name.get(want) {
            lock.edge(from, *to);
        }
    }
    Ok(lock)
}
