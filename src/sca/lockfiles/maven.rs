//! Maven: `pom.xml` (<https://maven.apache.org/pom.html>) with its properties, managed versions, and parents in the same repository. What a parent
//! or a bill of materials elsewhere says is not known here: such a version counts as not pinned.

use std::collections::BTreeMap;

use super::{Input, Lock, Package, Scope};
use crate::sca::Ecosystem;
use crate::sca::document::{Element, Fault, xml};

/// How many parents are followed.
const DEEPEST: usize = 10;

#[derive(Default)]
struct Known {
    properties: BTreeMap<String, String>,
    /// Version and scope by `group:artifact`.
    managed: BTreeMap<String, (String, String)>,
}

pub(super) fn pom(input: &Input<'_>) -> Result<Lock, Fault> {
    let root = xml(input.bytes)?;
    if root.name != "project" {
        return Err(Fault::at(root.line, "is not a Maven project"));
    }
    let mut known = Known::default();
    learn(&root, input, &mut known, 0);
    let mut lock = Lock::default();
    let profiles = root.child("profiles").map_or(&[][..], |profiles| profiles.children.as_slice());
    for holder in std::iter::once(&root).chain(profiles) {
        for dependency in holder.child("dependencies").iter().flat_map(|list| list.all("dependency")) {
            let group = filled(dependency.text_of("groupId").unwrap_or_default(), &known);
            let artifact = filled(dependency.text_of("artifactId").unwrap_or_default(), &known);
            if group.is_empty() || artifact.is_empty() {
                return Err(Fault::at(dependency.line, "names a dependency without groupId or artifactId"));
            }
            let name = format!("{group}:{artifact}");
            let managed = known.managed.get(&name).cloned().unwrap_or_default();
            let stated = dependency.text_of("version").map(str::to_owned).unwrap_or(managed.0);
            let version = pinned(&filled(&stated, &known));
            let mut package = Package::new(Ecosystem::Maven, name, version, dependency.line);
            package.direct = Some(true);
            let scope = dependency.text_of("scope").filter(|scope| !scope.is_empty()).unwrap_or(&managed.1);
            package.scope = match scope {
                "test" => Scope::Test,
                _ if dependency.text_of("optional") == Some("true") => Scope::Optional,
                _ => Scope::Runtime,
            };
            let place = lock.push(package);
            lock.roots.push(place);
        }
    }
    Ok(lock)
}

/// A version that names exactly one: `[1.0]` is a pin, other ranges and what could not be filled in are none.
fn pinned(text: &str) -> String {
    let exact = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).filter(|text| !text.contains(','));
    let text = exact.unwrap_or(text).trim();
    if text.contains(['[', '(', ',', '$', ' ']) || matches!(text, "LATEST" | "RELEASE") {
        String::new()
    } else {
        text.to_owned()
    }
}

/// Takes over properties and managed versions, the nearest first.
fn learn(root: &Element, input: &Input<'_>, known: &mut Known, depth: usize) {
    let parent = root.child("parent");
    for (key, element) in [("groupId", "groupId"), ("version", "version"), ("artifactId", "artifactId")] {
        let value = root.text_of(element).or_else(|| parent.and_then(|parent| parent.text_of(element)));
        if let (Some(value), 0) = (value, depth) {
            known.properties.entry(format!("project.{key}")).or_insert_with(|| value.to_owned());
            known.properties.entry(format!("pom.{key}")).or_insert_with(|| value.to_owned());
            known.properties.entry(key.to_owned()).or_insert_with(|| value.to_owned());
        }
        if let (Some(value), 0) = (parent.and_then(|parent| parent.text_of(element)), depth) {
            known.properties.insert(format!("project.parent.{key}"), value.to_owned());
            known.properties.insert(format!("parent.{key}"), value.to_owned());
        }
    }
    for property in root.child("properties").map_or(&[][..], |list| list.children.as_slice()) {
        known.properties.entry(property.name.clone()).or_insert_with(|| property.text.clone());
    }
    let managed = root.child("dependencyManagement").and_then(|list| list.child("dependencies"));
    for dependency in managed.iter().flat_map(|list| list.all("dependency")) {
        let (Some(group), Some(artifact)) = (dependency.text_of("groupId"), dependency.text_of("artifactId")) else {
            continue;
        };
        if let Some(version) = dependency.text_of("version") {
            let name = format!("{}:{}", filled(group, known), filled(artifact, known));
            let scope = dependency.text_of("scope").unwrap_or_default().to_owned();
            known.managed.entry(name).or_insert_with(|| (version.to_owned(), scope));
        }
    }
    let Some(parent) = parent.filter(|_| depth < DEEPEST) else { return };
    let relative = parent.text_of("relativePath").unwrap_or("../pom.xml");
    if relative.is_empty() {
        return;
    }
    let Some(path) = input.sibling(relative) else { return };
    let path = if std::path::Path::new(&path).extension().is_some_and(|end| end == "xml") {
        path
    } else {
        format!("{path}/pom.xml")
    };
    let Some(bytes) = (input.beside)(&path) else { return };
    let Ok(above) = xml(&bytes) else { return };
    if above.text_of("artifactId") == parent.text_of("artifactId") {
        let next = Input { path: &path, bytes: &bytes, beside: input.beside, graph: false };
        learn(&above, &next, known, depth + 1);
    }
}

/// Fills in `${…}`, a few times over, since a property may name another one.
fn filled(text: &str, known: &Known) -> String {
    let mut text = text.to_owned();
    for _ in 0..5 {
        let Some(start) = text.find("${") else { break };
        let Some(end) = text[start..].find('}') else { break };
        let Some(value) = known.properties.get(&text[start + 2..start + end]) else { break };
        if value.len() > 500 {
            break;
        }
        text.replace_range(start..=start + end, value);
    }
    text
}
