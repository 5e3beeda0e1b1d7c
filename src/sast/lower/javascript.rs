//! JavaScript and TypeScript statements to the common form; expressions stand in `javascript_expr`.

use gatehook_grammars::Node;

use super::{Lower, children, span};
use crate::sast::ir::{Arg, Call, Case, Expr, Function, Kind, Stmt};
use crate::sast::names::Sym;

impl Lower<'_> {
    pub(super) fn js_block(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        // Function declarations are hoisted.
        let (first, rest): (Vec<_>, Vec<_>) = children(node).into_iter().partition(|child| is_function(*child));
        for child in first.into_iter().chain(rest) {
            self.js_stmt(child, out);
        }
    }

    pub(super) fn js_body(&mut self, node: Option<Node<'_>>) -> Vec<Stmt> {
        self.blocks(node, Self::js_stmt)
    }

    fn js_stmt(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        if !self.down(node) {
            return;
        }
        self.js_stmt_at(node, out);
        self.up();
    }

    fn js_stmt_at(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let part = |name| node.child_by_field_name(name);
        match node.kind() {
            "statement_block" | "program" | "ERROR" | "class_static_block" => self.js_block(node, out),
            "expression_statement" => {
                for child in children(node) {
                    let value = self.js_expr(child);
                    out.push(Stmt::Expr(value));
                }
            }
            "lexical_declaration" | "variable_declaration" => {
                for child in children(node) {
                    self.js_declare(child, out);
                }
            }
            "function_declaration" | "generator_function_declaration" => {
                let at = self.js_function(node, Vec::new());
                out.push(Stmt::Function(at));
            }
            "class_declaration" | "abstract_class_declaration" => {
                let at = self.js_class(node, Vec::new());
                out.push(Stmt::Class(at));
            }
            "if_statement" => {
                let Some(cond) = part("condition") else { return };
                let cond = self.js_expr(cond);
                let then = self.js_body(part("consequence"));
                let other = self.js_body(part("alternative").and_then(|other| children(other).first().copied()));
                out.push(Stmt::If { cond, then, other });
            }
            "for_statement" => {
                if let Some(first) = part("initializer") {
                    self.js_stmt(first, out);
                }
                let cond = part("condition").and_then(|cond| self.js_condition(cond));
                let body = self.js_body(part("body"));
                let step = part("increment").map(|step| Stmt::Expr(self.js_expr(step))).into_iter().collect();
                out.push(Stmt::Loop { bind: None, cond, body, step, once: false });
            }
            "for_in_statement" => {
                let (Some(left), Some(right)) = (part("left"), part("right")) else { return };
                let target = self.js_expr(left);
                let from = self.js_expr(right);
                let body = self.js_body(part("body"));
                out.push(Stmt::Loop { bind: Some((target, from)), cond: None, body, step: Vec::new(), once: false });
            }
            "while_statement" | "do_statement" => {
                let cond = part("condition").map(|cond| self.js_expr(cond));
                let body = self.js_body(part("body"));
                let once = node.kind() == "do_statement";
                out.push(Stmt::Loop { bind: None, cond, body, step: Vec::new(), once });
            }
            "switch_statement" => self.js_switch(node, out),
            "try_statement" => {
                let body = self.js_body(part("body"));
                let mut handlers = Vec::new();
                if let Some(handler) = part("handler") {
                    let bind = handler
                        .child_by_field_name("parameter")
                        .filter(|bind| bind.kind() == "identifier")
                        .map(|bind| self.sym(bind));
                    let block = self.js_body(handler.child_by_field_name("body"));
                    handlers.push((bind, block));
                }
                let last = self.js_body(part("finalizer").and_then(|last| last.child_by_field_name("body")));
                out.push(Stmt::Try { body, handlers, last });
            }
            "return_statement" => {
                let value = children(node).first().map(|value| self.js_expr(*value));
                out.push(Stmt::Return(value, span(node)));
            }
            "throw_statement" => {
                let value = children(node).first().map(|value| self.js_expr(*value));
                out.push(Stmt::Throw(value));
            }
            "break_statement" => out.push(Stmt::Break),
            "continue_statement" => out.push(Stmt::Continue),
            "import_statement" => self.js_import(node, out),
            "export_statement" => self.js_export(node, out),
            "labeled_statement" => {
                let body = self.js_body(part("body"));
                out.push(Stmt::Block(body));
            }
            "internal_module" | "module" | "ambient_declaration" => {
                if let Some(body) = part("body") {
                    self.js_block(body, out);
                }
            }
            "interface_declaration"
            | "type_alias_declaration"
            | "empty_statement"
            | "enum_declaration"
            | "function_signature"
            | "import_alias"
            | "debugger_statement" => {}
            _ => {
                let value = self.js_expr(node);
                out.push(Stmt::Expr(value));
            }
        }
    }

    fn js_condition(&mut self, node: Node<'_>) -> Option<Expr> {
        match node.kind() {
            "empty_statement" => None,
            "expression_statement" => children(node).first().map(|cond| self.js_expr(*cond)),
            _ => Some(self.js_expr(node)),
        }
    }

    fn js_declare(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let (Some(name), value) = (node.child_by_field_name("name"), node.child_by_field_name("value")) else { return };
        let ty = node.child_by_field_name("type").map(|ty| self.js_type(ty));
        let value = value.map(|value| self.js_expr(value));
        if name.kind() == "identifier" {
            let local = self.sym(name);
            out.push(Stmt::Let { name: local, ty, value, span: span(name) });
        } else if let Some(value) = value {
            let target = self.js_expr(name);
            out.push(Stmt::Expr(Expr::new(span(node), Kind::Assign(Box::new(target), Box::new(value)))));
        }
    }

    fn js_switch(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let Some(subject) = node.child_by_field_name("value") else { return };
        let subject = self.js_expr(subject);
        let mut cases = Vec::new();
        for arm in node.child_by_field_name("body").map(children).unwrap_or_default() {
            let test = arm.child_by_field_name("value");
            let mut body = Vec::new();
            for child in children(arm) {
                if Some(child) != test {
                    self.js_stmt(child, &mut body);
                }
            }
            let tests = test.map(|test| self.js_expr(test)).into_iter().collect();
            cases.push(Case { tests, falls: !leaves(&body), body });
        }
        out.push(Stmt::Switch { subject, cases });
    }

    fn js_import(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let Some(source) = node.child_by_field_name("source") else { return };
        let module = self.js_module(self.text(source).trim_matches(['"', '\'', '`']));
        let Some(clause) = children(node).into_iter().find(|child| child.kind() == "import_clause") else {
            let local = self.names.sym("");
            out.push(Stmt::Import { local, path: module.into(), span: span(node) });
            return;
        };
        for part in children(clause) {
            match part.kind() {
                "identifier" => {
                    let local = self.sym(part);
                    out.push(Stmt::Import { local, path: module.as_str().into(), span: span(node) });
                }
                "namespace_import" => {
                    if let Some(name) = children(part).first() {
                        let local = self.sym(*name);
                        out.push(Stmt::Import { local, path: module.as_str().into(), span: span(node) });
                    }
                }
                "named_imports" => {
                    for each in children(part) {
                        let Some(name) = each.child_by_field_name("name") else { continue };
                        let local = each.child_by_field_name("alias").unwrap_or(name);
                        let path = match self.text(name) {
                            "default" => module.clone(),
                            text => format!("{module}.{text}"),
                        };
                        let local = self.sym(local);
                        out.push(Stmt::Import { local, path: path.into(), span: span(node) });
                    }
                }
                _ => {}
            }
        }
    }

    /// `./lib/db` seen from this file, and `node:fs` as `fs`.
    pub(super) fn js_module(&mut self, text: &str) -> String {
        let text = text.strip_prefix("node:").unwrap_or(text);
        if !text.starts_with('.') {
            return text.replace('.', "_");
        }
        self.module.imports.push(text.to_owned());
        let mut parts: Vec<&str> = self.module.path.split('/').collect();
        parts.pop();
        for part in text.split('/') {
            match part {
                "." => {}
                ".." => drop(parts.pop()),
                other => parts.push(other),
            }
        }
        let joined = parts.join("/");
        let joined = [".js", ".ts", ".mjs", ".cjs", ".jsx", ".tsx"]
            .iter()
            .find_map(|ending| joined.strip_suffix(ending))
            .unwrap_or(&joined);
        joined.replace('.', "_")
    }

    fn js_export(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let marks: Vec<Expr> = self.js_marks(node);
        if let Some(made) = node.child_by_field_name("declaration") {
            if matches!(made.kind(), "class_declaration" | "abstract_class_declaration") {
                let at = self.js_class(made, marks);
                out.push(Stmt::Class(at));
            } else {
                self.js_stmt(made, out);
            }
        } else if let Some(value) = node.child_by_field_name("value") {
            let value = self.js_expr(value);
            out.push(Stmt::Expr(value));
        }
    }

    pub(super) fn js_marks(&mut self, node: Node<'_>) -> Vec<Expr> {
        children(node)
            .into_iter()
            .filter(|child| child.kind() == "decorator")
            .filter_map(|mark| children(mark).first().copied())
            .map(|mark| self.js_expr(mark))
            .collect()
    }

    pub(super) fn js_type(&mut self, node: Node<'_>) -> Sym {
        let text = self.text(node).trim_start_matches(':').trim();
        let text = text.split(['<', '|', '[']).next().unwrap_or(text).trim();
        self.names.sym(text)
    }

    pub(super) fn js_function(&mut self, node: Node<'_>, marks: Vec<Expr>) -> usize {
        let name = self.field(node, "name").unwrap_or_else(|| self.names.sym("function"));
        let arrow = node.kind() == "arrow_function";
        self.function(node, name, |low, function| {
            function.marks = marks;
            let words = children_all(node);
            function.is_static = words.iter().any(|child| child.kind() == "static");
            if let Some(get) = words.iter().find(|child| child.kind() == "get") {
                let property = low.names.sym("property");
                function.marks.push(Expr::new(span(*get), Kind::Name(property)));
            }
            if low.class.is_some() && !function.is_static && node.kind() == "method_definition" {
                function.this = Some(low.names.sym("this"));
            }
            if let Some(one) = node.child_by_field_name("parameter") {
                let param = Self::param(low.sym(one), one);
                function.params.push(param);
            }
            if let Some(params) = node.child_by_field_name("parameters") {
                low.js_params(params, function);
            }
            function.returns = node.child_by_field_name("return_type").map(|ty| low.js_type(ty));
            low.class = None;
            let Some(body) = node.child_by_field_name("body") else { return };
            if arrow && body.kind() != "statement_block" {
                let value = low.js_expr(body);
                function.body = vec![Stmt::Return(Some(value), span(body))];
            } else {
                low.js_block(body, &mut function.body);
            }
        })
    }

    fn js_params(&mut self, node: Node<'_>, function: &mut Function) {
        for (number, child) in children(node).into_iter().enumerate() {
            let marks = self.js_marks(child);
            let (mut target, mut default) = (child, child.child_by_field_name("value"));
            if let Some(pattern) = child.child_by_field_name("pattern") {
                target = pattern;
            }
            if target.kind() == "assignment_pattern" {
                default = target.child_by_field_name("right");
                target = target.child_by_field_name("left").unwrap_or(target);
            }
            let rest = target.kind() == "rest_pattern";
            if rest {
                target = children(target).first().copied().unwrap_or(target);
            }
            let (name, pattern) = if target.kind() == "identifier" {
                (self.sym(target), None)
            } else {
                let pattern = self.js_expr(target);
                (self.names.sym(&format!("{{{number}}}")), Some(pattern))
            };
            let mut param = Self::param(name, target);
            param.pattern = pattern;
            param.rest = rest;
            param.marks = marks;
            param.default = default.map(|value| self.js_expr(value));
            param.ty = child.child_by_field_name("type").map(|ty| self.js_type(ty));
            function.params.push(param);
        }
    }

    pub(super) fn js_class(&mut self, node: Node<'_>, mut marks: Vec<Expr>) -> usize {
        let name = self.field(node, "name").unwrap_or_else(|| self.names.sym("class"));
        marks.extend(self.js_marks(node));
        self.class(name, |low, class| {
            class.marks = marks;
            let outer = low.class.take();
            for heritage in children(node).into_iter().filter(|child| child.kind() == "class_heritage") {
                for base in children(heritage) {
                    let base = base.child_by_field_name("value").unwrap_or(base);
                    class.bases.push(low.js_expr(base));
                }
            }
            low.class = outer;
            let Some(body) = node.child_by_field_name("body") else { return };
            let mut pending = Vec::new();
            for member in children(body) {
                match member.kind() {
                    "decorator" => pending.extend(children(member).first().map(|mark| low.js_expr(*mark))),
                    "method_definition" => {
                        let marks = std::mem::take(&mut pending);
                        let at = low.js_function(member, marks);
                        class.methods.push(at);
                    }
                    "field_definition" | "public_field_definition" => {
                        pending.clear();
                        let name = member.child_by_field_name("property").or(member.child_by_field_name("name"));
                        let ty = member.child_by_field_name("type").map(|ty| low.js_type(ty));
                        let outer = low.class.take();
                        let value = member.child_by_field_name("value").map(|value| low.js_expr(value));
                        low.class = outer;
                        if let Some(name) = name {
                            let place = span(name);
                            let name = low.sym(name);
                            class.fields.push(Stmt::Let { name, ty, value, span: place });
                        }
                    }
                    _ => {}
                }
            }
        })
    }

    /// `<a href={x}>` as a call of `jsx` with the attributes by name.
    pub(super) fn js_jsx(&mut self, node: Node<'_>) -> Expr {
        let whole = span(node);
        let open = node.child_by_field_name("open_tag").unwrap_or(node);
        let mut args = Vec::new();
        if let Some(tag) = open.child_by_field_name("name") {
            args.push(Arg { name: None, value: Expr::text(span(tag), self.text(tag)) });
        }
        let mut cursor = open.walk();
        let attributes: Vec<Node<'_>> = open.children_by_field_name("attribute", &mut cursor).collect();
        for attribute in attributes {
            let parts = children(attribute);
            let name = parts.first().filter(|_| attribute.kind() == "jsx_attribute").map(|name| self.sym(*name));
            let value = match (name, parts.get(1)) {
                (Some(_), Some(value)) => self.js_expr(*value),
                (Some(_), None) => Expr::new(whole, Kind::Const(crate::sast::ir::Const::Bool(true))),
                _ => self.many(attribute, Self::js_expr),
            };
            args.push(Arg { name, value });
        }
        let mut inner = Vec::new();
        for child in children(node) {
            if matches!(child.kind(), "jsx_element" | "jsx_self_closing_element" | "jsx_expression") {
                inner.push(self.js_expr(child));
            }
        }
        if !inner.is_empty() {
            let name = Some(self.names.sym("children"));
            args.push(Arg { name, value: Expr::new(whole, Kind::Many(inner)) });
        }
        let callee = Expr::new(whole, Kind::Name(self.names.sym("jsx")));
        Expr::new(whole, Kind::Call(Box::new(Call { callee, args, new: true })))
    }
}

fn children_all(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.children(&mut cursor).collect()
}

fn is_function(node: Node<'_>) -> bool {
    matches!(node.kind(), "function_declaration" | "generator_function_declaration")
}

/// Whether control never runs past the end of `body`.
pub(super) fn leaves(body: &[Stmt]) -> bool {
    match body.last() {
        Some(Stmt::Break | Stmt::Continue | Stmt::Return(..) | Stmt::Throw(_)) => true,
        Some(Stmt::Block(inner)) => leaves(inner),
        Some(Stmt::If { then, other, .. }) => leaves(then) && leaves(other),
        _ => false,
    }
}
