//! Gradle: `gradle.lockfile` (<https://docs.gradle.org/current/userguide/dependency_locking.html>) and `verification-metadata.xml`
//! (<https://docs.gradle.org/current/userguide/dependency_verification.html>).

use super::{Input, Lock, Package, Scope};
use crate::sca::Ecosystem;
use crate::sca::document::{Fault, utf8, xml};

pub(super) fn lockfile(input: &Input<'_>) -> Result<Lock, Fault> {
    let mut lock = Lock::default();
    let buildscript = input.path.ends_with("buildscript-gradle.lockfile");
    let name = input.path.rsplit('/').next().unwrap_or(input.path);
    let own = name.strip_suffix(".lockfile").filter(|name| !name.ends_with("gradle"));
    let mut whole = own.is_some();
    for (number, line) in utf8(input.bytes)?.lines().enumerate() {
        let number = u32::try_from(number + 1).unwrap_or(u32::MAX);
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let fault = || Fault::at(number, format!("is not a line of a lock file: `{}`", crate::sca::shown(line)));
        // Before Gradle 7 each configuration had a file of its own, whose lines name it not.
        let (coordinates, configurations) = match own {
            Some(own) if !line.contains('=') => (line, own),
            _ => line.split_once('=').ok_or_else(fault)?,
        };
        if coordinates == "empty" {
            whole = true;
            continue;
        }
        let parts: Vec<&str> = coordinates.split(':').collect();
        let [group, artifact, version] = parts.as_slice() else { return Err(fault()) };
        if [group, artifact, version].iter().any(|part| part.is_empty()) {
            return Err(fault());
        }
        let mut package = Package::new(Ecosystem::Maven, format!("{group}:{artifact}"), *version, number);
        let test = |name: &str| name.to_ascii_lowercase().contains("test");
        if buildscript || own.is_some_and(|own| own.starts_with("buildscript-")) {
            package.scope = Scope::Dev;
        } else if !configurations.is_empty() && configurations.split(',').all(test) {
            package.scope = Scope::Test;
        }
        lock.push(package);
    }
    if lock.packages.is_empty() && !whole {
        return Err(Fault::whole("names no package and no empty configuration: Gradle writes `empty=` at its end"));
    }
    Ok(lock)
}

pub(super) fn verification(input: &Input<'_>) -> Result<Lock, Fault> {
    let root = xml(input.bytes)?;
    if root.name != "verification-metadata" {
        return Err(Fault::at(root.line, "is not Gradle's verification metadata"));
    }
    let mut lock = Lock::default();
    for component in root.child("components").iter().flat_map(|list| list.all("component")) {
        let attribute = |name: &str| component.attribute(name).filter(|value| !value.is_empty());
        let (Some(group), Some(name), Some(version)) = (attribute("group"), attribute("name"), attribute("version"))
        else {
            return Err(Fault::at(component.line, "names a component without group, name or version"));
        };
        let mut package = Package::new(Ecosystem::Maven, format!("{group}:{name}"), version, component.line);
        let sums = component.all("artifact").flat_map(|artifact| &artifact.children);
        let sums: Vec<String> = sums
            .filter_map(|sum| Some(format!("{}:{}", sum.name, sum.attribute("value")?)))
            .filter(|sum| sum.starts_with("sha"))
            .collect();
        package.integrity = sums.join(" ");
        lock.push(package);
    }
    Ok(lock)
}
