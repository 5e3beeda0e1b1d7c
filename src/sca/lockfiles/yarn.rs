//! Yarn: `yarn.lock` of version 1 (<https://classic.yarnpkg.com/en/docs/yarn-lock/>) and of Yarn 2 and later, which is YAML.

use std::collections::HashMap;

use super::{Format, Input, Lock, Package, Scope, Source, manifest_of};
use crate::sca::Ecosystem;
use crate::sca::document::{Fault, utf8, yaml};

/// Newest `__metadata` version that is known.
const NEWEST: u32 = 10;

pub(super) fn read(input: &Input<'_>) -> Result<Lock, Fault> {
    let text = utf8(input.bytes)?;
    if text.lines().any(|line| line.starts_with("__metadata:")) {
        return berry(input);
    }
    if !text.lines().take(5).any(|line| line.trim() == "# yarn lockfile v1") {
        return Err(Fault::at(1, "is of an unknown version: neither `# yarn lockfile v1` nor `__metadata` is there"));
    }
    let mut lock = classic(text, input)?;
    if lock.direct_is_known() {
        lock.settle_direct();
    }
    Ok(lock)
}

/// The name in a descriptor `name@range`; of an alias (`a@npm:b@^1`) the real one.
fn name_of(descriptor: &str) -> Option<&str> {
    let at = descriptor.get(1..)?.find('@')? + 1;
    let (name, range) = (&descriptor[..at], &descriptor[at + 1..]);
    match range.strip_prefix("npm:") {
        Some(alias) => match alias.get(1..).and_then(|rest| rest.find('@')) {
            Some(at) => Some(&alias[..=at]),
            None => Some(name),
        },
        None => Some(name),
    }
}

/// Quotes that open and do not close: the file ends in the middle of a line.
fn is_cut(line: &str) -> bool {
    memchr::memchr_iter(b'"', line.as_bytes()).count() % 2 == 1
}

fn classic(text: &str, input: &Input<'_>) -> Result<Lock, Fault> {
    let mut lock = Lock { scopes_by_manifest: true, ..Lock::default() };
    let mut by_descriptor: HashMap<String, u32> = HashMap::new();
    let mut wants: Vec<(u32, String)> = Vec::new();
    let mut here: Option<u32> = None;
    let mut in_dependencies = false;
    for (number, line) in text.lines().enumerate() {
        let number = u32::try_from(number + 1).unwrap_or(u32::MAX);
        let indent = line.len() - line.trim_start_matches(' ').len();
        let body = line.trim();
        if body.is_empty() || body.starts_with('#') {
            continue;
        }
        if is_cut(body) {
            return Err(Fault::at(number, "is cut off: a quote has no end"));
        }
        match indent {
            0 => {
                check_version(&lock, here, number)?;
                let list = body
                    .strip_suffix(':')
                    .ok_or_else(|| Fault::at(number, "is not a yarn.lock entry: a colon is missing"))?;
                let descriptors: Vec<&str> = list.split(", ").map(|one| one.trim().trim_matches('"')).collect();
                let name =
                    name_of(descriptors[0]).ok_or_else(|| Fault::at(number, "names a package without a range"))?;
                let mut package = Package::new(Ecosystem::Npm, name, "", number);
                let range =
                    descriptors[0].get(1..).and_then(|rest| rest.split_once('@')).map_or("", |(_, range)| range);
                if range.starts_with("file:") || range.starts_with("link:") {
                    package.source = Source::Path(range.to_owned());
                }
                let place = lock.push(package);
                for descriptor in descriptors {
                    by_descriptor.insert(descriptor.to_owned(), place);
                }
                here = Some(place);
                in_dependencies = false;
            }
            2 => {
                let place =
                    here.ok_or_else(|| Fault::at(number, "is not a yarn.lock entry: it belongs to no package"))?;
                in_dependencies = matches!(body, "dependencies:" | "optionalDependencies:");
                let Some((key, value)) = body.split_once(' ') else {
                    if body.ends_with(':') {
                        continue;
                    }
                    return Err(Fault::at(number, format!("gives no value for `{}`", crate::sca::shown(body))));
                };
                let value = value.trim_matches('"');
                let package = &mut lock.packages[place as usize];
                match key.trim_matches('"') {
                    "version" => value.clone_into(&mut package.version),
                    "resolved" => {
                        let (url, hash) = value.split_once('#').unwrap_or((value, ""));
                        package.source =
                            Source::of(if value.starts_with("git") || url.ends_with(".git") { value } else { url });
                        if package.integrity.is_empty() && hash.len() == 40 {
                            package.integrity = format!("sha1-{hash}");
                        }
                    }
                    "integrity" => value.clone_into(&mut package.integrity),
                    _ => {}
                }
            }
            _ if in_dependencies => {
                if let (Some(place), Some((name, range))) = (here, body.split_once(' ')) {
                    wants.push((place, format!("{}@{}", name.trim_matches('"'), range.trim_matches('"'))));
                }
            }
            _ => {}
        }
    }
    check_version(&lock, here, 0)?;
    for (from, want) in wants {
        if let Some(to) = by_descriptor.get(&want) {
            lock.edge(from, *to);
        }
    }
    by_descriptors(&mut lock, input, |descriptor| by_descriptor.get(descriptor).copied());
    Ok(lock)
}

/// Takes what the project asks for from its manifest, by name and range: another version of the same package is none of it.
fn by_descriptors(lock: &mut Lock, input: &Input<'_>, find: impl Fn(&str) -> Option<u32>) {
    let Some(manifest) = manifest_of(Format::Yarn, input).filter(|manifest| manifest.is_complete) else { return };
    let found: Vec<(u32, Scope)> =
        manifest.wants.iter().filter_map(|want| Some((find(&want.descriptor)?, want.scope))).collect();
    // Where some are not found by their ranges, names must do.
    if found.is_empty() || found.len() < manifest.wants.len() {
        return;
    }
    lock.scopes_by_manifest = false;
    lock.roots.clear();
    for (place, scope) in found {
        lock.root_for(place, scope);
    }
}

fn check_version(lock: &Lock, here: Option<u32>, _next: u32) -> Result<(), Fault> {
    let Some(package) = here.and_then(|place| lock.packages.get(place as usize)) else { return Ok(()) };
    if package.version.is_empty() {
        return Err(Fault::at(package.line, format!("gives no version for `{}`", crate::sca::shown(&package.name))));
    }
    Ok(())
}

fn berry(input: &Input<'_>) -> Result<Lock, Fault> {
    let documents = yaml(input.bytes)?;
    let root = documents.first().filter(|root| root.is_map()).ok_or_else(|| Fault::at(1, "is not a table"))?;
    let meta = root.get("__metadata").ok_or_else(|| Fault::at(1, "has no `__metadata`"))?;
    let version = meta.text("version").unwrap_or_default();
    if !version.parse::<u32>().is_ok_and(|version| (1..=NEWEST).contains(&version)) {
        return Err(Fault::at(meta.line, format!("has the unknown version `{}`", crate::sca::shown(version))));
    }
    let mut lock = Lock::default();
    let mut by_descriptor: HashMap<&str, u32> = HashMap::new();
    let mut own = Vec::new();
    let mut nodes = Vec::new();
    for entry in root.entries().iter().filter(|entry| entry.key != "__metadata") {
        let node = &entry.node;
        let resolution = node.text("resolution").ok_or_else(|| {
            Fault::at(entry.line, format!("gives no resolution for `{}`", crate::sca::shown(&entry.key)))
        })?;
        let at = resolution.get(1..).and_then(|rest| rest.find('@')).map_or(resolution.len(), |at| at + 1);
        let (name, reference) = (&resolution[..at], resolution.get(at + 1..).unwrap_or_default());
        if node.text("linkType") == Some("soft") || reference.starts_with("workspace:") {
            lock.own.push(name.to_owned());
            own.push(node);
            continue;
        }
        let version = node.text("version").unwrap_or_default();
        let mut package = Package::new(Ecosystem::Npm, name, version, entry.line);
        package.source = match reference.split_once(':') {
            Some(("npm" | "patch" | "virtual", _)) | None => Source::Unstated,
            Some(("file" | "link" | "portal", path)) => Source::Path(path.to_owned()),
            Some(_) if reference.contains("#commit=") || reference.starts_with("git") => {
                Source::Git(reference.to_owned())
            }
            Some(_) => Source::Url(reference.to_owned()),
        };
        package.integrity = node.text("checksum").unwrap_or_default().to_owned();
        let place = lock.push(package);
        for descriptor in entry.key.split(',').map(str::trim) {
            by_descriptor.insert(descriptor, place);
        }
        nodes.push((place, node));
    }
    let find = |name: &str, range: &str| {
        by_descriptor
            .get(format!("{name}@{range}").as_str())
            .or_else(|| by_descriptor.get(format!("{name}@npm:{range}").as_str()))
            .copied()
    };
    lock.scopes_by_manifest = own.len() == 1;
    for node in own {
        for one in node.map("dependencies").iter().chain(node.map("devDependencies")) {
            let range = one.node.str().unwrap_or_default();
            if !range.starts_with("workspace:") {
                lock.expects += 1;
            }
            if let Some(place) = find(&one.key, range) {
                lock.root(place);
            }
        }
    }
    if lock.scopes_by_manifest {
        by_descriptors(&mut lock, input, |descriptor| {
            let at = descriptor.get(1..)?.find('@')? + 1;
            find(&descriptor[..at], &descriptor[at + 1..])
        });
    }
    if lock.direct_is_known() {
        lock.settle_direct();
    }
    for (from, node) in nodes {
        for one in node.map("dependencies").iter().chain(node.map("optionalDependencies")) {
            if let Some(to) = find(&one.key, one.node.str().unwrap_or_default()) {
                lock.edge(from, to);
            }
        }
    }
    Ok(lock)
}
