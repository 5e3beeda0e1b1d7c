//! Configuration as code: documents of one technology -> resources, and rules over them.
//!
//! Each reader turns its documents into [`Resource`]s, the rules ask those. What a document does not say by itself
//! (a parameter, what a run computes) is unknown: neither right nor wrong. Pure: takes texts, reads no file.

mod actions;
mod check;
mod cloudformation;
mod compose;
mod docker;
mod kubernetes;
mod recognise;
mod rules;
mod suppress;
mod terraform;

pub use check::{Misconfiguration, check};
pub use recognise::technology;
pub use rules::{Rule, RuleSet, all_ids};

use crate::document::{Fault, Node, Spot, Value};

/// The kinds of documents that are read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Technology {
    /// Terraform and `OpenTofu`; a folder is one module.
    Terraform,
    /// `CloudFormation` and SAM templates.
    CloudFormation,
    /// Kubernetes manifests.
    Kubernetes,
    /// Dockerfiles.
    Docker,
    /// Compose files.
    Compose,
    /// Workflows and composite actions of GitHub.
    Actions,
}

impl Technology {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Terraform, Self::CloudFormation, Self::Kubernetes, Self::Docker, Self::Compose, Self::Actions];

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Terraform => "terraform",
            Self::CloudFormation => "cloudformation",
            Self::Kubernetes => "kubernetes",
            Self::Docker => "docker",
            Self::Compose => "compose",
            Self::Actions => "actions",
        }
    }
}

/// A document.
#[derive(Clone, Copy, Debug)]
pub struct Source<'t> {
    /// Its path in the repository.
    pub path: &'t str,
    /// What it holds.
    pub text: &'t str,
}

/// Something that is configured.
#[derive(Clone, Debug)]
pub struct Resource {
    /// What it is: `aws_s3_bucket`, `AWS::S3::Bucket`, `k8s_container`.
    pub kind: String,
    /// What it is called in its document: `aws_s3_bucket.logs`.
    pub address: String,
    /// The document, by number.
    pub source: usize,
    /// Its settings; its place is that of its head.
    pub node: Node,
    /// Its last line.
    pub end: u32,
}

/// What documents that belong together say.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// What they configure.
    pub resources: Vec<Resource>,
    /// Documents that could not be read, by number, and why.
    pub faults: Vec<(usize, Fault)>,
    /// Documents that are templates of another language, by number: nothing of them was read.
    pub templates: Vec<usize>,
}

/// Reads documents of one technology that belong together: the files of a Terraform module, one file of the others.
pub fn read(technology: Technology, sources: &[Source<'_>]) -> Model {
    let mut model = Model::default();
    if technology == Technology::Terraform {
        terraform::read(sources, &mut model);
        return model;
    }
    for (at, source) in sources.iter().enumerate() {
        let read = match technology {
            Technology::Docker => docker::read(source.text),
            Technology::Kubernetes if kubernetes::is_template(source) => {
                model.templates.push(at);
                continue;
            }
            _ => documents(source).map(|documents| match technology {
                Technology::CloudFormation => cloudformation::resources(documents),
                Technology::Kubernetes => kubernetes::resources(&documents),
                Technology::Compose => compose::resources(&documents),
                _ => actions::resources(&documents),
            }),
        };
        match read {
            Ok(resources) => {
                model.resources.extend(resources.into_iter().map(|resource| Resource { source: at, ..resource }));
            }
            Err(fault) => model.faults.push((at, fault)),
        }
    }
    model
}

/// The documents of a YAML or JSON file.
fn documents(source: &Source<'_>) -> Result<Vec<Node>, Fault> {
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(source.text);
    let is_json = std::path::Path::new(source.path).extension().is_some_and(|ending| ending == "json");
    if is_json { Ok(vec![Node::from_json(text)?]) } else { Node::all_from_yaml(text) }
}

/// A resource of one document.
fn resource(kind: &str, address: String, node: Node) -> Resource {
    let end = last_line(&node);
    Resource { kind: kind.to_owned(), address, source: 0, node, end }
}

/// The last line in which something of `node` begins.
fn last_line(node: &Node) -> u32 {
    let within = match &node.value {
        Value::List(members) => members.iter().map(last_line).max(),
        Value::Map(pairs) => pairs.iter().map(|(_, node)| last_line(node)).max(),
        _ => None,
    };
    within.unwrap_or_default().max(node.line).max(node.key.0)
}

/// A text that a reader makes, at `spot`.
fn text(value: impl Into<String>, spot: Spot) -> Node {
    Node::at(Value::Text(value.into()), spot)
}

/// A yes or no that a reader makes, at `spot`.
const fn flag(value: bool, spot: Spot) -> Node {
    Node::at(Value::Bool(value), spot)
}
