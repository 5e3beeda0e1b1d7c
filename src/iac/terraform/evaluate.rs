//! Expressions of a module -> values, as far as the module says them. Bounded in steps and depth: locals that
//! double each other, and circles, end as unknown.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use hcl_edit::Span;
use hcl_edit::expr::{BinaryOperator, Expression, ObjectKey, TraversalOperator, UnaryOperator};
use hcl_edit::structure::{Block, Body, Structure};
use hcl_edit::template::{Element, Template};

use super::{functions, policy};
use crate::document::{Lines, Node, Spot, Value};
use crate::iac::check::UNKNOWN_KEYS;

/// Values that the expressions of a module may make.
const MOST: usize = 2_000_000;
/// Expressions that may stand in each other, through names.
const DEEPEST: usize = 100;
/// Members that a dynamic block is made for.
const MEMBERS: usize = 64;

/// Names that only a part of a block knows: of a dynamic block, `each`.
#[derive(Clone, Default)]
pub(super) struct Scope(pub(super) Vec<(String, Node)>);

/// What a module declares.
pub(super) struct Module<'m> {
    lines: Vec<Lines<'m>>,
    variables: HashMap<String, Node>,
    locals: HashMap<String, (usize, &'m Expression)>,
    tree_locals: HashMap<String, Node>,
    known: RefCell<HashMap<String, Node>>,
    policies: HashMap<String, (usize, &'m Block)>,
    steps: Cell<usize>,
    depth: Cell<usize>,
}

impl<'m> Module<'m> {
    pub(super) fn new(lines: Vec<Lines<'m>>) -> Self {
        Self {
            lines,
            variables: HashMap::new(),
            locals: HashMap::new(),
            tree_locals: HashMap::new(),
            known: RefCell::default(),
            policies: HashMap::new(),
            steps: Cell::new(0),
            depth: Cell::new(0),
        }
    }

    /// What a file of the module declares.
    pub(super) fn declare(&mut self, source: usize, body: &'m Body) {
        for block in body.iter().filter_map(Structure::as_block) {
            match (block.ident.as_str(), block.labels.as_slice()) {
                ("variable", [name]) => {
                    let default = block.body.get_attribute("default");
                    if let Some(default) = default.filter(|_| !self.variables.contains_key(name.as_str())) {
                        let value = self.value(source, &default.value, &Scope::default());
                        self.variables.insert(name.as_str().to_owned(), value);
                    }
                }
                ("locals", _) => {
                    for attribute in block.body.attributes() {
                        self.locals.insert(attribute.key.as_str().to_owned(), (source, &attribute.value));
                    }
                }
                ("data", [kind, name]) if kind.as_str() == "aws_iam_policy_document" => {
                    self.policies.insert(name.as_str().to_owned(), (source, block));
                }
                _ => {}
            }
        }
    }

    /// The values of a `.tfvars` file: they count before defaults.
    pub(super) fn assign(&mut self, source: usize, body: &Body) {
        for attribute in body.attributes() {
            let value = self.value(source, &attribute.value, &Scope::default());
            self.variables.insert(attribute.key.as_str().to_owned(), value);
        }
    }

    pub(super) fn assign_tree(&mut self, tree: &Node) {
        self.variables.extend(tree.pairs().iter().cloned());
    }

    pub(super) fn declare_tree(&mut self, tree: &Node) {
        for (name, variable) in tree.get("variable").map(Node::pairs).unwrap_or_default() {
            if let Some(default) = variable.get("default") {
                self.variables.entry(name.clone()).or_insert_with(|| default.clone());
            }
        }
        for (name, local) in tree.get("locals").map(Node::pairs).unwrap_or_default() {
            self.tree_locals.insert(name.clone(), local.clone());
        }
    }

    pub(super) fn spot(&self, source: usize, at: usize) -> Spot {
        self.lines[source].at(at)
    }

    /// A block as a map of its attributes and blocks; blocks of one name become a list.
    pub(super) fn block(&self, source: usize, block: &Block, scope: &Scope) -> Node {
        let spot = block.span().map_or((0, 0), |span| self.spot(source, span.start));
        let mut node = self.body(source, &block.body, scope);
        (node.line, node.column, node.key) = (spot.0, spot.1, spot);
        node
    }

    fn body(&self, source: usize, body: &Body, scope: &Scope) -> Node {
        let mut pairs: Vec<(String, Node)> = Vec::new();
        let mut put = |name: &str, node: Node| match pairs.iter_mut().find(|(key, _)| key == name) {
            Some((_, Node { value: Value::List(members), .. })) => members.push(node),
            Some((_, own)) => {
                let first = own.clone();
                own.value = Value::List(vec![first, node]);
            }
            None => pairs.push((name.to_owned(), node)),
        };
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    let key = attribute.span().map_or((0, 0), |span| self.spot(source, span.start));
                    put(attribute.key.as_str(), Node { key, ..self.value(source, &attribute.value, scope) });
                }
                Structure::Block(block) if block.ident.as_str() == "dynamic" => {
                    for (name, node) in self.dynamic(source, block, scope) {
                        put(&name, node);
                    }
                }
                Structure::Block(block) => put(block.ident.as_str(), self.block(source, block, scope)),
            }
        }
        Node::at(Value::Map(pairs), (0, 0))
    }

    /// The blocks that a dynamic one makes: one for each member where these are known.
    fn dynamic(&self, source: usize, block: &Block, scope: &Scope) -> Vec<(String, Node)> {
        let Some(name) = block.labels.first().map(|label| label.as_str().to_owned()) else { return Vec::new() };
        let Some(content) = block.body.get_blocks("content").next() else { return Vec::new() };
        let iterator = block.body.get_attribute("iterator").and_then(|own| own.value.as_variable());
        let iterator = iterator.map_or_else(|| name.clone(), |own| own.as_str().to_owned());
        let each = block.body.get_attribute("for_each").map(|own| self.value(source, &own.value, scope));
        let unknown = |part: &str| Node::at(Value::Unknown(format!("{iterator}.{part}")), (0, 0));
        let members: Vec<(Node, Node)> = match each.map(|node| node.value) {
            Some(Value::List(members)) => members.into_iter().map(|member| (member.clone(), member)).collect(),
            Some(Value::Map(pairs)) if pairs.iter().all(|(key, _)| key != UNKNOWN_KEYS) => {
                pairs.into_iter().map(|(key, node)| (Node::at(Value::Text(key), (0, 0)), node)).collect()
            }
            _ => vec![(unknown("key"), unknown("value"))],
        };
        let made = members.into_iter().take(MEMBERS).map(|(key, value)| {
            let bound = Value::Map(vec![("key".to_owned(), key), ("value".to_owned(), value)]);
            let mut inner = scope.clone();
            inner.0.push((iterator.clone(), Node::at(bound, (0, 0))));
            (name.clone(), self.block(source, content, &inner))
        });
        made.collect()
    }

    /// The value of an expression.
    pub(super) fn value(&self, source: usize, expression: &Expression, scope: &Scope) -> Node {
        let spot = expression.span().map_or((0, 0), |span| self.spot(source, span.start));
        self.steps.set(self.steps.get() + 1);
        if self.steps.get() > MOST || self.depth.get() > DEEPEST {
            return Node::at(Value::Unknown(String::new()), spot);
        }
        self.depth.set(self.depth.get() + 1);
        let node = self.evaluated(source, expression, scope, spot);
        self.depth.set(self.depth.get() - 1);
        node
    }

    fn evaluated(&self, source: usize, expression: &Expression, scope: &Scope, spot: Spot) -> Node {
        let of = |inner: &Expression| self.value(source, inner, scope);
        let at = |value| Node::at(value, spot);
        match expression {
            Expression::Null(_) => at(Value::Null),
            Expression::Bool(own) => at(Value::Bool(**own)),
            Expression::Number(own) => at(Value::Number(own.to_string().trim().to_owned())),
            Expression::String(own) => with_json(at(Value::Text(own.to_string())), None),
            Expression::Array(members) => at(Value::List(members.iter().map(of).collect())),
            Expression::Object(object) => at(Value::Map(
                object
                    .iter()
                    .map(|(key, value)| {
                        let (name, place) = match key {
                            ObjectKey::Ident(own) => (own.as_str().to_owned(), own.span()),
                            ObjectKey::Expression(own) => {
                                let key = of(own);
                                (key.text().map_or_else(|| UNKNOWN_KEYS.to_owned(), str::to_owned), own.span())
                            }
                        };
                        let key = place.map_or((0, 0), |span| self.spot(source, span.start));
                        (name, Node { key, ..of(value.expr()) })
                    })
                    .collect(),
            )),
            Expression::StringTemplate(template) => {
                if let [Element::Interpolation(only)] = template.iter().collect::<Vec<_>>().as_slice() {
                    return Node { line: spot.0, column: spot.1, ..of(&only.expr) };
                }
                with_json(at(self.template(source, template.iter(), scope)), None)
            }
            Expression::HeredocTemplate(heredoc) => {
                let template: &Template = &heredoc.template;
                with_json(at(self.template(source, template.iter(), scope)), Some(spot.0))
            }
            Expression::Parenthesis(own) => of(own.inner()),
            Expression::Variable(own) => {
                Self::root(own.as_str(), scope).unwrap_or_else(|| at(Value::Unknown(own.as_str().to_owned())))
            }
            Expression::Conditional(own) => match of(&own.cond_expr).text() {
                Some("true") => of(&own.true_expr),
                Some("false") => of(&own.false_expr),
                _ => {
                    // Where both sides say the same it does not matter which.
                    let (one, two) = (of(&own.true_expr), of(&own.false_expr));
                    if one.text().is_some() && one.text() == two.text() {
                        one
                    } else {
                        at(Value::Unknown("?".to_owned()))
                    }
                }
            },
            Expression::FuncCall(call) => {
                if call.name.is_namespaced() {
                    return at(Value::Unknown("function".to_owned()));
                }
                let arguments: Vec<Node> = call.args.iter().map(of).collect();
                let name = call.name.name.as_str();
                let node = functions::call(name, arguments, spot);
                if name == "jsonencode" { node } else { Node { line: spot.0, column: spot.1, ..node } }
            }
            Expression::Traversal(own) => {
                let node = self.traversal(source, &own.expr, &own.operators, scope);
                Node { line: spot.0, column: spot.1, ..node }
            }
            Expression::UnaryOp(own) => match (*own.operator.value(), of(&own.expr).value) {
                (UnaryOperator::Not, Value::Bool(value)) => at(Value::Bool(!value)),
                (UnaryOperator::Neg, Value::Number(number)) => at(Value::Number(format!("-{number}"))),
                _ => at(Value::Unknown("!".to_owned())),
            },
            Expression::BinaryOp(own) => {
                let (one, two) = (of(&own.lhs_expr), of(&own.rhs_expr));
                at(binary(*own.operator.value(), &one, &two).unwrap_or_else(|| Value::Unknown("op".to_owned())))
            }
            Expression::ForExpr(_) => at(Value::Unknown("for".to_owned())),
        }
    }

    fn template<'t>(&self, source: usize, elements: impl Iterator<Item = &'t Element>, scope: &Scope) -> Value {
        let mut text = String::new();
        let mut whole = true;
        for element in elements {
            match element {
                Element::Literal(literal) => text.push_str(literal),
                Element::Interpolation(own) => {
                    let node = self.value(source, &own.expr, scope);
                    if let Some(known) = node.text() {
                        text.push_str(known);
                    } else {
                        whole = false;
                        let name = if let Value::Unknown(name) = &node.value { name.as_str() } else { "" };
                        text.push_str("${");
                        text.extend(name.chars().filter(|c| !matches!(c, '"' | '{' | '}' | '\\' | '$')));
                        text.push('}');
                    }
                }
                Element::Directive(_) => {
                    whole = false;
                    text.push_str("${}");
                }
            }
            if text.len() > MOST {
                return Value::Unknown(String::new());
            }
        }
        if whole { Value::Text(text) } else { Value::Unknown(text) }
    }

    /// The value of a first name, where it is one of the scope.
    fn root(name: &str, scope: &Scope) -> Option<Node> {
        scope.0.iter().rev().find(|(own, _)| own == name).map(|(_, node)| node.clone())
    }

    fn traversal(
        &self,
        source: usize,
        first: &Expression,
        operators: &[hcl_edit::Decorated<TraversalOperator>],
        scope: &Scope,
    ) -> Node {
        let names: Vec<&str> =
            operators
                .iter()
                .map_while(|operator| {
                    if let TraversalOperator::GetAttr(name) = operator.value() { Some(name.as_str()) } else { None }
                })
                .collect();
        let unknown = || Node::at(Value::Unknown(written(first, operators)), (0, 0));
        let Expression::Variable(root) = first else {
            return self.stepped(source, self.value(source, first, scope), operators, scope).unwrap_or_else(unknown);
        };
        let (start, rest) = match (root.as_str(), names.as_slice()) {
            ("var", [name, ..]) => (self.variables.get(*name).cloned(), &operators[1..]),
            ("local", [name, ..]) => (self.local(name), &operators[1..]),
            ("data", ["aws_iam_policy_document", name, ..]) => {
                let (source, block) = match self.policies.get(*name) {
                    Some(own) if self.depth.get() < DEEPEST / 2 => *own,
                    _ => return unknown(),
                };
                return policy::document(self, source, block);
            }
            (root, _) => (Self::root(root, scope), operators),
        };
        start.and_then(|start| self.stepped(source, start, rest, scope)).unwrap_or_else(unknown)
    }

    fn local(&self, name: &str) -> Option<Node> {
        if let Some(node) = self.known.borrow().get(name) {
            self.steps.set(self.steps.get() + size(node));
            return Some(node.clone());
        }
        if let Some(node) = self.tree_locals.get(name) {
            return Some(node.clone());
        }
        let (source, expression) = *self.locals.get(name)?;
        let node = self.value(source, expression, &Scope::default());
        self.known.borrow_mut().insert(name.to_owned(), node.clone());
        Some(node)
    }

    fn stepped(
        &self,
        source: usize,
        mut node: Node,
        operators: &[hcl_edit::Decorated<TraversalOperator>],
        scope: &Scope,
    ) -> Option<Node> {
        for operator in operators {
            let next = match (operator.value(), &node.value) {
                (TraversalOperator::GetAttr(name), Value::Map(_)) => node.get(name.as_str()).cloned()?,
                (TraversalOperator::Index(index), Value::List(members)) => {
                    let index: usize = self.value(source, index, scope).text()?.parse().ok()?;
                    members.get(index)?.clone()
                }
                (TraversalOperator::Index(index), Value::Map(_)) => {
                    let key = self.value(source, index, scope);
                    node.get(key.text()?).cloned()?
                }
                _ => return None,
            };
            node = next;
        }
        if matches!(node.value, Value::Unknown(_)) { None } else { Some(node) }
    }
}

/// A path of names as it is written, without indexes.
fn written(first: &Expression, operators: &[hcl_edit::Decorated<TraversalOperator>]) -> String {
    let mut text = match first {
        Expression::Variable(own) => own.as_str().to_owned(),
        Expression::Traversal(own) => written(&own.expr, &own.operators),
        _ => String::new(),
    };
    for operator in operators {
        if let TraversalOperator::GetAttr(name) = operator.value() {
            text.push('.');
            text.push_str(name.as_str());
        }
    }
    text
}

fn size(node: &Node) -> usize {
    match &node.value {
        Value::List(members) => 1 + members.iter().map(size).sum::<usize>(),
        Value::Map(pairs) => 1 + pairs.iter().map(|(_, node)| size(node)).sum::<usize>(),
        _ => 1,
    }
}

fn binary(operator: BinaryOperator, one: &Node, two: &Node) -> Option<Value> {
    let is_null = |node: &Node| node.value == Value::Null;
    if matches!(one.value, Value::Unknown(_)) || matches!(two.value, Value::Unknown(_)) {
        let texts = [one.text(), two.text()];
        return match operator {
            BinaryOperator::And if texts.contains(&Some("false")) => Some(Value::Bool(false)),
            BinaryOperator::Or if texts.contains(&Some("true")) => Some(Value::Bool(true)),
            _ => None,
        };
    }
    let same = || match (one.text(), two.text()) {
        (Some(one), Some(two)) => Some(one == two),
        _ if is_null(one) || is_null(two) => Some(is_null(one) && is_null(two)),
        _ => None,
    };
    let numbers = || Some((one.text()?.parse::<f64>().ok()?, two.text()?.parse::<f64>().ok()?));
    Some(match operator {
        BinaryOperator::Eq => Value::Bool(same()?),
        BinaryOperator::NotEq => Value::Bool(!same()?),
        BinaryOperator::And => Value::Bool(one.text()? == "true" && two.text()? == "true"),
        BinaryOperator::Or => Value::Bool(one.text()? == "true" || two.text()? == "true"),
        BinaryOperator::Less => numbers().map(|(one, two)| Value::Bool(one < two))?,
        BinaryOperator::LessEq => numbers().map(|(one, two)| Value::Bool(one <= two))?,
        BinaryOperator::Greater => numbers().map(|(one, two)| Value::Bool(one > two))?,
        BinaryOperator::GreaterEq => numbers().map(|(one, two)| Value::Bool(one >= two))?,
        BinaryOperator::Plus => numbers().map(|(one, two)| Value::Number((one + two).to_string()))?,
        BinaryOperator::Minus => numbers().map(|(one, two)| Value::Number((one - two).to_string()))?,
        BinaryOperator::Mul => numbers().map(|(one, two)| Value::Number((one * two).to_string()))?,
        _ => return None,
    })
}

/// A text that is a JSON document, read; of a heredoc that begins after line `heredoc` with the places in it.
pub(super) fn with_json(node: Node, heredoc: Option<u32>) -> Node {
    let (Value::Text(text) | Value::Unknown(text)) = &node.value else { return node };
    if !text.trim_start().starts_with(['{', '[']) || text.trim_start().starts_with("{{") {
        return node;
    }
    let Ok(mut tree) = Node::from_json(text.trim_end()) else { return node };
    moved(&mut tree, node.line, node.column, heredoc);
    Node { key: node.key, ..tree }
}

fn moved(node: &mut Node, line: u32, column: u32, heredoc: Option<u32>) {
    match heredoc {
        Some(before) => {
            node.line += before;
            if node.key.0 > 0 {
                node.key.0 += before;
            }
        }
        None => (node.line, node.column, node.key) = (line, column, (0, 0)),
    }
    match &mut node.value {
        Value::List(members) => members.iter_mut().for_each(|member| moved(member, line, column, heredoc)),
        Value::Map(pairs) => pairs.iter_mut().for_each(|(_, node)| moved(node, line, column, heredoc)),
        Value::Text(text) if text.contains("${") => node.value = Value::Unknown(std::mem::take(text)),
        _ => {}
    }
}
