//! `CycloneDX` 1.6 (<https://cyclonedx.org/docs/1.6/json/>).

use serde_json::{Value, json};

use super::{Components, Subject, uuid};
use crate::sca::licences;

/// Reference of the project itself.
const ROOT: &str = "project";

/// Writes the components as a `CycloneDX` document.
pub fn cyclonedx(components: &Components, subject: &Subject) -> String {
    let mut listed = Vec::new();
    let mut dependencies = vec![json!({
        "ref": ROOT,
        "dependsOn": components.0.iter().filter(|(_, one)| one.direct).map(|(purl, _)| purl).collect::<Vec<_>>(),
    })];
    for (purl, one) in &components.0 {
        let package = &one.package;
        let mut component = json!({
            "type": "library",
            "bom-ref": purl,
            "name": package.name,
            "purl": purl,
            "scope": if one.is_needed_to_run() { "required" } else { "excluded" },
            "properties": one.files.iter().map(|file| json!({ "name": "gatehook:file", "value": file })).collect::<Vec<_>>(),
        });
        if !package.version.is_empty() {
            component["version"] = Value::from(package.version.as_str());
        }
        let hashes: Vec<Value> =
            one.hashes().into_iter().map(|(alg, content)| json!({ "alg": alg, "content": content })).collect();
        if !hashes.is_empty() {
            component["hashes"] = Value::from(hashes);
        }
        if licences::is_expression(&package.licence) {
            component["licenses"] = json!([{ "expression": package.licence.trim() }]);
        } else if !package.licence.trim().is_empty() {
            component["licenses"] = json!([{ "license": { "name": package.licence.trim() } }]);
        }
        listed.push(component);
        dependencies.push(json!({ "ref": purl, "dependsOn": one.requires }));
    }
    let mut document = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "tools": { "components": [{ "type": "application", "name": "gatehook", "version": subject.tool }] },
            "component": { "type": "application", "bom-ref": ROOT, "name": subject.name },
        },
        "components": listed,
        "dependencies": dependencies,
    });
    document["serialNumber"] = Value::from(format!("urn:uuid:{}", uuid(&document.to_string())));
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}
