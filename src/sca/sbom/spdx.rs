//! SPDX 2.3 as JSON (<https://spdx.github.io/spdx-spec/v2.3/>).

use serde_json::{Value, json};

use super::{Components, Subject, uuid};
use crate::sca::licences;

const ROOT: &str = "SPDXRef-Project";

/// An id of letters, digits, dots and dashes.
fn id(purl: &str) -> String {
    format!("SPDXRef-Package-{}", &blake3::hash(purl.as_bytes()).to_hex()[..20])
}

/// Writes the components as an SPDX document.
pub fn spdx(components: &Components, subject: &Subject) -> String {
    let mut packages = vec![json!({
        "SPDXID": ROOT,
        "name": subject.name,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": false,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION",
        "primaryPackagePurpose": "APPLICATION",
    })];
    let relation = |from: &str, kind: &str, to: &str| json!({ "spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": to });
    let mut relationships = vec![relation("SPDXRef-DOCUMENT", "DESCRIBES", ROOT)];
    for (purl, one) in &components.0 {
        let package = &one.package;
        let declared = if licences::is_expression(&package.licence) { package.licence.trim() } else { "NOASSERTION" };
        let mut listed = json!({
            "SPDXID": id(purl),
            "name": package.name,
            "downloadLocation": "NOASSERTION",
            "filesAnalyzed": false,
            "licenseConcluded": "NOASSERTION",
            "licenseDeclared": declared,
            "copyrightText": "NOASSERTION",
            "sourceInfo": format!("read from {}", one.files.iter().cloned().collect::<Vec<_>>().join(", ")),
            "externalRefs": [{ "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl }],
        });
        if !package.version.is_empty() {
            listed["versionInfo"] = Value::from(package.version.as_str());
        }
        let sums: Vec<Value> = one
            .hashes()
            .into_iter()
            .map(|(name, value)| json!({ "algorithm": name.replace('-', ""), "checksumValue": value }))
            .collect();
        if !sums.is_empty() {
            listed["checksums"] = Value::from(sums);
        }
        packages.push(listed);
        let of_project = if one.is_needed_to_run() { "DEPENDS_ON" } else { "DEV_DEPENDENCY_OF" };
        if one.direct && of_project == "DEPENDS_ON" {
            relationships.push(relation(ROOT, of_project, &id(purl)));
        } else if one.direct {
            relationships.push(relation(&id(purl), of_project, ROOT));
        }
        for required in &one.requires {
            relationships.push(relation(&id(purl), "DEPENDS_ON", &id(required)));
        }
    }
    let mut document = json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": subject.name,
        "creationInfo": { "created": subject.created, "creators": [format!("Tool: gatehook-{}", subject.tool)] },
        "packages": packages,
        "relationships": relationships,
    });
    let name: String = subject.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    document["documentNamespace"] =
        Value::from(format!("https://spdx.org/spdxdocs/{name}-{}", uuid(&document.to_string())));
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}
