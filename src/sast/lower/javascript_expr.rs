//! JavaScript and TypeScript expressions to the common form.

use gatehook_grammars::Node;

use super::{Lower, children, span, unescape};
use crate::sast::ir::{Arg, Call, Const, Expr, Kind, Op};

impl Lower<'_> {
    pub(super) fn js_expr(&mut self, node: Node<'_>) -> Expr {
        if !self.down(node) {
            return Expr::unknown(span(node));
        }
        let made = self.js_expr_at(node);
        self.up();
        made
    }

    fn js_boxed(&mut self, node: Option<Node<'_>>, whole: Node<'_>) -> Box<Expr> {
        Box::new(match node {
            Some(node) => self.js_expr(node),
            None => Expr::unknown(span(whole)),
        })
    }

    fn js_expr_at(&mut self, node: Node<'_>) -> Expr {
        let whole = span(node);
        let part = |name| node.child_by_field_name(name);
        let kind = match node.kind() {
            "identifier"
            | "this"
            | "super"
            | "property_identifier"
            | "shorthand_property_identifier"
            | "shorthand_property_identifier_pattern"
            | "private_property_identifier" => return self.name_expr(node),
            "undefined" | "null" => Kind::Const(Const::Null),
            "true" => Kind::Const(Const::Bool(true)),
            "false" => Kind::Const(Const::Bool(false)),
            "number" => Kind::Const(self.number(node)),
            "string" => {
                let text = self.text(node);
                let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or("");
                Kind::Const(Const::Text(unescape(inner).into()))
            }
            "jsx_text" => Kind::Const(Const::Text(self.text(node).into())),
            "template_string" => {
                let mut parts = Vec::new();
                for child in children(node) {
                    match child.kind() {
                        "template_substitution" => {
                            parts.extend(children(child).first().map(|inner| self.js_expr(*inner)));
                        }
                        _ => parts.push(Expr::text(span(child), &unescape(self.text(child)))),
                    }
                }
                match parts.len() {
                    0 => Kind::Const(Const::Text("".into())),
                    1 if matches!(parts[0].kind, Kind::Const(_)) => parts.remove(0).kind,
                    _ => Kind::Join(parts),
                }
            }
            "regex" => {
                // A call, so that a pattern that stands in the source is told from one that is made.
                let pattern = part("pattern").map_or("", |pattern| self.text(pattern));
                let flags = part("flags").map_or("", |flags| self.text(flags));
                let callee = Expr::new(whole, Kind::Name(self.names.sym("RegExp")));
                let args = vec![
                    Arg { name: None, value: Expr::text(whole, pattern) },
                    Arg { name: None, value: Expr::text(whole, flags) },
                    Arg { name: Some(self.names.sym("source")), value: Expr::text(whole, pattern) },
                ];
                Kind::Call(Box::new(Call { callee, args, new: true }))
            }
            "member_expression" => match (part("object"), part("property")) {
                (Some(object), Some(name)) => Kind::Field(Box::new(self.js_expr(object)), self.sym(name)),
                _ => Kind::Many(Vec::new()),
            },
            "subscript_expression" => {
                Kind::Index(self.js_boxed(part("object"), node), self.js_boxed(part("index"), node))
            }
            "call_expression" => return self.js_call(node),
            "new_expression" => {
                let callee = *self.js_boxed(part("constructor"), node);
                let args = part("arguments").map(|list| self.js_args(list)).unwrap_or_default();
                Kind::Call(Box::new(Call { callee, args, new: true }))
            }
            // `[, second]`: what is left out keeps its place.
            "array_pattern" => {
                let mut cursor = node.walk();
                let (mut parts, mut due) = (Vec::new(), true);
                for child in node.children(&mut cursor) {
                    match child.kind() {
                        "," if due => parts.push(Expr::unknown(span(child))),
                        "," => due = true,
                        _ if child.is_named() => {
                            parts.push(self.js_expr(child));
                            due = false;
                        }
                        _ => {}
                    }
                }
                Kind::List(parts)
            }
            "array" => Kind::List(children(node).into_iter().map(|child| self.js_expr(child)).collect()),
            "object" | "object_pattern" => return self.js_object(node),
            "spread_element" | "rest_pattern" => Kind::Spread(self.js_boxed(children(node).first().copied(), node)),
            "arrow_function"
            | "function_expression"
            | "function_declaration"
            | "generator_function"
            | "generator_function_declaration" => Kind::Function(self.js_function(node, Vec::new())),
            "class" | "class_declaration" => Kind::Class(self.js_class(node, Vec::new())),
            "binary_expression" => {
                let op = match part("operator").map_or("", |operator| operator.kind()) {
                    "+" => Op::Add,
                    "-" => Op::Sub,
                    "*" => Op::Mul,
                    "/" => Op::Div,
                    "%" => Op::Mod,
                    "==" | "===" => Op::Equal,
                    "!=" | "!==" => Op::Unequal,
                    "<" => Op::Less,
                    "<=" => Op::LessEqual,
                    ">" => Op::More,
                    ">=" => Op::MoreEqual,
                    "&&" => Op::And,
                    "||" => Op::Or,
                    "??" => Op::Else,
                    "in" => Op::In,
                    "instanceof" => Op::Compare,
                    _ => Op::Other,
                };
                Kind::Binary(op, self.js_boxed(part("left"), node), self.js_boxed(part("right"), node))
            }
            "unary_expression" => {
                let argument = self.js_boxed(part("argument"), node);
                match part("operator").map_or("", |operator| operator.kind()) {
                    "!" => Kind::Not(argument),
                    "-" => match argument.kind {
                        Kind::Const(Const::Int(number)) => Kind::Const(Const::Int(number.wrapping_neg())),
                        _ => Kind::Binary(Op::Sub, Box::new(Expr::new(whole, Kind::Const(Const::Int(0)))), argument),
                    },
                    // A number comes out, whatever goes in.
                    "+" | "~" => {
                        Kind::Binary(Op::Mul, argument, Box::new(Expr::new(whole, Kind::Const(Const::Int(1)))))
                    }
                    "typeof" | "delete" | "void" => Kind::Binary(Op::Compare, argument, Box::new(Expr::unknown(whole))),
                    _ => Kind::Many(vec![*argument]),
                }
            }
            "update_expression" => Kind::Augment(
                Op::Sub,
                self.js_boxed(part("argument"), node),
                Box::new(Expr::new(whole, Kind::Const(Const::Int(1)))),
            ),
            "ternary_expression" => Kind::Cond(
                self.js_boxed(part("condition"), node),
                self.js_boxed(part("consequence"), node),
                self.js_boxed(part("alternative"), node),
            ),
            "assignment_expression" | "assignment_pattern" | "object_assignment_pattern" => {
                Kind::Assign(self.js_boxed(part("left"), node), self.js_boxed(part("right"), node))
            }
            "augmented_assignment_expression" => {
                let op = match part("operator").map_or("", |operator| operator.kind()) {
                    "+=" => Op::Add,
                    "-=" => Op::Sub,
                    "*=" => Op::Mul,
                    "||=" | "??=" => Op::Else,
                    _ => Op::Other,
                };
                Kind::Augment(op, self.js_boxed(part("left"), node), self.js_boxed(part("right"), node))
            }
            "as_expression" | "satisfies_expression" => {
                let parts = children(node);
                match parts.as_slice() {
                    [value, ty] if node.kind() == "as_expression" && ty.kind() == "type_identifier" => {
                        let ty = self.js_type(*ty);
                        Kind::Cast(ty, Box::new(self.js_expr(*value)))
                    }
                    [value, ..] => return self.js_expr(*value),
                    [] => Kind::Many(Vec::new()),
                }
            }
            "await_expression"
            | "non_null_expression"
            | "parenthesized_expression"
            | "jsx_expression"
            | "type_assertion"
            | "sequence_expression"
            | "computed_property_name" => {
                let parts = children(node);
                match parts.last() {
                    Some(inner) if parts.len() == 1 || node.kind() == "type_assertion" => return self.js_expr(*inner),
                    _ => return self.many(node, Self::js_expr),
                }
            }
            "yield_expression" => match children(node).first() {
                Some(inner) => Kind::Yield(Box::new(self.js_expr(*inner))),
                None => Kind::Const(Const::Null),
            },
            "jsx_element" | "jsx_self_closing_element" => return self.js_jsx(node),
            "variable_declarator" => {
                Kind::Assign(self.js_boxed(part("name"), node), self.js_boxed(part("value"), node))
            }
            kind if kind.contains("type") => Kind::Many(Vec::new()),
            _ => return self.many(node, Self::js_expr),
        };
        Expr::new(whole, kind)
    }

    fn js_args(&mut self, list: Node<'_>) -> Vec<Arg> {
        if list.kind() == "template_string" {
            return vec![Arg { name: None, value: self.js_expr(list) }];
        }
        children(list).into_iter().map(|child| Arg { name: None, value: self.js_expr(child) }).collect()
    }

    fn js_call(&mut self, node: Node<'_>) -> Expr {
        let whole = span(node);
        let Some(function) = node.child_by_field_name("function") else { return Expr::unknown(whole) };
        let list = node.child_by_field_name("arguments");
        let args = list.map(|list| self.js_args(list)).unwrap_or_default();
        // `require("x")` and `import("x")` are names of modules.
        if matches!(self.text(function), "require" | "import")
            && let [Arg { value: Expr { kind: Kind::Const(Const::Text(module)), .. }, .. }] = args.as_slice()
        {
            let module = self.js_module(module);
            let path = self.names.sym(&format!("import {module}"));
            return Expr::new(whole, Kind::Name(path));
        }
        let callee = self.js_expr(function);
        // A tagged template is the call of its tag, with a name of its own: tags mostly escape.
        if list.is_some_and(|list| list.kind() == "template_string") {
            let tag = self.names.sym("tagged");
            let callee = Expr::new(whole, Kind::Field(Box::new(callee), tag));
            return Expr::new(whole, Kind::Call(Box::new(Call { callee, args, new: false })));
        }
        Expr::new(whole, Kind::Call(Box::new(Call { callee, args, new: false })))
    }

    fn js_object(&mut self, node: Node<'_>) -> Expr {
        let mut pairs = Vec::new();
        for child in children(node) {
            let place = span(child);
            match child.kind() {
                "pair" | "pair_pattern" => {
                    let (Some(key), Some(value)) =
                        (child.child_by_field_name("key"), child.child_by_field_name("value"))
                    else {
                        continue;
                    };
                    let key = match key.kind() {
                        "computed_property_name" | "string" | "number" => self.js_expr(key),
                        _ => Expr::text(span(key), self.text(key)),
                    };
                    pairs.push((Some(key), self.js_expr(value)));
                }
                "shorthand_property_identifier" | "shorthand_property_identifier_pattern" => {
                    pairs.push((Some(Expr::text(place, self.text(child))), self.js_expr(child)));
                }
                "object_assignment_pattern" => {
                    let name = child.child_by_field_name("left").map_or("", |left| self.text(left));
                    let key = Expr::text(place, name);
                    pairs.push((Some(key), self.js_expr(child)));
                }
                "method_definition" => {
                    let name = child.child_by_field_name("name").map_or("", |name| self.text(name));
                    let key = Expr::text(place, name);
                    let at = self.js_function(child, Vec::new());
                    pairs.push((Some(key), Expr::new(place, Kind::Function(at))));
                }
                "spread_element" | "rest_pattern" => {
                    if let Some(inner) = children(child).first() {
                        pairs.push((None, self.js_expr(*inner)));
                    }
                }
                _ => {}
            }
        }
        Expr::new(span(node), Kind::Dict(pairs))
    }
}
