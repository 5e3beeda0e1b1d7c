//! Where the engine begins: the module itself, then every function with unknown parameters, then
//! the functions inside functions that nothing called.

use super::state::{Obj, Vars};
use super::value::{Note, Val};
use super::{Engine, FILE_STEPS, Frame, Hit, ROOT_STEPS};
use crate::sast::names::Sym;
use std::rc::Rc;

/// What came of a program.
pub(in crate::sast) struct Outcome {
    pub(in crate::sast) hits: Vec<Hit>,
    /// The budget of steps ran out.
    pub(in crate::sast) cut: bool,
}

impl<'p> Engine<'p> {
    /// Runs the modules of `targets`; all others are there to be called.
    pub(in crate::sast) fn run_all(mut self, targets: &[usize]) -> Outcome {
        // Constants and imports of all, twice where one needs another.
        for m in 0..self.program.len() {
            self.muted = !targets.contains(&m);
            self.module(m);
        }
        self.muted = false;
        for &m in targets {
            let first = self.steps;
            let program = self.program;
            for (f, function) in program[m].functions.iter().enumerate() {
                if self.steps - first > FILE_STEPS {
                    self.cut = true;
                    break;
                }
                if !function.nested {
                    self.root(m, f);
                }
            }
            for at in 0..self.closures.len() {
                if self.steps - first > FILE_STEPS {
                    self.cut = true;
                    break;
                }
                let closure = &self.closures[at];
                if !closure.ran && closure.module == m {
                    self.closure_root(at);
                }
            }
        }
        // A flow that begins in a target and ends next door is the target's.
        let counts = |hit: &Hit| {
            targets.contains(&hit.module) || hit.trace.first().is_some_and(|(module, ..)| targets.contains(module))
        };
        let mut hits: Vec<Hit> = self.hits.into_values().filter(counts).collect();
        hits.sort();
        Outcome { hits, cut: self.cut }
    }

    fn module(&mut self, m: usize) {
        self.limit = self.steps + ROOT_STEPS;
        self.frame = Frame { module: m, ..Frame::default() };
        self.fresh();
        let program = self.program;
        for class in &program[m].classes {
            self.check_marks(&class.marks);
        }
        self.block(&program[m].body);
        self.globals[m] = Rc::new(std::mem::take(&mut self.st.vars));
        self.finish();
    }

    /// Closures that were handed out and not run yet, run as they stand.
    fn finish(&mut self) {
        self.breaks.clear();
        self.continues.clear();
        self.throws.clear();
        self.conds.clear();
        self.depth = 0;
    }

    fn root(&mut self, m: usize, f: usize) {
        let program = self.program;
        let function = &program[m].functions[f];
        self.limit = self.steps + ROOT_STEPS;
        self.frame = Frame { module: m, ..Frame::default() };
        self.fresh();
        let heap = self.st.heap.clone();
        self.check_marks(&function.marks);
        self.check_method(m, f);
        let outlets = self.outlets(&function.marks);
        let mut vars = Vars::new();
        let mut patterns = Vec::new();
        for param in &function.params {
            self.check_marks(&param.marks);
            let mut val = self.unknown_param(m, function, param);
            self.advance(&mut val, param.span, Note::Passed);
            if let Some(pattern) = &param.pattern {
                patterns.push((pattern, val.clone()));
            }
            vars.insert(param.name, val);
        }
        let class = function.class.map(|c| (m, c));
        let this = class.filter(|_| !function.is_static).map(|(m, c)| self.unknown_this(m, c, f, function.span));
        if let (Some(name), Some(this)) = (function.this, &this) {
            vars.insert(name, this.clone());
        } else if let Some(name) = function.this {
            let this = self.receiver(m, name, function);
            vars.insert(name, this);
        }
        self.next_frame += 1;
        let id = self.next_frame;
        self.frame = Frame { module: m, id, this, class, stack: vec![(m, f)], outlets, ..Frame::default() };
        self.st.vars = vars;
        for (pattern, val) in patterns {
            self.assign(pattern, val);
        }
        let from = self.closures.len();
        self.block(&function.body);
        self.finish();
        for at in from..self.closures.len() {
            if !self.closures[at].ran {
                self.closure_root(at);
            }
        }
        self.st.heap = heap;
    }

    /// The receiver of a method of Go.
    fn receiver(&mut self, m: usize, name: Sym, function: &'p crate::sast::ir::Function) -> Val {
        let mut val = match function.returns {
            Some(ty) => self.typed_in(m, ty, function.span),
            None => Val::default(),
        };
        if val.path.is_none() {
            let text = format!("?{}", self.names.text(name));
            val.path = Some(self.names.path(&text));
        }
        val
    }

    /// An object of a class of which nothing is known but what its fields begin as.
    fn unknown_this(&mut self, m: usize, c: usize, f: usize, span: crate::sast::ir::Span) -> Val {
        let fields = self.fields_of(m, c);
        let at = self.object(span, Obj { fields, class: Some((m, c)), open: true, ..Obj::default() });
        let path = self.base_path(m, c);
        let path = match self.result_of(path) {
            Some(path) => Some(path),
            None => Some(self.names.path("?self")),
        };
        let this = Val { obj: Some(at), path, ..Val::default() };
        // What the constructor sets, from parameters of which nothing is known.
        let program = self.program;
        for name in ["__init__", "constructor", "<init>"] {
            let name = self.names.sym(name);
            let Some((m, init)) = self.method(m, c, name) else { continue };
            if init == f {
                break;
            }
            let function = &program[m].functions[init];
            let mut vars = Vars::new();
            for param in &function.params {
                let val = self.unknown_param(m, function, param);
                vars.insert(param.name, val);
            }
            if let Some(name) = function.this {
                vars.insert(name, this.clone());
            }
            let muted = std::mem::replace(&mut self.muted, true);
            let outer_frame = std::mem::replace(
                &mut self.frame,
                Frame {
                    module: m,
                    this: Some(this.clone()),
                    class: function.class.map(|c| (m, c)),
                    stack: vec![(m, init); 4],
                    ..Frame::default()
                },
            );
            let outer = std::mem::replace(&mut self.st.vars, vars);
            self.block(&function.body);
            self.st.dead = false;
            self.st.vars = outer;
            if let Some(exits) = self.frame.exits.take() {
                self.st.join_heap(&exits.heap);
            }
            self.frame = outer_frame;
            self.muted = muted;
            break;
        }
        this
    }

    fn closure_root(&mut self, at: usize) {
        let program = self.program;
        let (m, f) = (self.closures[at].module, self.closures[at].function);
        self.closures[at].ran = true;
        let function = &program[m].functions[f];
        self.limit = self.limit.max(self.steps + ROOT_STEPS / 4);
        self.fresh();
        self.frame = Frame { module: m, ..Frame::default() };
        let (captured, this, class) = {
            let closure = &self.closures[at];
            (closure.captured.clone(), closure.this.clone(), closure.class)
        };
        self.frame.captured = Some(captured.clone());
        self.check_marks(&function.marks);
        let outlets = self.outlets(&function.marks);
        let mut vars = Vars::new();
        let mut patterns = Vec::new();
        for param in &function.params {
            let val = self.unknown_param(m, function, param);
            if let Some(pattern) = &param.pattern {
                patterns.push((pattern, val.clone()));
            }
            vars.insert(param.name, val);
        }
        self.next_frame += 1;
        self.frame = Frame {
            module: m,
            id: self.next_frame,
            captured: Some(captured),
            this,
            class,
            stack: vec![(m, f)],
            outlets,
            ..Frame::default()
        };
        self.st.vars = vars;
        for (pattern, val) in patterns {
            self.assign(pattern, val);
        }
        self.block(&function.body);
        self.finish();
    }
}
