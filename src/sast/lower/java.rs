//! Java declarations and statements to the common form; expressions stand in `java_expr`.

use gatehook_grammars::Node;

use super::javascript::leaves;
use super::{Lower, children, span};
use crate::sast::ir::{Arg, Call, Case, Class, Expr, Function, Kind, Stmt};
use crate::sast::names::Sym;

impl Lower<'_> {
    pub(super) fn java_block(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        for child in children(node) {
            self.java_stmt(child, out);
        }
    }

    fn java_body(&mut self, node: Option<Node<'_>>) -> Vec<Stmt> {
        self.blocks(node, Self::java_stmt)
    }

    fn java_stmt(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        if !self.down(node) {
            return;
        }
        self.java_stmt_at(node, out);
        self.up();
    }

    fn java_stmt_at(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let part = |name| node.child_by_field_name(name);
        match node.kind() {
            "block" | "ERROR" | "constructor_body" => self.java_block(node, out),
            "import_declaration" => {
                if let Some(name) = children(node).first() {
                    let text = self.text(*name);
                    let local = text.rsplit('.').next().unwrap_or(text);
                    self.module.imports.push(text.to_owned());
                    let is_static = self.text(node).starts_with("import static");
                    let path = if is_static {
                        let mut parts = text.rsplit('.');
                        let member = parts.next().unwrap_or("");
                        format!("{}.{member}", parts.next().unwrap_or(""))
                    } else {
                        local.to_owned()
                    };
                    let local = self.names.sym(local);
                    out.push(Stmt::Import { local, path: path.into(), span: span(node) });
                }
            }
            "class_declaration"
            | "interface_declaration"
            | "enum_declaration"
            | "record_declaration"
            | "annotation_type_declaration" => {
                let at = self.java_class(node);
                out.push(Stmt::Class(at));
            }
            "method_declaration" => {
                let at = self.java_function(node);
                out.push(Stmt::Function(at));
            }
            "local_variable_declaration" | "field_declaration" => self.java_declare(node, out),
            "expression_statement" => {
                for child in children(node) {
                    let value = self.java_expr(child);
                    out.push(Stmt::Expr(value));
                }
            }
            "if_statement" => {
                let Some(cond) = part("condition") else { return };
                let cond = self.java_expr(cond);
                let then = self.java_body(part("consequence"));
                let other = self.java_body(part("alternative"));
                out.push(Stmt::If { cond, then, other });
            }
            "for_statement" => {
                if let Some(first) = part("init") {
                    self.java_stmt(first, out);
                }
                let cond = part("condition").map(|cond| self.java_expr(cond));
                let body = self.java_body(part("body"));
                let step = part("update").map(|step| Stmt::Expr(self.java_expr(step))).into_iter().collect();
                out.push(Stmt::Loop { bind: None, cond, body, step, once: false });
            }
            "enhanced_for_statement" => {
                let (Some(name), Some(value)) = (part("name"), part("value")) else { return };
                let ty = part("type").map(|ty| self.java_type(ty));
                let from = self.java_expr(value);
                let local = self.sym(name);
                out.push(Stmt::Let { name: local, ty, value: None, span: span(name) });
                let target = self.name_expr(name);
                let body = self.java_body(part("body"));
                out.push(Stmt::Loop { bind: Some((target, from)), cond: None, body, step: Vec::new(), once: false });
            }
            "while_statement" | "do_statement" => {
                let cond = part("condition").map(|cond| self.java_expr(cond));
                let body = self.java_body(part("body"));
                let once = node.kind() == "do_statement";
                out.push(Stmt::Loop { bind: None, cond, body, step: Vec::new(), once });
            }
            "switch_expression" | "switch_statement" => self.java_switch(node, out),
            "try_statement" | "try_with_resources_statement" => self.java_try(node, out),
            "return_statement" | "yield_statement" => {
                let value = children(node).first().map(|value| self.java_expr(*value));
                out.push(Stmt::Return(value, span(node)));
            }
            "throw_statement" => {
                let value = children(node).first().map(|value| self.java_expr(*value));
                out.push(Stmt::Throw(value));
            }
            "break_statement" => out.push(Stmt::Break),
            "continue_statement" => out.push(Stmt::Continue),
            "labeled_statement" | "synchronized_statement" => {
                let mut body = Vec::new();
                for child in children(node) {
                    if child.kind() != "identifier" {
                        self.java_stmt(child, &mut body);
                    }
                }
                out.push(Stmt::Block(body));
            }
            "package_declaration" | "module_declaration" | "identifier" | "assert_statement" | ";" => {}
            _ => {
                let value = self.java_expr(node);
                out.push(Stmt::Expr(value));
            }
        }
    }

    fn java_declare(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let ty = node.child_by_field_name("type").map(|ty| self.java_type(ty));
        let mut cursor = node.walk();
        let declared: Vec<Node<'_>> = node.children_by_field_name("declarator", &mut cursor).collect();
        for each in declared {
            let Some(name) = each.child_by_field_name("name") else { continue };
            let value = each.child_by_field_name("value").map(|value| self.java_expr(value));
            let local = self.sym(name);
            out.push(Stmt::Let { name: local, ty, value, span: span(name) });
        }
    }

    /// The arms of a `switch`: tests, statements, and whether it runs on.
    pub(super) fn java_arms(&mut self, node: Node<'_>) -> Vec<Case> {
        let mut cases = Vec::new();
        for arm in node.child_by_field_name("body").map(children).unwrap_or_default() {
            let (mut tests, mut body) = (Vec::new(), Vec::new());
            for child in children(arm) {
                if child.kind() == "switch_label" {
                    tests.extend(children(child).into_iter().map(|test| self.java_expr(test)));
                } else {
                    self.java_stmt(child, &mut body);
                }
            }
            let falls = arm.kind() != "switch_rule" && !leaves(&body);
            cases.push(Case { tests, body, falls });
        }
        cases
    }

    fn java_switch(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let Some(subject) = node.child_by_field_name("condition") else { return };
        let subject = self.java_expr(subject);
        let cases = self.java_arms(node);
        out.push(Stmt::Switch { subject, cases });
    }

    fn java_try(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let mut body = Vec::new();
        for resource in node.child_by_field_name("resources").map(children).unwrap_or_default() {
            let (Some(name), Some(value)) =
                (resource.child_by_field_name("name"), resource.child_by_field_name("value"))
            else {
                continue;
            };
            let ty = resource.child_by_field_name("type").map(|ty| self.java_type(ty));
            let value = Some(self.java_expr(value));
            let local = self.sym(name);
            body.push(Stmt::Let { name: local, ty, value, span: span(name) });
        }
        body.extend(self.java_body(node.child_by_field_name("body")));
        let (mut handlers, mut last) = (Vec::new(), Vec::new());
        for part in children(node) {
            match part.kind() {
                "catch_clause" => {
                    let bind = children(part)
                        .into_iter()
                        .find(|child| child.kind() == "catch_formal_parameter")
                        .and_then(|param| param.child_by_field_name("name"))
                        .map(|name| self.sym(name));
                    let block = self.java_body(part.child_by_field_name("body"));
                    handlers.push((bind, block));
                }
                "finally_clause" => last = self.java_body(children(part).first().copied()),
                _ => {}
            }
        }
        out.push(Stmt::Try { body, handlers, last });
    }

    /// The simple name of a type, without package, arguments and brackets.
    pub(super) fn java_type(&mut self, node: Node<'_>) -> Sym {
        let text = self.text(node);
        let text = text.split(['<', '[']).next().unwrap_or(text).trim();
        let text = text.rsplit('.').next().unwrap_or(text);
        // `List<Cookie>` and `Cookie[]` stay themselves: elements have no type of their own here.
        self.names.sym(text)
    }

    fn java_marks(&mut self, node: Node<'_>) -> Vec<Expr> {
        let Some(modifiers) = children(node).into_iter().find(|child| child.kind() == "modifiers") else {
            return Vec::new();
        };
        let mut marks = Vec::new();
        for mark in children(modifiers) {
            let Some(name) = mark.child_by_field_name("name") else { continue };
            let callee = self.name_expr(name);
            let mut args = Vec::new();
            for arg in mark.child_by_field_name("arguments").map(children).unwrap_or_default() {
                if arg.kind() == "element_value_pair" {
                    let name = self.field(arg, "key");
                    if let Some(value) = arg.child_by_field_name("value") {
                        args.push(Arg { name, value: self.java_expr(value) });
                    }
                } else {
                    args.push(Arg { name: None, value: self.java_expr(arg) });
                }
            }
            marks.push(Expr::new(span(mark), Kind::Call(Box::new(Call { callee, args, new: false }))));
        }
        marks
    }

    fn java_modifier(&self, node: Node<'_>, word: &str) -> bool {
        children(node)
            .into_iter()
            .find(|child| child.kind() == "modifiers")
            .is_some_and(|modifiers| self.text(modifiers).split_whitespace().any(|each| each == word))
    }

    fn java_function(&mut self, node: Node<'_>) -> usize {
        let name = match node.kind() {
            "constructor_declaration" | "compact_constructor_declaration" => self.names.sym("<init>"),
            _ => self.field(node, "name").unwrap_or_else(|| self.names.sym("method")),
        };
        let marks = self.java_marks(node);
        let is_static = self.java_modifier(node, "static");
        self.function(node, name, |low, function| {
            function.marks = marks;
            function.is_static = is_static;
            if !is_static {
                function.this = Some(low.names.sym("this"));
            }
            if let Some(params) = node.child_by_field_name("parameters") {
                low.java_params(params, function);
            }
            function.returns = node.child_by_field_name("type").map(|ty| low.java_type(ty));
            low.class = None;
            match node.child_by_field_name("body") {
                Some(body) => low.java_block(body, &mut function.body),
                None => function.bodiless = true,
            }
        })
    }

    pub(super) fn java_params(&mut self, node: Node<'_>, function: &mut Function) {
        if node.kind() == "identifier" {
            let param = Self::param(self.sym(node), node);
            function.params.push(param);
            return;
        }
        for child in children(node) {
            let declared = if child.kind() == "spread_parameter" {
                children(child).into_iter().find(|part| part.kind() == "variable_declarator")
            } else {
                None
            };
            let name = child
                .child_by_field_name("name")
                .or_else(|| declared.and_then(|declared| declared.child_by_field_name("name")))
                .or_else(|| (child.kind() == "identifier").then_some(child));
            let Some(name) = name else { continue };
            let mut param = Self::param(self.sym(name), name);
            param.rest = child.kind() == "spread_parameter";
            param.ty = child.child_by_field_name("type").map(|ty| self.java_type(ty));
            param.marks = self.java_marks(child);
            function.params.push(param);
        }
    }

    fn java_class(&mut self, node: Node<'_>) -> usize {
        let name = self.field(node, "name").unwrap_or_else(|| self.names.sym("class"));
        let marks = self.java_marks(node);
        let body = node.child_by_field_name("body");
        self.class(name, |low, class| {
            class.marks = marks;
            for part in ["superclass", "interfaces"] {
                for base in node.child_by_field_name(part).map(children).unwrap_or_default() {
                    let types = if base.kind() == "type_list" { children(base) } else { vec![base] };
                    for ty in types {
                        let name = low.java_type(ty);
                        class.bases.push(Expr::new(span(ty), Kind::Name(name)));
                    }
                }
            }
            // The components of a record are its fields, and a method each.
            for component in node.child_by_field_name("parameters").map(children).unwrap_or_default() {
                let Some(name) = component.child_by_field_name("name") else { continue };
                let ty = component.child_by_field_name("type").map(|ty| low.java_type(ty));
                let (field, at) = (low.sym(name), span(name));
                class.fields.push(Stmt::Let { name: field, ty, value: None, span: at });
                let method = low.function(component, field, |low, function| {
                    let this = low.names.sym("this");
                    function.this = Some(this);
                    let holder = Expr::new(at, Kind::Name(this));
                    let value = Expr::new(at, Kind::Field(Box::new(holder), field));
                    function.body = vec![Stmt::Return(Some(value), at)];
                });
                class.methods.push(method);
            }
            if let Some(body) = body {
                low.java_members(body, class);
            }
        })
    }

    pub(super) fn java_members(&mut self, body: Node<'_>, class: &mut Class) {
        for member in children(body) {
            match member.kind() {
                "method_declaration" | "constructor_declaration" | "compact_constructor_declaration" => {
                    let at = self.java_function(member);
                    class.methods.push(at);
                }
                "field_declaration" => {
                    let outer = self.class.take();
                    self.java_declare(member, &mut class.fields);
                    self.class = outer;
                }
                "static_initializer" | "block" => {
                    let outer = self.class.take();
                    self.java_block(member, &mut class.fields);
                    self.class = outer;
                }
                "class_declaration" | "interface_declaration" | "enum_declaration" | "record_declaration" => {
                    let at = self.java_class(member);
                    class.fields.push(Stmt::Class(at));
                }
                "enum_body_declarations" => self.java_members(member, class),
                _ => {}
            }
        }
    }

    /// `new Thing() { … }`.
    pub(super) fn java_anonymous(&mut self, body: Node<'_>, base: Expr) -> usize {
        let name = self.names.sym("anonymous");
        self.class(name, |low, class| {
            class.bases.push(base);
            low.java_members(body, class);
        })
    }
}
