//! Source text to the common form: what all languages share. A file each for what they do not.

mod go;
mod java;
mod java_expr;
mod javascript;
mod javascript_expr;
mod python;
mod python_text;

use gatehook_grammars::{Grammar, Node, Parser};

use crate::sast::ir::{Class, Const, Expr, Function, Kind, Module, Param, Span, Stmt};
use crate::sast::names::{Names, Sym};

/// The deepest nesting that is followed.
const DEEPEST: u32 = 180;

/// What lowering carries along.
struct Lower<'a> {
    src: &'a [u8],
    names: &'a mut Names,
    module: Module,
    depth: u32,
    /// How many functions stand around.
    inside: u32,
    nodes: u32,
    class: Option<usize>,
    /// What the function at hand says that it assigns around it; `None` where assignments say so themselves.
    outer: Option<Vec<Sym>>,
}

/// `src` in the common form; `None` where the parser gives up.
pub(super) fn lower(grammar: Grammar, src: &[u8], module: &str, names: &mut Names) -> Option<Module> {
    let mut parser = Parser::new();
    parser.set_language(&grammar.language()).ok()?;
    let tree = parser.parse(src, None)?;
    let mut low = Lower {
        src,
        names,
        module: Module { path: module.to_owned(), ..Module::default() },
        depth: 0,
        inside: 0,
        nodes: 0,
        class: None,
        outer: matches!(grammar, Grammar::Python).then(Vec::new),
    };
    let root = tree.root_node();
    if root.has_error() {
        low.find_unread(root);
    }
    let mut body = Vec::new();
    match grammar {
        Grammar::Python => low.py_block(root, &mut body),
        Grammar::JavaScript | Grammar::TypeScript | Grammar::Tsx => low.js_block(root, &mut body),
        Grammar::Java => low.java_block(root, &mut body),
        Grammar::Go => low.go_block(root, &mut body),
    }
    low.module.body = body;
    Some(low.module)
}

/// The named children of `node`, comments left out.
fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| !child.kind().ends_with("comment")).collect()
}

fn span(node: Node<'_>) -> Span {
    Span {
        start: u32::try_from(node.start_byte()).unwrap_or(u32::MAX),
        end: u32::try_from(node.end_byte()).unwrap_or(u32::MAX),
    }
}

impl<'a> Lower<'a> {
    fn text(&self, node: Node<'_>) -> &'a str {
        std::str::from_utf8(&self.src[node.byte_range()]).unwrap_or("")
    }

    fn sym(&mut self, node: Node<'_>) -> Sym {
        let text = self.text(node);
        self.names.sym(text)
    }

    fn field(&mut self, node: Node<'_>, name: &str) -> Option<Sym> {
        let node = node.child_by_field_name(name)?;
        Some(self.sym(node))
    }

    /// Notes the places that the grammar could not read.
    fn find_unread(&mut self, root: Node<'_>) {
        let mut cursor = root.walk();
        loop {
            let node = cursor.node();
            if node.is_error() || node.is_missing() {
                self.module.unread.push(span(node));
                if self.module.unread.len() >= 16 {
                    return;
                }
            } else if node.has_error() && cursor.goto_first_child() {
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return;
                }
            }
        }
    }

    /// Whether there is room to go deeper; every `true` wants a [`Self::up`].
    fn down(&mut self, node: Node<'_>) -> bool {
        if self.depth >= DEEPEST {
            self.module.too_deep.get_or_insert(span(node));
            return false;
        }
        self.depth += 1;
        self.nodes += 1;
        true
    }

    fn up(&mut self) {
        self.depth -= 1;
    }

    fn name_expr(&mut self, node: Node<'_>) -> Expr {
        Expr::new(span(node), Kind::Name(self.sym(node)))
    }

    /// A function whose parts `fill` lowers.
    fn function(&mut self, node: Node<'_>, name: Sym, fill: impl FnOnce(&mut Self, &mut Function)) -> usize {
        let at = self.module.functions.len();
        let mut function = Function {
            name,
            span: span(node),
            params: Vec::new(),
            body: Vec::new(),
            marks: Vec::new(),
            class: self.class,
            is_static: false,
            this: None,
            nested: self.inside > 0,
            size: 0,
            returns: None,
            bodiless: false,
            outer: Vec::new(),
        };
        // The place is taken before the body, so that functions inside it come after.
        self.module.functions.push(function.clone());
        let before = std::mem::replace(&mut self.nodes, 0);
        self.inside += 1;
        let class = self.class;
        let outer = self.outer.as_mut().map(std::mem::take);
        fill(self, &mut function);
        function.outer = match std::mem::replace(&mut self.outer, outer) {
            Some(said) => said,
            None if function.nested => {
                let mut lets: Vec<Sym> = function.params.iter().map(|param| param.name).collect();
                let mut sets = Vec::new();
                crate::sast::ir::assigned(&function.body, &mut lets, &mut sets, 0);
                sets.retain(|name| !lets.contains(name));
                sets
            }
            None => Vec::new(),
        };
        self.class = class;
        self.inside -= 1;
        function.size = self.nodes;
        self.nodes += before;
        self.module.functions[at] = function;
        at
    }

    /// A class whose parts `fill` lowers; methods are functions made while `self.class` is set.
    fn class(&mut self, name: Sym, fill: impl FnOnce(&mut Self, &mut Class)) -> usize {
        let at = self.module.classes.len();
        let mut class = Class {
            name,
            bases: Vec::new(),
            marks: Vec::new(),
            methods: Vec::new(),
            fields: Vec::new(),
            nested: self.inside > 0,
        };
        self.module.classes.push(class.clone());
        let outer = self.class.replace(at);
        fill(self, &mut class);
        self.class = outer;
        self.module.classes[at] = class;
        at
    }

    fn param(name: Sym, node: Node<'_>) -> Param {
        Param {
            name,
            span: span(node),
            ty: None,
            default: None,
            marks: Vec::new(),
            rest: false,
            named: false,
            pattern: None,
        }
    }

    /// A whole number as the languages write it.
    fn number(&self, node: Node<'_>) -> Const {
        let text: String = self.text(node).chars().filter(|c| *c != '_').collect();
        let text = text.trim_end_matches(['L', 'l', 'n', 'j']);
        let parsed = if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
            i64::from_str_radix(hex, 16).ok()
        } else if let Some(octal) = text.strip_prefix("0o").or_else(|| text.strip_prefix("0O")) {
            i64::from_str_radix(octal, 8).ok()
        } else if let Some(bits) = text.strip_prefix("0b").or_else(|| text.strip_prefix("0B")) {
            i64::from_str_radix(bits, 2).ok()
        } else if text.len() > 1 && text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit()) {
            i64::from_str_radix(text, 8).ok()
        } else {
            text.parse().ok()
        };
        match parsed {
            Some(number) => Const::Int(number),
            None => text.trim_end_matches(['f', 'd', 'F', 'D']).parse().map_or(Const::Null, Const::Float),
        }
    }

    /// All named children as parts of something unknown.
    fn many(&mut self, node: Node<'_>, each: impl Fn(&mut Self, Node<'_>) -> Expr) -> Expr {
        let parts = children(node).into_iter().map(|child| each(self, child)).collect();
        Expr::new(span(node), Kind::Many(parts))
    }

    fn blocks(&mut self, node: Option<Node<'_>>, each: impl FnOnce(&mut Self, Node<'_>, &mut Vec<Stmt>)) -> Vec<Stmt> {
        let mut body = Vec::new();
        if let Some(node) = node {
            each(self, node, &mut body);
        }
        body
    }
}

/// What escapes in a literal stand for, as far as languages agree.
fn unescape(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('0') => out.push('\0'),
            Some('\n') | None => {}
            Some(mark @ ('x' | 'u')) => {
                let width = if mark == 'x' { 2 } else { 4 };
                let digits: String = chars.clone().take(width).collect();
                match u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32) {
                    Some(c) if digits.len() == width => {
                        out.push(c);
                        chars.by_ref().take(width).for_each(drop);
                    }
                    _ => out.push(mark),
                }
            }
            // Kept where the escape may belong to a pattern: `\d`, `\w`, `\.`.
            Some(c) if c.is_ascii_alphabetic() || c == '.' => {
                out.push('\\');
                out.push(c);
            }
            Some(c) => out.push(c),
        }
    }
    out
}
