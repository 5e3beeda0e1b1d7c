//! What a condition tells once it holds or fails: membership in a list of constants, tests by the
//! rules, and tests by functions of the program.

use super::check::Site;
use super::value::Val;
use super::{Engine, Given};
use crate::sast::ir::{Call, Const, Expr, Kind, Op};
use crate::sast::rules::{ALL, Role, Sel};

impl<'p> Engine<'p> {
    /// Goes on as if `cond` gave `truth`.
    pub(super) fn assume(&mut self, cond: &'p Expr, truth: bool) {
        if self.depth > super::DEEPEST - 4 || self.steps > self.limit {
            return;
        }
        self.depth += 1;
        self.steps += 1;
        self.assume_at(cond, truth);
        self.depth -= 1;
    }

    fn assume_at(&mut self, cond: &'p Expr, truth: bool) {
        match &cond.kind {
            Kind::Not(inner) => self.assume(inner, !truth),
            Kind::Binary(Op::And, left, right) if truth => {
                self.assume(left, true);
                self.assume(right, true);
            }
            Kind::Binary(Op::Or, left, right) if !truth => {
                self.assume(left, false);
                self.assume(right, false);
            }
            // One of them gave `truth`: what holds after each holds.
            Kind::Binary(op @ (Op::And | Op::Or), ..) => {
                let mut operands = Vec::new();
                operands_of(cond, *op, &mut operands);
                let before = self.st.clone();
                let mut after: Option<super::State> = None;
                for operand in operands {
                    self.st = before.clone();
                    self.assume(operand, truth);
                    match &mut after {
                        Some(after) => after.join(self.st.clone()),
                        None => after = Some(self.st.clone()),
                    }
                }
                self.st = after.unwrap_or(before);
            }
            Kind::Binary(Op::Equal, left, right) if truth => self.equal_to(left, right),
            Kind::Binary(Op::Unequal, left, right) if !truth => self.equal_to(left, right),
            Kind::Binary(Op::In, left, right) => self.member_of(left, right, truth),
            Kind::Binary(Op::NotIn, left, right) => self.member_of(left, right, !truth),
            // `m = re.match(…)` in the condition itself, or `indexOf(x) >= 0`.
            Kind::Assign(_, value) => self.assume(value, truth),
            Kind::Binary(Op::Unequal | Op::More | Op::MoreEqual, left, right) if is_position(right) => {
                if let Kind::Call(_) = left.kind {
                    self.assume(left, truth);
                }
            }
            Kind::Binary(Op::Equal | Op::Less, left, right) if is_position(right) => {
                if let Kind::Call(_) = left.kind {
                    self.assume(left, !truth);
                }
            }
            // `if (ALLOWED[x])`, `if _, ok := allowed[x]; ok`.
            Kind::Index(base, key) if truth => {
                let table = self.eval_quietly(base);
                if self.deep(&table).taint.is_empty() && self.eval_quietly(key).one().is_none() {
                    self.refine(key, ALL);
                }
            }
            // `if target.netloc: return`: what goes on has no host.
            Kind::Field(base, name) if !truth => {
                if matches!(&**self.names.text(*name), "netloc" | "hostname" | "host" | "scheme" | "Host" | "Scheme") {
                    let address = self.rules.kind("url") | self.rules.kind("redirect");
                    self.refine(base, address);
                    self.refine_address(base, address);
                }
            }
            Kind::Name(name) => {
                // Empty: nothing stands in it.
                if !truth {
                    self.refine(cond, ALL);
                }
                if let Some(made) = self.conds.get(name).copied()
                    && !matches!(made.kind, Kind::Name(_))
                {
                    self.assume(made, truth);
                }
            }
            Kind::Call(call) => self.assume_call(call, cond, truth),
            _ => {}
        }
    }

    /// One side is equal to the other: a constant makes the other one safe.
    fn equal_to(&mut self, left: &'p Expr, right: &'p Expr) {
        for (target, other) in [(left, right), (right, left)] {
            let val = self.eval_quietly(other);
            match val.one() {
                // `x is not None`, `ok == true`: says nothing of what x is, or what the test says.
                Some(Const::Null) => {}
                Some(Const::Bool(true)) => self.assume(target, true),
                Some(Const::Bool(false)) => self.assume(target, false),
                Some(_) => self.refine(target, ALL),
                None if val.fixed => self.refine(target, ALL),
                // Equal to what does not come from outside: `p.getParent() == root`.
                None => {}
            }
        }
    }

    fn member_of(&mut self, left: &'p Expr, right: &'p Expr, truth: bool) {
        let (item, list) = (self.eval_quietly(left), self.eval_quietly(right));
        let deep = self.deep(&list);
        if truth {
            if deep.taint.is_empty() && item.one().is_none() {
                self.refine(left, ALL);
            }
        } else if let Some(text) = item.text() {
            // `".." in path` fails: nothing climbs.
            if text.contains("..") {
                let kind = self.rules.kind("path");
                self.refine(right, kind);
            }
        }
    }

    fn assume_call(&mut self, call: &'p Call, cond: &'p Expr, truth: bool) {
        if let Some((yes, no)) = self.call_guards.get(&cond.span).cloned() {
            let masks = if truth { yes } else { no };
            for (arg, mask) in call.args.iter().zip(masks) {
                if mask != 0 {
                    self.refine(&arg.value, mask);
                }
            }
        }
        let muted = std::mem::replace(&mut self.muted, true);
        let (this, path) = match &call.callee.kind {
            Kind::Field(base, name) => {
                let holder = self.eval(base);
                let callee = self.field(&holder, *name, call.callee.span);
                (Some((holder, &**base)), callee.path)
            }
            _ => (None, self.eval(&call.callee).path),
        };
        let args: Vec<Given<'p>> = call
            .args
            .iter()
            .map(|arg| Given { name: arg.name, val: self.eval(&arg.value), spread: false, expr: Some(&arg.value) })
            .collect();
        self.muted = muted;
        let Some(path) = path else { return };
        let found = self.rules.at(path, self.names);
        let mut safe: Vec<(&'p Expr, u64)> = Vec::new();
        for at in found.iter() {
            let Role::Guard { kinds, when } = self.rules.entry(*at).0 else { continue };
            let site = Site { this: this.as_ref().map(|(this, _)| this), args: &args, value: None };
            if when != truth || !self.holds(*at, &site) {
                continue;
            }
            let chosen = self.rules.entry(*at).1.args.clone();
            for sel in chosen {
                match sel {
                    Sel::This => safe.extend(this.as_ref().map(|(_, base)| (*base, kinds))),
                    Sel::At(at) => safe.extend(call.args.get(at).map(|arg| (&arg.value, kinds))),
                    Sel::All => safe.extend(call.args.iter().map(|arg| (&arg.value, kinds))),
                    _ => {}
                }
            }
        }
        for (expr, kinds) in safe {
            self.refine(expr, kinds);
        }
    }

    /// What `expr` names is safe for `kinds` from here on.
    pub(super) fn refine(&mut self, expr: &'p Expr, kinds: u64) {
        match &expr.kind {
            Kind::Name(name) => {
                let captured = || self.frame.captured.as_ref().and_then(|vars| vars.get(name).cloned());
                let Some(mut val) = self.st.vars.get(name).cloned().or_else(captured) else { return };
                val.clean(kinds);
                if let Some(obj) = val.obj {
                    self.clean_object(obj, kinds);
                }
                self.st.vars.insert(*name, val);
                self.refine_address(expr, kinds);
            }
            Kind::Field(base, name) => {
                let holder = self.eval_quietly(base);
                if let Some(path) = self.member(holder.path, *name) {
                    *self.st.safe.entry(path).or_insert(0) |= kinds;
                }
                let key = self.names.text(*name).clone();
                self.refine_held(&holder, &key, kinds);
                if matches!(&*key, "netloc" | "hostname" | "host" | "origin" | "Host") {
                    let address = self.rules.kind("url") | self.rules.kind("redirect");
                    self.refine(base, kinds & address);
                    self.refine_address(base, kinds);
                }
            }
            Kind::Index(base, key) => {
                let holder = self.eval_quietly(base);
                let key = self.eval_quietly(key);
                if let Some(key) = key.one() {
                    let key = super::value::shown(key);
                    let name = self.names.sym(&key);
                    if let Some(path) = self.member(holder.path, name) {
                        *self.st.safe.entry(path).or_insert(0) |= kinds;
                    }
                    self.refine_held(&holder, &key, kinds);
                }
            }
            // `x.lower() in ALLOWED`, `str(x) in ALLOWED`, `realpath(x).startswith(root)`.
            Kind::Call(call) => {
                let (base, name) = match &call.callee.kind {
                    Kind::Field(base, name) => (Some(base), *name),
                    Kind::Name(name) => (None, *name),
                    _ => return,
                };
                if matches!(&**self.names.text(name), "getHost" | "getAuthority" | "Hostname")
                    && let Some(base) = base
                {
                    self.refine_address(base, kinds);
                }
                if !keeps_text(self.names.text(name)) {
                    return;
                }
                if let (Some(base), true) = (base, call.args.is_empty()) {
                    self.refine(base, kinds);
                }
                call.args.iter().for_each(|arg| self.refine(&arg.value, kinds));
            }
            Kind::Cast(_, inner) | Kind::Assign(_, inner) => self.refine(inner, kinds),
            Kind::List(all) => all.iter().for_each(|each| self.refine(each, kinds)),
            Kind::Binary(Op::Or | Op::Else, left, _) => self.refine(left, kinds),
            _ => {}
        }
    }

    /// The host of an address was checked: what the address was read from is safe to go to.
    fn refine_address(&mut self, expr: &'p Expr, kinds: u64) {
        let made = match &expr.kind {
            Kind::Name(name) => match self.conds.get(name) {
                Some(made) => made,
                None => return,
            },
            _ => expr,
        };
        if let Kind::Field(base, name) = &made.kind
            && matches!(&**self.names.text(*name), "netloc" | "hostname" | "host" | "Host")
        {
            let address = self.rules.kind("url") | self.rules.kind("redirect");
            self.refine(base, kinds & address);
            return self.refine_address(base, kinds);
        }
        let Kind::Call(call) = &made.kind else { return };
        let named = match &call.callee.kind {
            Kind::Name(name) | Kind::Field(_, name) => self.names.text(*name).clone(),
            _ => return,
        };
        let parses = matches!(
            &*named,
            "urlparse" | "urlsplit" | "URL" | "URI" | "Parse" | "ParseRequestURI" | "parse" | "create" | "parse_url"
        );
        if parses && let Some(arg) = call.args.first() {
            let address = self.rules.kind("url") | self.rules.kind("redirect");
            self.refine(&arg.value, kinds & address);
        }
    }

    fn refine_held(&mut self, holder: &Val, key: &str, kinds: u64) {
        let Some(obj) = holder.obj.and_then(|at| self.obj_mut(at)) else { return };
        for (name, value) in &mut obj.fields {
            if **name == *key {
                value.clean(kinds);
            }
        }
    }

    fn clean_object(&mut self, at: super::ObjId, kinds: u64) {
        let Some(obj) = self.obj_mut(at) else { return };
        for value in obj.items.iter_mut().flatten().chain(&mut obj.rest) {
            value.clean(kinds);
        }
        for (_, value) in &mut obj.fields {
            value.clean(kinds);
        }
    }
}

/// The operands of a chain of `op`, left to right.
fn operands_of<'p>(cond: &'p Expr, op: Op, out: &mut Vec<&'p Expr>) {
    let mut rest = Vec::new();
    let mut at = cond;
    while let Kind::Binary(found, left, right) = &at.kind
        && *found == op
    {
        rest.push(&**right);
        at = left;
    }
    out.push(at);
    out.extend(rest.into_iter().rev());
}

/// Functions whose result is what they are given, seen otherwise: what holds of one holds of the other.
fn keeps_text(name: &str) -> bool {
    matches!(
        name,
        "lower"
            | "upper"
            | "strip"
            | "casefold"
            | "str"
            | "String"
            | "toString"
            | "trim"
            | "toLowerCase"
            | "toUpperCase"
            | "ToLower"
            | "ToUpper"
            | "TrimSpace"
            | "realpath"
            | "abspath"
            | "normpath"
            | "normcase"
            | "resolve"
            | "absolute"
            | "normalize"
            | "getCanonicalPath"
            | "getCanonicalFile"
            | "toRealPath"
            | "toAbsolutePath"
            | "toPath"
            | "matcher"
            | "commonpath"
            | "commonprefix"
            | "Clean"
            | "Abs"
            | "EvalSymlinks"
            | "Path"
            | "join"
            | "Join"
            | "string"
            | "strval"
            | "format"
            | "to_s"
            | "downcase"
    )
}

/// `-1` and `0`, what positions are compared with.
fn is_position(expr: &Expr) -> bool {
    matches!(expr.kind, Kind::Const(Const::Int(-1 | 0) | Const::Null))
}
