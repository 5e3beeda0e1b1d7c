//! The common intermediate form that every language is lowered to: few kinds of expressions and
//! statements, all with their place. Knows names only.

use std::rc::Rc;

use super::names::Sym;

/// Bytes from `start` to `end` of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// A value that stands in the source.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Const {
    /// `None`, `null`, `nil`, `undefined`.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Another number.
    Float(f64),
    /// Text or bytes.
    Text(Rc<str>),
}

/// Operators that the engine knows; all others are [`Op::Other`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Equal,
    Unequal,
    Less,
    LessEqual,
    More,
    MoreEqual,
    And,
    Or,
    In,
    NotIn,
    /// `??`, `?:` and the like: the first that is there.
    Else,
    /// A comparison that nothing is known of.
    Compare,
    Other,
}

/// An expression and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Expr {
    pub(super) span: Span,
    pub(super) kind: Kind,
}

/// What an expression is.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Const(Const),
    /// A variable, an import or a name of the language.
    Name(Sym),
    /// A member.
    Field(Box<Expr>, Sym),
    /// An element.
    Index(Box<Expr>, Box<Expr>),
    Call(Box<Call>),
    /// Text made of parts.
    Join(Vec<Expr>),
    Binary(Op, Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    /// A list, tuple, set or array.
    List(Vec<Expr>),
    /// A dictionary or object; a key of `None` spreads the value.
    Dict(Vec<(Option<Expr>, Expr)>),
    Spread(Box<Expr>),
    Cond(Box<Expr>, Box<Expr>, Box<Expr>),
    Assign(Box<Expr>, Box<Expr>),
    Augment(Op, Box<Expr>, Box<Expr>),
    /// A function that stands in an expression.
    Function(usize),
    /// A class that stands in an expression.
    Class(usize),
    /// A value seen as another type.
    Cast(Sym, Box<Expr>),
    /// A comprehension: what is bound from what, conditions, the element.
    Each(Vec<(Expr, Expr)>, Vec<Expr>, Box<Expr>),
    /// What a generator gives.
    Yield(Box<Expr>),
    /// A `switch` that gives a value.
    Match(Box<Expr>, Vec<(Vec<Expr>, Expr)>),
    /// Anything else: its value comes from all of these.
    Many(Vec<Expr>),
}

/// A call.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) callee: Expr,
    pub(super) args: Vec<Arg>,
    /// `new C()` and literals of structures.
    pub(super) new: bool,
}

/// An argument.
#[derive(Clone, Debug)]
pub(super) struct Arg {
    pub(super) name: Option<Sym>,
    pub(super) value: Expr,
}

/// A statement.
#[derive(Clone, Debug)]
pub(super) enum Stmt {
    Expr(Expr),
    /// A declaration with its type, where it has one.
    Let {
        name: Sym,
        ty: Option<Sym>,
        value: Option<Expr>,
        span: Span,
    },
    If {
        cond: Expr,
        then: Vec<Self>,
        other: Vec<Self>,
    },
    /// `bind` takes each element of the second; `cond` and `step` as in `for (;;)`.
    Loop {
        bind: Option<(Expr, Expr)>,
        cond: Option<Expr>,
        body: Vec<Self>,
        step: Vec<Self>,
        once: bool,
    },
    Switch {
        subject: Expr,
        cases: Vec<Case>,
    },
    Try {
        body: Vec<Self>,
        handlers: Vec<(Option<Sym>, Vec<Self>)>,
        last: Vec<Self>,
    },
    Return(Option<Expr>, Span),
    Throw(Option<Expr>),
    Break,
    Continue,
    Function(usize),
    Class(usize),
    /// `local` stands for `path`.
    Import {
        local: Sym,
        path: Rc<str>,
        span: Span,
    },
    Block(Vec<Self>),
}

/// One arm of a `switch`; without tests it is the default.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) tests: Vec<Expr>,
    pub(super) body: Vec<Stmt>,
    /// Runs on into the next one.
    pub(super) falls: bool,
}

/// A parameter.
#[derive(Clone, Debug)]
pub(super) struct Param {
    pub(super) name: Sym,
    pub(super) span: Span,
    pub(super) ty: Option<Sym>,
    pub(super) default: Option<Expr>,
    /// Annotations, as calls or names.
    pub(super) marks: Vec<Expr>,
    /// Takes all that are left.
    pub(super) rest: bool,
    /// Takes all that are left by name: `**options`.
    pub(super) named: bool,
    /// What a destructured parameter is taken apart into.
    pub(super) pattern: Option<Expr>,
}

/// A function, method or lambda.
#[derive(Clone, Debug)]
pub(super) struct Function {
    pub(super) name: Sym,
    pub(super) span: Span,
    pub(super) params: Vec<Param>,
    pub(super) body: Vec<Stmt>,
    /// Decorators and annotations.
    pub(super) marks: Vec<Expr>,
    pub(super) class: Option<usize>,
    pub(super) is_static: bool,
    /// The name by which the body calls its object, if it is not a parameter.
    pub(super) this: Option<Sym>,
    /// Stands inside another function, whose variables it sees.
    pub(super) nested: bool,
    /// The number of nodes, as a measure of its cost.
    pub(super) size: u32,
    pub(super) returns: Option<Sym>,
    /// Without a body: what it does stands in another class.
    pub(super) bodiless: bool,
    /// Variables around it that it assigns.
    pub(super) outer: Vec<Sym>,
}

/// A class.
#[derive(Clone, Debug)]
pub(super) struct Class {
    pub(super) name: Sym,
    pub(super) bases: Vec<Expr>,
    pub(super) marks: Vec<Expr>,
    pub(super) methods: Vec<usize>,
    /// What stands in the class itself: fields and their values.
    pub(super) fields: Vec<Stmt>,
    pub(super) nested: bool,
}

/// A file in this form.
#[derive(Clone, Debug, Default)]
pub(super) struct Module {
    pub(super) body: Vec<Stmt>,
    pub(super) functions: Vec<Function>,
    pub(super) classes: Vec<Class>,
    /// The path by which others import it; empty where there is none.
    pub(super) path: String,
    /// Bytes that the grammar could not read.
    pub(super) unread: Vec<Span>,
    /// What it imports, as it stands there.
    pub(super) imports: Vec<String>,
    /// Nested deeper than is followed, at this place.
    pub(super) too_deep: Option<Span>,
}

impl Expr {
    /// An expression of which nothing is known.
    pub(super) fn unknown(span: Span) -> Self {
        Self { span, kind: Kind::Many(Vec::new()) }
    }

    pub(super) fn new(span: Span, kind: Kind) -> Self {
        Self { span, kind }
    }

    pub(super) fn text(span: Span, text: &str) -> Self {
        Self { span, kind: Kind::Const(Const::Text(text.into())) }
    }
}

/// The names that `body` declares and those that it assigns, functions inside it left out.
pub(super) fn assigned(body: &[Stmt], lets: &mut Vec<Sym>, sets: &mut Vec<Sym>, depth: u32) {
    if depth > 12 {
        return;
    }
    for stmt in body {
        match stmt {
            Stmt::Expr(expr) => assigned_by(expr, sets),
            Stmt::Let { name, .. } => lets.push(*name),
            Stmt::If { then, other, .. } => {
                assigned(then, lets, sets, depth + 1);
                assigned(other, lets, sets, depth + 1);
            }
            Stmt::Loop { bind, body, step, .. } => {
                if let Some((target, _)) = bind {
                    names_in(target, lets);
                }
                assigned(body, lets, sets, depth + 1);
                assigned(step, lets, sets, depth + 1);
            }
            Stmt::Switch { cases, .. } => cases.iter().for_each(|case| assigned(&case.body, lets, sets, depth + 1)),
            Stmt::Try { body, handlers, last } => {
                assigned(body, lets, sets, depth + 1);
                for (_, handler) in handlers {
                    assigned(handler, lets, sets, depth + 1);
                }
                assigned(last, lets, sets, depth + 1);
            }
            Stmt::Block(inner) => assigned(inner, lets, sets, depth + 1),
            _ => {}
        }
    }
}

fn assigned_by(expr: &Expr, sets: &mut Vec<Sym>) {
    if let Kind::Assign(target, _) | Kind::Augment(_, target, _) = &expr.kind {
        names_in(target, sets);
    }
}

fn names_in(target: &Expr, out: &mut Vec<Sym>) {
    match &target.kind {
        Kind::Name(name) => out.push(*name),
        Kind::List(all) => out.extend(all.iter().filter_map(|each| match each.kind {
            Kind::Name(name) => Some(name),
            _ => None,
        })),
        _ => {}
    }
}
