//! Conan's `conan.lock`, Swift's `Package.resolved`, `CocoaPods`' `Podfile.lock`.
//!
//! <https://docs.conan.io/2/tutorial/versioning/lockfiles.html>, <https://docs.swift.org/swiftpm/>, <https://guides.cocoapods.org>.

use std::collections::HashMap;

use super::{Input, Lock, Package, Scope, Source};
use crate::sca::Ecosystem;
use crate::sca::document::{Fault, Node, json, yaml};

/// `name/version@user/channel#revision%time`.
fn conan_reference(text: &str, line: u32) -> Option<Package> {
    let bare = text.split(['#', '%']).next()?.split('@').next()?;
    let (name, version) = bare.split_once('/')?;
    if name.is_empty() || version.is_empty() {
        return None;
    }
    let mut package = Package::new(Ecosystem::ConanCenter, name, version, line);
    package.integrity = text.split('#').nth(1).map_or("", |rest| rest.split('%').next().unwrap_or(rest)).to_owned();
    Some(package)
}

pub(super) fn conan(input: &Input<'_>) -> Result<Lock, Fault> {
    let root = json(input.bytes, false)?;
    let mut lock = Lock::default();
    let fault = |node: &Node<'_>| {
        Fault::at(node.line, format!("is not a reference: `{}`", crate::sca::shown(node.str().unwrap_or_default())))
    };
    if let Some(graph) = root.get("graph_lock") {
        let mut places: HashMap<&str, u32> = HashMap::new();
        let nodes = graph.map("nodes");
        let mut own = Vec::new();
        for entry in nodes {
            let Some(reference) = entry.node.get("ref").filter(|node| node.str().is_some_and(|text| !text.is_empty()))
            else {
                own.push(entry);
                continue;
            };
            // The project's own file has no version or the one that its recipe says.
            if entry.key == "0" && entry.node.get("path").is_some() {
                own.push(entry);
                continue;
            }
            let mut package =
                conan_reference(reference.str().unwrap_or_default(), entry.line).ok_or_else(|| fault(reference))?;
            if entry.node.text("context") == Some("build") {
                package.scope = Scope::Dev;
            }
            places.insert(entry.key.as_ref(), lock.push(package));
        }
        for entry in nodes {
            for want in entry.node.list("requires").iter().chain(entry.node.list("build_requires")) {
                let Some(to) = places.get(want.str().unwrap_or_default()).copied() else { continue };
                match places.get(entry.key.as_ref()) {
                    Some(from) => lock.edge(*from, to),
                    None => lock.root(to),
                }
            }
        }
        if lock.direct_is_known() {
            lock.settle_direct();
        }
        return Ok(lock);
    }
    match root.text("version") {
        Some(version) if version.starts_with("0.") => {}
        other => {
            return Err(Fault::at(
                1,
                format!("has the unknown version `{}`", crate::sca::shown(other.unwrap_or("none"))),
            ));
        }
    }
    for (key, scope) in [("requires", Scope::Runtime), ("build_requires", Scope::Dev), ("python_requires", Scope::Dev)]
    {
        for node in root.list(key) {
            let mut package = conan_reference(node.str().unwrap_or_default(), node.line).ok_or_else(|| fault(node))?;
            package.scope = scope;
            lock.push(package);
        }
    }
    Ok(lock)
}

pub(super) fn swift(input: &Input<'_>) -> Result<Lock, Fault> {
    let root = json(input.bytes, false)?;
    let pins = match root.text("version") {
        Some("1") => root.get("object").and_then(|node| node.get("pins")),
        Some("2" | "3") => root.get("pins"),
        other => {
            return Err(Fault::at(
                1,
                format!("has the unknown version `{}`", crate::sca::shown(other.unwrap_or("none"))),
            ));
        }
    };
    let pins = pins.ok_or_else(|| Fault::at(1, "has no `pins`"))?;
    let mut lock = Lock::default();
    for pin in pins.items() {
        let url = pin.text("location").or_else(|| pin.text("repositoryURL"));
        let Some(url) = url else { return Err(Fault::at(pin.line, "names a package without a location")) };
        let state = pin.get("state");
        let of = |key: &str| state.and_then(|state| state.text(key)).unwrap_or_default();
        // The package is known by its repository, without the scheme.
        let name = if pin.text("kind") == Some("registry") {
            pin.text("identity").unwrap_or(url).to_owned()
        } else {
            bare(url)
        };
        let mut package = Package::new(Ecosystem::SwiftUrl, name, of("version"), pin.line + 1);
        package.line = pin.entries().first().map_or(pin.line, |entry| entry.line);
        package.source = if pin.text("kind") == Some("localSourceControl") {
            Source::Path(url.to_owned())
        } else {
            Source::Registry(url.to_owned())
        };
        package.integrity = of("revision").to_owned();
        lock.push(package);
    }
    Ok(lock)
}

fn bare(url: &str) -> String {
    let rest = url.strip_prefix("git@").map(|rest| rest.replacen(':', "/", 1));
    let rest = rest.unwrap_or_else(|| url.split_once("://").map_or(url, |(_, rest)| rest).to_owned());
    let rest = rest.rsplit_once('@').map_or(rest.as_str(), |(_, rest)| rest);
    rest.trim_end_matches('/').trim_end_matches(".git").to_owned()
}

pub(super) fn podfile(input: &Input<'_>) -> Result<Lock, Fault> {
    let documents = yaml(input.bytes)?;
    let root = documents.first().ok_or_else(|| Fault::at(1, "is empty"))?;
    let pods = root.get("PODS");
    if pods.is_none() && root.get("PODFILE CHECKSUM").is_none() {
        return Err(Fault::at(1, "has no `PODS`"));
    }
    let mut lock = Lock::default();
    let mut places: HashMap<String, u32> = HashMap::new();
    let mut wants: Vec<(u32, String)> = Vec::new();
    let base = |spec: &str| spec.split([' ', '/']).next().unwrap_or(spec).to_owned();
    for pod in pods.map_or(&[][..], Node::items) {
        let (spec, line, requires) = match pod.entries().first() {
            Some(entry) => (entry.key.as_ref(), entry.line, entry.node.items()),
            None => (pod.str().unwrap_or_default(), pod.line, &[][..]),
        };
        let version = spec.split_once(" (").and_then(|(_, version)| version.strip_suffix(')'));
        let Some(version) = version else {
            return Err(Fault::at(line, format!("is not a pod: `{}`", crate::sca::shown(spec))));
        };
        let name = base(spec);
        let place = *places.entry(name.clone()).or_insert_with(|| {
            let mut package = Package::new(Ecosystem::CocoaPods, name.as_str(), version, line);
            package.integrity =
                root.get("SPEC CHECKSUMS").and_then(|sums| sums.text(&name)).unwrap_or_default().to_owned();
            let external = root.get("EXTERNAL SOURCES").and_then(|sources| sources.get(&name));
            let from = |key: &str| external.and_then(|node| node.text(key)).map(str::to_owned);
            if let Some(git) = from(":git") {
                package.source = Source::Git(git);
            } else if let Some(path) = from(":path") {
                package.source = Source::Path(path);
            }
            lock.push(package)
        });
        wants.extend(requires.iter().filter_map(Node::str).map(|want| (place, base(want))));
    }
    let asked = root.list("DEPENDENCIES");
    lock.expects = asked.len();
    for one in asked.iter().filter_map(Node::str) {
        if let Some(place) = places.get(&base(one)) {
            lock.root(*place);
        }
    }
    lock.settle_direct();
    for (from, want) in wants {
        if let Some(to) = places.get(&want) {
            lock.edge(from, *to);
        }
    }
    Ok(lock)
}
