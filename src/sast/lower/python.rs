//! Python to the common form.

use gatehook_grammars::Node;

use super::{Lower, children, span};
use crate::sast::ir::{Arg, Call, Case, Const, Expr, Function, Kind, Op, Param, Stmt};
use crate::sast::names::Sym;

impl Lower<'_> {
    pub(super) fn py_block(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        for child in children(node) {
            self.py_stmt(child, out);
        }
    }

    fn py_body(&mut self, node: Option<Node<'_>>) -> Vec<Stmt> {
        self.blocks(node, Self::py_block)
    }

    fn py_stmt(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        if !self.down(node) {
            return;
        }
        self.py_stmt_at(node, out);
        self.up();
    }

    fn py_stmt_at(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        match node.kind() {
            "expression_statement" => {
                for child in children(node) {
                    self.py_simple(child, out);
                }
            }
            "if_statement" => self.py_if(node, out),
            "for_statement" => {
                let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right"))
                else {
                    return;
                };
                let bind = Some((self.py_expr(left), self.py_expr(right)));
                let body = self.py_body(node.child_by_field_name("body"));
                out.push(Stmt::Loop { bind, cond: None, body, step: Vec::new(), once: false });
                self.py_else(node, out);
            }
            "while_statement" => {
                let cond = node.child_by_field_name("condition").map(|cond| self.py_expr(cond));
                let body = self.py_body(node.child_by_field_name("body"));
                out.push(Stmt::Loop { bind: None, cond, body, step: Vec::new(), once: false });
                self.py_else(node, out);
            }
            "try_statement" => self.py_try(node, out),
            "with_statement" => {
                for clause in children(node) {
                    match clause.kind() {
                        "with_clause" => {
                            for item in children(clause) {
                                let value = item.child_by_field_name("value").unwrap_or(item);
                                self.py_simple(value, out);
                            }
                        }
                        "block" => self.py_block(clause, out),
                        _ => {}
                    }
                }
            }
            "return_statement" => {
                let value = children(node).first().map(|value| self.py_expr(*value));
                out.push(Stmt::Return(value, span(node)));
            }
            "raise_statement" => {
                let value = children(node).first().map(|value| self.py_expr(*value));
                out.push(Stmt::Throw(value));
            }
            "break_statement" => out.push(Stmt::Break),
            "continue_statement" => out.push(Stmt::Continue),
            "import_statement" | "import_from_statement" | "future_import_statement" => self.py_import(node, out),
            "function_definition" => {
                let at = self.py_function(node, Vec::new());
                out.push(Stmt::Function(at));
            }
            "class_definition" => {
                let at = self.py_class(node, Vec::new());
                out.push(Stmt::Class(at));
            }
            "decorated_definition" => {
                let marks = children(node)
                    .into_iter()
                    .filter(|child| child.kind() == "decorator")
                    .filter_map(|mark| children(mark).first().copied())
                    .map(|mark| self.py_expr(mark))
                    .collect();
                match node.child_by_field_name("definition") {
                    Some(made) if made.kind() == "class_definition" => {
                        let at = self.py_class(made, marks);
                        out.push(Stmt::Class(at));
                    }
                    Some(made) => {
                        let at = self.py_function(made, marks);
                        out.push(Stmt::Function(at));
                    }
                    None => {}
                }
            }
            "match_statement" => {
                let Some(subject) = node.child_by_field_name("subject") else { return };
                let subject = self.py_expr(subject);
                let mut cases = Vec::new();
                let arms = node.child_by_field_name("body").unwrap_or(node);
                for arm in children(arms).into_iter().filter(|arm| arm.kind() == "case_clause") {
                    let body = self.py_body(arm.child_by_field_name("consequence"));
                    let mut tests = Vec::new();
                    for pattern in children(arm).into_iter().filter(|part| part.kind() == "case_pattern") {
                        match children(pattern).first() {
                            Some(either) if either.kind() == "union_pattern" => {
                                for each in children(*either) {
                                    tests.push(self.py_pattern(each));
                                }
                            }
                            _ if self.text(pattern) == "_" => {}
                            _ => tests.push(self.py_pattern(pattern)),
                        }
                    }
                    cases.push(Case { tests, body, falls: false });
                }
                out.push(Stmt::Switch { subject, cases });
            }
            "assert_statement" => {
                if let Some(cond) = children(node).first() {
                    let cond = self.py_expr(*cond);
                    let other = vec![Stmt::Throw(None)];
                    out.push(Stmt::If { cond, then: Vec::new(), other });
                }
            }
            "block" | "module" | "else_clause" | "ERROR" => self.py_block(node, out),
            "global_statement" | "nonlocal_statement" => {
                let names: Vec<Sym> = children(node).into_iter().map(|name| self.sym(name)).collect();
                if let Some(outer) = &mut self.outer {
                    outer.extend(names);
                }
            }
            "pass_statement" | "delete_statement" => {}
            _ => {
                let value = self.py_expr(node);
                out.push(Stmt::Expr(value));
            }
        }
    }

    fn py_pattern(&mut self, node: Node<'_>) -> Expr {
        let inner = match children(node).first() {
            Some(inner) if node.kind() == "case_pattern" => *inner,
            _ => node,
        };
        match inner.kind() {
            "string" | "integer" | "true" | "false" | "none" => self.py_expr(inner),
            _ => Expr::unknown(span(node)),
        }
    }

    fn py_simple(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        match node.kind() {
            "assignment" => {
                let Some(left) = node.child_by_field_name("left") else { return };
                let value = node.child_by_field_name("right").map(|right| self.py_expr(right));
                let ty = node.child_by_field_name("type").map(|ty| self.py_type(ty));
                if let (Some(ty), "identifier") = (ty, left.kind()) {
                    let name = self.sym(left);
                    out.push(Stmt::Let { name, ty: Some(ty), value, span: span(left) });
                } else if let Some(value) = value {
                    let target = self.py_expr(left);
                    let whole = span(node);
                    out.push(Stmt::Expr(Expr::new(whole, Kind::Assign(Box::new(target), Box::new(value)))));
                }
            }
            "as_pattern" => {
                let parts = children(node);
                let value = self.py_expr(parts[0]);
                match parts.get(1).and_then(|target| children(*target).first().copied().or(Some(*target))) {
                    Some(target) => {
                        let target = self.py_expr(target);
                        let kind = Kind::Assign(Box::new(target), Box::new(value));
                        out.push(Stmt::Expr(Expr::new(span(node), kind)));
                    }
                    None => out.push(Stmt::Expr(value)),
                }
            }
            _ => {
                let value = self.py_expr(node);
                out.push(Stmt::Expr(value));
            }
        }
    }

    fn py_else(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        if let Some(other) = node.child_by_field_name("alternative") {
            let body = self.py_body(other.child_by_field_name("body"));
            out.push(Stmt::Block(body));
        }
    }

    fn py_if(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let mut cursor = node.walk();
        let arms: Vec<Node<'_>> = node.children_by_field_name("alternative", &mut cursor).collect();
        let mut other = Vec::new();
        for arm in arms.into_iter().rev() {
            if arm.kind() == "elif_clause" {
                let cond = arm.child_by_field_name("condition").map(|cond| self.py_expr(cond));
                let then = self.py_body(arm.child_by_field_name("consequence"));
                if let Some(cond) = cond {
                    other = vec![Stmt::If { cond, then, other }];
                }
            } else {
                other = self.py_body(arm.child_by_field_name("body"));
            }
        }
        let Some(cond) = node.child_by_field_name("condition") else { return };
        let cond = self.py_expr(cond);
        let then = self.py_body(node.child_by_field_name("consequence"));
        out.push(Stmt::If { cond, then, other });
    }

    fn py_try(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let body = self.py_body(node.child_by_field_name("body"));
        let (mut handlers, mut last, mut after) = (Vec::new(), Vec::new(), Vec::new());
        for part in children(node) {
            let block = children(part).into_iter().find(|child| child.kind() == "block");
            match part.kind() {
                "except_clause" | "except_group_clause" => {
                    let bind = children(part)
                        .into_iter()
                        .find(|child| child.kind() == "as_pattern")
                        .and_then(|pattern| pattern.child_by_field_name("alias"))
                        .map(|alias| self.sym(alias));
                    let block = self.py_body(block);
                    handlers.push((bind, block));
                }
                "finally_clause" => last = self.py_body(block),
                "else_clause" => after = self.py_body(part.child_by_field_name("body")),
                _ => {}
            }
        }
        out.push(Stmt::Try { body: body.into_iter().chain(after).collect(), handlers, last });
    }

    fn py_import(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let module = node.child_by_field_name("module_name");
        let from = module.map(|module| self.py_module(self.text(module)));
        for part in children(node) {
            if Some(part) == module {
                continue;
            }
            let (name, alias) = match part.kind() {
                "aliased_import" => (part.child_by_field_name("name"), part.child_by_field_name("alias")),
                "dotted_name" => (Some(part), None),
                _ => continue,
            };
            let Some(name) = name else { continue };
            let text = self.text(name);
            let path = match &from {
                Some(from) if from.is_empty() => text.to_owned(),
                Some(from) => format!("{from}.{text}"),
                None => text.to_owned(),
            };
            self.module.imports.push(path.clone());
            // `import a.b` binds `a`.
            let (local, path) = match (alias, &from) {
                (Some(alias), _) => (self.sym(alias), path),
                (None, Some(_)) => (self.sym(name), path),
                (None, None) => {
                    let first = text.split('.').next().unwrap_or(text);
                    out.push(Stmt::Import { local: self.names.sym(""), path: path.as_str().into(), span: span(part) });
                    (self.names.sym(first), first.to_owned())
                }
            };
            out.push(Stmt::Import { local, path: path.into(), span: span(part) });
        }
    }

    /// `.sibling` seen from this module.
    fn py_module(&self, text: &str) -> String {
        let dots = text.bytes().take_while(|byte| *byte == b'.').count();
        if dots == 0 {
            return text.to_owned();
        }
        let mut parts: Vec<&str> = self.module.path.split('.').collect();
        parts.truncate(parts.len().saturating_sub(dots));
        let rest = &text[dots..];
        if !rest.is_empty() {
            parts.push(rest);
        }
        parts.join(".")
    }

    fn py_type(&mut self, node: Node<'_>) -> Sym {
        let text = self.text(node).trim_matches(['"', '\'']);
        let text = text.strip_prefix("Optional[").and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        let text = text.split('|').next().unwrap_or(text).trim();
        self.names.sym(text)
    }

    fn py_function(&mut self, node: Node<'_>, marks: Vec<Expr>) -> usize {
        let name = self.field(node, "name").unwrap_or_else(|| self.names.sym("lambda"));
        let method = self.class.is_some();
        self.function(node, name, |low, function| {
            function.marks = marks;
            function.is_static = method
                && function
                    .marks
                    .iter()
                    .any(|mark| matches!(&mark.kind, Kind::Name(name) if &**low.names.text(*name) == "staticmethod"));
            if let Some(params) = node.child_by_field_name("parameters") {
                low.py_params(params, function);
            }
            if method && !function.is_static && !function.params.is_empty() {
                function.this = Some(function.params.remove(0).name);
            }
            low.class = None;
            function.returns = node.child_by_field_name("return_type").map(|ty| low.py_type(ty));
            let Some(body) = node.child_by_field_name("body") else { return };
            if node.kind() == "lambda" {
                let value = low.py_expr(body);
                function.body = vec![Stmt::Return(Some(value), span(body))];
            } else {
                low.py_block(body, &mut function.body);
            }
        })
    }

    fn py_params(&mut self, node: Node<'_>, function: &mut Function) {
        for child in children(node) {
            let named = child.kind() == "dictionary_splat_pattern"
                || children(child).first().is_some_and(|inner| inner.kind() == "dictionary_splat_pattern");
            let (name, rest) = match child.kind() {
                "identifier" => (Some(child), false),
                "default_parameter" | "typed_default_parameter" => (child.child_by_field_name("name"), false),
                "typed_parameter" => {
                    let inner = children(child).first().copied();
                    match inner {
                        Some(inner) if inner.kind().ends_with("splat_pattern") => {
                            (children(inner).first().copied(), true)
                        }
                        other => (other, false),
                    }
                }
                "list_splat_pattern" | "dictionary_splat_pattern" => (children(child).first().copied(), true),
                _ => (None, false),
            };
            let Some(name) = name else { continue };
            let mut param: Param = Self::param(self.sym(name), name);
            param.rest = rest;
            param.named = named;
            param.ty = child.child_by_field_name("type").map(|ty| self.py_type(ty));
            param.default = child.child_by_field_name("value").map(|value| self.py_expr(value));
            function.params.push(param);
        }
    }

    fn py_class(&mut self, node: Node<'_>, marks: Vec<Expr>) -> usize {
        let name = self.field(node, "name").unwrap_or_else(|| self.names.sym("class"));
        self.class(name, |low, class| {
            class.marks = marks;
            if let Some(bases) = node.child_by_field_name("superclasses") {
                let at = low.class.take();
                class.bases = children(bases).into_iter().map(|base| low.py_expr(base)).collect();
                low.class = at;
            }
            let mut body = Vec::new();
            if let Some(block) = node.child_by_field_name("body") {
                low.py_block(block, &mut body);
            }
            for stmt in body {
                match stmt {
                    Stmt::Function(at) => class.methods.push(at),
                    other => class.fields.push(other),
                }
            }
        })
    }

    pub(super) fn py_expr(&mut self, node: Node<'_>) -> Expr {
        if !self.down(node) {
            return Expr::unknown(span(node));
        }
        let made = self.py_expr_at(node);
        self.up();
        made
    }

    fn py_expr_at(&mut self, node: Node<'_>) -> Expr {
        let whole = span(node);
        let part = |name| node.child_by_field_name(name);
        let kind = match node.kind() {
            "identifier" => return self.name_expr(node),
            "attribute" => match (part("object"), part("attribute")) {
                (Some(object), Some(name)) => Kind::Field(Box::new(self.py_expr(object)), self.sym(name)),
                _ => Kind::Many(Vec::new()),
            },
            "subscript" => {
                let Some(value) = part("value") else { return Expr::unknown(whole) };
                let value = self.py_expr(value);
                match part("subscript") {
                    Some(index) if index.kind() == "slice" => {
                        let mut parts = vec![value];
                        parts.extend(children(index).into_iter().map(|child| self.py_expr(child)));
                        Kind::Many(parts)
                    }
                    Some(index) => Kind::Index(Box::new(value), Box::new(self.py_expr(index))),
                    None => Kind::Many(vec![value]),
                }
            }
            "call" => return self.py_call(node),
            "string" => return self.py_string(node),
            "concatenated_string" => {
                Kind::Join(children(node).into_iter().map(|child| self.py_string(child)).collect())
            }
            "integer" | "float" => Kind::Const(self.number(node)),
            "true" => Kind::Const(Const::Bool(true)),
            "false" => Kind::Const(Const::Bool(false)),
            "none" => Kind::Const(Const::Null),
            "binary_operator" | "boolean_operator" => match (part("left"), part("operator"), part("right")) {
                (Some(left), Some(operator), Some(right)) => {
                    let op = match operator.kind() {
                        "+" => Op::Add,
                        "-" => Op::Sub,
                        "*" => Op::Mul,
                        "%" => Op::Mod,
                        "//" => Op::Div,
                        "and" => Op::And,
                        "or" => Op::Or,
                        _ => Op::Other,
                    };
                    Kind::Binary(op, Box::new(self.py_expr(left)), Box::new(self.py_expr(right)))
                }
                _ => Kind::Many(Vec::new()),
            },
            "comparison_operator" => return self.py_compare(node),
            "not_operator" => match part("argument") {
                Some(argument) => Kind::Not(Box::new(self.py_expr(argument))),
                None => Kind::Many(Vec::new()),
            },
            "unary_operator" => {
                let Some(argument) = part("argument") else { return Expr::unknown(whole) };
                let argument = self.py_expr(argument);
                match (&argument.kind, self.text(node).starts_with('-')) {
                    (Kind::Const(Const::Int(number)), true) => Kind::Const(Const::Int(number.wrapping_neg())),
                    _ => Kind::Many(vec![argument]),
                }
            }
            "conditional_expression" => {
                let parts = children(node);
                let [then, cond, other] = parts.as_slice() else { return self.many(node, Self::py_expr) };
                let (then, cond, other) = (self.py_expr(*then), self.py_expr(*cond), self.py_expr(*other));
                Kind::Cond(Box::new(cond), Box::new(then), Box::new(other))
            }
            "lambda" => Kind::Function(self.py_function(node, Vec::new())),
            "list" | "tuple" | "set" | "pattern_list" | "tuple_pattern" | "list_pattern" | "expression_list" => {
                Kind::List(children(node).into_iter().map(|child| self.py_expr(child)).collect())
            }
            "dictionary" => {
                let mut pairs = Vec::new();
                for child in children(node) {
                    match (child.child_by_field_name("key"), child.child_by_field_name("value")) {
                        (Some(key), Some(value)) => pairs.push((Some(self.py_expr(key)), self.py_expr(value))),
                        _ => {
                            if let Some(inner) = children(child).first() {
                                pairs.push((None, self.py_expr(*inner)));
                            }
                        }
                    }
                }
                Kind::Dict(pairs)
            }
            "list_comprehension" | "set_comprehension" | "generator_expression" | "dictionary_comprehension" => {
                let (mut binds, mut conds) = (Vec::new(), Vec::new());
                for child in children(node) {
                    match child.kind() {
                        "for_in_clause" => {
                            if let (Some(left), Some(right)) =
                                (child.child_by_field_name("left"), child.child_by_field_name("right"))
                            {
                                binds.push((self.py_expr(left), self.py_expr(right)));
                            }
                        }
                        "if_clause" => conds.extend(children(child).first().map(|cond| self.py_expr(*cond))),
                        _ => {}
                    }
                }
                let body = part("body").map_or_else(|| Expr::unknown(whole), |body| self.py_expr(body));
                Kind::Each(binds, conds, Box::new(body))
            }
            "pair" => match (part("key"), part("value")) {
                (Some(key), Some(value)) => Kind::Many(vec![self.py_expr(key), self.py_expr(value)]),
                _ => Kind::Many(Vec::new()),
            },
            "parenthesized_expression" | "await" | "as_pattern_target" | "type" => match children(node).first() {
                Some(inner) => return self.py_expr(*inner),
                None => Kind::Many(Vec::new()),
            },
            "named_expression" => match (part("name"), part("value")) {
                (Some(name), Some(value)) => Kind::Assign(Box::new(self.py_expr(name)), Box::new(self.py_expr(value))),
                _ => Kind::Many(Vec::new()),
            },
            "augmented_assignment" => match (part("left"), part("operator"), part("right")) {
                (Some(left), Some(operator), Some(right)) => {
                    let op = match operator.kind() {
                        "+=" => Op::Add,
                        "-=" => Op::Sub,
                        "*=" => Op::Mul,
                        "%=" => Op::Mod,
                        _ => Op::Other,
                    };
                    Kind::Augment(op, Box::new(self.py_expr(left)), Box::new(self.py_expr(right)))
                }
                _ => Kind::Many(Vec::new()),
            },
            // A chain `a = b = c`.
            "assignment" => match (part("left"), part("right")) {
                (Some(left), Some(right)) => Kind::Assign(Box::new(self.py_expr(left)), Box::new(self.py_expr(right))),
                _ => Kind::Many(Vec::new()),
            },
            "yield" => match children(node).first() {
                Some(inner) => Kind::Yield(Box::new(self.py_expr(*inner))),
                None => Kind::Const(Const::Null),
            },
            "dictionary_splat" => match children(node).first() {
                Some(inner) => {
                    let inner = self.py_expr(*inner);
                    Kind::Spread(Box::new(Expr::new(whole, Kind::Dict(vec![(None, inner)]))))
                }
                None => Kind::Many(Vec::new()),
            },
            "list_splat" | "list_splat_pattern" => match children(node).first() {
                Some(inner) => Kind::Spread(Box::new(self.py_expr(*inner))),
                None => Kind::Many(Vec::new()),
            },
            _ => return self.many(node, Self::py_expr),
        };
        Expr::new(whole, kind)
    }

    fn py_call(&mut self, node: Node<'_>) -> Expr {
        let whole = span(node);
        let Some(callee) = node.child_by_field_name("function") else { return Expr::unknown(whole) };
        let callee = self.py_expr(callee);
        let mut args = Vec::new();
        if let Some(list) = node.child_by_field_name("arguments") {
            if list.kind() == "generator_expression" {
                args.push(Arg { name: None, value: self.py_expr(list) });
            } else {
                for child in children(list) {
                    if child.kind() == "keyword_argument" {
                        let name = self.field(child, "name");
                        if let Some(value) = child.child_by_field_name("value") {
                            args.push(Arg { name, value: self.py_expr(value) });
                        }
                    } else {
                        args.push(Arg { name: None, value: self.py_expr(child) });
                    }
                }
            }
        }
        Expr::new(whole, Kind::Call(Box::new(Call { callee, args, new: false })))
    }
}
