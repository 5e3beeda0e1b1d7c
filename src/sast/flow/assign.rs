//! What an assignment does, whatever it assigns to.

use std::rc::Rc;

use super::Engine;
use super::state::Obj;
use super::value::{Konst, Note, Val, shown};
use crate::sast::ir::{Const, Expr, Kind};

impl<'p> Engine<'p> {
    pub(super) fn assign(&mut self, target: &'p Expr, mut val: Val) {
        match &target.kind {
            Kind::Name(name) => {
                self.advance(&mut val, target.span, Note::Assigned);
                self.check_name_write(*name, &val, target.span);
                self.st.vars.insert(*name, val);
            }
            Kind::Field(base, name) => {
                let holder = self.eval(base);
                let path = self.member(holder.path, *name);
                self.check_write(path, Some(&holder), &val, target.span);
                self.advance(&mut val, target.span, Note::Assigned);
                let key = self.names.text(*name).clone();
                self.put(base, &holder, Some(key), val);
            }
            Kind::Index(base, key) => {
                let holder = self.eval(base);
                let key = self.eval(key);
                let name = key.one().map(|key| Rc::<str>::from(shown(key)));
                let path = match (&name, holder.path) {
                    (Some(name), Some(path)) => {
                        let name = self.names.sym(name);
                        self.member(Some(path), name)
                    }
                    (None, Some(path)) => {
                        let name = self.names.sym("[]");
                        self.member(Some(path), name)
                    }
                    _ => None,
                };
                self.check_write(path, Some(&holder), &val, target.span);
                self.check_key_write(&holder, &key, &val, target.span);
                self.put(base, &holder, name, val);
            }
            Kind::List(targets) => self.take_apart(targets, &val),
            Kind::Dict(pairs) => {
                for (key, target) in pairs {
                    let Some(key) = key else {
                        self.assign(target, val.clone());
                        continue;
                    };
                    let part = match &key.kind {
                        Kind::Const(Const::Text(text)) => {
                            let name = self.names.sym(text);
                            self.field(&val, name, key.span)
                        }
                        _ => self.element(&val),
                    };
                    self.assign(target, part);
                }
            }
            // A pattern with a default.
            Kind::Assign(target, default) => {
                let default = self.eval(default);
                val.join(&default);
                self.assign(target, val);
            }
            Kind::Spread(target) => self.assign(target, val),
            Kind::Many(targets) => targets.iter().for_each(|target| self.assign(target, val.clone())),
            _ => {}
        }
    }

    fn take_apart(&mut self, targets: &'p [Expr], val: &Val) {
        let items = self.obj(val).and_then(|obj| obj.items.clone());
        let spread = targets.iter().filter(|target| matches!(target.kind, Kind::Spread(_))).count();
        for (at, target) in targets.iter().enumerate() {
            let part = match (&items, &target.kind) {
                (_, Kind::Spread(_)) => self.element(val),
                (Some(items), _) if at < items.len() && (spread == 0 || items.len() == targets.len()) => {
                    items[at].clone()
                }
                (_, Kind::Name(name)) if at > 0 && matches!(&**self.names.text(*name), "err" | "ok") => Val::default(),
                // `v, err := f()` of which nothing is known: the first is the value.
                _ if at == 0 => val.clone(),
                _ => {
                    let mut part = self.element(val);
                    part.konst = Konst::Any;
                    part
                }
            };
            self.assign(target, part);
        }
    }

    /// Puts `val` into `holder` under `key`; `base` is how the program names the holder.
    pub(super) fn put(&mut self, base: &'p Expr, holder: &Val, key: Option<Rc<str>>, val: Val) {
        let at = match holder.obj {
            Some(at) => at,
            None => {
                let at = self.object(base.span, Obj { open: true, ..Obj::default() });
                // The variable or field that holds it is one with this object from here on.
                let mut known = holder.clone();
                known.obj = Some(at);
                self.hold(base, known);
                at
            }
        };
        let Some(obj) = self.obj_mut(at) else { return };
        match key {
            Some(key) => match (&mut obj.items, key.parse::<usize>()) {
                (Some(items), Ok(at)) if at < items.len() => items[at] = val,
                _ => obj.set(&key, val),
            },
            None => {
                obj.blur();
                obj.add(&val);
            }
        }
    }

    /// Lets what `base` names be `val`, without the checks of an assignment.
    pub(super) fn hold(&mut self, base: &'p Expr, val: Val) {
        match &base.kind {
            Kind::Name(name) => drop(self.st.vars.insert(*name, val)),
            Kind::Field(outer, name) => {
                let holder = self.eval_quietly(outer);
                if let Some(obj) = holder.obj.and_then(|at| self.st.heap.get_mut(&at)) {
                    let key = self.names.text(*name).clone();
                    Rc::make_mut(obj).set(&key, val);
                }
            }
            _ => {}
        }
    }

    /// What `expr` is, without anything being reported again.
    pub(super) fn eval_quietly(&mut self, expr: &'p Expr) -> Val {
        let muted = std::mem::replace(&mut self.muted, true);
        let val = self.eval(expr);
        self.muted = muted;
        val
    }
}
