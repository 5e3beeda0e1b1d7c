//! `CycloneDX` documents, JSON and XML, of version 1.0 to 1.7 (<https://cyclonedx.org/specification/overview/>). What a package is, its package URL says.

use std::collections::HashMap;

use super::{Input, Lock, Package, Scope};
use crate::sca::document::{Element, Fault, Node, json, xml};
use crate::sca::purl::Purl;

/// Deepest nesting of components.
const DEEPEST: usize = 64;

pub(super) fn read(input: &Input<'_>) -> Result<Lock, Fault> {
    let first = input.bytes.iter().find(|byte| !byte.is_ascii_whitespace() && **byte < 0x80);
    if first == Some(&b'<') { of_xml(input.bytes) } else { of_json(input) }
}

/// A package of a package URL; `None` where the URL is of no ecosystem that is known.
pub(super) fn of_purl(text: &str, line: u32) -> Option<Package> {
    let purl = Purl::parse(text)?;
    let (ecosystem, name) = purl.package()?;
    let mut package = Package::new(ecosystem, name, purl.version.clone(), line);
    if let Some(distribution) = purl.qualifiers.get("distro") {
        package.release = distribution.rsplit('-').next().unwrap_or_default().to_owned();
    }
    Some(package)
}

fn of_json(input: &Input<'_>) -> Result<Lock, Fault> {
    let root = json(input.bytes, false)?;
    // `sbom.json` may be of either kind.
    if root.get("spdxVersion").is_some() {
        return super::spdx::document(&root);
    }
    if root.text("bomFormat") != Some("CycloneDX") {
        return Err(Fault::at(1, "is not a CycloneDX document: `bomFormat` does not say so"));
    }
    let version = root.text("specVersion").unwrap_or_default();
    if !version.starts_with("1.") {
        return Err(Fault::at(1, format!("has the unknown specVersion `{}`", crate::sca::shown(version))));
    }
    let mut lock = Lock::default();
    let mut places: HashMap<&str, u32> = HashMap::new();
    let mut open: Vec<(&Node<'_>, usize)> = root.list("components").iter().rev().map(|node| (node, 0)).collect();
    while let Some((node, depth)) = open.pop() {
        if depth > DEEPEST {
            return Err(Fault::at(node.line, "nests components too deep"));
        }
        open.extend(node.list("components").iter().rev().map(|node| (node, depth + 1)));
        let Some(name) = node.text("name") else {
            return Err(Fault::at(node.line, "names a component without a name"));
        };
        lock.expects += usize::from(node.text("type") == Some("library"));
        let Some(mut package) = node.text("purl").and_then(|purl| of_purl(purl, node.line)) else { continue };
        if package.version.is_empty() {
            node.text("version").unwrap_or_default().clone_into(&mut package.version);
        }
        package.line = node.entries().iter().find(|entry| entry.key == "name").map_or(node.line, |entry| entry.line);
        let _ = name;
        let sums: Vec<String> = node
            .list("hashes")
            .iter()
            .filter_map(|hash| Some(format!("{}:{}", hash.text("alg")?, hash.text("content")?)))
            .collect();
        package.integrity = sums.join(" ");
        let licences: Vec<&str> = node
            .list("licenses")
            .iter()
            .filter_map(|one| {
                one.text("expression")
                    .or_else(|| one.get("license").and_then(|node| node.text("id").or_else(|| node.text("name"))))
            })
            .collect();
        package.licence = licences.join(" AND ");
        package.scope = match node.text("scope") {
            Some("optional") => Scope::Optional,
            Some("excluded") => Scope::Dev,
            _ => Scope::Runtime,
        };
        let place = lock.push(package);
        if let Some(reference) = node.text("bom-ref").or_else(|| node.text("purl")) {
            places.insert(reference, place);
        }
    }
    let own =
        root.get("metadata").and_then(|meta| meta.get("component")).and_then(|component| component.text("bom-ref"));
    for node in root.list("dependencies") {
        let reference = node.text("ref").unwrap_or_default();
        for want in node.list("dependsOn").iter().filter_map(Node::str) {
            let Some(to) = places.get(want).copied() else { continue };
            match places.get(reference) {
                Some(from) => lock.edge(*from, to),
                None if own == Some(reference) => lock.root(to),
                None => {}
            }
        }
    }
    if !lock.roots.is_empty() {
        lock.settle_direct();
    }
    Ok(lock)
}

fn of_xml(bytes: &[u8]) -> Result<Lock, Fault> {
    let root = xml(bytes)?;
    if root.name != "bom" {
        return Err(Fault::at(root.line, "is not a CycloneDX document"));
    }
    let mut lock = Lock::default();
    let mut places: HashMap<String, u32> = HashMap::new();
    let list = |element: &'_ Element| {
        element.child("components").map(|list| list.all("component").cloned().collect::<Vec<_>>())
    };
    let mut open = list(&root).unwrap_or_default();
    open.reverse();
    while let Some(component) = open.pop() {
        let mut inner = list(&component).unwrap_or_default();
        inner.reverse();
        open.extend(inner);
        lock.expects += usize::from(component.attribute("type") == Some("library"));
        let Some(mut package) = component.text_of("purl").and_then(|purl| of_purl(purl, component.line)) else {
            continue;
        };
        if package.version.is_empty() {
            component.text_of("version").unwrap_or_default().clone_into(&mut package.version);
        }
        package.scope = match component.text_of("scope") {
            Some("optional") => Scope::Optional,
            Some("excluded") => Scope::Dev,
            _ => Scope::Runtime,
        };
        let sums = component.child("hashes").map_or(&[][..], |list| list.children.as_slice());
        let sums: Vec<String> =
            sums.iter().map(|sum| format!("{}:{}", sum.attribute("alg").unwrap_or_default(), sum.text)).collect();
        package.integrity = sums.join(" ");
        let licences = component.child("licenses").map_or(&[][..], |list| list.children.as_slice());
        let licences: Vec<&str> = licences
            .iter()
            .filter_map(|one| match one.name.as_str() {
                "expression" => Some(one.text.as_str()),
                _ => one.text_of("id").or_else(|| one.text_of("name")),
            })
            .collect();
        package.licence = licences.join(" AND ");
        let reference = component.attribute("bom-ref").or_else(|| component.text_of("purl")).unwrap_or_default();
        places.insert(reference.to_owned(), lock.push(package));
    }
    let own = root.child("metadata").and_then(|meta| meta.child("component")).and_then(|one| one.attribute("bom-ref"));
    for node in root.child("dependencies").iter().flat_map(|list| list.all("dependency")) {
        let from = node.attribute("ref").unwrap_or_default();
        for to in node.all("dependency").filter_map(|want| places.get(want.attribute("ref")?)).copied() {
            match places.get(from) {
                Some(from) => lock.edge(*from, to),
                None if own == Some(from) => lock.root(to),
                None => {}
            }
        }
    }
    if !lock.roots.is_empty() {
        lock.settle_direct();
    }
    Ok(lock)
}
