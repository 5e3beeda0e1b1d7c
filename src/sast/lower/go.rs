//! Go to the common form.

use gatehook_grammars::Node;

use super::{Lower, children, span, unescape};
use crate::sast::ir::{Arg, Call, Case, Const, Expr, Function, Kind, Op, Stmt};
use crate::sast::names::Sym;

impl Lower<'_> {
    pub(super) fn go_block(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        for child in children(node) {
            self.go_stmt(child, out);
        }
    }

    fn go_body(&mut self, node: Option<Node<'_>>) -> Vec<Stmt> {
        self.blocks(node, Self::go_stmt)
    }

    fn go_stmt(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        if !self.down(node) {
            return;
        }
        self.go_stmt_at(node, out);
        self.up();
    }

    fn go_stmt_at(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let part = |name| node.child_by_field_name(name);
        match node.kind() {
            "block" | "statement_list" | "ERROR" | "const_declaration" | "var_declaration" | "var_spec_list"
            | "import_declaration" | "import_spec_list" | "type_declaration" => self.go_block(node, out),
            "import_spec" => {
                let Some(path) = part("path") else { return };
                let whole = self.text(path).trim_matches(['"', '`']);
                self.module.imports.push(whole.to_owned());
                let (path, local) = package(whole);
                let local = match part("name").map(|name| self.text(name)) {
                    Some(name) => self.names.sym(name),
                    None => self.names.sym(&local),
                };
                out.push(Stmt::Import { local, path: path.into(), span: span(node) });
            }
            "function_declaration" => {
                let at = self.go_function(node);
                out.push(Stmt::Function(at));
            }
            "method_declaration" => self.go_method(node),
            "type_spec" => self.go_named(node, out),
            // What is sent is in the channel.
            "send_statement" => {
                if let (Some(channel), Some(value)) = (part("channel"), part("value")) {
                    let (channel, value) = (self.go_expr(channel), self.go_expr(value));
                    let kind = Kind::Augment(Op::Other, Box::new(channel), Box::new(value));
                    out.push(Stmt::Expr(Expr::new(span(node), kind)));
                }
            }
            "const_spec" | "var_spec" => {
                let mut cursor = node.walk();
                let names: Vec<Node<'_>> = node.children_by_field_name("name", &mut cursor).collect();
                let ty = part("type").map(|ty| self.go_type(ty));
                let mut values = part("value").map(children).unwrap_or_default().into_iter();
                for name in names.into_iter().filter(|name| name.kind() == "identifier") {
                    let value = values.next().map(|value| self.go_expr(value));
                    let local = self.sym(name);
                    out.push(Stmt::Let { name: local, ty, value, span: span(name) });
                }
            }
            "expression_statement" | "go_statement" | "defer_statement" => {
                for child in children(node) {
                    let value = self.go_expr(child);
                    out.push(Stmt::Expr(value));
                }
            }
            "short_var_declaration" | "assignment_statement" => self.go_assign(node, out),
            "inc_statement" | "dec_statement" => {
                if let Some(target) = children(node).first() {
                    let target = Box::new(self.go_expr(*target));
                    let one = Box::new(Expr::new(span(node), Kind::Const(Const::Int(1))));
                    out.push(Stmt::Expr(Expr::new(span(node), Kind::Augment(Op::Sub, target, one))));
                }
            }
            "if_statement" => {
                if let Some(first) = part("initializer") {
                    self.go_stmt(first, out);
                }
                let Some(cond) = part("condition") else { return };
                let cond = self.go_expr(cond);
                let then = self.go_body(part("consequence"));
                let other = self.go_body(part("alternative"));
                out.push(Stmt::If { cond, then, other });
            }
            "for_statement" => self.go_for(node, out),
            "expression_switch_statement" | "type_switch_statement" | "select_statement" => {
                if let Some(first) = part("initializer") {
                    self.go_stmt(first, out);
                }
                let subject = part("value")
                    .map_or_else(|| Expr::new(span(node), Kind::Const(Const::Bool(true))), |value| self.go_expr(value));
                if let Some(alias) = part("alias").and_then(|alias| children(alias).first().copied()) {
                    let target = self.go_expr(alias);
                    let kind = Kind::Assign(Box::new(target), Box::new(subject.clone()));
                    out.push(Stmt::Expr(Expr::new(span(alias), kind)));
                }
                let mut cases = Vec::new();
                for arm in children(node).into_iter().filter(|arm| arm.kind().ends_with("_case")) {
                    let tests: Vec<Expr> = match (arm.kind(), arm.child_by_field_name("value")) {
                        ("expression_case", Some(list)) => {
                            children(list).into_iter().map(|test| self.go_expr(test)).collect()
                        }
                        ("default_case", _) => Vec::new(),
                        _ => vec![Expr::unknown(span(arm))],
                    };
                    let mut body = Vec::new();
                    let skip = [arm.child_by_field_name("value"), arm.child_by_field_name("type")];
                    for child in children(arm) {
                        if !skip.contains(&Some(child)) {
                            self.go_stmt(child, &mut body);
                        }
                    }
                    let falls = self.text(arm).trim_end().ends_with("fallthrough");
                    cases.push(Case { tests, body, falls });
                }
                out.push(Stmt::Switch { subject, cases });
            }
            "return_statement" => {
                let values = children(node).first().map(|list| self.go_expr(*list));
                out.push(Stmt::Return(values, span(node)));
            }
            "break_statement" => out.push(Stmt::Break),
            "continue_statement" => out.push(Stmt::Continue),
            "labeled_statement" => {
                let mut body = Vec::new();
                for child in children(node).into_iter().skip(1) {
                    self.go_stmt(child, &mut body);
                }
                out.push(Stmt::Block(body));
            }
            "package_clause"
            | "type_alias"
            | "empty_statement"
            | "fallthrough_statement"
            | "goto_statement"
            | "label_name" => {}
            _ => {
                let value = self.go_expr(node);
                out.push(Stmt::Expr(value));
            }
        }
    }

    fn go_assign(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right")) else {
            return;
        };
        let op = match node.child_by_field_name("operator").map_or("=", |operator| operator.kind()) {
            "=" | ":=" => None,
            "+=" => Some(Op::Add),
            "-=" => Some(Op::Sub),
            _ => Some(Op::Other),
        };
        let whole = span(node);
        let (targets, values) = (children(left), children(right));
        let mut values: Vec<Expr> = values.into_iter().map(|value| self.go_expr(value)).collect();
        if targets.len() == values.len() {
            for (target, value) in targets.into_iter().zip(values) {
                let target = Box::new(self.go_expr(target));
                let kind = match op {
                    None => Kind::Assign(target, Box::new(value)),
                    Some(op) => Kind::Augment(op, target, Box::new(value)),
                };
                out.push(Stmt::Expr(Expr::new(whole, kind)));
            }
        } else if let (Some(value), Some(first)) = (values.pop(), targets.first()) {
            // `v, err := f()`: the first takes the value, the others a part of it.
            let target = self.go_expr(*first);
            let others: Vec<Expr> = targets[1..].iter().map(|target| self.go_expr(*target)).collect();
            let all = std::iter::once(target).chain(others).collect();
            let target = Expr::new(span(left), Kind::List(all));
            out.push(Stmt::Expr(Expr::new(whole, Kind::Assign(Box::new(target), Box::new(value)))));
        }
    }

    fn go_for(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let mut bind = None;
        let mut cond = None;
        let mut step = Vec::new();
        for clause in children(node) {
            match clause.kind() {
                "range_clause" => {
                    let target = clause.child_by_field_name("left").map(|left| {
                        let parts = children(left);
                        // The value is what flows; keys of lists are numbers.
                        let last = parts.last().copied().unwrap_or(left);
                        self.go_expr(last)
                    });
                    if let Some(right) = clause.child_by_field_name("right") {
                        let from = self.go_expr(right);
                        bind = Some((target.unwrap_or_else(|| Expr::unknown(span(clause))), from));
                    }
                }
                "for_clause" => {
                    if let Some(first) = clause.child_by_field_name("initializer") {
                        self.go_stmt(first, out);
                    }
                    cond = clause.child_by_field_name("condition").map(|cond| self.go_expr(cond));
                    if let Some(update) = clause.child_by_field_name("update") {
                        self.go_stmt(update, &mut step);
                    }
                }
                "block" => {}
                _ => cond = Some(self.go_expr(clause)),
            }
        }
        let body = self.go_body(node.child_by_field_name("body"));
        out.push(Stmt::Loop { bind, cond, body, step, once: false });
    }

    fn go_type(&mut self, node: Node<'_>) -> Sym {
        let text = self.text(node).trim_start_matches(['*', '&', '.']).trim_start_matches("[]").trim_start_matches('*');
        let text = text.split('[').next().unwrap_or(text);
        if matches!(text, "byte" | "rune") && self.text(node).starts_with('[') {
            return self.names.sym("[]byte");
        }
        self.names.sym(text)
    }

    /// The class that stands for the type `name`; types and methods come in any order.
    fn go_class(&mut self, name: Sym) -> usize {
        match self.module.classes.iter().position(|class| class.name == name) {
            Some(at) => at,
            None => self.class(name, |_, _| {}),
        }
    }

    /// `type T struct { … }` and `type T interface { … }`.
    fn go_named(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let (Some(name), Some(ty)) = (self.field(node, "name"), node.child_by_field_name("type")) else { return };
        if !matches!(ty.kind(), "struct_type" | "interface_type") {
            return;
        }
        let at = self.go_class(name);
        let mut fields = Vec::new();
        let mut methods = Vec::new();
        let lists = children(ty)
            .into_iter()
            .flat_map(|list| if list.kind() == "field_declaration_list" { children(list) } else { vec![list] });
        for member in lists {
            match member.kind() {
                "field_declaration" => {
                    let ty = member.child_by_field_name("type").map(|ty| self.go_type(ty));
                    let mut cursor = member.walk();
                    let names: Vec<Node<'_>> = member.children_by_field_name("name", &mut cursor).collect();
                    for name in names {
                        let field = self.sym(name);
                        fields.push(Stmt::Let { name: field, ty, value: None, span: span(name) });
                    }
                }
                "method_elem" | "method_spec" => {
                    let method = self.field(member, "name").unwrap_or(name);
                    let outer = self.class.replace(at);
                    let inside = std::mem::replace(&mut self.inside, 0);
                    methods.push(self.function(member, method, |low, function| {
                        if let Some(params) = member.child_by_field_name("parameters") {
                            low.go_params(params, function);
                        }
                        function.bodiless = true;
                    }));
                    self.inside = inside;
                    self.class = outer;
                }
                _ => {}
            }
        }
        let class = &mut self.module.classes[at];
        class.fields = fields;
        class.methods.extend(methods);
        out.push(Stmt::Class(at));
    }

    fn go_method(&mut self, node: Node<'_>) {
        let receiver = node.child_by_field_name("receiver").and_then(|list| children(list).first().copied());
        let ty = receiver.and_then(|one| one.child_by_field_name("type")).map(|ty| self.go_type(ty));
        let Some(ty) = ty else {
            self.go_function(node);
            return;
        };
        let at = self.go_class(ty);
        let outer = self.class.replace(at);
        let method = self.go_function(node);
        self.class = outer;
        self.module.classes[at].methods.push(method);
    }

    fn go_function(&mut self, node: Node<'_>) -> usize {
        let name = self.field(node, "name").unwrap_or_else(|| self.names.sym("func"));
        self.function(node, name, |low, function| {
            // A method takes its receiver as a first parameter that callers do not count.
            if let Some(receiver) = node.child_by_field_name("receiver") {
                let mut holder = function.clone();
                low.go_params(receiver, &mut holder);
                function.this = holder.params.first().map(|param| param.name);
                function.returns = holder.params.first().and_then(|param| param.ty);
            }
            low.class = None;
            if let Some(params) = node.child_by_field_name("parameters") {
                low.go_params(params, function);
            }
            if let Some(body) = node.child_by_field_name("body") {
                low.go_block(body, &mut function.body);
            }
        })
    }

    fn go_params(&mut self, node: Node<'_>, function: &mut Function) {
        for child in children(node) {
            let ty = child.child_by_field_name("type").map(|ty| self.go_type(ty));
            let mut cursor = child.walk();
            let names: Vec<Node<'_>> = child.children_by_field_name("name", &mut cursor).collect();
            for name in names {
                let mut param = Self::param(self.sym(name), name);
                param.ty = ty;
                param.rest = child.kind() == "variadic_parameter_declaration";
                function.params.push(param);
            }
        }
    }

    fn go_expr(&mut self, node: Node<'_>) -> Expr {
        if !self.down(node) {
            return Expr::unknown(span(node));
        }
        let made = self.go_expr_at(node);
        self.up();
        made
    }

    fn go_boxed(&mut self, node: Option<Node<'_>>, whole: Node<'_>) -> Box<Expr> {
        Box::new(match node {
            Some(node) => self.go_expr(node),
            None => Expr::unknown(span(whole)),
        })
    }

    fn go_expr_at(&mut self, node: Node<'_>) -> Expr {
        let whole = span(node);
        let part = |name| node.child_by_field_name(name);
        let kind = match node.kind() {
            "identifier" | "type_identifier" | "package_identifier" | "field_identifier" => {
                return self.name_expr(node);
            }
            "selector_expression" => match (part("operand"), part("field")) {
                (Some(operand), Some(field)) => Kind::Field(Box::new(self.go_expr(operand)), self.sym(field)),
                _ => Kind::Many(Vec::new()),
            },
            "qualified_type" => match (part("package"), part("name")) {
                (Some(package), Some(name)) => Kind::Field(Box::new(self.name_expr(package)), self.sym(name)),
                _ => Kind::Many(Vec::new()),
            },
            "index_expression" => Kind::Index(self.go_boxed(part("operand"), node), self.go_boxed(part("index"), node)),
            "call_expression" => {
                let callee = *self.go_boxed(part("function"), node);
                let mut args = Vec::new();
                for child in part("arguments").map(children).unwrap_or_default() {
                    args.push(Arg { name: None, value: self.go_expr(child) });
                }
                Kind::Call(Box::new(Call { callee, args, new: false }))
            }
            "type_conversion_expression" => match (part("type"), part("operand")) {
                (Some(ty), Some(operand)) => {
                    let ty = self.go_type(ty);
                    Kind::Cast(ty, Box::new(self.go_expr(operand)))
                }
                _ => Kind::Many(Vec::new()),
            },
            "type_assertion_expression" => return *self.go_boxed(part("operand"), node),
            "composite_literal" => return self.go_literal(node),
            "func_literal" => Kind::Function(self.go_function(node)),
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
                Kind::Binary(op, self.go_boxed(part("left"), node), self.go_boxed(part("right"), node))
            }
            "unary_expression" => {
                let operand = self.go_boxed(part("operand"), node);
                match part("operator").map_or("", |operator| operator.kind()) {
                    "!" => Kind::Not(operand),
                    "&" | "*" => return *operand,
                    "-" => match operand.kind {
                        Kind::Const(Const::Int(number)) => Kind::Const(Const::Int(number.wrapping_neg())),
                        _ => Kind::Many(vec![*operand]),
                    },
                    _ => Kind::Many(vec![*operand]),
                }
            }
            "parenthesized_expression" | "literal_element" | "variadic_argument" => match children(node).first() {
                Some(inner) => return self.go_expr(*inner),
                None => Kind::Many(Vec::new()),
            },
            "expression_list" => {
                let parts = children(node);
                match parts.as_slice() {
                    [one] => return self.go_expr(*one),
                    _ => Kind::List(parts.into_iter().map(|child| self.go_expr(child)).collect()),
                }
            }
            "interpreted_string_literal" => {
                let text = self.text(node);
                Kind::Const(Const::Text(unescape(text.get(1..text.len().saturating_sub(1)).unwrap_or("")).into()))
            }
            "raw_string_literal" => Kind::Const(Const::Text(self.text(node).trim_matches('`').into())),
            "rune_literal" => Kind::Const(Const::Text(unescape(self.text(node).trim_matches('\'')).into())),
            "int_literal" | "float_literal" => Kind::Const(self.number(node)),
            "true" => Kind::Const(Const::Bool(true)),
            "false" => Kind::Const(Const::Bool(false)),
            "nil" => Kind::Const(Const::Null),
            "slice_expression" => Kind::Many(vec![*self.go_boxed(part("operand"), node)]),
            "slice_type" | "map_type" | "array_type" | "pointer_type" | "interface_type" | "struct_type"
            | "function_type" | "channel_type" => Kind::Many(Vec::new()),
            _ => return self.many(node, Self::go_expr),
        };
        Expr::new(whole, kind)
    }

    /// `tls.Config{…}` as a call of the type with its fields by name.
    fn go_literal(&mut self, node: Node<'_>) -> Expr {
        let whole = span(node);
        let ty = node.child_by_field_name("type");
        let items = node.child_by_field_name("body").map(children).unwrap_or_default();
        let mut pairs = Vec::new();
        for item in items {
            if item.kind() == "keyed_element" {
                let parts = children(item);
                if let [key, value] = parts.as_slice() {
                    let inner = children(*key).first().copied().unwrap_or(*key);
                    pairs.push((Some(inner), *value));
                }
            } else {
                pairs.push((None, item));
            }
        }
        match ty {
            Some(ty) if matches!(ty.kind(), "qualified_type" | "type_identifier" | "generic_type") => {
                let callee = self.go_expr(ty);
                let mut args = Vec::new();
                for (key, value) in pairs {
                    let name = key.map(|key| self.sym(key));
                    args.push(Arg { name, value: self.go_value(value) });
                }
                Expr::new(whole, Kind::Call(Box::new(Call { callee, args, new: true })))
            }
            Some(ty) if ty.kind() == "map_type" => {
                let mut made = Vec::new();
                for (key, value) in pairs {
                    let key = key.map(|key| self.go_expr(key));
                    made.push((key, self.go_value(value)));
                }
                Expr::new(whole, Kind::Dict(made))
            }
            _ => {
                let parts = pairs.into_iter().map(|(_, value)| self.go_value(value)).collect();
                Expr::new(whole, Kind::List(parts))
            }
        }
    }

    fn go_value(&mut self, node: Node<'_>) -> Expr {
        let inner = if node.kind() == "literal_element" { children(node).first().copied() } else { None };
        let node = inner.unwrap_or(node);
        if node.kind() == "literal_value" {
            let mut parts = Vec::new();
            for child in children(node) {
                let value = children(child).last().copied().unwrap_or(child);
                parts.push(self.go_value(if child.kind() == "keyed_element" { value } else { child }));
            }
            return Expr::new(span(node), Kind::List(parts));
        }
        self.go_expr(node)
    }
}

/// The path of a package as rules write it, its last two parts, and the name it goes by.
fn package(path: &str) -> (String, String) {
    let mut parts: Vec<&str> = path.split('/').collect();
    if parts.len() > 1
        && parts.last().is_some_and(|last| {
            last.strip_prefix('v').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
        })
    {
        parts.pop();
    }
    let last = parts.last().copied().unwrap_or(path);
    let last = last.split(".v").next().unwrap_or(last).replace('.', "_");
    let local = last.rsplit('-').next().unwrap_or(&last).to_owned();
    let path = match parts.len().checked_sub(2).map(|at| parts[at]) {
        Some(before) if !before.contains('.') => format!("{before}/{last}"),
        _ => last,
    };
    (path, local)
}
