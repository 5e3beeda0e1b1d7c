//! Calls of what is not in the program, of which the rules speak, and the way to what is.

use std::rc::Rc;

use super::check::Site;
use super::state::Obj;
use super::value::{Code, Konst, Val};
use super::{Engine, Given};
use crate::sast::ir::{Call, Expr, Kind};
use crate::sast::names::{PathId, Sym};
use crate::sast::rules::{ALL, Act, Role};

impl<'p> Engine<'p> {
    pub(super) fn call(&mut self, call: &'p Call, expr: &'p Expr) -> Val {
        let (this, callee) = match &call.callee.kind {
            Kind::Field(base, name) => {
                let holder = self.eval(base);
                // A call means the method where a field has the same name.
                let class = self.obj(&holder).and_then(|obj| obj.class);
                let callee = match (class.and_then(|(m, c)| self.method(m, c, *name)), holder.obj) {
                    (Some((m, f)), Some(at)) => Val { code: Some(Code::Method(m, f, at)), ..Val::default() },
                    _ => self.field(&holder, *name, call.callee.span),
                };
                (Some((holder, Some(&**base))), callee)
            }
            _ => (None, self.eval(&call.callee)),
        };
        let mut args = Vec::with_capacity(call.args.len());
        for arg in &call.args {
            // `**options`: what is known of it by name.
            if let Kind::Spread(inner) = &arg.value.kind
                && let Kind::Dict(_) = &inner.kind
            {
                let val = self.eval(inner);
                let obj = self.obj(&val).cloned();
                let fields = obj.as_ref().map(|obj| obj.fields.clone()).unwrap_or_default();
                for (name, val) in fields {
                    let name = Some(self.names.sym(&name));
                    args.push(Given { name, val, spread: false, expr: None });
                }
                if obj.is_none_or(|obj| obj.open || obj.rest.is_some()) {
                    let val = self.element(&val);
                    args.push(Given { name: None, val, spread: true, expr: Some(&arg.value) });
                }
                continue;
            }
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
        // A function in a variable, by the names that its interfaces have for a call.
        if let (Some((holder, _)), Kind::Field(_, name)) = (&this, &call.callee.kind)
            && let Some(Code::Closure(at)) = holder.code
        {
            let name = self.names.text(*name).clone();
            if matches!(&*name, "apply" | "accept" | "get" | "test" | "run" | "invoke" | "applyAsInt" | "__call__") {
                return self.run_closure(at, &args, expr);
            }
            if &*name == "call" {
                args.drain(..args.len().min(1));
                return self.run_closure(at, &args, expr);
            }
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
        let is_told = path.is_some_and(|path| !self.rules.at(path, self.names).is_empty());
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
        .unwrap_or_else(|| self.unknown_result(this, args, !new && !is_told));
        if acts.is_empty() {
            self.hand_over(path, this, args);
        }
        if !acts.first().is_some_and(|(act, _)| *act == Act::Map) {
            self.run_callbacks(path, this, args, expr);
        }
        // A class of Python is called as a function is; its name tells.
        let new = new
            || args.iter().any(|arg| arg.name.is_some())
                && path.is_some_and(|path| {
                    let text = self.names.path_text(path);
                    text.rsplit('.').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_uppercase()))
                });
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

    /// Objects that are given to what is not known may come back with more in them, and an object that is given
    /// something by name of the method holds it.
    fn hand_over(&mut self, path: Option<PathId>, this: Option<&Val>, args: &[Given<'p>]) {
        for arg in args {
            let Some(at) = arg.val.obj else { continue };
            let open = self.st.heap.get(&at).is_some_and(|obj| !obj.open && !obj.text && obj.class.is_none());
            if open && let Some(obj) = self.obj_mut(at) {
                obj.open = true;
                if obj.fields.is_empty() && obj.items.as_ref().is_none_or(Vec::is_empty) {
                    obj.blur();
                    obj.add(&Val::default());
                }
            }
        }
        let Some(at) = this.and_then(|this| this.obj) else { return };
        let takes = path.is_some_and(|path| {
            let text = self.names.path_text(path);
            let last = text.rsplit('.').next().unwrap_or(text);
            ["set", "add", "put", "with", "append", "insert"].iter().any(|verb| last.starts_with(verb))
        });
        if !takes || self.st.heap.get(&at).is_none_or(|obj| !obj.open || obj.class.is_some()) {
            return;
        }
        for arg in args {
            let deep = self.deep(&arg.val);
            if !deep.taint.is_empty()
                && let Some(obj) = self.obj_mut(at)
            {
                obj.add(&Val { konst: Konst::Any, obj: None, path: None, code: None, ..deep });
            }
        }
    }

    /// Functions whose code is not at hand, but whose name says that they make safe.
    fn sounds_safe(&self, path: Option<PathId>) -> bool {
        let Some(path) = path else { return false };
        let text = self.names.path_text(path);
        let last = text.rsplit('.').next().unwrap_or(text).to_ascii_lowercase();
        ["sanitiz", "sanitis", "purif"].iter().any(|word| last.contains(word))
            || (last.contains("escape") && !last.contains("unescape"))
    }

    /// `vague` where not even the rules know the function.
    pub(super) fn unknown_result(&mut self, this: Option<&Val>, args: &[Given<'p>], vague: bool) -> Val {
        let mut out = Val::default();
        // What is asked of a value that is safe is safe.
        if let (Some(this), []) = (this, args) {
            out.safe = self.deep(this).safe_for();
        }
        for (val, vague) in this.into_iter().map(|this| (this, false)).chain(args.iter().map(|arg| (&arg.val, vague))) {
            let mut deep = self.deep(val);
            for taint in &mut deep.taint {
                taint.vague |= vague;
                out.add_taint(taint);
            }
        }
        out
    }

    /// Functions that are given to something unknown run with what that has.
    fn run_callbacks(&mut self, path: Option<PathId>, this: Option<&Val>, args: &[Given<'p>], expr: &'p Expr) {
        let callbacks: Vec<usize> = args
            .iter()
            .filter_map(|arg| match arg.val.code {
                Some(Code::Closure(at)) => Some(at),
                _ => None,
            })
            .collect();
        if callbacks.is_empty() {
            return;
        }
        // `csrf(c -> …)`: what the function is given, where the rules have a type for it.
        let each = self.names.sym("[]");
        let of = path.and_then(|path| self.names.field(path, each));
        let typed = of.map(|of| self.canonical(of)).filter(|typed| Some(*typed) != of);
        let outer = std::mem::replace(&mut self.maybe, true);
        for at in callbacks {
            let element = match this {
                Some(this) => {
                    let mut element = self.element(this);
                    element.path = None;
                    element
                }
                None => Val::default(),
            };
            let element = Val { path: typed, ..element };
            let given = if element.taint.is_empty() && element.path.is_none() && !element.fixed {
                Vec::new()
            } else {
                vec![Given { name: None, val: element, spread: false, expr: None }]
            };
            self.run_closure(at, &given, expr);
        }
        self.maybe = outer;
    }
}
