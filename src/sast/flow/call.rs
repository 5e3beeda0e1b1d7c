//! Calls: of code of the program, which is run with what is given, and of all else, which the
//! rules speak of.

use std::rc::Rc;

use super::check::Site;
use super::state::{Obj, State, Vars};
use super::value::{Code, Konst, Note, ObjId, Val};
use super::{DEEPEST_CALL, Engine, Frame, Given};
use crate::sast::ir::{Call, Const, Expr, Function, Kind};
use crate::sast::names::{PathId, Sym};
use crate::sast::rules::{ALL, Act, Role};

impl<'p> Engine<'p> {
    pub(super) fn call(&mut self, call: &'p Call, expr: &'p Expr) -> Val {
        let (this, callee) = match &call.callee.kind {
            Kind::Field(base, name) => {
                let holder = self.eval(base);
                let callee = self.field(&holder, *name, call.callee.span);
                (Some((holder, Some(&**base))), callee)
            }
            _ => (None, self.eval(&call.callee)),
        };
        let mut args = Vec::with_capacity(call.args.len());
        for arg in &call.args {
            let val = self.eval(&arg.value);
            let spread = matches!(arg.value.kind, Kind::Spread(_));
            args.push(Given { name: arg.name, val, spread, expr: Some(&arg.value) });
        }
        let code = match callee.code {
            Some(code) => Some(code),
            None => callee.path.and_then(|path| self.code_of(path)),
        };
        match code {
            Some(Code::Class(m, c)) => return self.make(m, c, &args, expr),
            Some(Code::Function(m, f)) => return self.run(m, f, &args, None, None, expr),
            Some(Code::Method(m, f, this)) => return self.run(m, f, &args, Some(this), None, expr),
            Some(Code::Closure(at)) => return self.run_closure(at, &args, expr),
            None => {}
        }
        let (this, base) = match this {
            Some((this, base)) => (Some(this), base),
            None => (None, None),
        };
        self.foreign(callee.path, this.as_ref(), base, &args, call.new, expr)
    }

    /// A call of something that is not in the program.
    fn foreign(
        &mut self,
        path: Option<PathId>,
        this: Option<&Val>,
        base: Option<&'p Expr>,
        args: &[Given<'p>],
        new: bool,
        expr: &'p Expr,
    ) -> Val {
        let site = Site { this, args, value: None };
        self.check_call(path, &site, expr.span);
        let mut clean = 0;
        let mut acts = Vec::new();
        let mut setter = None;
        if let Some(path) = path {
            let found = self.rules.at(path, self.names);
            for at in found.iter() {
                if !matches!(self.rules.entry(*at).0, Role::Clean(_) | Role::Act(_) | Role::Setter(_)) {
                    continue;
                }
                if !self.holds(*at, &site) {
                    continue;
                }
                match &self.rules.entry(*at).0 {
                    Role::Clean(kinds) => clean |= kinds,
                    Role::Act(act) => acts.push((*act, self.rules.entry(*at).1.pattern.is_open())),
                    Role::Setter(field) => setter = Some(field.clone()),
                    _ => {}
                }
            }
        }
        // What is said of a whole path counts before what is said of any path that ends so.
        acts.sort_by_key(|(_, open)| *open);
        if let (Some(field), Some(this), Some(base)) = (setter, this, base) {
            let value = args.last().map_or_else(Val::default, |arg| arg.val.clone());
            let key = if field == "#" {
                args.first().and_then(|arg| arg.val.one().map(super::value::shown)).unwrap_or_default()
            } else {
                field
            };
            let holder = this.clone();
            self.put(base, &holder, Some(Rc::from(key.as_str())), value);
        }
        let mut out = match acts.first() {
            Some((act, _)) => self.act(*act, this, base, args, expr),
            None => None,
        }
        .unwrap_or_else(|| self.unknown_result(this, args));
        self.run_callbacks(this, args, expr);
        let plain = acts.first().is_some_and(|(act, _)| *act == Act::Plain);
        if out.path.is_none() || new {
            out.path = self.result_of(path);
        }
        if out.taint.is_empty() && out.konst == Konst::Any && out.obj.is_none() && new {
            let at = self.object(expr.span, Obj { open: true, ..Obj::default() });
            out.obj = Some(at);
        }
        if new && out.obj.is_some_and(|at| self.st.heap.get(&at).is_some_and(|obj| obj.open)) {
            // Fields by name, as literals of structures give them.
            let named: Vec<(Sym, Val)> = args.iter().filter_map(|arg| Some((arg.name?, arg.val.clone()))).collect();
            for (name, val) in named {
                let key = self.names.text(name).clone();
                if let Some(obj) = out.obj.and_then(|at| self.obj_mut(at)) {
                    obj.set(&key, val);
                }
            }
        }
        if clean != 0 {
            let before = !out.taint.is_empty();
            out.clean(clean);
            if clean == ALL && before {
                out.fixed = false;
            }
        } else if self.sounds_safe(path) {
            out.clean(ALL);
        }
        if plain {
            out.taint.clear();
        }
        self.known(out, expr.span)
    }

    /// Functions that nobody here can read, but whose name says that they make safe.
    fn sounds_safe(&self, path: Option<PathId>) -> bool {
        let Some(path) = path else { return false };
        let text = self.names.path_text(path);
        let last = text.rsplit('.').next().unwrap_or(text).to_ascii_lowercase();
        ["sanitiz", "sanitis", "purif"].iter().any(|word| last.contains(word))
            || (last.contains("escape") && !last.contains("unescape"))
    }

    fn unknown_result(&mut self, this: Option<&Val>, args: &[Given<'p>]) -> Val {
        let mut out = Val::default();
        for val in this.into_iter().chain(args.iter().map(|arg| &arg.val)) {
            let deep = self.deep(val);
            for taint in &deep.taint {
                out.add_taint(taint);
            }
        }
        out
    }

    /// Functions that are given to something unknown run with what that has.
    fn run_callbacks(&mut self, this: Option<&Val>, args: &[Given<'p>], expr: &'p Expr) {
        let callbacks: Vec<usize> = args
            .iter()
            .filter_map(|arg| match arg.val.code {
                Some(Code::Closure(at)) => Some(at),
                _ => None,
            })
            .collect();
        for at in callbacks {
            let element = match this {
                Some(this) => {
                    let mut element = self.element(this);
                    element.path = None;
                    element
                }
                None => Val::default(),
            };
            let given = if element.taint.is_empty() && element.path.is_none() {
                Vec::new()
            } else {
                vec![Given { name: None, val: element, spread: false, expr: None }]
            };
            self.run_closure(at, &given, expr);
        }
    }

    /// A new object of a class of the program.
    pub(super) fn make(&mut self, m: usize, c: usize, args: &[Given<'p>], expr: &'p Expr) -> Val {
        let fields = self.fields_of(m, c);
        let at = self.object(expr.span, Obj { fields, class: Some((m, c)), ..Obj::default() });
        let mut path = self.base_path(m, c);
        if let Some(base) = path {
            path = self.result_of(Some(base));
        }
        for name in ["__init__", "constructor", "<init>"] {
            let name = self.names.sym(name);
            if let Some((m, f)) = self.method(m, c, name) {
                let f = self.overload(m, c, f, name, args.len());
                self.run(m, f, args, Some(at), None, expr);
                break;
            }
        }
        let class = &self.program[m].classes[c];
        // Records and data classes without a constructor take their fields as they come.
        if class.methods.is_empty() {
            for (number, arg) in args.iter().enumerate() {
                let key: Rc<str> = match arg.name {
                    Some(name) => self.names.text(name).clone(),
                    None => format!("#{number}").into(),
                };
                let val = arg.val.clone();
                if let Some(obj) = self.obj_mut(at) {
                    if arg.name.is_some() { obj.set(&key, val) } else { obj.add(&val) }
                }
            }
        }

        Val { obj: Some(at), path, ..Val::default() }
    }

    /// The constructor that takes so many arguments.
    fn overload(&mut self, m: usize, c: usize, f: usize, name: Sym, count: usize) -> usize {
        let program = self.program;
        let module = &program[m];
        module.classes[c]
            .methods
            .iter()
            .copied()
            .find(|f| module.functions[*f].name == name && module.functions[*f].params.len() == count)
            .unwrap_or(f)
    }

    pub(super) fn fields_of(&self, m: usize, c: usize) -> Vec<(Rc<str>, Val)> {
        self.class_fields.get(&(m, c)).cloned().unwrap_or_default()
    }

    /// The path of the first base that is not in the program.
    pub(super) fn base_path(&mut self, m: usize, c: usize) -> Option<PathId> {
        let program = self.program;
        let base = program[m].classes[c].bases.first()?;
        let outer = std::mem::replace(&mut self.frame.module, m);
        let val = self.eval_quietly(base);
        self.frame.module = outer;
        match val.code {
            Some(Code::Class(m2, c2)) if (m2, c2) != (m, c) && self.depth < 300 => {
                self.depth += 20;
                let path = self.base_path(m2, c2);
                self.depth -= 20;
                path
            }
            Some(_) => None,
            None => val.path,
        }
    }

    pub(super) fn run_closure(&mut self, at: usize, args: &[Given<'p>], expr: &'p Expr) -> Val {
        let (module, function) = (self.closures[at].module, self.closures[at].function);
        self.closures[at].ran = true;
        self.run(module, function, args, None, Some(at), expr)
    }

    /// Runs a function of the program with `args`.
    pub(super) fn run(
        &mut self,
        m: usize,
        f: usize,
        args: &[Given<'p>],
        this: Option<ObjId>,
        closure: Option<usize>,
        expr: &'p Expr,
    ) -> Val {
        let program = self.program;
        let mut function = &program[m].functions[f];
        let mut f = f;
        // Overloads are told apart by how many arguments they take.
        if let Some(c) = function.class
            && function.params.len() != args.len()
        {
            f = self.overload(m, c, f, function.name, args.len());
            function = &program[m].functions[f];
        }
        let deep: Vec<Val> = args.iter().map(|arg| self.deep(&arg.val)).collect();
        let tainted = deep.iter().any(|val| !val.taint.is_empty());
        let this_val = this.map(|at| Val { obj: Some(at), ..Val::default() });
        let this_tainted = this_val.as_ref().is_some_and(|this| !self.deep(this).taint.is_empty());
        let telling = tainted
            || this.is_some()
            || args.iter().any(|arg| arg.val.konst != Konst::Any || arg.val.code.is_some() || arg.val.obj.is_some());
        let depth = self.frame.stack.len();
        let too_deep = depth >= DEEPEST_CALL || (depth >= 3 && !tainted && !this_tainted && function.size > 120);
        if too_deep || self.frame.stack.contains(&(m, f)) {
            return self.unknown_result(this_val.as_ref(), args);
        }
        if !telling
            && closure.is_none()
            && let Some(known) = self.plain_calls.get(&(m, f))
        {
            return known.clone();
        }
        let mut vars = Vars::new();
        let mut watched = Vec::new();
        let mut positional = args.iter().filter(|arg| arg.name.is_none() && !arg.spread);
        let mut patterns = Vec::new();
        for param in &function.params {
            let named = args.iter().find(|arg| arg.name == Some(param.name));
            let given = named.or_else(|| if param.rest { None } else { positional.next() });
            let mut val = match given {
                Some(arg) => {
                    let mut val = arg.val.clone();
                    self.advance(&mut val, param.span, Note::Passed);
                    if val.path.is_none_or(|path| self.names.path_text(path).starts_with('?'))
                        && val.obj.is_none()
                        && val.konst == Konst::Any
                        && val.code.is_none()
                    {
                        let typed = param.ty.map(|ty| self.typed_in(m, ty, param.span));
                        val.path = typed.and_then(|typed| typed.path).or(val.path);
                    }
                    val
                }
                None if param.rest => {
                    let items: Vec<Val> = positional.by_ref().map(|arg| arg.val.clone()).collect();
                    self.list(param.span, items, None)
                }
                None => match (&param.default, args.iter().find(|arg| arg.spread)) {
                    (_, Some(spread)) => {
                        let mut val = Val::default();
                        val.taste(&spread.val);
                        val
                    }
                    (Some(default), None) => self.eval_quietly(default),
                    (None, None) => self.unknown_param(m, function, param),
                },
            };
            if param.ty.is_some_and(|ty| self.is_number(ty)) {
                val.clean(ALL);
            }
            watched.push(param.name);
            if let Some(pattern) = &param.pattern {
                patterns.push((pattern, val.clone()));
            }
            vars.insert(param.name, val);
        }
        if !tainted {
            watched.clear();
        }
        let (captured, this_val, class) = match closure {
            Some(at) => {
                let closure = &self.closures[at];
                (Some(closure.captured.clone()), closure.this.clone(), closure.class)
            }
            None => (None, this_val, function.class.map(|c| (m, c))),
        };
        if let (Some(name), Some(this)) = (function.this, &this_val) {
            let mut this = this.clone();
            if this.path.is_none()
                && let Some(base) = class.and_then(|(m, c)| self.base_path(m, c))
            {
                this.path = self.result_of(Some(base));
            }
            vars.insert(name, this);
        }
        let mut stack = self.frame.stack.clone();
        stack.push((m, f));
        let frame = Frame { module: m, captured, this: this_val, class, watched, stack, ..Frame::default() };
        let outer_frame = std::mem::replace(&mut self.frame, frame);
        let outer_vars = std::mem::replace(&mut self.st.vars, vars);
        let outer_safe = self.st.safe.clone();
        let outer_conds = std::mem::take(&mut self.conds);
        let (breaks, continues) = (std::mem::take(&mut self.breaks), std::mem::take(&mut self.continues));
        for (pattern, val) in patterns {
            self.assign(pattern, val);
        }
        self.reached.insert((m, f));
        self.block(&function.body);
        let fell_off = !self.st.dead;
        if fell_off && !self.frame.watched.is_empty() {
            let masks: Vec<u64> = self.frame.watched.iter().map(|name| self.mask_of(*name)).collect();
            self.frame.returns.push((Some(false), masks.clone(), masks));
        }
        let frame = std::mem::replace(&mut self.frame, outer_frame);
        if let Some(exits) = frame.exits {
            if fell_off {
                self.st.join_heap(&exits.heap);
            } else {
                self.st.heap = exits.heap;
            }
        }
        // It never comes back: all paths throw.
        let gone = !fell_off && frame.result.is_none();
        self.st.vars = outer_vars;
        self.st.safe = outer_safe;
        self.st.dead = gone && self.steps <= self.limit;
        if self.st.dead {
            self.throw();
        }
        self.conds = outer_conds;
        self.breaks = breaks;
        self.continues = continues;
        let mut result = frame.result.unwrap_or_else(Self::null);
        if fell_off {
            result.join(&Self::null());
        }
        if !frame.returns.is_empty() {
            self.learn(&function.params.iter().map(|param| param.name).collect::<Vec<_>>(), &frame.returns, args, expr);
        }
        if !telling && closure.is_none() && result.obj.is_none() {
            self.plain_calls.insert((m, f), result.clone());
        }
        result
    }

    fn mask_of(&self, name: Sym) -> u64 {
        self.st.vars.get(&name).map_or(0, |val| val.taint.iter().fold(u64::MAX, |mask, taint| mask & taint.clean))
    }

    /// What a call tells of its arguments: always, if it gives true, and if it gives false.
    fn learn(
        &mut self,
        params: &[Sym],
        returns: &[(Option<bool>, Vec<u64>, Vec<u64>)],
        args: &[Given<'p>],
        expr: &'p Expr,
    ) {
        let meet = |when: Option<bool>, at: usize| {
            returns
                .iter()
                .filter(|(known, ..)| when.is_none() || known.is_none() || *known == when)
                .map(|(_, yes, no)| {
                    let (yes, no) = (yes.get(at).copied().unwrap_or(0), no.get(at).copied().unwrap_or(0));
                    match when {
                        Some(true) => yes,
                        Some(false) => no,
                        None => yes & no,
                    }
                })
                .fold(None, |all: Option<u64>, mask| Some(all.map_or(mask, |all| all & mask)))
                .unwrap_or(0)
        };
        let (mut yes, mut no) = (Vec::new(), Vec::new());
        for (at, arg) in args.iter().enumerate() {
            let param = match arg.name {
                Some(name) => params.iter().position(|param| *param == name),
                None => Some(at),
            };
            let Some(param) = param else {
                yes.push(0);
                no.push(0);
                continue;
            };
            yes.push(meet(Some(true), param));
            no.push(meet(Some(false), param));
            let always = meet(None, param);
            if always != 0
                && let Some(arg) = arg.expr
            {
                self.refine(arg, always);
            }
        }
        if yes.iter().chain(&no).any(|mask| *mask != 0) {
            self.call_guards.insert(expr.span, (yes, no));
        }
    }

    /// A parameter of which nothing is known but its name, type and annotations.
    pub(super) fn unknown_param(&mut self, m: usize, function: &'p Function, param: &'p crate::sast::ir::Param) -> Val {
        let text = self.names.text(param.name).clone();
        let mut val = match param.ty {
            Some(ty) => self.typed_in(m, ty, param.span),
            None => Val::default(),
        };
        if val.path.is_none() {
            let path = self.names.path(&format!("?{text}"));
            val.path = Some(self.canonical(path));
        }
        let number = param.ty.is_some_and(|ty| self.is_number(ty));
        let outer = std::mem::replace(&mut self.frame.module, m);
        for (marks, on_function) in [(&param.marks, false), (&function.marks, true)] {
            for mark in marks {
                let Some(path) = self.mark_path(mark) else { continue };
                let found = self.rules.at(path, self.names);
                for at in found.iter() {
                    let (what, from) = match self.rules.entry(*at).0 {
                        Role::SourceParam { what, from } if !on_function => (what, from),
                        Role::SourceFunction { what, from } if on_function => (what, from),
                        _ => continue,
                    };
                    let injected = matches!(param.default, Some(Expr { kind: Kind::Call(_), .. }));
                    let typed = param.ty.is_some() && on_function && !self.is_text(param.ty);
                    if !number && !(on_function && (injected || typed)) {
                        self.taint_from_outside(&mut val, what, from, param.span);
                    }
                }
            }
        }
        self.frame.module = outer;
        if number {
            return Val { path: val.path, ..Val::default() };
        }
        self.known(val, param.span)
    }

    fn is_text(&self, ty: Option<Sym>) -> bool {
        ty.is_none_or(|ty| {
            let text = self.names.text(ty);
            matches!(&**text, "str" | "String" | "string" | "bytes" | "Any" | "any" | "dict" | "list")
        })
    }

    /// The path that a decorator or annotation names.
    pub(super) fn mark_path(&mut self, mark: &'p Expr) -> Option<PathId> {
        let callee = match &mark.kind {
            Kind::Call(call) => &call.callee,
            _ => mark,
        };
        self.eval_quietly(callee).path
    }

    /// A value of the type that `ty` names here.
    pub(super) fn typed(&mut self, ty: Sym, span: crate::sast::ir::Span) -> Val {
        self.typed_in(self.frame.module, ty, span)
    }

    pub(super) fn typed_in(&mut self, m: usize, ty: Sym, span: crate::sast::ir::Span) -> Val {
        let text = self.names.text(ty).clone();
        if text.is_empty()
            || self.is_number(ty)
            || matches!(&*text, "str" | "String" | "string" | "var" | "Object" | "any" | "Any")
        {
            return Val::default();
        }
        let (first, rest) = match text.split_once('.') {
            Some((first, rest)) => (first, Some(rest.to_owned())),
            None => (&*text, None),
        };
        let name = self.names.sym(first);
        let path = match self.globals[m].get(&name).or_else(|| self.st.vars.get(&name)) {
            Some(val) => match (val.code, rest) {
                (Some(Code::Class(m, c)), None) => {
                    let fields = self.fields_of(m, c);
                    let at = self.object(span, Obj { fields, class: Some((m, c)), open: true, ..Obj::default() });
                    let path = self.base_path(m, c);
                    return Val { obj: Some(at), path: self.result_of(path), ..Val::default() };
                }
                (_, Some(rest)) => {
                    let rest = self.names.sym(&rest);
                    self.member(val.path, rest)
                }
                (_, None) => val.path,
            },
            None => Some(self.names.path(&text)),
        };
        let path = self.result_of(path);
        self.known(Val::of_path(path), span)
    }

    /// Types of which nothing can be injected.
    pub(super) fn is_number(&self, ty: Sym) -> bool {
        matches!(
            &**self.names.text(ty),
            "int"
                | "long"
                | "short"
                | "byte"
                | "Integer"
                | "Long"
                | "Short"
                | "boolean"
                | "Boolean"
                | "bool"
                | "double"
                | "Double"
                | "float"
                | "Float"
                | "number"
                | "int64"
                | "int32"
                | "int16"
                | "int8"
                | "uint"
                | "uint64"
                | "uint32"
                | "uint16"
                | "uint8"
                | "float64"
                | "float32"
                | "UUID"
                | "uuid.UUID"
                | "BigInteger"
                | "BigDecimal"
                | "LocalDate"
                | "Decimal"
        )
    }

    /// The state of a fresh start.
    pub(super) fn fresh(&mut self) {
        self.st = State { heap: self.st.heap.clone(), ..State::default() };
    }

    pub(super) fn number_of(val: &Val) -> Option<usize> {
        match val.one() {
            Some(Const::Int(number)) => usize::try_from(*number).ok(),
            _ => None,
        }
    }
}
