//! Bundler: `Gemfile.lock` and `gems.locked` (<https://bundler.io/guides/>): blocks by source, four blanks before a gem, six before what it requires.

use std::collections::HashMap;

use super::{Input, Lock, Package, Source};
use crate::sca::Ecosystem;
use crate::sca::document::{Fault, utf8};

pub(super) fn read(input: &Input<'_>) -> Result<Lock, Fault> {
    let mut lock = Lock { scopes_by_manifest: true, ..Lock::default() };
    let mut places: HashMap<String, u32> = HashMap::new();
    // One gem for several platforms is one package.
    let mut seen: HashMap<(String, String), u32> = HashMap::new();
    let mut wants: Vec<(u32, String)> = Vec::new();
    let mut roots: Vec<String> = Vec::new();
    let mut block = "";
    let mut remote = String::new();
    let mut here = None;
    let mut in_specs = false;
    for (number, line) in utf8(input.bytes)?.lines().enumerate() {
        let number = u32::try_from(number + 1).unwrap_or(u32::MAX);
        let indent = line.len() - line.trim_start_matches(' ').len();
        let body = line.trim();
        if body.is_empty() {
            continue;
        }
        let fault = || Fault::at(number, format!("is not a line of a Gemfile.lock: `{}`", crate::sca::shown(body)));
        if indent == 0 {
            block = body;
            remote.clear();
            in_specs = false;
            let known = matches!(
                block,
                "GEM"
                    | "GIT"
                    | "PATH"
                    | "PLUGIN SOURCE"
                    | "PLATFORMS"
                    | "DEPENDENCIES"
                    | "CHECKSUMS"
                    | "RUBY VERSION"
                    | "BUNDLED WITH"
            );
            if !known {
                return Err(fault());
            }
            continue;
        }
        match block {
            "GEM" | "GIT" | "PATH" | "PLUGIN SOURCE" => match indent {
                2 => {
                    if let Some(url) = body.strip_prefix("remote:") {
                        url.trim().clone_into(&mut remote);
                    }
                    in_specs = body == "specs:";
                }
                4 if in_specs => {
                    let (name, version) = named(body).ok_or_else(fault)?;
                    if block == "PATH" {
                        lock.own.push(name.to_owned());
                    }
                    // What follows a dash is the platform.
                    let version = version.split('-').next().unwrap_or(version);
                    let mut package = Package::new(Ecosystem::RubyGems, name, version, number);
                    package.source = match block {
                        "GEM" => Source::Registry(remote.clone()),
                        "GIT" => Source::Git(remote.clone()),
                        _ => Source::Path(remote.clone()),
                    };
                    let key = (name.to_owned(), version.to_owned());
                    let place = *seen.entry(key).or_insert_with(|| lock.push(package));
                    places.entry(name.to_owned()).or_insert(place);
                    here = Some(place);
                }
                6 if in_specs => {
                    let name = body.split(' ').next().unwrap_or(body);
                    if let Some(place) = here {
                        wants.push((place, name.to_owned()));
                    }
                }
                _ => {}
            },
            "DEPENDENCIES" => roots.push(body.split([' ', '!']).next().unwrap_or(body).to_owned()),
            "CHECKSUMS" => {
                let (spec, sum) = body.rsplit_once(") ").unwrap_or((body, ""));
                if let Some((name, version)) = spec.split_once(" (") {
                    let version = version.split('-').next().unwrap_or(version);
                    for package in lock.packages.iter_mut().filter(|one| one.name == name && one.version == version) {
                        sum.clone_into(&mut package.integrity);
                    }
                }
            }
            "" => return Err(fault()),
            _ => {}
        }
    }
    lock.expects = roots.len();
    if roots.is_empty() && !lock.packages.is_empty() && !input.bytes.ends_with(b"\n") {
        return Err(Fault::whole("is cut off: it ends before its `DEPENDENCIES`"));
    }
    for name in roots {
        if let Some(place) = places.get(&name) {
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

/// `name (version)`.
fn named(body: &str) -> Option<(&str, &str)> {
    let (name, version) = body.split_once(" (")?;
    Some((name, version.strip_suffix(')')?))
}
