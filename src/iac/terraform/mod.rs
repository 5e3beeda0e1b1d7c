//! The files of a Terraform or `OpenTofu` module -> its resources, with variables, locals and pure functions put in.

mod evaluate;
mod functions;
mod policy;

use hcl_edit::Span;
use hcl_edit::structure::{Block, Body, Structure};

use super::{Model, Resource, Source, last_line};
use crate::document::{Fault, Lines, Node, Value};
use evaluate::{Module, Scope};

/// Reads the files of one module.
pub(super) fn read(sources: &[Source<'_>], model: &mut Model) {
    let mut bodies: Vec<(usize, Body)> = Vec::new();
    let mut trees: Vec<(usize, Node)> = Vec::new();
    for (at, source) in sources.iter().enumerate() {
        let text = source.text.strip_prefix('\u{feff}').unwrap_or(source.text);
        if std::path::Path::new(source.path).extension().is_some_and(|ending| ending == "json") {
            match Node::from_json(text) {
                Ok(node) => trees.push((at, node)),
                Err(fault) => model.faults.push((at, fault)),
            }
        } else {
            match hcl_edit::parser::parse_body(text) {
                Ok(body) => bodies.push((at, body)),
                Err(error) => {
                    let line = u32::try_from(error.location().line()).unwrap_or_default();
                    model.faults.push((at, Fault::Form { line, message: "no HCL".to_owned() }));
                }
            }
        }
    }
    let lines: Vec<Lines<'_>> = sources.iter().map(|source| Lines::of(source.text)).collect();
    let mut module = Module::new(lines);
    for (at, body) in &bodies {
        if sources[*at].path.ends_with(".tfvars") {
            module.assign(*at, body);
        } else {
            module.declare(*at, body);
        }
    }
    for (at, tree) in &trees {
        if sources[*at].path.ends_with(".tfvars.json") {
            module.assign_tree(tree);
        } else {
            module.declare_tree(tree);
        }
    }
    for (at, body) in &bodies {
        if !sources[*at].path.ends_with(".tfvars") {
            resources(&module, *at, body, model);
        }
    }
    for (at, tree) in &trees {
        from_json(*at, tree, model);
    }
}

fn resources(module: &Module<'_>, source: usize, body: &Body, model: &mut Model) {
    for block in body.iter().filter_map(Structure::as_block) {
        let labels: Vec<&str> = block.labels.iter().map(hcl_edit::structure::BlockLabel::as_str).collect();
        let (kind, address) = match (block.ident.as_str(), labels.as_slice()) {
            ("resource", [kind, name]) => ((*kind).to_owned(), format!("{kind}.{name}")),
            ("data", [kind, name]) => (format!("data_{kind}"), format!("data.{kind}.{name}")),
            ("provider", [name]) => (format!("provider_{name}"), format!("provider.{name}")),
            ("module", [name]) => ("terraform_module".to_owned(), format!("module.{name}")),
            ("variable", [name]) => ("terraform_variable".to_owned(), format!("var.{name}")),
            ("output", [name]) => ("terraform_output".to_owned(), format!("output.{name}")),
            _ => continue,
        };
        let node = if kind == "data_aws_iam_policy_document" {
            policy::document(module, source, block)
        } else {
            module.block(source, block, &Scope::default())
        };
        // What is made zero times is not made.
        if node.get("count").and_then(Node::text) == Some("0") {
            continue;
        }
        let end = end_of(module, source, block);
        model.resources.push(Resource { kind, address, source, node, end });
    }
}

fn end_of(module: &Module<'_>, source: usize, block: &Block) -> u32 {
    block.span().map_or(0, |span| module.spot(source, span.end).0)
}

/// The resources of a module that is written in JSON.
fn from_json(source: usize, tree: &Node, model: &mut Model) {
    for kinds in tree.pairs().iter().filter(|(key, _)| key == "resource").flat_map(|(_, node)| node.members()) {
        for (kind, named) in kinds.pairs() {
            for (name, node) in named.members().iter().flat_map(Node::pairs) {
                for node in node.members() {
                    let node = unresolved(Node { key: node.key, ..node.clone() });
                    let end = last_line(&node);
                    let address = format!("{kind}.{name}");
                    model.resources.push(Resource { kind: kind.clone(), address, source, node, end });
                }
            }
        }
    }
}

/// Texts with `${…}` are expressions, and texts that are JSON are read.
fn unresolved(mut node: Node) -> Node {
    node.value = match node.value {
        Value::Text(text) if text.starts_with("${") && text.ends_with('}') => {
            Value::Unknown(text[2..text.len() - 1].to_owned())
        }
        Value::Text(text) if text.contains("${") => Value::Unknown(text),
        Value::List(members) => Value::List(members.into_iter().map(unresolved).collect()),
        Value::Map(pairs) => Value::Map(pairs.into_iter().map(|(key, node)| (key, unresolved(node))).collect()),
        value => value,
    };
    evaluate::with_json(node, None)
}
