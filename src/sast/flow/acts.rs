//! What calls of the usual libraries do to values: lists and maps by key, text by content.

use std::rc::Rc;

use super::state::Obj;
use super::value::{Konst, Val, shown};
use super::{Engine, Given};
use crate::sast::ir::{Const, Expr};
use crate::sast::rules::Act;

/// Text folds up to this length.
const LONGEST_TEXT: usize = 4096;

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
            Act::Push | Act::Insert | Act::Set | Act::Clear | Act::Extend | Act::Remove | Act::Pop => {
                self.change(act, this?, base, args)
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
                let at = self.object(expr.span, obj);
                Some(Val { obj: Some(at), ..Val::default() })
            }
            Act::NewText => {
                // A number is a capacity.
                let first = arg(0).filter(|val| val.int().is_none());
                let content = first.unwrap_or_else(|| Val::constant(Const::Text("".into())));
                let obj = Obj { rest: Some(content), text: true, ..Obj::default() };
                let at = self.object(expr.span, obj);
                Some(Val { obj: Some(at), ..Val::default() })
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
                Some(Val { fixed, ..Val::default() })
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
                (out.konst, out.canonical, out.fixed) = (Konst::Any, true, false);
                (out.path, out.obj) = (None, None);
                Some(out)
            }
            Act::Fill => {
                let (target, rest) = args.split_first()?;
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

    /// What changes the object itself.
    fn change(&mut self, act: Act, this: &Val, base: Option<&'p Expr>, args: &[Given<'p>]) -> Option<Val> {
        let val = |at: usize| args.get(at).map(|arg| arg.val.clone());
        let Some(at) = this.obj.filter(|at| self.st.heap.contains_key(at)) else {
            // Nothing is known of the object: it holds what it is given from here on.
            let given = match act {
                Act::Push | Act::Extend => val(0),
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
            Act::Pop => {
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

    /// What gives text, or tells something of text.
    fn text_act(&mut self, act: Act, this: Option<&Val>, args: &[Given<'p>], expr: &'p Expr) -> Option<Val> {
        let all: Vec<Val> = this.cloned().into_iter().chain(args.iter().map(|arg| arg.val.clone())).collect();
        let subject = all.first()?.clone();
        let flows = |engine: &Self| {
            let mut out = Val { fixed: true, ..Val::default() };
            for val in &all {
                let deep = engine.deep(val);
                out.taste(&deep);
                out.built |= deep.built;
            }
            out.canonical = false;
            out
        };
        let text = |value: &Const| match value {
            Const::Text(text) => Some(text.to_string()),
            _ => None,
        };
        let number = |at: usize| all.get(at).and_then(Self::number_of);
        let to_text = |text: String| (text.len() <= LONGEST_TEXT).then(|| Const::Text(text.into()));
        let konst = match act {
            Act::Lower => subject.fold(|value| to_text(text(value)?.to_lowercase())),
            Act::Upper => subject.fold(|value| to_text(text(value)?.to_uppercase())),
            Act::Strip if args.is_empty() => subject.fold(|value| to_text(text(value)?.trim().to_owned())),
            Act::Replace => match (all.get(1).and_then(Val::text), all.get(2).and_then(Val::text)) {
                (Some(from), Some(to)) if !from.is_empty() => {
                    subject.fold(|value| to_text(text(value)?.replace(&**from, to)))
                }
                _ => Konst::Any,
            },
            Act::Substring => match number(1) {
                Some(from) => {
                    let to = number(2);
                    subject.fold(|value| {
                        let text = text(value)?;
                        let to = to.unwrap_or(usize::MAX);
                        to_text(text.chars().skip(from).take(to.saturating_sub(from)).collect())
                    })
                }
                None => Konst::Any,
            },
            Act::CharAt => match number(1) {
                Some(at) => subject.fold(|value| to_text(text(value)?.chars().nth(at)?.to_string())),
                None => Konst::Any,
            },
            Act::Length => {
                let konst = match self.obj(&subject).and_then(|obj| obj.items.as_ref()) {
                    Some(items) => Konst::Few([Const::Int(i64::try_from(items.len()).unwrap_or(i64::MAX))].into()),
                    None => subject.fold(|value| Some(Const::Int(i64::try_from(text(value)?.chars().count()).ok()?))),
                };
                return Some(Val { konst, fixed: subject.fixed, ..Val::default() });
            }
            Act::StartsWith | Act::EndsWith | Act::Contains | Act::Equals => {
                let konst = match all.get(1) {
                    Some(other) => subject.fold_with(other, |a, b| {
                        if act == Act::Equals {
                            return Some(Const::Bool(a == b));
                        }
                        let (a, b) = (text(a)?, text(b)?);
                        Some(Const::Bool(match act {
                            Act::StartsWith => a.starts_with(&b),
                            Act::EndsWith => a.ends_with(&b),
                            _ => a.contains(&b),
                        }))
                    }),
                    None => Konst::Any,
                };
                return Some(Val { konst, fixed: all.iter().all(|val| val.fixed), ..Val::default() });
            }
            Act::Split => {
                if let (Some(text), Some(by)) = (subject.text(), all.get(1).and_then(Val::text))
                    && !by.is_empty()
                    && text.len() < LONGEST_TEXT
                {
                    let items = text.split(&**by).map(|part| Val::constant(Const::Text(part.into()))).collect();
                    return Some(self.list(expr.span, items, None));
                }
                let mut each = flows(self);
                each.konst = Konst::Any;
                return Some(each);
            }
            Act::Join => {
                let list = all.get(1).cloned().unwrap_or_default();
                let items = self.obj(&list).and_then(|obj| obj.items.clone());
                if let Some(items) = items {
                    let mut parts = Vec::new();
                    for (at, item) in items.into_iter().enumerate() {
                        if at > 0 {
                            parts.push(subject.clone());
                        }
                        parts.push(item);
                    }
                    return Some(self.concat(&parts));
                }
                let mut out = flows(self);
                out.built = !out.fixed;
                return Some(out);
            }
            Act::Concat => return Some(self.concat(&all)),
            Act::Format => return Some(self.format(&all)),
            _ => Konst::Any,
        };
        let mut out = flows(self);
        out.konst = konst;
        Some(out)
    }
}

impl Val {
    pub(super) fn add_all(&mut self, other: &Self) {
        for taint in &other.taint {
            self.add_taint(taint);
        }
    }
}
