//! Composer: `composer.lock` (<https://getcomposer.org/doc/01-basic-usage.md#commit-your-composer-lock-file-to-version-control>).

use std::collections::HashMap;

use super::{Input, Lock, Package, Scope, Source};
use crate::sca::Ecosystem;
use crate::sca::document::{Fault, Node, json};

pub(super) fn read(input: &Input<'_>) -> Result<Lock, Fault> {
    let root = json(input.bytes, false)?;
    if root.get("packages").is_none_or(|node| !matches!(node.value, crate::sca::document::Value::List(_))) {
        return Err(Fault::at(1, "has no `packages`"));
    }
    let mut lock = Lock::default();
    let mut places: HashMap<String, u32> = HashMap::new();
    let mut nodes = Vec::new();
    for (group, scope) in [("packages", Scope::Runtime), ("packages-dev", Scope::Dev)] {
        for node in root.list(group) {
            let (Some(name), Some(version)) = (node.text("name"), node.text("version")) else {
                return Err(Fault::at(node.line, "names a package without name or version"));
            };
            let line = node.entries().iter().find(|entry| entry.key == "name").map_or(node.line, |entry| entry.line);
            let mut package = Package::new(Ecosystem::Packagist, name, version, line);
            let dist = node.get("dist");
            let url = dist
                .and_then(|dist| dist.text("url"))
                .or_else(|| node.get("source").and_then(|source| source.text("url")));
            package.source = match dist.and_then(|dist| dist.text("type")) {
                Some("path") => Source::Path(url.unwrap_or_default().to_owned()),
                // Packagist itself names archives at code hosts: they are the registry's.
                _ => url.map_or(Source::Unstated, |url| Source::Registry(url.to_owned())),
            };
            package.integrity = dist.and_then(|dist| dist.text("shasum")).unwrap_or_default().to_owned();
            package.scope = scope;
            node.text("time").unwrap_or_default().clone_into(&mut package.released);
            let licences: Vec<&str> = node.list("license").iter().filter_map(Node::str).collect();
            package.licence = licences.join(" OR ");
            let place = lock.push(package);
            places.insert(name.to_ascii_lowercase(), place);
            nodes.push((place, node));
        }
    }
    if input.graph {
        for (from, node) in nodes {
            for want in node.map("require") {
                if let Some(to) = places.get(&want.key.to_ascii_lowercase()) {
                    lock.edge(from, *to);
                }
            }
        }
    }
    Ok(lock)
}
