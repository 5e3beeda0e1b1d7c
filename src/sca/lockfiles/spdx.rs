//! SPDX documents of version 2.2 and 2.3 as JSON, YAML and tag-value (<https://spdx.github.io/spdx-spec/v2.3/>). What a package is, its package URL says.

use std::collections::HashMap;

use super::cyclonedx::of_purl;
use super::{Input, Lock};
use crate::sca::document::{Fault, Node, json, utf8, yaml};

pub(super) fn read(input: &Input<'_>) -> Result<Lock, Fault> {
    let first = input.bytes.iter().find(|byte| !byte.is_ascii_whitespace() && **byte < 0x80);
    if first == Some(&b'{') {
        return document(&json(input.bytes, false)?);
    }
    if utf8(input.bytes)?.lines().any(|line| line.starts_with("SPDXVersion:")) {
        return tags(utf8(input.bytes)?);
    }
    let documents = yaml(input.bytes)?;
    documents.first().ok_or_else(|| Fault::at(1, "is empty")).and_then(document)
}

fn known(version: &str) -> bool {
    version.starts_with("SPDX-2.")
}

pub(super) fn document(root: &Node<'_>) -> Result<Lock, Fault> {
    let version = root.text("spdxVersion").unwrap_or_default();
    if !known(version) {
        return Err(Fault::at(1, format!("has the unknown spdxVersion `{}`", crate::sca::shown(version))));
    }
    let mut lock = Lock::default();
    let mut places: HashMap<&str, u32> = HashMap::new();
    let described: Vec<&str> = root
        .list("relationships")
        .iter()
        .filter(|node| node.text("relationshipType") == Some("DESCRIBES"))
        .filter_map(|node| node.text("relatedSpdxElement"))
        .chain(root.list("documentDescribes").iter().filter_map(Node::str))
        .collect();
    for node in root.list("packages") {
        let id = node.text("SPDXID").unwrap_or_default();
        let purl = node.list("externalRefs").iter().find(|one| one.text("referenceType") == Some("purl"));
        // What the document describes is the product, not a dependency.
        if described.contains(&id) {
            continue;
        }
        lock.expects += 1;
        let Some(mut package) =
            purl.and_then(|one| one.text("referenceLocator")).and_then(|purl| of_purl(purl, node.line))
        else {
            continue;
        };
        if package.version.is_empty() {
            node.text("versionInfo").unwrap_or_default().clone_into(&mut package.version);
        }
        let stated = node
            .text("licenseConcluded")
            .filter(|text| *text != "NOASSERTION")
            .or_else(|| node.text("licenseDeclared"));
        stated
            .filter(|text| *text != "NOASSERTION" && *text != "NONE")
            .unwrap_or_default()
            .clone_into(&mut package.licence);
        let sums: Vec<String> = node
            .list("checksums")
            .iter()
            .filter_map(|sum| Some(format!("{}:{}", sum.text("algorithm")?, sum.text("checksumValue")?)))
            .collect();
        package.integrity = sums.join(" ");
        places.insert(id, lock.push(package));
    }
    for node in root.list("relationships") {
        let (Some(from), Some(to)) = (node.text("spdxElementId"), node.text("relatedSpdxElement")) else { continue };
        let (from, to) = match node.text("relationshipType") {
            Some("DEPENDS_ON" | "CONTAINS") => (from, to),
            Some("DEPENDENCY_OF") => (to, from),
            _ => continue,
        };
        match (places.get(from), places.get(to)) {
            (Some(from), Some(to)) => lock.edge(*from, *to),
            (None, Some(to)) if described.contains(&from) => lock.root(*to),
            _ => {}
        }
    }
    if !lock.roots.is_empty() {
        lock.settle_direct();
    }
    Ok(lock)
}

fn tags(text: &str) -> Result<Lock, Fault> {
    let mut lock = Lock::default();
    let (mut line_of_package, mut version) = (0, String::new());
    for (number, line) in text.lines().enumerate() {
        let number = u32::try_from(number + 1).unwrap_or(u32::MAX);
        let Some((tag, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        match tag.trim() {
            "SPDXVersion" if !known(value) => {
                return Err(Fault::at(number, format!("has the unknown version `{}`", crate::sca::shown(value))));
            }
            "PackageName" => {
                (line_of_package, version) = (number, String::new());
                lock.expects += 1;
            }
            "PackageVersion" => value.clone_into(&mut version),
            "ExternalRef" => {
                let words: Vec<&str> = value.split_whitespace().collect();
                if let [_, "purl", locator] = words.as_slice()
                    && let Some(mut package) = of_purl(locator, line_of_package)
                {
                    if package.version.is_empty() {
                        package.version.clone_from(&version);
                    }
                    lock.push(package);
                }
            }
            _ => {}
        }
    }
    Ok(lock)
}
