//! Poetry's `poetry.lock`, PDM's `pdm.lock` and Pipenv's `Pipfile.lock`.
//!
//! <https://python-poetry.org/docs/basic-usage/>, <https://pdm-project.org/en/latest/usage/lockfile/>, <https://pipenv.pypa.io/en/latest/pipfile.html>.

use std::collections::HashMap;

use super::manifest::scope_of_groups;
use super::{Input, Lock, Package, Scope, Source};
use crate::sca::Ecosystem;
use crate::sca::document::{Fault, Node, json, toml};

pub(super) fn poetry(input: &Input<'_>) -> Result<Lock, Fault> {
    tables(input, "lock-version", &["0", "1", "2"])
}

pub(super) fn pdm(input: &Input<'_>) -> Result<Lock, Fault> {
    tables(input, "lock_version", &["2", "3", "4"])
}

fn tables(input: &Input<'_>, key: &str, majors: &[&str]) -> Result<Lock, Fault> {
    let root = toml(input.bytes)?;
    let meta = root.get("metadata").ok_or_else(|| Fault::at(1, "has no `[metadata]`"))?;
    let version = meta.text(key).ok_or_else(|| Fault::at(meta.line, format!("has no `{key}`")))?;
    if !majors.contains(&version.split('.').next().unwrap_or_default()) {
        return Err(Fault::at(meta.line, format!("has the unknown {key} `{}`", crate::sca::shown(version))));
    }
    let mut lock = Lock::default();
    let states = |node: &Node<'_>| node.get("category").is_some() || node.get("groups").is_some();
    lock.scopes_by_manifest = !root.list("package").iter().any(states);
    let mut places: HashMap<String, u32> = HashMap::new();
    let mut wants: Vec<(u32, String)> = Vec::new();
    for node in root.list("package") {
        let Some(name) = node.text("name") else { return Err(Fault::at(node.line, "names a package without a name")) };
        let source = source_of(node);
        let version = node.text("version").unwrap_or_default();
        if version.is_empty() && matches!(source, Source::Unstated) {
            return Err(Fault::at(node.line, format!("gives no version for `{}`", crate::sca::shown(name))));
        }
        let mut package = Package::new(Ecosystem::PyPI, name, version, node.line);
        package.source = source;
        package.scope = scope_of(node);
        let files = if node.get("files").is_some() { node.list("files") } else { files_of(meta, name) };
        let hashes: Vec<&str> = files.iter().filter_map(|file| file.text("hash")).collect();
        package.integrity = hashes.join(" ");
        let place = lock.push(package);
        places.entry(Ecosystem::PyPI.normalised(name).into_owned()).or_insert(place);
        wants.extend(node.map("dependencies").iter().map(|entry| (place, entry.key.to_string())));
        // PDM lists requirements as text.
        for want in node.list("dependencies").iter().filter_map(Node::str) {
            let end =
                want.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))).unwrap_or(want.len());
            wants.push((place, want[..end].to_owned()));
        }
    }
    for (from, want) in wants {
        if let Some(to) = places.get(Ecosystem::PyPI.normalised(&want).as_ref()) {
            lock.edge(from, *to);
        }
    }
    Ok(lock)
}

fn files_of<'a>(meta: &'a Node<'_>, name: &str) -> &'a [Node<'a>] {
    // Before version 2 the hashes of all packages stand in one table.
    meta.get("files").or_else(|| meta.get("hashes")).map_or(&[], |files| files.list(name))
}

fn source_of(node: &Node<'_>) -> Source {
    if let Some(git) = node.text("git") {
        return Source::Git(git.to_owned());
    }
    if let Some(path) = node.text("path") {
        return Source::Path(path.to_owned());
    }
    if let Some(url) = node.text("url") {
        return Source::Url(url.to_owned());
    }
    let Some(source) = node.get("source") else { return Source::Unstated };
    let url = source.text("url").unwrap_or_default().to_owned();
    match source.text("type") {
        Some("git") => Source::Git(url),
        Some("url") => Source::Url(url),
        Some("directory" | "file") => Source::Path(url),
        _ => Source::Registry(url),
    }
}

fn scope_of(node: &Node<'_>) -> Scope {
    let groups: Vec<&str> = node.list("groups").iter().filter_map(Node::str).collect();
    let runtime = |group: &&str| matches!(*group, "main" | "default");
    if node.text("category").is_some_and(|category| category != "main")
        || (!groups.is_empty() && !groups.iter().any(runtime))
    {
        return if groups.is_empty() { Scope::Dev } else { scope_of_groups(&groups.join(" ")).max(Scope::Dev) };
    }
    if node.truth("optional") { Scope::Optional } else { Scope::Runtime }
}

pub(super) fn pipfile(input: &Input<'_>) -> Result<Lock, Fault> {
    let root = json(input.bytes, false)?;
    let meta = root.get("_meta").ok_or_else(|| Fault::at(1, "has no `_meta`"))?;
    match meta.text("pipfile-spec") {
        Some("6") => {}
        other => {
            let shown = crate::sca::shown(other.unwrap_or_default());
            return Err(Fault::at(meta.line, format!("has the unknown pipfile-spec `{shown}`")));
        }
    }
    let mut lock = Lock::default();
    for group in root.entries().iter().filter(|entry| entry.key != "_meta") {
        for entry in group.node.entries() {
            let node = &entry.node;
            let stated = node.text("version").unwrap_or_default();
            let mut package =
                Package::new(Ecosystem::PyPI, entry.key.as_ref(), stated.trim_start_matches('='), entry.line);
            package.source = source_of(node);
            if let Some(file) = node.text("file") {
                package.source = Source::Url(file.to_owned());
            }
            if stated.is_empty() && package.source == Source::Unstated {
                return Err(Fault::at(entry.line, format!("gives no version for `{}`", crate::sca::shown(&entry.key))));
            }
            let hashes: Vec<&str> = node.list("hashes").iter().filter_map(Node::str).collect();
            package.integrity = hashes.join(" ");
            package.scope = scope_of_groups(&group.key);
            lock.push(package);
        }
    }
    Ok(lock)
}
