//! The engine: runs the common form with what is known of values, and asks the rules at calls,
//! reads and writes. Knows no language; bounded by a budget of steps, and says when it ran out.

mod acts;
mod assign;
mod binary;
mod call;
mod check;
mod eval;
mod exec;
mod guard;
mod roots;
mod run;
mod state;
mod text;
mod typed;
mod value;

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use state::{Obj, State, Vars};
use value::{Code, Konst, Note, ObjId, Step, Taint, Val};

use super::ir::{Const, Expr, Module, Span};
use super::names::{Names, PathId, Sym};
use super::rules::{Role, Rules};

/// Steps that one root function may take, with all that it calls.
const ROOT_STEPS: u64 = 30_000;
/// Steps that one file may take.
const FILE_STEPS: u64 = 500_000;
/// The deepest chain of calls that is followed.
const DEEPEST_CALL: usize = 6;
/// The deepest nesting of expressions and statements over all of them.
const DEEPEST: u32 = 420;

/// What was found at one place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hit {
    pub(super) module: usize,
    pub(super) span: Span,
    pub(super) rule: usize,
    /// Part of the way is not known.
    pub(super) vague: bool,
    /// From the source to the sink: module, place, what happens there.
    pub(super) trace: Vec<(usize, Span, String)>,
}

/// What runs at the moment.
#[derive(Clone, Default)]
struct Frame {
    module: usize,
    /// Told apart from all others, so that a closure knows whether it runs where it was made.
    id: u64,
    captured: Option<Rc<Vars>>,
    this: Option<Val>,
    class: Option<(usize, usize)>,
    result: Option<Val>,
    /// What it gives as a generator.
    yields: Option<Val>,
    exits: Option<State>,
    /// Parameters whose cleaning is watched, by name.
    watched: Vec<Sym>,
    /// Per return: what it gives, and what the watched ones are clean for if that is true, and if not.
    returns: Vec<(Option<bool>, Vec<u64>, Vec<u64>)>,
    /// The functions around, for recursion.
    stack: Vec<(usize, usize)>,
    /// Decorated so that what it returns goes out.
    outlets: Vec<u32>,
}

/// Fields of a class by name.
type Fields = Vec<(Rc<str>, Val)>;

struct Closure {
    module: usize,
    function: usize,
    captured: Rc<Vars>,
    this: Option<Val>,
    class: Option<(usize, usize)>,
    ran: bool,
    /// The frame that made it.
    frame: u64,
}

/// What is given to a call.
struct Given<'p> {
    name: Option<Sym>,
    val: Val,
    spread: bool,
    expr: Option<&'p Expr>,
}

/// The engine at work on the modules of one program.
pub(super) struct Engine<'p> {
    program: &'p [Rc<Module>],
    names: &'p mut Names,
    rules: &'p mut Rules,
    /// What constants of properties files are, by key.
    properties: &'p dyn Fn(&str) -> Option<String>,
    st: State,
    frame: Frame,
    globals: Vec<Rc<Vars>>,
    class_fields: HashMap<(usize, usize), Fields>,
    index: HashMap<Rc<str>, Code>,
    code_at: HashMap<PathId, Option<Code>>,
    types: HashMap<PathId, PathId>,
    closures: Vec<Closure>,
    objects: HashMap<(usize, Span, usize), ObjId>,
    next_object: ObjId,
    conds: HashMap<Sym, &'p Expr>,
    call_guards: HashMap<Span, (Vec<u64>, Vec<u64>)>,
    plain_calls: HashMap<(usize, usize), Val>,
    breaks: Vec<Vec<State>>,
    continues: Vec<Vec<State>>,
    throws: Vec<Vec<State>>,
    steps: u64,
    limit: u64,
    depth: u32,
    cut: bool,
    hits: HashMap<(usize, Span, usize), Hit>,
    muted: bool,
    /// What runs may run, or not, or often.
    maybe: bool,
    next_frame: u64,
    reached: HashSet<(usize, usize)>,
}

impl<'p> Engine<'p> {
    pub(super) fn new(
        program: &'p [Rc<Module>],
        names: &'p mut Names,
        rules: &'p mut Rules,
        properties: &'p dyn Fn(&str) -> Option<String>,
    ) -> Self {
        let mut made = Self {
            program,
            names,
            rules,
            properties,
            st: State::default(),
            frame: Frame::default(),
            globals: program.iter().map(|_| Rc::default()).collect(),
            class_fields: HashMap::new(),
            index: HashMap::new(),
            code_at: HashMap::new(),
            types: HashMap::new(),
            closures: Vec::new(),
            objects: HashMap::new(),
            next_object: 0,
            conds: HashMap::new(),
            call_guards: HashMap::new(),
            plain_calls: HashMap::new(),
            breaks: Vec::new(),
            continues: Vec::new(),
            throws: Vec::new(),
            steps: 0,
            limit: 0,
            depth: 0,
            cut: false,
            hits: HashMap::new(),
            muted: false,
            maybe: false,
            next_frame: 1,
            reached: HashSet::new(),
        };
        made.fill_index();
        made
    }

    fn fill_index(&mut self) {
        for (m, module) in self.program.iter().enumerate() {
            let under = |name: &str| {
                if module.path.is_empty() { Rc::from(name) } else { Rc::from(format!("{}.{name}", module.path)) }
            };
            for (f, function) in module.functions.iter().enumerate() {
                if !function.nested && function.class.is_none() && function.this.is_none() {
                    self.index.entry(under(self.names.text(function.name))).or_insert(Code::Function(m, f));
                }
            }
            for (c, class) in module.classes.iter().enumerate() {
                if !class.nested {
                    self.index.entry(under(self.names.text(class.name))).or_insert(Code::Class(m, c));
                }
            }
        }
    }

    /// Whether there is room for another step; every `true` wants a [`Self::leave`].
    fn enter(&mut self) -> bool {
        self.steps += 1;
        if self.steps > self.limit || self.depth >= DEEPEST {
            self.cut = true;
            return false;
        }
        self.depth += 1;
        true
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    /// `path` by the name that rules know it by.
    fn canonical(&mut self, path: PathId) -> PathId {
        if let Some(known) = self.types.get(&path) {
            return *known;
        }
        let mut at = path;
        for _ in 0..4 {
            let found = self.rules.at(at, self.names);
            let other = found.iter().find_map(|entry| match &self.rules.entry(*entry).0 {
                Role::Type(other) => Some(other.clone()),
                _ => None,
            });
            match other {
                Some(other) => at = self.names.path(&other),
                None => break,
            }
        }
        self.types.insert(path, at);
        at
    }

    fn member(&mut self, path: Option<PathId>, name: Sym) -> Option<PathId> {
        let base = match path {
            Some(path) => path,
            None => self.names.path("?"),
        };
        let made = self.names.field(base, name)?;
        Some(self.canonical(made))
    }

    fn result_of(&mut self, path: Option<PathId>) -> Option<PathId> {
        let made = self.names.call(path?)?;
        Some(self.canonical(made))
    }

    /// The code of the program that `path` names.
    fn code_of(&mut self, path: PathId) -> Option<Code> {
        if let Some(known) = self.code_at.get(&path) {
            return *known;
        }
        let text = self.names.path_text(path).clone();
        let found = self.index.get(&text).copied().or_else(|| {
            // A member of a class of the program: `Helper.build`.
            let (before, name) = text.rsplit_once('.')?;
            let Code::Class(m, c) = *self.index.get(before)? else { return None };
            let name = self.names.sym(name);
            self.method(m, c, name).map(|(m, f)| Code::Function(m, f))
        });
        self.code_at.insert(path, found);
        found
    }

    /// The method `name` of a class or of what it is made from.
    fn method(&mut self, m: usize, c: usize, name: Sym) -> Option<(usize, usize)> {
        self.method_at(m, c, name, 0)
    }

    fn method_at(&mut self, m: usize, c: usize, name: Sym, depth: u32) -> Option<(usize, usize)> {
        let program = self.program;
        let class = &program[m].classes[c];
        if let Some(f) = class.methods.iter().find(|f| program[m].functions[**f].name == name) {
            return Some((m, *f));
        }
        for base in class.bases.iter().take(4) {
            let super::ir::Kind::Name(base) = &base.kind else { continue };
            if let Some((next, at)) = self.class_named(m, *base)
                && (next, at) != (m, c)
                && depth < 6
                && let Some(found) = self.method_at(next, at, name, depth + 1)
            {
                return Some(found);
            }
        }
        None
    }

    /// Methods of other classes that stand behind `f`, a method without a body.
    fn implementations(&self, m: usize, f: usize) -> Vec<(usize, usize)> {
        let program = self.program;
        let function = &program[m].functions[f];
        let Some(class) = function.class.map(|c| program[m].classes[c].name) else { return Vec::new() };
        let mut found = Vec::new();
        for (m, module) in program.iter().enumerate() {
            for other in &module.classes {
                let is_of = |base: &Expr| matches!(base.kind, super::ir::Kind::Name(name) if name == class);
                // Types of Go need not say what they implement.
                if !(other.bases.iter().any(is_of) || other.bases.is_empty() && other.name != class) {
                    continue;
                }
                let named = |f: &&usize| {
                    let each = &module.functions[**f];
                    each.name == function.name && each.params.len() == function.params.len() && !each.bodiless
                };
                found.extend(other.methods.iter().find(named).map(|f| (m, *f)));
            }
        }
        found.truncate(3);
        found
    }

    fn class_named(&mut self, m: usize, name: Sym) -> Option<(usize, usize)> {
        let code = self.globals[m].get(&name).and_then(|val| val.code);
        let code = match code {
            Some(code) => code,
            None => {
                let text = self.names.text(name).clone();
                let path = &self.program[m].path;
                let full = if path.is_empty() { text.to_string() } else { format!("{path}.{text}") };
                *self.index.get(full.as_str())?
            }
        };
        match code {
            Code::Class(m, c) => Some((m, c)),
            _ => None,
        }
    }

    /// The object that is made at `span`; the same one each time round a loop.
    fn object(&mut self, span: Span, obj: Obj) -> ObjId {
        let key = (self.frame.module, span, self.frame.stack.len());
        let next = self.next_object;
        let at = *self.objects.entry(key).or_insert(next);
        if at == next {
            self.next_object += 1;
        }
        self.st.heap.insert(at, Rc::new(obj));
        at
    }

    fn obj(&self, val: &Val) -> Option<&Rc<Obj>> {
        self.st.heap.get(&val.obj?)
    }

    fn obj_mut(&mut self, at: ObjId) -> Option<&mut Obj> {
        self.st.heap.get_mut(&at).map(Rc::make_mut)
    }

    /// `val` with all that flows out of what it holds.
    fn deep(&self, val: &Val) -> Val {
        let mut out = val.clone();
        // What is known whole is as safe as what it holds.
        if self.obj(val).is_some_and(|obj| !obj.open) && val.taint.is_empty() {
            out.safe = u64::MAX;
        }
        self.sink_in(val, &mut out, 0);
        out
    }

    fn sink_in(&self, val: &Val, out: &mut Val, depth: u32) {
        let Some(obj) = self.obj(val) else { return };
        if depth > 3 {
            return;
        }
        let obj = obj.clone();
        for each in obj.items.iter().flatten().chain(obj.fields.iter().map(|(_, value)| value)).chain(&obj.rest) {
            out.built |= each.built;
            out.safe = out.safe_for() & each.safe_for();
            out.fixed &= each.fixed;
            for taint in &each.taint {
                out.add_taint(taint);
            }
            self.sink_in(each, out, depth + 1);
        }
    }

    fn step(&self, span: Span, note: Note, before: Option<Rc<Step>>) -> Rc<Step> {
        let length = before.as_ref().map_or(0, |before| before.length.saturating_add(1));
        if let Some(last) = before.filter(|_| length > 30) {
            return last;
        }
        Rc::new(Step { module: self.frame.module, span, note, before: None, length })
    }

    /// The way of each taint of `val`, one step longer.
    fn advance(&self, val: &mut Val, span: Span, note: Note) {
        for taint in &mut val.taint {
            if taint.step.length < 30 && (taint.step.span != span || taint.step.module != self.frame.module) {
                taint.step = Rc::new(Step {
                    module: self.frame.module,
                    span,
                    note,
                    before: Some(taint.step.clone()),
                    length: taint.step.length + 1,
                });
            }
        }
    }

    /// What the rules say `val` is, by its path: a source, a constant.
    fn known(&mut self, mut val: Val, span: Span) -> Val {
        let Some(path) = val.path else { return val };
        let found = self.rules.at(path, self.names);
        for at in found.iter() {
            let (role, spec) = self.rules.entry(*at);
            match role {
                Role::Source { what, from, clean } => {
                    let (what, from, clean) = (*what, *from, *clean);
                    if spec.conds.is_empty() {
                        let step = self.step(span, Note::Source(what), None);
                        val.add_taint(&Taint { from, clean, step, vague: false });
                        val.fixed = false;
                        val.konst = Konst::Any;
                    }
                }
                // `r.URL.Path`: what is read so is safe for these kinds.
                Role::Clean(kinds) if *kinds != super::rules::ALL => {
                    let kinds = *kinds;
                    if spec.conds.is_empty() && val.code.is_none() {
                        val.clean(kinds);
                    }
                }
                Role::Constant(value) => {
                    let value = value.clone();
                    val.konst = Konst::Few([value].into());
                    val.fixed = true;
                }
                _ => {}
            }
        }
        if let Some(kinds) = self.st.safe.get(&path) {
            val.clean(*kinds);
        }
        val
    }

    fn null() -> Val {
        Val::constant(Const::Null)
    }
}
