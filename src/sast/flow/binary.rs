//! Operators: sums of text and numbers, comparisons, the short-circuit ones.

use std::rc::Rc;

use super::Engine;
use super::value::{Konst, Val, shown};
use crate::sast::ir::{Const, Expr, Op, Span};

impl<'p> Engine<'p> {
    /// Text made of `parts`.
    pub(super) fn concat(&mut self, parts: &[Val]) -> Val {
        let mut out = Val::constant(Const::Text("".into()));
        for part in parts {
            out = self.add_text(&out, part);
        }
        out
    }

    fn add_text(&mut self, left: &Val, right: &Val) -> Val {
        let konst = left.fold_with(right, |left, right| {
            let text = shown(left) + &shown(right);
            (text.len() < 4096).then(|| Const::Text(text.into()))
        });
        self.added(left, right, konst)
    }

    pub(super) fn add(&mut self, left: &Val, right: &Val) -> Val {
        let konst = left.fold_with(right, |left, right| match (left, right) {
            (Const::Int(left), Const::Int(right)) => left.checked_add(*right).map(Const::Int),
            (Const::Text(_), _) | (_, Const::Text(_)) => {
                let text = shown(left) + &shown(right);
                (text.len() < 4096).then(|| Const::Text(text.into()))
            }
            _ => None,
        });
        self.added(left, right, konst)
    }

    fn added(&mut self, left: &Val, right: &Val, konst: Konst) -> Val {
        let (left, right) = (self.deep(left), self.deep(right));
        let fixed = left.fixed && right.fixed;
        let numbers = |val: &Val| matches!(val.alternatives().first(), Some(Const::Int(_) | Const::Float(_)));
        let mut out = Val { fixed: true, ..Val::default() };
        out.taste(&left);
        let mut right = right;
        let address = self.rules.kind("url") | self.rules.kind("redirect");
        out.absolute = left.absolute || left.text().is_some_and(|text| &**text == "/");
        out.rooted = left.rooted || left.alternatives().iter().any(fixes_host);
        // What follows is a path or query on a host that stands in the code, or that was found good.
        if out.rooted || !left.fixed && left.safe & address == address {
            right.clean(address);
        }
        out.taste(&right);
        (out.konst, out.fixed) = (konst, fixed);
        out.built = !fixed && !numbers(&left) && !numbers(&right) || left.built || right.built;
        out
    }

    /// `"?" * n`, `["?"] * n`: as constant as what is repeated.
    fn repeated(&mut self, text: &Val, span: Span) -> Val {
        let deep = self.deep(text);
        if self.obj(text).is_some_and(|obj| obj.items.is_some()) {
            let element = self.element(text);
            let mut list = self.list(span, Vec::new(), Some(element));
            list.fixed = deep.fixed;
            return list;
        }
        let mut out = Val { fixed: true, ..Val::default() };
        out.taste(&deep);
        out
    }

    pub(super) fn binary(&mut self, op: Op, left: &'p Expr, right: &'p Expr) -> Val {
        if matches!(op, Op::And | Op::Or | Op::Else) {
            let mut val = self.eval(left);
            let known = if op == Op::Else {
                match val.one() {
                    Some(Const::Null) => Some(false),
                    Some(_) => Some(true),
                    None => None,
                }
            } else {
                val.truth()
            };
            return match (op, known) {
                (Op::And, Some(false)) | (Op::Or | Op::Else, Some(true)) => val,
                (_, Some(_)) => {
                    self.assume(left, op == Op::And);
                    self.eval(right)
                }
                _ => {
                    let before = self.st.clone();
                    if op != Op::Else {
                        self.assume(left, op == Op::And);
                    }
                    let second = self.eval(right);
                    self.join_values(&mut val, &second, before);
                    val
                }
            };
        }
        let (a, b) = (self.eval(left), self.eval(right));
        let fixed = a.fixed && b.fixed;
        match op {
            Op::Add => {
                // Two lists make one.
                if let (Some(one), Some(two)) = (self.obj(&a).cloned(), self.obj(&b).cloned())
                    && let (Some(one), Some(two)) = (&one.items, &two.items)
                {
                    let items = one.iter().chain(two).cloned().collect();
                    return self.list(left.span, items, None);
                }
                self.add(&a, &b)
            }
            Op::Mod if matches!(a.one(), Some(Const::Text(_))) || a.built || !a.taint.is_empty() => {
                let obj = self.obj(&b).cloned();
                let parts = match (obj.as_ref().and_then(|obj| obj.items.clone()), a.text(), obj) {
                    (Some(items), ..) => items,
                    // `"%(name)s" % {…}`: what is named.
                    (None, Some(pattern), Some(obj)) if !obj.open && obj.rest.is_none() => {
                        let named = |(key, _): &&(Rc<str>, Val)| pattern.contains(&format!("%({key})"));
                        obj.fields.iter().filter(named).map(|(_, val)| val.clone()).collect()
                    }
                    _ => vec![b],
                };
                let mut all = vec![a];
                all.extend(parts);
                self.format(&all)
            }
            Op::Mul if self.repeats(&a) => self.repeated(&a, left.span),
            Op::Mul if self.repeats(&b) => self.repeated(&b, right.span),
            Op::Sub | Op::Mul | Op::Div | Op::Mod => {
                let konst = a.fold_with(&b, |a, b| super::text::arithmetic(op, a, b));
                let mut out = Val { konst, fixed, ..Val::default() };
                // `"-" * 10` and paths by `/` stay what they are.
                if matches!(a.one(), Some(Const::Text(_))) || (op == Op::Div && a.path.is_some()) {
                    out.taste(&a);
                    out.taste(&b);
                    out.path = a.path;
                }
                out
            }
            Op::Equal | Op::Unequal => {
                let konst = match super::text::equal(&a, &b) {
                    Some(same) => Konst::Few([Const::Bool(same == (op == Op::Equal))].into()),
                    None => Konst::Any,
                };
                Val { konst, fixed, ..Val::default() }
            }
            Op::Less | Op::LessEqual | Op::More | Op::MoreEqual => {
                let konst = a.fold_with(&b, |a, b| {
                    let (Const::Int(a), Const::Int(b)) = (a, b) else { return None };
                    Some(Const::Bool(match op {
                        Op::Less => a < b,
                        Op::LessEqual => a <= b,
                        Op::More => a > b,
                        _ => a >= b,
                    }))
                });
                Val { konst, fixed, ..Val::default() }
            }
            Op::In | Op::NotIn => {
                let konst = match (a.text(), b.text()) {
                    (Some(a), Some(b)) => Konst::Few([Const::Bool(b.contains(&**a) == (op == Op::In))].into()),
                    _ => Konst::Any,
                };
                Val { konst, fixed, ..Val::default() }
            }
            Op::Compare => Val { fixed, ..Val::default() },
            _ => {
                // `Path / "x"`, bits, shifts: what flows in flows on.
                let mut out = Val { fixed, path: a.path, ..Val::default() };
                out.konst = a.fold_with(&b, |a, b| super::text::arithmetic(op, a, b));
                out.taste(&a);
                out.taste(&b);
                out
            }
        }
    }

    fn repeats(&self, val: &Val) -> bool {
        matches!(val.one(), Some(Const::Text(_))) || self.obj(val).is_some_and(|obj| obj.items.is_some())
    }
}

/// `https://host/…` and `/path`: what is added to it does not choose the host.
pub(super) fn fixes_host(value: &Const) -> bool {
    let Const::Text(text) = value else { return false };
    if let Some((scheme, rest)) = text.split_once("://") {
        return !scheme.is_empty() && rest.find(['/', '?', '#']).is_some_and(|at| at > 0);
    }
    let mut bytes = text.bytes();
    bytes.next() == Some(b'/') && bytes.next().is_some_and(|byte| byte != b'/' && byte != b'\\')
}
