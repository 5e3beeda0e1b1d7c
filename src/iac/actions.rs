//! Workflows and composite actions of GitHub -> the workflow, its jobs and their steps. A step knows its job under
//! `in-job` and the workflow's events under `x-on`.

use super::{Resource, flag, resource, text};
use crate::document::{Node, Value};

/// The resources of a workflow or an action.
pub(super) fn resources(documents: &[Node]) -> Vec<Resource> {
    let mut all = Vec::new();
    for document in documents {
        if let Some(runs) = document.get("runs") {
            for (at, step) in runs.get("steps").map(Node::members).unwrap_or_default().iter().enumerate() {
                let mut pairs = step.pairs().to_vec();
                pairs.push(("x-on".to_owned(), text("action", (0, 0))));
                let node = Node { value: Value::Map(pairs), ..step.clone() };
                all.push(resource("gha_step", format!("steps[{at}]"), node));
            }
            continue;
        }
        let Some(jobs) = document.get("jobs") else { continue };
        let events = events(document);
        let mut workflow = document.pairs().to_vec();
        workflow.push(("x-on".to_owned(), events.clone()));
        let every = !jobs.pairs().is_empty() && jobs.pairs().iter().all(|(_, job)| job.get("permissions").is_some());
        workflow.push(("x-all-jobs-have-permissions".to_owned(), flag(every, (0, 0))));
        let head = jobs.key;
        let node = Node { value: Value::Map(workflow), key: head, ..document.clone() };
        all.push(resource("gha_workflow", "workflow".to_owned(), node));
        for (name, job) in jobs.pairs() {
            let mut pairs = job.pairs().to_vec();
            pairs.push(("x-on".to_owned(), events.clone()));
            if let Some(permissions) = job.get("permissions").or_else(|| document.get("permissions")) {
                pairs.push(("x-permissions".to_owned(), permissions.clone()));
            }
            let address = format!("jobs.{name}");
            all.push(resource("gha_job", address.clone(), Node { value: Value::Map(pairs), ..job.clone() }));
            let outer: Vec<(String, Node)> = job.pairs().iter().filter(|(key, _)| key != "steps").cloned().collect();
            let within = Node::at(Value::Map(outer), (0, 0));
            for (at, step) in job.get("steps").map(Node::members).unwrap_or_default().iter().enumerate() {
                let mut pairs = step.pairs().to_vec();
                pairs.push(("in-job".to_owned(), within.clone()));
                pairs.push(("x-on".to_owned(), events.clone()));
                let node = Node { value: Value::Map(pairs), ..step.clone() };
                all.push(resource("gha_step", format!("{address}.steps[{at}]"), node));
            }
        }
    }
    all
}

/// The names of the events, as a list.
fn events(document: &Node) -> Node {
    // YAML of version 1.1 reads a plain `on` as true.
    let Some(on) = document.get("on").or_else(|| document.get("true")) else {
        return Node::at(Value::List(Vec::new()), (0, 0));
    };
    let members = match &on.value {
        Value::Map(pairs) => pairs.iter().map(|(key, node)| text(key.clone(), node.spot())).collect(),
        Value::List(members) => members.clone(),
        _ => vec![on.clone()],
    };
    Node { value: Value::List(members), ..on.clone() }
}
