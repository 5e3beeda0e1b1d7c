//! Kubernetes manifests -> resources: each object under its kind, the pod of each workload as `k8s_pod`, each
//! container of it as `k8s_container`, which knows its pod under the key `in-pod`.

use super::{Resource, Source, flag, resource, text};
use crate::document::{Node, Value};

/// Objects that a manifest may hold; lists nest.
const DEEPEST: usize = 4;

/// Whether the file is a template of Helm or another engine, and no YAML.
pub(super) fn is_template(source: &Source<'_>) -> bool {
    source.text.contains("{{") && source.text.contains("}}") && documents_fail(source)
}

fn documents_fail(source: &Source<'_>) -> bool {
    super::documents(source).is_err() || source.text.lines().any(|line| line.trim_start().starts_with("{{"))
}

/// The resources of a manifest.
pub(super) fn resources(documents: &[Node]) -> Vec<Resource> {
    let mut all = Vec::new();
    for document in documents {
        object(document, &mut all, DEEPEST);
    }
    all
}

fn object(node: &Node, all: &mut Vec<Resource>, levels: usize) {
    let Some(kind) = node.get("kind").and_then(Node::text) else { return };
    if node.get("apiVersion").is_none() {
        return;
    }
    if let (true, Some(items), true) = (kind.ends_with("List"), node.get("items"), levels > 0) {
        items.members().iter().for_each(|item| object(item, all, levels - 1));
        return;
    }
    let metadata = node.get("metadata");
    let name = metadata.map(|metadata| metadata.text_of("name")).unwrap_or_default();
    let address = format!("{kind}/{name}");
    // The object's own place is that of its kind: it says what it is.
    let place = node.get("kind").map_or((node.line, node.column), Node::spot);
    let own = Node { key: place, ..node.clone() };
    all.push(resource(kind, address.clone(), own));
    let Some((spec, template)) = pod_of(kind, node) else { return };
    let annotations =
        template.and_then(|template| template.get("annotations")).or_else(|| metadata?.get("annotations"));
    let namespace = metadata.map(|metadata| metadata.text_of("namespace")).unwrap_or_default();
    let mut pairs = spec.pairs().to_vec();
    // A system's own agents need what others must not have.
    let is_system =
        matches!(namespace, "kube-system" | "kube-node-lease" | "istio-system" | "calico-system" | "tigera-operator");
    pairs.push(("x-system".to_owned(), flag(is_system || kind == "DaemonSet", (0, 0))));
    pairs.push(("x-kind".to_owned(), text(kind, (0, 0))));
    pairs.push(("x-namespace".to_owned(), text(namespace, (0, 0))));
    if let Some(annotations) = annotations {
        pairs.push(("x-annotations".to_owned(), annotations.clone()));
    }
    let pod = Node { value: Value::Map(pairs), key: if spec.key.0 > 0 { spec.key } else { place }, ..spec.clone() };
    // What a container needs of its pod, without the containers.
    let outer: Vec<(String, Node)> =
        pod.pairs().iter().filter(|(key, _)| !key.ends_with("ontainers") && key != "volumes").cloned().collect();
    let pod_end = super::last_line(&pod);
    for (list, is_first) in [("containers", true), ("initContainers", false), ("ephemeralContainers", false)] {
        for container in spec.get(list).map(Node::members).unwrap_or_default() {
            let mut pairs = container.pairs().to_vec();
            let within = Node::at(Value::Map(outer.clone()), (0, 0));
            pairs.push(("in-pod".to_owned(), within));
            pairs.push(("x-main".to_owned(), flag(is_first && !matches!(kind, "Job" | "CronJob"), (0, 0))));
            let address = format!("{address}/{}", container.text_of("name"));
            let node = Node { value: Value::Map(pairs), ..container.clone() };
            let end = super::last_line(container);
            all.push(Resource { end, ..resource("k8s_container", address, node) });
        }
    }
    all.push(Resource { end: pod_end, ..resource("k8s_pod", address, pod) });
}

/// The spec of the pod that an object makes, and the metadata of its template.
fn pod_of<'n>(kind: &str, node: &'n Node) -> Option<(&'n Node, Option<&'n Node>)> {
    let spec = node.get("spec")?;
    let template = match kind {
        "Pod" => return Some((spec, None)),
        "CronJob" => spec.get("jobTemplate")?.get("spec")?.get("template")?,
        "Deployment"
        | "ReplicaSet"
        | "ReplicationController"
        | "StatefulSet"
        | "DaemonSet"
        | "Job"
        | "DeploymentConfig"
        | "Rollout" => spec.get("template")?,
        "PodTemplate" => return Some((node.get("template")?.get("spec")?, None)),
        _ => return None,
    };
    Some((template.get("spec")?, template.get("metadata")))
}
