//! Haskell: `stack.yaml.lock` (<https://docs.haskellstack.org/en/stable/topics/lock_files/>) and `cabal.project.freeze`
//! (<https://cabal.readthedocs.io/en/stable/cabal-commands.html#cabal-freeze>).

use super::{Input, Lock, Package, Source};
use crate::sca::Ecosystem;
use crate::sca::document::{Fault, utf8, yaml};

pub(super) fn stack(input: &Input<'_>) -> Result<Lock, Fault> {
    let documents = yaml(input.bytes)?;
    let root = documents.first().filter(|root| root.is_map()).ok_or_else(|| Fault::at(1, "is not a table"))?;
    if root.get("packages").is_none() || root.get("snapshots").is_none() {
        return Err(Fault::at(1, "has no `packages` and `snapshots`"));
    }
    let mut lock = Lock::default();
    for node in root.list("packages") {
        let completed = node.get("completed").unwrap_or(node);
        if let Some(hackage) = completed.text("hackage") {
            let (spec, hash) = hackage.split_once('@').unwrap_or((hackage, ""));
            let (name, version) = spec
                .rsplit_once('-')
                .ok_or_else(|| Fault::at(node.line, format!("is not a package: `{}`", crate::sca::shown(spec))))?;
            let mut package = Package::new(Ecosystem::Hackage, name, version, completed.line);
            package.integrity = hash.split(',').next().unwrap_or(hash).to_owned();
            lock.push(package);
        } else if let (Some(name), version) = (completed.text("name"), completed.text("version")) {
            let mut package = Package::new(Ecosystem::Hackage, name, version.unwrap_or_default(), completed.line);
            package.source = match completed.text("git") {
                Some(git) => Source::Git(git.to_owned()),
                None => Source::Url(completed.text("url").unwrap_or_default().to_owned()),
            };
            lock.push(package);
        } else {
            return Err(Fault::at(node.line, "names a package without a name"));
        }
    }
    Ok(lock)
}

pub(super) fn freeze(input: &Input<'_>) -> Result<Lock, Fault> {
    let mut lock = Lock::default();
    let mut inside = false;
    let mut seen = false;
    for (number, line) in utf8(input.bytes)?.lines().enumerate() {
        let number = u32::try_from(number + 1).unwrap_or(u32::MAX);
        let body = line.split("--").next().unwrap_or(line);
        let rest = match body.trim_start().strip_prefix("constraints:") {
            Some(rest) => {
                (inside, seen) = (true, true);
                rest
            }
            None if !body.starts_with([' ', '\t']) => {
                inside = false;
                seen |= body.contains(':');
                if !body.trim().is_empty() && !body.contains(':') {
                    return Err(Fault::at(number, format!("is not a field: `{}`", crate::sca::shown(body.trim()))));
                }
                continue;
            }
            None => body,
        };
        if !inside {
            continue;
        }
        for constraint in rest.split(',').map(str::trim).filter(|constraint| !constraint.is_empty()) {
            // Flags of a package are constraints too.
            let Some((name, version)) = constraint.split_once("==") else { continue };
            // `any.name`, `setup.any.name`, `other:setup.name`: for whom it holds stands in front.
            let name = name.trim();
            let name = name.rsplit_once("any.").map_or(name, |(_, name)| name);
            let name = name.strip_prefix("setup.").unwrap_or(name).rsplit(':').next().unwrap_or(name);
            // One of several is no pin.
            let version = if version.contains("||") { "" } else { version.trim() };
            lock.push(Package::new(Ecosystem::Hackage, name, version, number));
        }
    }
    if seen { Ok(lock) } else { Err(Fault::at(1, "is not a freeze file: it has no `constraints`")) }
}
