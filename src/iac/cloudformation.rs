//! `CloudFormation` and SAM templates -> resources, with the defaults of parameters and what functions give where the
//! template says it.

use std::collections::HashMap;

use super::{Resource, resource};
use crate::document::{Node, Value};

/// Values that references and substitutions may make.
const MOST: usize = 2_000_000;

/// The resources of a template.
pub(super) fn resources(documents: Vec<Node>) -> Vec<Resource> {
    let mut all = Vec::new();
    for document in documents {
        let parameters: HashMap<&str, &Node> = document
            .get("Parameters")
            .map(Node::pairs)
            .unwrap_or_default()
            .iter()
            .filter_map(|(name, parameter)| Some((name.as_str(), parameter.get("Default")?)))
            .collect();
        let mut reader = TemplateReader { parameters, left: MOST };
        for (name, parameter) in document.get("Parameters").map(Node::pairs).unwrap_or_default() {
            all.push(resource("cfn_parameter", name.clone(), Node { key: parameter.key, ..parameter.clone() }));
        }
        for (name, own) in document.get("Resources").map(Node::pairs).unwrap_or_default() {
            let Some(kind) = own.get("Type").and_then(Node::text) else { continue };
            let properties = own.get("Properties").map_or_else(
                || Node { value: Value::Map(Vec::new()), ..own.clone() },
                |properties| reader.resolve(properties),
            );
            let mut pairs = match properties.value {
                Value::Map(pairs) => pairs,
                value => vec![(super::check::UNKNOWN_KEYS.to_owned(), Node { value, ..own.clone() })],
            };
            for key in ["DeletionPolicy", "UpdateReplacePolicy", "Metadata"] {
                if let Some(node) = own.get(key) {
                    pairs.push((key.to_owned(), node.clone()));
                }
            }
            let node = Node { value: Value::Map(pairs), tag: None, ..*own };
            let end = super::last_line(own);
            all.push(Resource { end, ..resource(kind, name.clone(), node) });
        }
    }
    all
}

struct TemplateReader<'d> {
    parameters: HashMap<&'d str, &'d Node>,
    left: usize,
}

impl TemplateReader<'_> {
    fn resolve(&mut self, node: &Node) -> Node {
        let with = |value| Node { value, tag: None, ..*node };
        let Some(left) = self.left.checked_sub(1) else { return with(Value::Unknown(String::new())) };
        self.left = left;
        if let Some(tag) = node.tag.as_deref() {
            let plain = Node { tag: None, ..node.clone() };
            return with(self.call(tag, &plain));
        }
        match &node.value {
            Value::Map(pairs) => {
                if let [(key, argument)] = pairs.as_slice() {
                    let name = key.strip_prefix("Fn::").or_else(|| (key == "Ref" || key == "Condition").then_some(key));
                    let is_call = name.is_some_and(|name| name != "Condition" || argument.text().is_some());
                    if let Some(name) = name.filter(|_| is_call) {
                        return with(self.call(name, argument));
                    }
                }
                let pairs = pairs.iter().map(|(key, node)| (key.clone(), self.resolve(node)));
                with(Value::Map(pairs.collect()))
            }
            Value::List(members) => {
                let members = members.iter().map(|member| self.resolve(member));
                // What is left out by `AWS::NoValue` is not there.
                with(Value::List(members.filter(|member| member.value != Value::Null).collect()))
            }
            _ => node.clone(),
        }
    }

    fn call(&mut self, name: &str, argument: &Node) -> Value {
        match name {
            "Ref" => self.reference(argument.text().unwrap_or_default()),
            "GetAtt" => match &argument.value {
                Value::Text(text) => Value::Unknown(text.clone()),
                _ => Value::Unknown(argument.members().iter().filter_map(Node::text).collect::<Vec<_>>().join(".")),
            },
            "Sub" => self.substituted(argument),
            "Join" => match argument.members() {
                [separator, list] => {
                    let list = self.resolve(list);
                    let texts: Vec<String> = list
                        .members()
                        .iter()
                        .map(|node| match &node.value {
                            Value::Unknown(text) => format!("${{{text}}}"),
                            _ => node.text().unwrap_or_default().to_owned(),
                        })
                        .collect();
                    let text = texts.join(separator.text().unwrap_or_default());
                    if text.contains("${") { Value::Unknown(text) } else { Value::Text(text) }
                }
                _ => Value::Unknown("Join".to_owned()),
            },
            "If" => match argument.members() {
                [_, one, two] => {
                    let (one, two) = (self.resolve(one), self.resolve(two));
                    if one.text().is_some() && one.text() == two.text() {
                        one.value
                    } else {
                        Value::Unknown("If".to_owned())
                    }
                }
                _ => Value::Unknown("If".to_owned()),
            },
            "Split" | "Select" | "FindInMap" | "ImportValue" | "GetAZs" | "Cidr" | "Transform" | "Condition"
            | "And" | "Or" | "Not" | "Equals" | "Length" | "ToJsonString" | "ForEach" => {
                Value::Unknown(name.to_owned())
            }
            // A tag of another kind says nothing of the value.
            _ => self.resolve(argument).value,
        }
    }

    fn reference(&self, name: &str) -> Value {
        if name == "AWS::NoValue" {
            return Value::Null;
        }
        match self.parameters.get(name) {
            Some(default) => match &default.value {
                // A list of a parameter is one text with commas.
                Value::Text(text) if text.contains(',') => Value::Unknown(name.to_owned()),
                value => value.clone(),
            },
            None => Value::Unknown(name.to_owned()),
        }
    }

    fn substituted(&self, argument: &Node) -> Value {
        let Some(text) = argument.members().first().and_then(Node::text) else { return Value::Unknown(String::new()) };
        let mut out = String::new();
        let mut rest = text;
        let mut whole = true;
        while let Some(at) = rest.find("${") {
            let Some(end) = rest[at..].find('}') else { break };
            out.push_str(&rest[..at]);
            let name = &rest[at + 2..at + end];
            match self.parameters.get(name).and_then(|default| default.text()) {
                Some(known) => out.push_str(known),
                None => {
                    whole &= name.starts_with('!');
                    out.push_str("${");
                    out.push_str(name);
                    out.push('}');
                }
            }
            rest = &rest[at + end + 1..];
        }
        out.push_str(rest);
        if whole { Value::Text(out) } else { Value::Unknown(out) }
    }
}
