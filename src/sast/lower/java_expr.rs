//! Java expressions to the common form.

use gatehook_grammars::Node;

use super::{Lower, children, span, unescape};
use crate::sast::ir::{Arg, Call, Const, Expr, Kind, Op, Stmt};

impl Lower<'_> {
    pub(super) fn java_expr(&mut self, node: Node<'_>) -> Expr {
        if !self.down(node) {
            return Expr::unknown(span(node));
        }
        let made = self.java_expr_at(node);
        self.up();
        made
    }

    fn java_boxed(&mut self, node: Option<Node<'_>>, whole: Node<'_>) -> Box<Expr> {
        Box::new(match node {
            Some(node) => self.java_expr(node),
            None => Expr::unknown(span(whole)),
        })
    }

    fn java_expr_at(&mut self, node: Node<'_>) -> Expr {
        let whole = span(node);
        let part = |name| node.child_by_field_name(name);
        let kind = match node.kind() {
            "identifier" | "this" | "super" | "type_identifier" => return self.name_expr(node),
            "scoped_type_identifier" | "generic_type" | "array_type" | "scoped_identifier" => {
                Kind::Name(self.java_type(node))
            }
            "field_access" => return self.java_field(node),
            "array_access" => Kind::Index(self.java_boxed(part("array"), node), self.java_boxed(part("index"), node)),
            "method_invocation" => {
                let Some(name) = part("name") else { return Expr::unknown(whole) };
                let callee = match part("object") {
                    Some(object) => {
                        let object = self.java_expr(object);
                        Expr::new(whole, Kind::Field(Box::new(object), self.sym(name)))
                    }
                    None => self.name_expr(name),
                };
                let args = part("arguments").map(|list| self.java_args(list)).unwrap_or_default();
                Kind::Call(Box::new(Call { callee, args, new: false }))
            }
            "object_creation_expression" => {
                let Some(ty) = part("type") else { return Expr::unknown(whole) };
                let name = self.java_type(ty);
                let callee = Expr::new(span(ty), Kind::Name(name));
                let args = part("arguments").map(|list| self.java_args(list)).unwrap_or_default();
                if let Some(body) = children(node).into_iter().find(|child| child.kind() == "class_body") {
                    let class = self.java_anonymous(body, callee);
                    let callee = Expr::new(whole, Kind::Class(class));
                    return Expr::new(whole, Kind::Call(Box::new(Call { callee, args, new: true })));
                }
                Kind::Call(Box::new(Call { callee, args, new: true }))
            }
            "array_creation_expression" => match part("value") {
                Some(value) => return self.java_expr(value),
                None => Kind::List(Vec::new()),
            },
            "array_initializer" | "element_value_array_initializer" => {
                Kind::List(children(node).into_iter().map(|child| self.java_expr(child)).collect())
            }
            "assignment_expression" => {
                let (left, right) = (self.java_boxed(part("left"), node), self.java_boxed(part("right"), node));
                match part("operator").map_or("", |operator| operator.kind()) {
                    "=" => Kind::Assign(left, right),
                    "+=" => Kind::Augment(Op::Add, left, right),
                    "-=" => Kind::Augment(Op::Sub, left, right),
                    "*=" => Kind::Augment(Op::Mul, left, right),
                    _ => Kind::Augment(Op::Other, left, right),
                }
            }
            "binary_expression" => {
                let op = match part("operator").map_or("", |operator| operator.kind()) {
                    "+" => Op::Add,
                    "-" => Op::Sub,
                    "*" => Op::Mul,
                    "/" => Op::Div,
                    "%" => Op::Mod,
                    "==" => Op::Equal,
                    "!=" => Op::Unequal,
                    "<" => Op::Less,
                    "<=" => Op::LessEqual,
                    ">" => Op::More,
                    ">=" => Op::MoreEqual,
                    "&&" => Op::And,
                    "||" => Op::Or,
                    _ => Op::Other,
                };
                Kind::Binary(op, self.java_boxed(part("left"), node), self.java_boxed(part("right"), node))
            }
            "unary_expression" => {
                let operand = self.java_boxed(part("operand"), node);
                match part("operator").map_or("", |operator| operator.kind()) {
                    "!" => Kind::Not(operand),
                    "-" => match operand.kind {
                        Kind::Const(Const::Int(number)) => Kind::Const(Const::Int(number.wrapping_neg())),
                        _ => Kind::Binary(Op::Sub, Box::new(Expr::new(whole, Kind::Const(Const::Int(0)))), operand),
                    },
                    _ => Kind::Many(vec![*operand]),
                }
            }
            "update_expression" => Kind::Augment(
                Op::Sub,
                self.java_boxed(children(node).first().copied(), node),
                Box::new(Expr::new(whole, Kind::Const(Const::Int(1)))),
            ),
            "ternary_expression" => Kind::Cond(
                self.java_boxed(part("condition"), node),
                self.java_boxed(part("consequence"), node),
                self.java_boxed(part("alternative"), node),
            ),
            "cast_expression" => match (part("type"), part("value")) {
                (Some(ty), Some(value)) => {
                    let ty = self.java_type(ty);
                    Kind::Cast(ty, Box::new(self.java_expr(value)))
                }
                _ => Kind::Many(Vec::new()),
            },
            "parenthesized_expression" => match children(node).first() {
                Some(inner) => return self.java_expr(*inner),
                None => Kind::Many(Vec::new()),
            },
            "instanceof_expression" => {
                let left = self.java_boxed(part("left"), node);
                Kind::Binary(Op::Compare, left, Box::new(Expr::unknown(whole)))
            }
            "lambda_expression" => {
                let name = self.names.sym("lambda");
                Kind::Function(self.function(node, name, |low, function| {
                    if let Some(params) = node.child_by_field_name("parameters") {
                        low.java_params(params, function);
                    }
                    low.class = None;
                    let Some(body) = node.child_by_field_name("body") else { return };
                    if body.kind() == "block" {
                        low.java_block(body, &mut function.body);
                    } else {
                        let value = low.java_expr(body);
                        function.body = vec![Stmt::Return(Some(value), span(body))];
                    }
                }))
            }
            "string_literal" => {
                let text = self.text(node);
                let text = match text.strip_prefix("\"\"\"").and_then(|text| text.strip_suffix("\"\"\"")) {
                    Some(block) => block,
                    None => text.get(1..text.len().saturating_sub(1)).unwrap_or(""),
                };
                Kind::Const(Const::Text(unescape(text).into()))
            }
            "character_literal" => Kind::Const(Const::Text(unescape(self.text(node).trim_matches('\'')).into())),
            "decimal_integer_literal"
            | "hex_integer_literal"
            | "octal_integer_literal"
            | "binary_integer_literal"
            | "decimal_floating_point_literal" => Kind::Const(self.number(node)),
            "true" => Kind::Const(Const::Bool(true)),
            "false" => Kind::Const(Const::Bool(false)),
            "null_literal" => Kind::Const(Const::Null),
            "class_literal" => Kind::Const(Const::Text(self.text(node).into())),
            "switch_expression" => {
                let subject = self.java_boxed(part("condition"), node);
                let mut arms = Vec::new();
                for case in self.java_arms(node) {
                    let value = case.body.into_iter().rev().find_map(|stmt| match stmt {
                        Stmt::Expr(value) | Stmt::Return(Some(value), _) => Some(value),
                        Stmt::Block(inner) => inner.into_iter().rev().find_map(|stmt| match stmt {
                            Stmt::Return(Some(value), _) => Some(value),
                            _ => None,
                        }),
                        _ => None,
                    });
                    arms.push((case.tests, value.unwrap_or_else(|| Expr::unknown(whole))));
                }
                Kind::Match(subject, arms)
            }
            "method_reference" => match children(node).first() {
                Some(first) => {
                    let object = self.java_expr(*first);
                    let name = match children(node).last() {
                        Some(name) => self.sym(*name),
                        None => self.names.sym("new"),
                    };
                    Kind::Field(Box::new(object), name)
                }
                None => Kind::Many(Vec::new()),
            },
            _ => return self.many(node, Self::java_expr),
        };
        Expr::new(whole, kind)
    }

    /// `java.util.Map.of`: the package is left out, types go by their simple name.
    fn java_field(&mut self, node: Node<'_>) -> Expr {
        let whole = span(node);
        let (Some(object), Some(field)) = (node.child_by_field_name("object"), node.child_by_field_name("field"))
        else {
            return Expr::unknown(whole);
        };
        let text = self.text(object);
        let is_package = text.contains('.') || matches!(text, "java" | "javax" | "jakarta");
        let is_package = is_package
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'.' || byte == b'_');
        let begins = ["java.", "javax.", "jakarta.", "org.", "com.", "io.", "net.", "sun."];
        let is_package = is_package && begins.iter().any(|begin| text.starts_with(begin));
        if is_package && self.text(field).starts_with(|c: char| c.is_ascii_uppercase()) {
            return Expr::new(whole, Kind::Name(self.sym(field)));
        }
        let object = self.java_expr(object);
        Expr::new(whole, Kind::Field(Box::new(object), self.sym(field)))
    }

    fn java_args(&mut self, list: Node<'_>) -> Vec<Arg> {
        children(list).into_iter().map(|child| Arg { name: None, value: self.java_expr(child) }).collect()
    }
}
