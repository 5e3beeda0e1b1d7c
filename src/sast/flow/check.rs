//! Where the rules are asked: at calls, writes, reads, imports, decorators and returns.

use super::value::{Note, Val, shown};
use super::{Engine, Given, Hit};
use crate::sast::ir::{Const, Expr, Kind, Span};
use crate::sast::names::{PathId, Sym};
use crate::sast::rules::{ALL, Cond, Role, Sel, Test, glob};

/// The values of a call that rules choose from.
pub(super) struct Site<'a, 'p> {
    pub(super) this: Option<&'a Val>,
    pub(super) args: &'a [Given<'p>],
    pub(super) value: Option<&'a Val>,
}

impl<'p> Engine<'p> {
    pub(super) fn check_call(&mut self, path: Option<PathId>, site: &Site<'_, 'p>, span: Span) {
        let Some(path) = path else { return };
        if self.muted {
            return;
        }
        let found = self.rules.at(path, self.names);
        for at in found.iter() {
            let role = self.rules.entry(*at).0.clone();
            if !matches!(role, Role::Flow(_) | Role::Call(_)) || !self.holds(*at, site) {
                continue;
            }
            match role {
                Role::Flow(rule) => {
                    let chosen = self.rules.entry(*at).1.args.clone();
                    for sel in &chosen {
                        for val in self.select_all(sel, site) {
                            self.flow(rule, &val, span);
                        }
                    }
                }
                Role::Call(rule) => self.report(rule, span, Vec::new()),
                _ => {}
            }
        }
    }

    pub(super) fn check_write(&mut self, path: Option<PathId>, holder: Option<&Val>, val: &Val, span: Span) {
        let Some(path) = path else { return };
        if self.muted {
            return;
        }
        let found = self.rules.at(path, self.names);
        for at in found.iter() {
            let role = self.rules.entry(*at).0.clone();
            if !matches!(role, Role::FlowWrite(_) | Role::Write(_)) {
                continue;
            }
            let site = Site { this: holder, args: &[], value: Some(val) };
            if !self.holds(*at, &site) {
                continue;
            }
            match role {
                Role::FlowWrite(rule) => self.flow(rule, val, span),
                Role::Write(rule) => self.report(rule, span, Vec::new()),
                _ => {}
            }
        }
    }

    pub(super) fn check_name_write(&mut self, name: Sym, val: &Val, span: Span) {
        let text = self.names.text(name).clone();
        let path = self.names.path(&text);
        self.check_write(Some(path), None, val, span);
    }

    /// A write under a key that is not constant: the rules see `[]=` with holder, key and value.
    pub(super) fn check_key_write(&mut self, holder: &Val, key: &Val, val: &Val, span: Span) {
        if key.one().is_some() || self.muted {
            return;
        }
        let path = self.names.path("[]=");
        let args = [Given { name: None, val: key.clone(), spread: false, expr: None }];
        let found = self.rules.at(path, self.names);
        for at in found.iter() {
            let Role::Flow(rule) = self.rules.entry(*at).0 else { continue };
            let site = Site { this: Some(holder), args: &args, value: Some(val) };
            if self.holds(*at, &site) {
                self.flow(rule, key, span);
            }
        }
    }

    pub(super) fn check_read(&mut self, path: Option<PathId>, span: Span) {
        let Some(path) = path else { return };
        if self.muted {
            return;
        }
        let found = self.rules.at(path, self.names);
        for at in found.iter() {
            if let Role::Read(rule) = self.rules.entry(*at).0 {
                self.report(rule, span, Vec::new());
            }
        }
    }

    pub(super) fn check_import(&mut self, path: PathId, span: Span) {
        if self.muted {
            return;
        }
        let found = self.rules.at(path, self.names);
        for at in found.iter() {
            if let Role::Import(rule) = self.rules.entry(*at).0 {
                self.report(rule, span, Vec::new());
            }
        }
    }

    /// Decorators and annotations of the function or class that stands at `span`.
    pub(super) fn check_marks(&mut self, marks: &'p [Expr]) {
        for mark in marks {
            let Some(path) = self.mark_path(mark) else { continue };
            let mut args = Vec::new();
            if let Kind::Call(call) = &mark.kind {
                for arg in &call.args {
                    let val = self.eval_quietly(&arg.value);
                    args.push(Given { name: arg.name, val, spread: false, expr: Some(&arg.value) });
                }
            }
            let found = self.rules.at(path, self.names);
            for at in found.iter() {
                if let Role::Mark(rule) = self.rules.entry(*at).0 {
                    let site = Site { this: None, args: &args, value: None };
                    if self.holds(*at, &site) {
                        self.report(rule, mark.span, Vec::new());
                    }
                }
            }
        }
    }

    /// A method by the names of the classes that its class is made from.
    pub(super) fn check_method(&mut self, m: usize, f: usize) {
        let program = self.program;
        let function = &program[m].functions[f];
        let Some(class) = function.class else { return };
        for base in &program[m].classes[class].bases {
            let Some(path) = self.mark_path(base) else { continue };
            let Some(path) = self.names.field(path, function.name) else { continue };
            let found = self.rules.at(path, self.names);
            for at in found.iter() {
                let Role::Method(rule) = self.rules.entry(*at).0 else { continue };
                let val = Val { code: Some(super::value::Code::Function(m, f)), ..Val::default() };
                let site = Site { this: None, args: &[], value: Some(&val) };
                if self.holds(*at, &site) {
                    self.report(rule, function.span, Vec::new());
                }
            }
        }
    }

    /// The entries by which what a function so decorated returns goes out.
    pub(super) fn outlets(&mut self, marks: &'p [Expr]) -> Vec<u32> {
        let mut out = Vec::new();
        for mark in marks {
            let Some(path) = self.mark_path(mark) else { continue };
            let found = self.rules.at(path, self.names);
            out.extend(found.iter().copied().filter(|at| matches!(self.rules.entry(*at).0, Role::FlowReturn(_))));
        }
        out
    }

    pub(super) fn check_return(&mut self, val: &Val, span: Span) {
        for at in self.frame.outlets.clone() {
            let site = Site { this: None, args: &[], value: Some(val) };
            if let Role::FlowReturn(rule) = self.rules.entry(at).0
                && self.holds(at, &site)
                && !self.muted
            {
                self.flow(rule, val, span);
            }
        }
    }

    /// Reports what flows in `val` and counts for `rule`.
    fn flow(&mut self, rule: usize, val: &Val, span: Span) {
        let deep = self.deep(val);
        let (kind, from) = (self.rules.rules[rule].kind, self.rules.rules[rule].from);
        let counts = |taint: &&super::value::Taint| taint.clean & kind == 0 && taint.from & from != 0;
        // A way that is known whole says more than one through functions that are not known.
        let all: Vec<_> = deep.taint.iter().filter(counts).collect();
        let Some(taint) = all.iter().find(|taint| !taint.vague).or(all.first()).copied() else { return };
        let mut trace = Vec::new();
        let mut at = Some(&taint.step);
        while let Some(step) = at {
            let note = match step.note {
                Note::Source(what) => format!("{} comes in", self.rules.whats[what]),
                Note::Assigned => "assigned".to_owned(),
                Note::Passed => "passed on".to_owned(),
            };
            trace.push((step.module, step.span, note));
            at = step.before.as_ref();
        }
        trace.reverse();
        trace.push((self.frame.module, span, "used here".to_owned()));
        self.report(rule, span, trace);
        let at = (self.frame.module, span, rule);
        if let Some(hit) = self.hits.get_mut(&at) {
            // One way that is known whole is enough.
            hit.vague = taint.vague && hit.vague;
        }
    }

    fn report(&mut self, rule: usize, span: Span, trace: Vec<(usize, Span, String)>) {
        if self.muted {
            return;
        }
        let module = self.frame.module;
        self.hits.entry((module, span, rule)).or_insert(Hit { module, span, rule, vague: !trace.is_empty(), trace });
    }

    /// Whether all conditions of the entry `at` hold.
    pub(super) fn holds(&mut self, at: u32, site: &Site<'_, 'p>) -> bool {
        if self.rules.entry(at).1.conds.is_empty() {
            return true;
        }
        let conds = self.rules.entry(at).1.conds.clone();
        let kind = match self.rules.entry(at).0 {
            Role::Flow(rule)
            | Role::FlowWrite(rule)
            | Role::FlowReturn(rule)
            | Role::Call(rule)
            | Role::Write(rule) => self.rules.rules[rule].kind,
            _ => ALL,
        };
        conds.iter().all(|any| any.iter().any(|cond| self.test(cond, site, kind)))
    }

    /// `kind` is what the value would have to be safe for.
    fn test(&mut self, cond: &Cond, site: &Site<'_, 'p>, kind: u64) -> bool {
        let val = self.select(&cond.of, site);
        // Where more arguments come from a spread, nothing is sure to be missing.
        let spread = site.args.iter().any(|arg| arg.spread);
        let Some(val) = val else {
            return match &cond.test {
                Test::Missing => !cond.not && !spread,
                Test::Constant => false,
                _ => cond.not && !spread,
            };
        };
        let any = |f: &dyn Fn(&Const) -> bool| val.alternatives().iter().any(f);
        let found = match &cond.test {
            Test::True => any(&|value| matches!(value, Const::Bool(true) | Const::Int(1))),
            Test::False => any(&|value| matches!(value, Const::Bool(false) | Const::Int(0))),
            Test::Null => any(&|value| *value == Const::Null),
            Test::Missing => false,
            Test::Constant => {
                let deep = self.deep(&val);
                deep.fixed || cond.not && deep.safe & kind != 0
            }
            Test::Text(text) => any(&|value| shown(value) == *text),
            Test::Matches(regex) => {
                if val.alternatives().is_empty() {
                    return false;
                }
                any(&|value| regex.is_match(&shown(value)))
            }
            Test::Below(limit) => any(&|value| matches!(value, Const::Int(number) if number < limit)),
            Test::Built => {
                let deep = self.deep(&val);
                deep.built && deep.safe_for() & kind == 0
            }
            Test::Tainted => !self.deep(&val).taint.is_empty(),
            Test::Canonical => val.canonical,
            Test::Runnable => self.runnable(&cond.of, &val, site),
            Test::Gives(wanted) => self.gives(&val, *wanted),
            Test::Path(pattern) => val.path.is_some_and(|path| glob(pattern, self.names.path_text(path))),
        };
        found != cond.not
    }

    /// Whether the function `val` gives `wanted` whatever it is given.
    fn gives(&mut self, val: &Val, wanted: bool) -> bool {
        use super::value::Code;
        let (m, f) = match val.code {
            Some(Code::Closure(at)) => (self.closures[at].module, self.closures[at].function),
            Some(Code::Function(m, f) | Code::Method(m, f, _)) => (m, f),
            _ => return false,
        };
        let program = self.program;
        gives(&program[m].functions[f], wanted)
    }

    /// A line of text, a list whose first part may be chosen, or one that a shell or an interpreter reads.
    fn runnable(&mut self, of: &Sel, val: &Val, site: &Site<'_, 'p>) -> bool {
        let all = match of {
            Sel::All | Sel::From(_) => self.select_all(of, site),
            _ => vec![val.clone()],
        };
        let mut parts = Vec::new();
        let mut listed = all.len() > 1;
        for val in all {
            match self.obj(&val).and_then(|obj| obj.items.clone()) {
                Some(items) => {
                    listed = true;
                    parts.extend(items);
                }
                None if self.obj(&val).is_some_and(|obj| obj.rest.is_some()) => return true,
                None => parts.push(val),
            }
        }
        let Some(first) = parts.first() else { return true };
        if !listed || !self.deep(first).taint.is_empty() {
            return true;
        }
        let reads = |value: &Const| {
            let Const::Text(text) = value else { return false };
            let name = text.rsplit(['/', '\\']).next().unwrap_or(text).to_ascii_lowercase();
            let name = name.strip_suffix(".exe").unwrap_or(&name);
            matches!(
                name,
                "sh" | "bash"
                    | "dash"
                    | "zsh"
                    | "ksh"
                    | "ash"
                    | "csh"
                    | "fish"
                    | "cmd"
                    | "powershell"
                    | "pwsh"
                    | "-c"
                    | "/c"
                    | "-command"
                    | "-e"
                    | "eval"
                    | "xargs"
                    | "env"
                    | "sudo"
                    | "su"
                    | "ssh"
                    | "watch"
                    | "find"
            )
        };
        parts.iter().any(|part| part.alternatives().iter().any(reads))
    }

    fn select_all(&mut self, sel: &Sel, site: &Site<'_, 'p>) -> Vec<Val> {
        match sel {
            Sel::All => site.args.iter().map(|arg| arg.val.clone()).collect(),
            Sel::From(from) => {
                site.args.iter().filter(|arg| arg.name.is_none()).skip(*from).map(|arg| arg.val.clone()).collect()
            }
            _ => self.select(sel, site).into_iter().collect(),
        }
    }

    fn select(&mut self, sel: &Sel, site: &Site<'_, 'p>) -> Option<Val> {
        match sel {
            Sel::At(at) => {
                let before = site.args.iter().take(at + 1).filter(|arg| arg.name.is_none()).nth(*at);
                before.map(|arg| arg.val.clone()).filter(|_| !site.args[*at].spread || *at == 0)
            }
            Sel::From(_) | Sel::All => self.select_all(sel, site).into_iter().next(),
            Sel::Named(name) => {
                let name = self.names.sym(name);
                if let Some(arg) = site.args.iter().find(|arg| arg.name == Some(name)) {
                    return Some(arg.val.clone());
                }
                // Options of an object that is given as such: `{ rejectUnauthorized: false }`.
                None
            }
            Sel::This => site.this.cloned(),
            Sel::Value => site.value.cloned(),
            Sel::Key(of, key) => {
                let val = self.select(of, site)?;
                let obj = self.obj(&val)?;
                let item = || obj.items.as_ref()?.get(key.parse::<usize>().ok()?);
                obj.get(key).or_else(item).cloned()
            }
            Sel::Either(all) => all.iter().find_map(|sel| self.select(sel, site)),
        }
    }
}

/// Whether all that `function` does is to give `wanted`.
pub(super) fn gives(function: &crate::sast::ir::Function, wanted: bool) -> bool {
    use crate::sast::ir::Stmt;
    let is_wanted = |value: &Expr| match &value.kind {
        Kind::Const(Const::Bool(truth)) => *truth == wanted,
        Kind::Const(Const::Null) => !wanted,
        _ => false,
    };
    match function.body.as_slice() {
        [] => !wanted && !function.bodiless,
        [Stmt::Return(Some(value), _) | Stmt::Expr(value)] => is_wanted(value),
        [Stmt::Return(None, _)] => !wanted,
        _ => false,
    }
}
