//! The functions of Terraform that need nothing but their arguments. What is not among them is unknown.

use super::evaluate::with_json;
use crate::document::{Node, Spot, Value};
use crate::iac::check::UNKNOWN_KEYS;

/// What the function gives for these arguments.
pub(super) fn call(name: &str, mut arguments: Vec<Node>, spot: Spot) -> Node {
    let known = |node: &Node| !matches!(node.value, Value::Unknown(_));
    let unknown = || Node::at(Value::Unknown(format!("{name}()")), spot);
    let value = match name {
        // A document as text is the document.
        "jsonencode" | "yamlencode" | "sensitive" | "nonsensitive" | "toset" | "tolist" | "tomap" | "tostring"
        | "tonumber" | "tobool" | "distinct" | "sort"
            if arguments.len() == 1 =>
        {
            return arguments.remove(0);
        }
        "jsondecode" if arguments.len() == 1 => return with_json(arguments.remove(0), None),
        "coalesce" | "try" => {
            // An unknown one may be the one that counts.
            let first = arguments.into_iter().find(|node| node.value != Value::Null);
            return first.unwrap_or_else(unknown);
        }
        "coalescelist" => {
            let is_full = |node: &Node| !matches!(&node.value, Value::List(members) if members.is_empty());
            return arguments.into_iter().find(is_full).unwrap_or_else(unknown);
        }
        "concat" => Some(Value::List(
            arguments
                .into_iter()
                .flat_map(|node| match node.value {
                    Value::List(members) => members,
                    _ => vec![node],
                })
                .collect(),
        )),
        "flatten" if arguments.len() == 1 => Some(Value::List(flat(arguments.remove(0)))),
        "compact" if arguments.len() == 1 => match arguments.remove(0).value {
            Value::List(members) => Some(Value::List(
                members.into_iter().filter(|node| node.text() != Some("") && node.value != Value::Null).collect(),
            )),
            _ => None,
        },
        "merge" => {
            let mut pairs: Vec<(String, Node)> = Vec::new();
            for node in arguments {
                match node.value {
                    Value::Map(own) => {
                        for (key, value) in own {
                            pairs.retain(|(other, _)| *other != key);
                            pairs.push((key, value));
                        }
                    }
                    Value::Null => {}
                    _ => pairs.push((UNKNOWN_KEYS.to_owned(), unknown())),
                }
            }
            Some(Value::Map(pairs))
        }
        "lookup" => match arguments.as_slice() {
            [map, key, rest @ ..] if known(map) => match key.text() {
                Some(key) => return map.get(key).or_else(|| rest.first()).cloned().unwrap_or_else(unknown),
                None => None,
            },
            _ => None,
        },
        "element" => match arguments.as_slice() {
            [list, index] => index
                .text()
                .and_then(|index| index.parse::<usize>().ok())
                .and_then(|index| list.members().get(index % list.members().len().max(1)))
                .map(|node| node.value.clone()),
            _ => None,
        },
        "length" if arguments.len() == 1 => match &arguments[0].value {
            Value::List(members) => Some(Value::Number(members.len().to_string())),
            Value::Map(pairs) => Some(Value::Number(pairs.len().to_string())),
            Value::Text(text) => Some(Value::Number(text.chars().count().to_string())),
            _ => None,
        },
        "lower" => one(&arguments).map(|text| Value::Text(text.to_lowercase())),
        "upper" => one(&arguments).map(|text| Value::Text(text.to_uppercase())),
        "trimspace" => one(&arguments).map(|text| Value::Text(text.trim().to_owned())),
        "join" => match arguments.as_slice() {
            [separator, list] => {
                let texts: Option<Vec<&str>> = list.members().iter().map(Node::text).collect();
                separator.text().zip(texts).map(|(separator, texts)| Value::Text(texts.join(separator)))
            }
            _ => None,
        },
        "split" => match arguments.as_slice() {
            [separator, text] => separator.text().zip(text.text()).map(|(separator, text)| {
                Value::List(text.split(separator).map(|part| Node::at(Value::Text(part.to_owned()), spot)).collect())
            }),
            _ => None,
        },
        "format" => format(&arguments),
        _ => None,
    };
    value.map_or_else(unknown, |value| Node::at(value, spot))
}

fn one(arguments: &[Node]) -> Option<&str> {
    arguments.first()?.text()
}

fn flat(node: Node) -> Vec<Node> {
    match node.value {
        Value::List(members) => members.into_iter().flat_map(flat).collect(),
        _ => vec![node],
    }
}

/// `%s`, `%d`, `%v` and `%%` only.
fn format(arguments: &[Node]) -> Option<Value> {
    let (pattern, rest) = arguments.split_first()?;
    let mut rest = rest.iter();
    let mut out = String::new();
    let mut whole = true;
    let mut characters = pattern.text()?.chars();
    while let Some(c) = characters.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match characters.next()? {
            '%' => out.push('%'),
            's' | 'd' | 'v' => match rest.next()? {
                Node { value: Value::Unknown(text), .. } => {
                    whole = false;
                    out.push_str("${");
                    out.extend(text.chars().filter(|c| !matches!(c, '"' | '{' | '}' | '\\' | '$')));
                    out.push('}');
                }
                node => out.push_str(node.text()?),
            },
            _ => return None,
        }
    }
    Some(if whole { Value::Text(out) } else { Value::Unknown(out) })
}
