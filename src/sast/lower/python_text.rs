//! Comparisons and literals of Python to the common form.

use gatehook_grammars::Node;

use super::{Lower, children, span, unescape};
use crate::sast::ir::{Expr, Kind, Op};

impl Lower<'_> {
    pub(super) fn py_compare(&mut self, node: Node<'_>) -> Expr {
        let mut cursor = node.walk();
        let operators: Vec<&str> =
            node.children_by_field_name("operators", &mut cursor).map(|operator| operator.kind()).collect();
        let operands: Vec<Expr> = children(node).into_iter().map(|child| self.py_expr(child)).collect();
        if operands.len() != 2 {
            return Expr::new(
                span(node),
                Kind::Binary(
                    Op::Compare,
                    Box::new(Expr::new(span(node), Kind::Many(operands))),
                    Box::new(Expr::unknown(span(node))),
                ),
            );
        }
        let op = match operators.join(" ").as_str() {
            "==" | "is" => Op::Equal,
            "!=" | "<>" | "is not" => Op::Unequal,
            "<" => Op::Less,
            "<=" => Op::LessEqual,
            ">" => Op::More,
            ">=" => Op::MoreEqual,
            "in" => Op::In,
            "not in" => Op::NotIn,
            _ => Op::Compare,
        };
        let mut operands = operands.into_iter();
        match (operands.next(), operands.next()) {
            (Some(left), Some(right)) => Expr::new(span(node), Kind::Binary(op, Box::new(left), Box::new(right))),
            _ => Expr::unknown(span(node)),
        }
    }

    pub(super) fn py_string(&mut self, node: Node<'_>) -> Expr {
        if node.kind() != "string" {
            return self.py_expr(node);
        }
        let whole = span(node);
        let mut parts = Vec::new();
        let mut raw = false;
        let mut cursor = node.walk();
        let kids: Vec<Node<'_>> = node.children(&mut cursor).collect();
        for child in kids {
            match child.kind() {
                "string_start" => raw = self.text(child).to_ascii_lowercase().contains('r'),
                "string_content" => {
                    let text = self.text(child);
                    let text = if raw { text.to_owned() } else { unescape(text) };
                    parts.push(Expr::text(span(child), &text));
                }
                "interpolation" => {
                    if let Some(inner) = child.child_by_field_name("expression") {
                        parts.push(self.py_expr(inner));
                    }
                }
                _ => {}
            }
        }
        match parts.len() {
            0 => Expr::text(whole, ""),
            1 if matches!(parts[0].kind, Kind::Const(_)) => Expr { span: whole, kind: parts.remove(0).kind },
            _ => Expr::new(whole, Kind::Join(parts)),
        }
    }
}
