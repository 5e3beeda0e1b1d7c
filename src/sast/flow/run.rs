//! Code of the program run with what is given: functions, methods, constructors, closures.

use std::rc::Rc;

use super::state::{Obj, Vars};
use super::value::{Code, Konst, Note, ObjId, Val};
use super::{DEEPEST_CALL, Engine, Frame, Given};
use crate::sast::ir::Expr;
use crate::sast::names::{PathId, Sym};
use crate::sast::rules::ALL;

impl<'p> Engine<'p> {
    /// A new object of a class of the program.
    pub(super) fn make(&mut self, m: usize, c: usize, args: &[Given<'p>], expr: &'p Expr) -> Val {
        let fields = self.fields_of(m, c);
        let at = self.object(expr.span, Obj { fields, class: Some((m, c)), ..Obj::default() });
        let mut path = self.base_path(m, c);
        if let Some(base) = path {
            path = self.result_of(Some(base));
        }
        let mut made = false;
        for name in ["__init__", "constructor", "<init>"] {
            let name = self.names.sym(name);
            if let Some((m, f)) = self.method(m, c, name) {
                // The constructor may stand in a class of another module.
                let c = self.program[m].functions[f].class.unwrap_or(c);
                let f = self.overload(m, c, f, name, args.len());
                self.run(m, f, args, Some(at), None, expr);
                made = true;
                break;
            }
        }
        // Records and data classes without a constructor take their fields as they come.
        if !made {
            let program = self.program;
            let fields: Vec<Sym> = program[m].classes[c]
                .fields
                .iter()
                .filter_map(|stmt| match stmt {
                    crate::sast::ir::Stmt::Let { name, .. } => Some(*name),
                    _ => None,
                })
                .collect();
            for (number, arg) in args.iter().enumerate() {
                let val = arg.val.clone();
                let key = arg.name.or_else(|| fields.get(number).copied());
                let key = key.map(|name| self.names.text(name).clone());
                if let Some(obj) = self.obj_mut(at) {
                    match key {
                        Some(key) => obj.set(&key, val),
                        None => obj.add(&val),
                    }
                }
            }
        }

        Val { obj: Some(at), path, ..Val::default() }
    }

    /// The constructor that takes so many arguments.
    fn overload(&mut self, m: usize, c: usize, f: usize, name: Sym, count: usize) -> usize {
        let program = self.program;
        let module = &program[m];
        module
            .classes
            .get(c)
            .into_iter()
            .flat_map(|class| class.methods.iter().copied())
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
        if function.bodiless && self.frame.stack.len() < DEEPEST_CALL {
            let mut out: Option<Val> = None;
            for (m, f) in self.implementations(m, f) {
                let val = self.run(m, f, args, this, None, expr);
                match &mut out {
                    Some(out) => out.join(&val),
                    None => out = Some(val),
                }
            }
            return out.unwrap_or_else(|| {
                let this = this.map(|at| Val { obj: Some(at), ..Val::default() });
                self.unknown_result(this.as_ref(), args, false)
            });
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
            return self.unknown_result(this_val.as_ref(), args, false);
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
        let is_param = |name: Sym| function.params.iter().any(|param| param.name == name);
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
                None if param.named => {
                    let mut obj = Obj::default();
                    for arg in args {
                        match arg.name {
                            Some(name) if !is_param(name) => obj.set(&self.names.text(name).clone(), arg.val.clone()),
                            None if arg.spread => obj.add(&arg.val),
                            _ => {}
                        }
                    }
                    let at = self.object(param.span, obj);
                    Val { obj: Some(at), ..Val::default() }
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
                let mut captured = closure.captured.clone();
                // Run where it was made, it sees the variables as they are by now.
                if closure.frame == self.frame.id {
                    let now = self.st.vars.iter().map(|(name, val)| (*name, val.clone()));
                    Rc::make_mut(&mut captured).extend(now);
                }
                (Some(captured), closure.this.clone(), closure.class)
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
        let writes_around = closure.is_some_and(|at| self.closures[at].frame == self.frame.id);
        self.next_frame += 1;
        let id = self.next_frame;
        let maybe = std::mem::replace(&mut self.maybe, false);
        let frame = Frame { module: m, id, captured, this: this_val, class, watched, stack, ..Frame::default() };
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
        self.maybe = maybe;
        let inner_vars = std::mem::replace(&mut self.st.vars, outer_vars);
        if writes_around {
            for name in &function.outer {
                let Some(val) = inner_vars.get(name) else { continue };
                match self.st.vars.get_mut(name) {
                    Some(have) if maybe => have.join(val),
                    _ => drop(self.st.vars.insert(*name, val.clone())),
                }
            }
        }
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
        if let Some(yields) = frame.yields {
            let fixed = yields.fixed;
            let at = self.object(function.span, Obj { rest: Some(yields), ..Obj::default() });
            result = Val { obj: Some(at), fixed, ..Val::default() };
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
}
