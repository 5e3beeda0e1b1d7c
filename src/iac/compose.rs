//! Compose files -> the file and its services, with what a service extends in the same file.

use super::{Resource, resource};
use crate::document::{Node, Value};

/// How far services may extend each other.
const DEEPEST: usize = 8;

/// The resources of a Compose file.
pub(super) fn resources(documents: &[Node]) -> Vec<Resource> {
    let mut all = Vec::new();
    for document in documents {
        let Some(services) = document.get("services") else { continue };
        for (name, service) in services.pairs() {
            let node = extended(service, services, DEEPEST);
            all.push(resource("compose_service", format!("services.{name}"), listed(node)));
        }
        all.push(resource("compose_file", "compose".to_owned(), document.clone()));
    }
    all
}

/// Environment as a map becomes a list of `NAME=value`, which is the other form.
fn listed(mut node: Node) -> Node {
    if let Value::Map(pairs) = &mut node.value {
        for (_, value) in pairs.iter_mut().filter(|(key, _)| key == "environment") {
            if let Value::Map(all) = &value.value {
                let all = all.iter().map(|(name, own)| {
                    let set = format!("{name}={}", own.text().unwrap_or_default());
                    Node { value: Value::Text(set), ..own.clone() }
                });
                value.value = Value::List(all.collect());
            }
        }
    }
    node
}

fn extended(service: &Node, services: &Node, levels: usize) -> Node {
    let base = service.get("extends").and_then(|extends| {
        let is_elsewhere = extends.get("file").is_some();
        extends.text().or_else(|| extends.get("service")?.text()).filter(|_| !is_elsewhere)
    });
    let base = base.filter(|_| levels > 0).and_then(|base| services.get(base));
    let Some(base) = base else { return service.clone() };
    let mut pairs = extended(base, services, levels - 1).pairs().to_vec();
    pairs.retain(|(key, _)| service.get(key).is_none());
    pairs.extend(service.pairs().iter().cloned());
    Node { value: Value::Map(pairs), ..service.clone() }
}
