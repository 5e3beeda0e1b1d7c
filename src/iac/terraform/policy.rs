//! `aws_iam_policy_document` -> the policy that it stands for, in the words of IAM.

use hcl_edit::structure::Block;

use super::evaluate::{Module, Scope};
use crate::document::{Node, Value};

/// The policy of a data source.
pub(super) fn document(module: &Module<'_>, source: usize, block: &Block) -> Node {
    let own = module.block(source, block, &Scope::default());
    let statements = own.get("statement").map(Node::members).unwrap_or_default();
    let mut members: Vec<Node> = statements.iter().map(statement).collect();
    // Policies that it takes in add statements of their own.
    for key in ["source_policy_documents", "override_policy_documents", "source_json", "override_json"] {
        for policy in own.get(key).map(Node::members).unwrap_or_default() {
            match policy.get("Statement") {
                Some(statements) => members.extend(statements.members().iter().cloned()),
                None => members.push(Node { value: Value::Unknown("policy".to_owned()), ..policy.clone() }),
            }
        }
    }
    let list = Node { value: Value::List(members), ..own.clone() };
    Node { value: Value::Map(vec![("Statement".to_owned(), list)]), ..own }
}

fn statement(own: &Node) -> Node {
    const NAMES: [(&str, &str); 6] = [
        ("sid", "Sid"),
        ("effect", "Effect"),
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
    ];
    let mut pairs: Vec<(String, Node)> =
        NAMES.iter().filter_map(|(key, name)| Some(((*name).to_owned(), own.get(key)?.clone()))).collect();
    if own.get("effect").is_none() {
        pairs.push(("Effect".to_owned(), Node { value: Value::Text("Allow".to_owned()), ..own.clone() }));
    }
    for (key, name) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
        let blocks = own.get(key).map(Node::members).unwrap_or_default();
        let maps: Vec<Node> = blocks
            .iter()
            .map(|block| match (block.get("type"), block.get("identifiers")) {
                (Some(kind), Some(names)) => {
                    let kind = kind.text().unwrap_or("AWS");
                    let kind = if kind == "*" { "AWS" } else { kind };
                    Node { value: Value::Map(vec![(kind.to_owned(), names.clone())]), ..block.clone() }
                }
                _ => block.clone(),
            })
            .collect();
        if let Some(first) = maps.first() {
            let node = Node { value: Value::List(maps.clone()), ..first.clone() };
            pairs.push((name.to_owned(), node));
        }
    }
    if let Some(conditions) = own.get("condition") {
        pairs.push(("Condition".to_owned(), conditions.clone()));
    }
    Node { value: Value::Map(pairs), ..own.clone() }
}
