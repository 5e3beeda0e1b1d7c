//! What calls of the usual libraries do to values: lists and maps by key, text by content.

use std::rc::Rc;

use super::state::Obj;
use super::value::{Code, Konst, Val, shown};
use super::{Engine, Given};
use crate::sast::ir::{Const, Expr};
use crate::sast::rules::{ALL, Act};

impl<'p> Engine<'p> {
    /// The result of `act`; `None` where it says nothing here.
    pub(super) fn act(
        &mut self,
        act: Act,
        this: Option<&Val>,
        base: Option<&'p Expr>,
        args: &[Given<'p>],
        expr: &'p Expr,
    ) -> Option<Val> {
        let arg = |at: usize| args.get(at).map(|arg| arg.val.clone());
        match act {
            Act::Push
            | Act::Insert
            | Act::Set
            | Act::Clear
            | Act::Extend
            | Act::Remove
            | Act::Pop
            | Act::PushFirst
            | Act::PopFirst => self.change(act, this?, base, args),
            Act::SetUnder | Act::GetUnder => {
                let (section, option) = (arg(0)?, arg(1)?);
                let key = match (section.one(), option.one()) {
                    (Some(section), Some(option)) => {
                        Some(Rc::<str>::from(format!("{}\0{}", shown(section), shown(option))))
                    }
                    _ => None,
                };
                if act == Act::SetUnder {
                    let holder = this?.clone();
                    self.put(base?, &holder, key, arg(2)?);
                    return Some(Val::default());
                }
                let this = this?;
                match key.and_then(|key| self.obj(this)?.get(&key).cloned()) {
                    Some(val) => Some(val),
                    None => Some(self.element(this)),
                }
            }
            Act::GetFirst | Act::GetLast => {
                let this = this?;
                let items = self.obj(this).and_then(|obj| obj.items.as_ref());
                let found = items.and_then(|items| if act == Act::GetFirst { items.first() } else { items.last() });
                match found {
                    Some(val) => Some(val.clone()),
                    None => Some(self.element(this)),
                }
            }
            Act::MapOf => {
                let mut obj = Obj::default();
                for pair in args.chunks(2) {
                    let [key, value] = pair else { break };
                    match key.val.one() {
                        Some(key) => obj.set(&Rc::from(shown(key)), value.val.clone()),
                        None => obj.add(&value.val),
                    }
                }
                let fixed = args.iter().all(|arg| arg.val.fixed);
                let at = self.object(expr.span, obj);
                Some(Val { obj: Some(at), fixed, ..Val::default() })
            }
            Act::Overwrite => {
                let first = args.first()?;
                if let Some(expr) = first.expr {
                    let mut val = first.val.clone();
                    (val.konst, val.fixed, val.safe) = (Konst::Any, false, 0);
                    if let Some(at) = val.obj {
                        let obj = self.obj_mut(at)?;
                        (obj.items, obj.rest) = (None, Some(Val::default()));
                    }
                    self.hold(expr, val);
                }
                Some(Val::default())
            }
            Act::Derive => {
                let mut out = Val { fixed: true, ..Val::default() };
                let all = this.into_iter().chain(args.iter().map(|arg| &arg.val));
                for val in all.filter(|val| val.code.is_none() && !self.is_static(val)) {
                    let deep = self.deep(val);
                    out.taste(&deep);
                    out.built |= deep.built;
                }
                Some(out)
            }
            Act::Map => {
                let this = this?.clone();
                let Some(Code::Closure(at)) = args.first().and_then(|arg| arg.val.code) else {
                    return self.act(Act::Derive, Some(&this), base, args, expr);
                };
                let each = self.element(&this);
                let given = [Given { name: None, val: each, spread: false, expr: None }];
                let made = self.run_closure(at, &given, expr);
                let fixed = made.fixed;
                let at = self.object(expr.span, Obj { rest: Some(made), ..Obj::default() });
                Some(Val { obj: Some(at), fixed, ..Val::default() })
            }
            Act::Record => {
                if args.is_empty() || args.iter().any(|arg| arg.name.is_none()) {
                    return None;
                }
                let mut obj = Obj::default();
                for arg in args {
                    let name = self.names.text(arg.name?).clone();
                    obj.set(&name, arg.val.clone());
                }
                let at = self.object(expr.span, obj);
                Some(Val { obj: Some(at), ..Val::default() })
            }
            Act::Get => {
                let this = this?;
                let key = arg(0)?;
                if this.obj.is_none() && this.path.is_some() {
                    return None;
                }
                let mut val = self.index(this, &key, expr.span);
                // The object is known and the key is not in it: the default, or null.
                if let Some(obj) = self.obj(this)
                    && !obj.open
                    && obj.rest.is_none()
                    && obj.items.is_none()
                    && let Some(name) = key.one()
                    && obj.get(&shown(name)).is_none()
                {
                    let mut other = arg(1).unwrap_or_else(Self::null);
                    other.taste(&Val { fixed: other.fixed, ..this.clone() });
                    return Some(other);
                }
                // A key that is not known: any of the values, or the default.
                if key.one().is_none()
                    && let Some(other) = arg(1)
                {
                    val.join(&other);
                }
                val.code = None;
                Some(val)
            }
            Act::NewList => {
                let rest =
                    arg(0).filter(|val| val.obj.is_some() || !val.taint.is_empty()).map(|val| self.element(&val));
                let items = self.obj(&arg(0).unwrap_or_default()).and_then(|obj| obj.items.clone());
                Some(match items {
                    Some(items) => self.list(expr.span, items, None),
                    None => self.list(expr.span, Vec::new(), rest),
                })
            }
            Act::ListOf => {
                let items = args.iter().filter(|arg| !arg.spread).map(|arg| arg.val.clone()).collect();
                let rest = args.iter().find(|arg| arg.spread).map(|arg| arg.val.clone());
                Some(self.list(expr.span, items, rest))
            }
            Act::NewMap => {
                let mut obj = Obj::default();
                for arg in args {
                    match arg.name {
                        Some(name) => obj.set(&self.names.text(name).clone(), arg.val.clone()),
                        None => {
                            if let Some(from) = self.obj(&arg.val).cloned() {
                                from.fields.iter().for_each(|(key, value)| obj.set(key, value.clone()));
                                from.rest.iter().for_each(|rest| obj.add(rest));
                                obj.open |= from.open;
                            }
                            if !arg.val.taint.is_empty() {
                                obj.add(&arg.val);
                            }
                        }
                    }
                }
                let fixed = !obj.open && obj.fields.iter().map(|(_, val)| val).chain(&obj.rest).all(|val| val.fixed);
                let at = self.object(expr.span, obj);
                Some(Val { obj: Some(at), fixed, ..Val::default() })
            }
            Act::NewText => {
                // A number is a capacity.
                let first = arg(0).filter(|val| val.int().is_none());
                let content = first.unwrap_or_else(|| Val::constant(Const::Text("".into())));
                let fixed = content.fixed;
                let obj = Obj { rest: Some(content), text: true, ..Obj::default() };
                let at = self.object(expr.span, obj);
                Some(Val { obj: Some(at), fixed, ..Val::default() })
            }
            Act::TextOf => {
                let val = arg(0).or_else(|| this.cloned())?;
                if let Some(obj) = self.obj(&val).filter(|obj| obj.text) {
                    return obj.rest.clone();
                }
                let mut out = self.deep(&val);
                out.konst = val.fold(|value| Some(Const::Text(shown(value).into())));
                out.obj = None;
                out.path = val.path.filter(|path| self.names.path_text(*path).starts_with('?'));
                Some(out)
            }
            Act::Content => {
                let this = this?;
                match self.obj(this) {
                    Some(obj) if obj.text => obj.rest.clone(),
                    _ => {
                        let mut out = self.deep(this);
                        (out.obj, out.path) = (None, None);
                        Some(out)
                    }
                }
            }
            Act::Plain => {
                let fixed =
                    this.is_none_or(|this| this.fixed) && args.iter().all(|arg| arg.val.fixed) && this.is_some();
                Some(Val { fixed, safe: ALL, ..Val::default() })
            }
            Act::Fresh => Some(Val::default()),
            Act::First => {
                let mut val = arg(0)?;
                val.path = None;
                Some(val)
            }
            Act::Same => {
                let mut val = this.cloned()?;
                val.path = None;
                val.code = None;
                if val.obj.is_none() {
                    let at = self.object(expr.span, Obj { open: true, ..Obj::default() });
                    val.obj = Some(at);
                    if let Some(base) = base {
                        let mut known = this.cloned()?;
                        known.obj = Some(at);
                        self.hold(base, known);
                    }
                }
                Some(val)
            }
            Act::Exit => {
                self.throw();
                Some(Val::default())
            }
            Act::Canonical => {
                let mut out = this.cloned().unwrap_or_default();
                for arg in args {
                    let deep = self.deep(&arg.val);
                    out.add_all(&deep);
                }
                let fixed = this.filter(|this| !self.is_static(this)).is_none_or(|this| this.fixed);
                let fixed = fixed && args.iter().all(|arg| arg.val.fixed);
                let safe = args.iter().fold(u64::MAX, |safe, arg| safe & self.deep(&arg.val).safe_for());
                let of = this.filter(|this| !self.is_static(this)).map_or(u64::MAX, |this| self.deep(this).safe_for());
                out.safe = safe & of;
                (out.konst, out.canonical, out.fixed) = (Konst::Any, true, fixed);
                (out.path, out.obj) = (None, None);
                let first = args.first().map(|arg| &arg.val).or(this);
                if first.is_some_and(|first| first.absolute || first.text().is_some_and(|text| &**text == "/")) {
                    let path = self.rules.kind("path");
                    out.clean(path);
                }
                Some(out)
            }
            Act::Fill | Act::FillLast => {
                let (target, rest) = if act == Act::Fill { args.split_first()? } else { args.split_last()? };
                // Objects of which all is known are laid over the first.
                if let Some(at) = target.val.obj
                    && rest.iter().all(|arg| self.obj(&arg.val).is_some_and(|obj| obj.items.is_none()))
                {
                    for arg in rest {
                        let more = self.obj(&arg.val).cloned();
                        let obj = self.obj_mut(at)?;
                        if let Some(more) = more {
                            more.fields.iter().for_each(|(key, val)| obj.set(key, val.clone()));
                            more.rest.iter().for_each(|val| obj.add(val));
                            obj.open |= more.open;
                        }
                    }
                    return Some(target.val.clone());
                }
                let mut from = Val::default();
                for arg in rest {
                    let deep = self.deep(&arg.val);
                    from.add_all(&deep);
                }
                if let Some(this) = this {
                    let deep = self.deep(this);
                    from.add_all(&deep);
                }
                if !from.taint.is_empty()
                    && let Some(expr) = target.expr
                {
                    self.put(expr, &target.val, None, from.clone());
                    let mut held = self.eval_quietly(expr);
                    held.add_all(&from);
                    held.fixed = false;
                    self.hold(expr, held);
                }
                Some(target.val.clone())
            }
            Act::Property => {
                let key = arg(0)?;
                if let Some(val) =
                    this.and_then(|this| self.obj(this)).and_then(|obj| key.one().and_then(|key| obj.get(&shown(key))))
                {
                    return Some(val.clone());
                }
                let known = key.text().and_then(|key| (self.properties)(key));
                Some(match (known, arg(1)) {
                    (Some(text), _) => Val::constant(Const::Text(text.into())),
                    (None, Some(other)) => Val { fixed: false, ..other },
                    _ => Val::default(),
                })
            }
            _ => self.text_act(act, this, args, expr),
        }
    }

    /// A class or module by its name, or what a static method gives without more: nothing flows out of it.
    pub(super) fn is_static(&self, this: &Val) -> bool {
        this.obj.is_none()
            && this.taint.is_empty()
            && this.konst == Konst::Any
            && this.path.is_some_and(|path| {
                let text = self.names.path_text(path);
                // `Base64.getDecoder()`, but not `InputStream()`, which is any object of that type.
                let of = text.strip_suffix("()").filter(|text| {
                    let last = text.rsplit_once('.').map_or("", |(_, last)| last);
                    last.starts_with(|c: char| c.is_ascii_lowercase())
                });
                !of.unwrap_or(text).contains(['?', '('])
            })
    }

    /// What changes the object itself.
    fn change(&mut self, act: Act, this: &Val, base: Option<&'p Expr>, args: &[Given<'p>]) -> Option<Val> {
        let val = |at: usize| args.get(at).map(|arg| arg.val.clone());
        let Some(at) = this.obj.filter(|at| self.st.heap.contains_key(at)) else {
            // Nothing is known of the object: it holds what it is given from here on.
            let given = match act {
                Act::Push | Act::Extend | Act::PushFirst => val(0),
                Act::Insert | Act::Set => val(1),
                _ => None,
            };
            if let (Some(given), Some(base)) = (given, base) {
                let deep = self.deep(&given);
                if !deep.taint.is_empty() {
                    self.put(base, this, None, deep);
                }
            }
            return None;
        };
        if self.st.heap.get(&at).is_some_and(|obj| obj.text) {
            let have = self.st.heap.get(&at).and_then(|obj| obj.rest.clone()).unwrap_or_default();
            let more = match act {
                Act::Push => val(0)?,
                Act::Insert => val(1)?,
                Act::Clear => {
                    self.obj_mut(at)?.rest = Some(Val::constant(Const::Text("".into())));
                    return Some(this.clone());
                }
                _ => return Some(this.clone()),
            };
            let joined = self.concat(&[have, more]);
            self.obj_mut(at)?.rest = Some(joined);
            return Some(this.clone());
        }
        let key = val(0).and_then(|key| key.one().map(|key| Rc::<str>::from(shown(key))));
        let position = val(0).and_then(|key| Self::number_of(&key));
        let from = val(0).and_then(|val| self.obj(&val).cloned());
        let (first, second) = (val(0), val(1));
        let obj = self.obj_mut(at)?;
        match act {
            // `add(2, x)` as well as `add(x)`.
            Act::Push if args.len() == 1 => match &mut obj.items {
                Some(items) if items.len() < super::state::LONGEST_LIST => items.push(first?),
                _ => {
                    obj.blur();
                    obj.add(&first?);
                }
            },
            Act::Push | Act::Insert => match (&mut obj.items, position) {
                (Some(items), Some(at)) if at <= items.len() => items.insert(at, second?),
                _ => {
                    obj.blur();
                    for each in args {
                        obj.add(&each.val);
                    }
                }
            },
            Act::Set => match (key, &mut obj.items, position) {
                (_, Some(items), Some(at)) if at < items.len() => items[at] = second?,
                (Some(key), ..) => obj.set(&key, second?),
                _ => {
                    obj.blur();
                    obj.add(&second?);
                }
            },
            Act::Clear => {
                let (class, open) = (obj.class, obj.open);
                let items = obj.items.is_some().then(Vec::new);
                *obj = Obj { items, class, open, ..Obj::default() };
            }
            Act::Extend => match (&mut obj.items, from.as_deref()) {
                (Some(items), Some(Obj { items: Some(more), .. })) => items.extend(more.iter().cloned()),
                (_, Some(from)) => {
                    obj.blur();
                    from.items.iter().flatten().chain(&from.rest).for_each(|each| obj.add(each));
                    from.fields.iter().for_each(|(key, value)| obj.set(key, value.clone()));
                    obj.open |= from.open;
                }
                _ => {
                    obj.blur();
                    obj.add(&first?);
                }
            },
            Act::Remove => match (&mut obj.items, position) {
                (Some(items), Some(at)) if at < items.len() => return Some(items.remove(at)),
                (Some(_), _) => obj.blur(),
                (None, _) => {
                    if let Some(key) = key {
                        obj.fields.retain(|(name, _)| *name != key);
                    }
                }
            },
            Act::PushFirst => match &mut obj.items {
                Some(items) if items.len() < super::state::LONGEST_LIST => items.insert(0, first?),
                _ => {
                    obj.blur();
                    obj.add(&first?);
                }
            },
            Act::PopFirst => {
                if let Some(items) = obj.items.as_mut().filter(|items| !items.is_empty()) {
                    return Some(items.remove(0));
                }
                let this = this.clone();
                return Some(self.element(&this));
            }
            Act::Pop => {
                if let Some(key) = &key
                    && let Some(at) = obj.fields.iter().position(|(name, _)| name == key)
                {
                    return Some(obj.fields.remove(at).1);
                }
                if let Some(items) = &mut obj.items {
                    let popped = match position {
                        None => items.pop(),
                        Some(at) if at < items.len() => Some(items.remove(at)),
                        Some(_) => None,
                    };
                    if let Some(popped) = popped {
                        return Some(popped);
                    }
                }
                let this = this.clone();
                return Some(self.element(&this));
            }
            _ => {}
        }
        None
    }
}

impl Val {
    pub(super) fn add_all(&mut self, other: &Self) {
        for taint in &other.taint {
            self.add_taint(taint);
        }
    }
}
