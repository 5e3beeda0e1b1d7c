//! Statements: branches, loops to a fixpoint, exceptions.

use std::rc::Rc;

use super::state::State;
use super::value::{Code, Konst, Note, Val};
use super::{Closure, Engine};
use crate::sast::ir::{Case, Const, Expr, Kind, Op, Stmt, assigned};
use crate::sast::names::Sym;

impl<'p> Engine<'p> {
    pub(super) fn block(&mut self, body: &'p [Stmt]) {
        for stmt in body {
            if self.st.dead {
                return;
            }
            if !self.enter() {
                return;
            }
            self.stmt(stmt);
            self.leave();
        }
    }

    fn stmt(&mut self, stmt: &'p Stmt) {
        match stmt {
            Stmt::Expr(expr) => drop(self.eval(expr)),
            Stmt::Let { name, ty, value, span } => {
                let mut val = match value {
                    Some(value) => {
                        let val = self.eval(value);
                        self.note_cond(*name, value);
                        val
                    }
                    None => Val::default(),
                };
                if let (Some(ty), None) = (ty, value)
                    && let Some(made) = self.made_empty(*ty, *span)
                {
                    val = made;
                }
                if let Some(ty) = ty {
                    if self.is_number(*ty) {
                        val.clean(u64::MAX);
                    } else if val.path.is_none_or(|path| self.names.path_text(path).starts_with('?'))
                        && val.obj.is_none()
                        && val.code.is_none()
                        && val.konst == Konst::Any
                    {
                        let mut made = self.typed(*ty, *span);
                        made.taste(&val);
                        (made.safe, made.fixed) = (val.safe, val.fixed);
                        (made.built, made.canonical, made.rooted) = (val.built, val.canonical, val.rooted);
                        val = made;
                    }
                }
                self.advance(&mut val, *span, Note::Assigned);
                self.check_name_write(*name, &val, *span);
                self.st.vars.insert(*name, val);
            }
            Stmt::If { cond, then, other } => {
                let known = self.eval(cond);
                match known.truth() {
                    Some(true) => {
                        self.assume(cond, true);
                        self.block(then);
                    }
                    Some(false) => {
                        self.assume(cond, false);
                        self.block(other);
                    }
                    None => {
                        let before = self.st.clone();
                        self.assume(cond, true);
                        self.block(then);
                        let after = std::mem::replace(&mut self.st, before);
                        self.assume(cond, false);
                        self.block(other);
                        self.st.join(after);
                    }
                }
            }
            Stmt::Loop { bind, cond, body, step, once } => {
                self.repeat(bind.as_ref(), cond.as_ref(), body, step, *once);
            }
            Stmt::Switch { subject, cases } => self.switch(subject, cases),
            Stmt::Try { body, handlers, last } => self.attempt(body, handlers, last),
            Stmt::Return(value, span) => {
                let val = match value {
                    Some(value) => self.eval(value),
                    None => Self::null(),
                };
                self.give_back(val, value.as_ref(), *span);
            }
            Stmt::Throw(value) => {
                if let Some(value) = value {
                    self.eval(value);
                }
                self.throw();
            }
            Stmt::Break => {
                let state = self.st.clone();
                if let Some(top) = self.breaks.last_mut() {
                    top.push(state);
                }
                self.st.dead = true;
            }
            Stmt::Continue => {
                let state = self.st.clone();
                if let Some(top) = self.continues.last_mut() {
                    top.push(state);
                }
                self.st.dead = true;
            }
            Stmt::Function(at) => {
                let val = self.function_value(*at);
                let name = self.program[self.frame.module].functions[*at].name;
                self.st.vars.insert(name, val);
            }
            Stmt::Class(at) => {
                let val = self.class_value(*at);
                let name = self.program[self.frame.module].classes[*at].name;
                self.st.vars.insert(name, val);
            }
            Stmt::Import { local, path, span } => {
                let path = self.names.path(path);
                let path = self.canonical(path);
                self.check_import(path, *span);
                let val = Val { path: Some(path), code: self.code_of(path), ..Val::default() };
                let val = self.known(val, *span);
                self.st.vars.insert(*local, val);
            }
            Stmt::Block(body) => self.block(body),
        }
    }

    pub(super) fn throw(&mut self) {
        let state = self.st.clone();
        if let Some(top) = self.throws.last_mut()
            && top.len() < 16
        {
            top.push(state);
        }
        self.st.dead = true;
    }

    fn give_back(&mut self, val: Val, value: Option<&'p Expr>, span: crate::sast::ir::Span) {
        self.check_return(&val, span);
        if !self.frame.watched.is_empty() {
            let watched = self.frame.watched.clone();
            let masks = |state: &State| {
                watched
                    .iter()
                    .map(|name| {
                        state
                            .vars
                            .get(name)
                            .map_or(0, |val| val.taint.iter().fold(u64::MAX, |mask, taint| mask & taint.clean))
                    })
                    .collect::<Vec<u64>>()
            };
            let known = val.truth();
            let row = match value {
                Some(value) if known.is_none() => {
                    let before = self.st.clone();
                    self.assume(value, true);
                    let yes = masks(&self.st);
                    self.st = before.clone();
                    self.assume(value, false);
                    let no = masks(&self.st);
                    self.st = before;
                    (None, yes, no)
                }
                _ => (known, masks(&self.st), masks(&self.st)),
            };
            self.frame.returns.push(row);
        }
        match &mut self.frame.result {
            Some(result) => result.join(&val),
            None => self.frame.result = Some(val),
        }
        let mut exit = State { heap: self.st.heap.clone(), ..State::default() };
        if let Some(before) = self.frame.exits.take() {
            exit.join_heap(&before.heap);
        }
        self.frame.exits = Some(exit);
        self.st.dead = true;
    }

    fn repeat(
        &mut self,
        bind: Option<&'p (Expr, Expr)>,
        cond: Option<&'p Expr>,
        body: &'p [Stmt],
        step: &'p [Stmt],
        once: bool,
    ) {
        let from = bind.map(|(target, from)| (target, self.eval(from)));
        // What the body assigns is not known at its head.
        let (mut lets, mut sets) = (Vec::new(), Vec::new());
        assigned(body, &mut lets, &mut sets, 0);
        assigned(step, &mut lets, &mut sets, 0);
        let entry = self.st.clone();
        for name in lets.into_iter().chain(sets) {
            if let Some(val) = self.st.vars.get_mut(&name) {
                val.konst = Konst::Any;
            }
        }
        let rounds = if self.breaks.len() >= 3 { 1 } else { 2 };
        let mut left = Vec::new();
        for round in 0..rounds {
            let head = self.st.clone();
            self.breaks.push(Vec::new());
            self.continues.push(Vec::new());
            if let Some((target, from)) = &from {
                let element = self.element(from);
                self.assign(target, element);
            }
            let mut never = false;
            if let Some(cond) = cond {
                let known = self.eval(cond);
                never = known.truth() == Some(false) && !once;
                if !once {
                    let mut out = self.st.clone();
                    std::mem::swap(&mut out, &mut self.st);
                    self.assume(cond, false);
                    std::mem::swap(&mut out, &mut self.st);
                    left.push(out);
                    self.assume(cond, true);
                }
            }
            if !never {
                self.block(body);
            }
            for state in self.continues.pop().unwrap_or_default() {
                self.st.join(state);
            }
            left.extend(self.breaks.pop().unwrap_or_default());
            self.block(step);
            if never {
                break;
            }
            if round + 1 < rounds {
                self.st.join(head);
            }
        }
        if !once {
            // `for (;;)` ends by `break` only; `for x in y` may not begin.
            if bind.is_some() {
                self.st.join(entry);
            } else if cond.is_none() {
                self.st.dead = true;
            }
        }
        for state in left {
            self.st.join(state);
        }
    }

    fn switch(&mut self, subject: &'p Expr, cases: &'p [Case]) {
        let val = self.eval(subject);
        let before = self.st.clone();
        self.breaks.push(Vec::new());
        let mut out = State { dead: true, ..State::default() };
        let mut running = State { dead: true, ..State::default() };
        let mut open = true;
        let conditions = matches!(val.one(), Some(Const::Bool(true)));
        let default = cases.iter().position(|case| case.tests.is_empty());
        for case in cases {
            let mut state = before.clone();
            state.dead = !open || case.tests.is_empty();
            std::mem::swap(&mut state, &mut self.st);
            if !self.st.dead {
                let (mut sure, mut never) = (false, true);
                for test in &case.tests {
                    let test = self.eval(test);
                    let same = if conditions { test.truth() } else { super::text::equal(&val, &test) };
                    sure |= same == Some(true);
                    never &= same == Some(false);
                }
                if never {
                    self.st.dead = true;
                }
                if sure {
                    open = false;
                }
                if conditions {
                    if let [test] = case.tests.as_slice() {
                        self.assume(test, true);
                    }
                } else if case.tests.iter().all(|test| matches!(test.kind, Kind::Const(_))) {
                    self.refine(subject, u64::MAX);
                }
            }
            self.st.join(std::mem::replace(&mut running, State { dead: true, ..State::default() }));
            self.block(&case.body);
            std::mem::swap(&mut state, &mut self.st);
            if case.falls {
                running = state;
            } else {
                out.join(state);
            }
        }
        out.join(running);
        match default {
            Some(at) if open => {
                self.st = before;
                // The default arm runs, and on into those below it while they fall through.
                for case in &cases[at..] {
                    self.block(&case.body);
                    if !case.falls {
                        break;
                    }
                }
            }
            None if open => self.st = before,
            _ => self.st.dead = true,
        }
        self.st.join(out);
        for state in self.breaks.pop().unwrap_or_default() {
            self.st.join(state);
        }
    }

    fn attempt(&mut self, body: &'p [Stmt], handlers: &'p [(Option<Sym>, Vec<Stmt>)], last: &'p [Stmt]) {
        let mut thrown = self.st.clone();
        self.throws.push(Vec::new());
        for stmt in body {
            self.block(std::slice::from_ref(stmt));
            if !self.st.dead && !handlers.is_empty() {
                thrown.join(self.st.clone());
            }
        }
        for state in self.throws.pop().unwrap_or_default() {
            thrown.join(state);
        }
        thrown.dead = false;
        for (bind, handler) in handlers {
            let after = std::mem::replace(&mut self.st, thrown.clone());
            if let Some(bind) = bind {
                let path = self.names.path("?exception");
                self.st.vars.insert(*bind, Val::of_path(Some(path)));
            }
            self.block(handler);
            self.st.join(after);
        }
        if !last.is_empty() {
            let dead = std::mem::replace(&mut self.st.dead, false);
            self.block(last);
            self.st.dead |= dead;
        }
    }

    pub(super) fn function_value(&mut self, at: usize) -> Val {
        let module = self.frame.module;
        let function = &self.program[module].functions[at];
        if !function.nested {
            return Val { code: Some(Code::Function(module, at)), ..Val::default() };
        }
        let mut vars = match &self.frame.captured {
            Some(captured) => (**captured).clone(),
            None => super::Vars::new(),
        };
        vars.extend(self.st.vars.iter().map(|(name, val)| (*name, val.clone())));
        let closure = Closure {
            module,
            function: at,
            captured: Rc::new(vars),
            this: self.frame.this.clone(),
            class: self.frame.class,
            ran: false,
            frame: self.frame.id,
        };
        self.closures.push(closure);
        Val { code: Some(Code::Closure(self.closures.len() - 1)), ..Val::default() }
    }

    /// Runs what stands in a class itself, and gives the class.
    pub(super) fn class_value(&mut self, at: usize) -> Val {
        let module = self.frame.module;
        let class = &self.program[module].classes[at];
        let name = self.names.text(class.name).clone();
        let path = &self.program[module].path;
        let path = if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
        let path = self.names.path(&path);
        let val = Val { code: Some(Code::Class(module, at)), path: Some(path), ..Val::default() };
        let outer = self.st.vars.clone();
        let around = self.frame.class.replace((module, at));
        self.st.vars.insert(class.name, val.clone());
        self.block(&class.fields);
        let mut fields = Vec::new();
        for stmt in &class.fields {
            let name = match stmt {
                Stmt::Let { name, .. } => Some(*name),
                Stmt::Expr(Expr { kind: Kind::Assign(target, _), .. }) => match &target.kind {
                    Kind::Name(name) => Some(*name),
                    _ => None,
                },
                Stmt::Class(inner) => Some(self.program[module].classes[*inner].name),
                _ => None,
            };
            if let Some(name) = name
                && let Some(value) = self.st.vars.get(&name)
            {
                fields.push((self.names.text(name).clone(), value.clone()));
            }
        }
        self.frame.class = around;
        self.st.vars = outer;
        self.class_fields.insert((module, at), fields);
        val
    }

    /// Remembers what a truth value was made from.
    pub(super) fn note_cond(&mut self, name: Sym, value: &'p Expr) {
        match value.kind {
            Kind::Call(_)
            | Kind::Index(..)
            | Kind::Field(..)
            | Kind::Not(_)
            | Kind::Binary(Op::Equal | Op::Unequal | Op::In | Op::NotIn | Op::And | Op::Or, ..) => {
                let _ = self.conds.insert(name, value);
            }
            _ => drop(self.conds.remove(&name)),
        }
    }
}
