//! Expressions to what is known of their value.

use std::rc::Rc;

use super::Engine;
use super::state::Obj;
use super::value::{Code, Konst, Note, Taint, Val, shown};
use crate::sast::ir::{Const, Expr, Kind, Op, Span};
use crate::sast::names::Sym;

impl<'p> Engine<'p> {
    pub(super) fn eval(&mut self, expr: &'p Expr) -> Val {
        if !self.enter() {
            return Val::default();
        }
        let val = self.eval_at(expr);
        self.leave();
        val
    }

    fn eval_at(&mut self, expr: &'p Expr) -> Val {
        match &expr.kind {
            Kind::Const(value) => Val::constant(value.clone()),
            Kind::Name(name) => self.name(*name, expr.span),
            Kind::Field(base, name) => {
                let holder = self.eval(base);
                let val = self.field(&holder, *name, expr.span);
                self.check_read(val.path, expr.span);
                val
            }
            Kind::Index(base, key) => {
                let holder = self.eval(base);
                let key = self.eval(key);
                self.index(&holder, &key, expr.span)
            }
            Kind::Call(call) => self.call(call, expr),
            Kind::Join(parts) => {
                let parts: Vec<Val> = parts.iter().map(|part| self.eval(part)).collect();
                self.concat(&parts)
            }
            Kind::Binary(op, left, right) => self.binary(*op, left, right),
            Kind::Not(inner) => {
                let val = self.eval(inner);
                let konst = val.fold(|value| Some(Const::Bool(!super::value::truth(value))));
                Val { konst, fixed: val.fixed, ..Val::default() }
            }
            Kind::List(parts) => {
                let mut items = Vec::new();
                let mut rest = None;
                for part in parts {
                    let val = self.eval(part);
                    if matches!(part.kind, Kind::Spread(_)) {
                        rest = Some(val);
                    } else {
                        items.push(val);
                    }
                }
                self.list(expr.span, items, rest)
            }
            Kind::Dict(pairs) => self.dict(expr.span, pairs),
            Kind::Spread(inner) => {
                let val = self.eval(inner);
                self.element(&val)
            }
            Kind::Cond(cond, then, other) => {
                let known = self.eval(cond);
                match known.truth() {
                    Some(true) => self.eval(then),
                    Some(false) => self.eval(other),
                    None => {
                        let before = self.st.clone();
                        self.assume(cond, true);
                        let mut val = self.eval(then);
                        let after = std::mem::replace(&mut self.st, before);
                        self.assume(cond, false);
                        let second = self.eval(other);
                        self.join_values(&mut val, &second, after);
                        val
                    }
                }
            }
            Kind::Assign(target, value) => {
                let val = self.eval(value);
                match &target.kind {
                    Kind::Name(name) => self.note_cond(*name, value),
                    // `v, ok := table[key]`
                    Kind::List(all) => {
                        if let ([_, Expr { kind: Kind::Name(name), .. }], Kind::Index(..)) =
                            (all.as_slice(), &value.kind)
                        {
                            self.note_cond(*name, value);
                        }
                    }
                    _ => {}
                }
                self.assign(target, val.clone());
                val
            }
            Kind::Augment(op, target, value) => {
                let have = self.eval(target);
                let more = self.eval(value);
                let val = match op {
                    Op::Add => self.add(&have, &more),
                    Op::Else => {
                        let mut val = have;
                        val.join(&more);
                        val
                    }
                    Op::Sub | Op::Mul | Op::Div => Val { fixed: have.fixed && more.fixed, ..Val::default() },
                    _ => {
                        let mut val = Val { fixed: have.fixed, built: have.built, ..Val::default() };
                        val.taste(&have);
                        val.taste(&more);
                        val
                    }
                };
                self.assign(target, val.clone());
                val
            }
            Kind::Function(at) => self.function_value(*at),
            Kind::Class(at) => self.class_value(*at),
            Kind::Cast(ty, inner) => {
                let mut val = self.eval(inner);
                if self.is_number(*ty) {
                    val.clean(u64::MAX);
                } else if val.path.is_none_or(|path| self.names.path_text(path).starts_with('?'))
                    && val.konst == Konst::Any
                    && val.obj.is_none()
                {
                    val.path = self.typed(*ty, expr.span).path.or(val.path);
                }
                val
            }
            Kind::Each(binds, conds, element) => {
                let mut fixed = true;
                for (target, from) in binds {
                    let from = self.eval(from);
                    fixed &= self.deep(&from).fixed;
                    let each = self.element(&from);
                    self.assign(target, each);
                }
                for cond in conds {
                    self.eval(cond);
                    self.assume(cond, true);
                }
                let element = self.eval(element);
                fixed &= element.fixed;
                let at = self.object(expr.span, Obj { rest: Some(element), ..Obj::default() });
                Val { obj: Some(at), fixed, ..Val::default() }
            }
            Kind::Yield(inner) => {
                let val = self.eval(inner);
                self.check_return(&val, expr.span);
                match &mut self.frame.yields {
                    Some(yields) => yields.join(&val),
                    None => self.frame.yields = Some(val),
                }
                Val::default()
            }
            Kind::Match(subject, arms) => {
                let val = self.eval(subject);
                let mut out: Option<Val> = None;
                for (tests, value) in arms {
                    let tests: Vec<Val> = tests.iter().map(|test| self.eval(test)).collect();
                    let sure = tests.iter().any(|test| super::text::equal(&val, test) == Some(true));
                    if !tests.is_empty() && tests.iter().all(|test| super::text::equal(&val, test) == Some(false)) {
                        continue;
                    }
                    let value = self.eval(value);
                    match &mut out {
                        Some(out) if !sure => out.join(&value),
                        _ => out = Some(value),
                    }
                    if sure {
                        break;
                    }
                }
                out.unwrap_or_default()
            }
            Kind::Many(parts) => {
                let parts: Vec<Val> = parts.iter().map(|part| self.eval(part)).collect();
                let mut val = Val { fixed: !parts.is_empty(), ..Val::default() };
                for part in &parts {
                    let part = self.deep(part);
                    val.taste(&part);
                    val.built |= part.built;
                }
                val
            }
        }
    }

    /// Joins two values and the states they came from.
    pub(super) fn join_values(&mut self, val: &mut Val, second: &Val, other: super::State) {
        self.st.join(other);
        if let (Some(left), Some(right)) = (val.obj, second.obj)
            && left != right
        {
            // Both objects are reached: what flows out of the second is kept beside the first.
            let deep = self.deep(second);
            for taint in &deep.taint {
                val.add_taint(taint);
            }
        }
        val.join(second);
    }

    fn name(&mut self, name: Sym, span: Span) -> Val {
        if let Some(val) = self.st.vars.get(&name) {
            return val.clone();
        }
        if let Some(val) = self.frame.captured.as_ref().and_then(|vars| vars.get(&name)) {
            return val.clone();
        }
        let text = self.names.text(name).clone();
        if let Some(this) = &self.frame.this {
            if matches!(&*text, "this" | "self" | "super") {
                return this.clone();
            }
            if let Some(val) = self.obj(this).and_then(|obj| obj.get(&text)) {
                return val.clone();
            }
        }
        let module = self.frame.module;
        if let Some(val) = self.globals[module].get(&name) {
            return val.clone();
        }
        if let Some((m, c)) = self.frame.class {
            if let Some(fields) = self.class_fields.get(&(m, c))
                && let Some((_, val)) = fields.iter().find(|(key, _)| *key == text)
            {
                return val.clone();
            }
            // The class of the object itself comes before the one where the code stands.
            let own = self.frame.this.as_ref().and_then(|this| self.obj(this)).and_then(|obj| obj.class);
            let own = own.filter(|own| *own != (m, c)).and_then(|(m, c)| self.method(m, c, name));
            if let Some((m, f)) = own.or_else(|| self.method(m, c, name)) {
                let code = match self.frame.this.as_ref().and_then(|this| this.obj) {
                    Some(this) if !self.program[m].functions[f].is_static => Code::Method(m, f, this),
                    _ => Code::Function(m, f),
                };
                return Val { code: Some(code), ..Val::default() };
            }
        }
        if let Some(path) = text.strip_prefix("import ") {
            let path = self.names.path(path);
            let path = self.canonical(path);
            self.check_import(path, span);
            let code = self.code_of(path);
            return self.known(Val { path: Some(path), code, ..Val::default() }, span);
        }
        let module_path = &self.program[module].path;
        let full = if module_path.is_empty() { text.to_string() } else { format!("{module_path}.{text}") };
        if let Some(code) = self.index.get(full.as_str()).copied() {
            let path = Some(self.names.path(&full));
            return Val { code: Some(code), path, ..Val::default() };
        }
        let path = self.names.path(&text);
        let path = self.canonical(path);
        self.known(Val::of_path(Some(path)), span)
    }

    /// The member `name` of `holder`.
    pub(super) fn field(&mut self, holder: &Val, name: Sym, span: Span) -> Val {
        let text = self.names.text(name).clone();
        let mut val = Val::default();
        let mut open = true;
        if let Some(obj) = self.obj(holder).cloned() {
            if let Some(found) = obj.get(&text) {
                let mut found = found.clone();
                if found.path.is_none() {
                    found.path = self.member(holder.path, name);
                }
                return found;
            }
            if let (Some((m, c)), Some(at)) = (obj.class, holder.obj)
                && let Some((m, f)) = self.method(m, c, name)
            {
                // A property is the call of its function.
                let program = self.program;
                let is_property = |mark: &&Expr| {
                    let (Kind::Name(name) | Kind::Field(_, name)) = &mark.kind else { return false };
                    matches!(&**self.names.text(*name), "property" | "cached_property")
                };
                if let Some(mark) = program[m].functions[f].marks.iter().find(is_property) {
                    return self.run(m, f, &[], Some(at), None, mark);
                }
                return Val { code: Some(Code::Method(m, f, at)), ..Val::default() };
            }
            if let Some(rest) = &obj.rest {
                val.join(rest);
            }
            open = obj.open || obj.items.is_some();
        }
        if let Some(Code::Class(m, c)) = holder.code {
            if let Some(found) =
                self.class_fields.get(&(m, c)).and_then(|fields| fields.iter().find(|(key, _)| *key == text))
            {
                return found.1.clone();
            }
            if let Some((m, f)) = self.method(m, c, name) {
                return Val { code: Some(Code::Function(m, f)), ..Val::default() };
            }
        }
        let base = match holder.path {
            Some(path) => Some(path),
            None => Some(self.kind_of(holder)),
        };
        val.path = self.member(base, name);
        val.code = val.path.and_then(|path| self.code_of(path));
        if open {
            for taint in &holder.taint {
                val.add_taint(taint);
            }
        }
        val.fixed = holder.fixed;
        self.known(val, span)
    }

    /// What stands for the type of a value without a path.
    pub(super) fn kind_of(&mut self, val: &Val) -> crate::sast::names::PathId {
        let name = match val.alternatives().first() {
            Some(Const::Text(_)) => "?str",
            _ if val.built => "?str",
            _ => match self.obj(val) {
                Some(obj) if obj.text => "?text",
                Some(obj) if obj.items.is_some() => "?list",
                Some(_) => "?map",
                None => "?",
            },
        };
        self.names.path(name)
    }

    pub(super) fn index(&mut self, holder: &Val, key: &Val, span: Span) -> Val {
        if let Some(Const::Text(name)) = key.one() {
            let name = self.names.sym(name);
            let mut val = self.field(holder, name, span);
            if val.code.is_some_and(|code| matches!(code, Code::Method(..))) {
                val.code = None;
            }
            return val;
        }
        if let (Some(at), Some(obj)) = (key.int(), self.obj(holder)) {
            if let Some(items) = &obj.items {
                let at = if at < 0 {
                    usize::try_from(at.unsigned_abs()).ok().and_then(|back| items.len().checked_sub(back))
                } else {
                    usize::try_from(at).ok()
                };
                if let Some(found) = at.and_then(|at| items.get(at)) {
                    return found.clone();
                }
            }
            if let Some(found) = obj.get(&at.to_string()) {
                return found.clone();
            }
        }
        if let (Some(Const::Text(text)), Some(at)) = (holder.one(), key.int()) {
            let char = usize::try_from(at).ok().and_then(|at| text.chars().nth(at));
            if let Some(char) = char {
                return Val::constant(Const::Text(char.to_string().into()));
            }
        }
        let mut val = self.element(holder);
        // The key may not be there.
        if self.obj(holder).is_some_and(|obj| obj.items.is_none()) {
            val.konst = Konst::Any;
        }
        let name = self.names.sym("[]");
        val.path = holder.path.and_then(|path| self.names.field(path, name));
        // A table of constants gives a constant, whatever it is asked for.
        self.known(val, span)
    }

    /// Any element of `holder`.
    pub(super) fn element(&mut self, holder: &Val) -> Val {
        let mut out: Option<Val> = None;
        if let Some(obj) = self.obj(holder).cloned() {
            for each in obj.items.iter().flatten().chain(obj.fields.iter().map(|(_, value)| value)).chain(&obj.rest) {
                match &mut out {
                    Some(out) => out.join(each),
                    None => out = Some(each.clone()),
                }
            }
        }
        let mut out = out.unwrap_or_else(|| Val { fixed: holder.fixed, ..Val::default() });
        out.taste(&Val { fixed: out.fixed, ..holder.clone() });
        if out.path.is_none() {
            let name = self.names.sym("[]");
            out.path = holder.path.and_then(|path| self.names.field(path, name));
        }
        out
    }

    pub(super) fn list(&mut self, span: Span, items: Vec<Val>, rest: Option<Val>) -> Val {
        let fixed = items.iter().chain(&rest).all(|item| item.fixed);
        let mut obj = Obj { items: Some(items), ..Obj::default() };
        if obj.items.as_ref().is_some_and(|items| items.len() > super::state::LONGEST_LIST) {
            obj.blur();
        }
        if let Some(rest) = rest {
            obj.blur();
            obj.add(&rest);
        }
        let at = self.object(span, obj);
        Val { obj: Some(at), fixed, ..Val::default() }
    }

    fn dict(&mut self, span: Span, pairs: &'p [(Option<Expr>, Expr)]) -> Val {
        let mut obj = Obj::default();
        let mut fixed = true;
        for (key, value) in pairs {
            let key_val = key.as_ref().map(|key| self.eval(key));
            let val = self.eval(value);
            fixed &= val.fixed;
            match key_val.as_ref().and_then(Val::one) {
                Some(key) => obj.set(&Rc::from(shown(key)), val),
                None if key.is_none() => {
                    // A spread: its fields, and what else it may hold.
                    if let Some(from) = self.obj(&val).cloned() {
                        for (name, value) in &from.fields {
                            obj.set(name, value.clone());
                        }
                        if let Some(rest) = &from.rest {
                            obj.add(rest);
                        }
                        obj.open |= from.open;
                    } else {
                        obj.open = true;
                    }
                    if !val.taint.is_empty() {
                        let mut rest = Val::default();
                        rest.taste(&val);
                        obj.add(&rest);
                    }
                }
                None => obj.add(&val),
            }
        }
        let at = self.object(span, obj);
        Val { obj: Some(at), fixed, ..Val::default() }
    }

    /// A value that comes from outside here.
    pub(super) fn taint_from_outside(&mut self, val: &mut Val, what: usize, from: u8, span: Span) {
        let step = self.step(span, Note::Source(what), None);
        val.add_taint(&Taint { from, clean: 0, step, vague: false });
        val.fixed = false;
    }
}
