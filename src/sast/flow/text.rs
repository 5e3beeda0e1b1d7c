//! Constants and text: comparisons, sums and patterns with holes.

use super::value::{Konst, Val, shown};
use super::{Engine, Given};
use crate::sast::ir::{Const, Expr, Op};
use crate::sast::rules::{ALL, Act};

/// Text folds up to this length.
const LONGEST_TEXT: usize = 4096;

impl<'p> Engine<'p> {
    /// What gives text, or tells something of text.
    pub(super) fn text_act(&mut self, act: Act, this: Option<&Val>, args: &[Given<'p>], expr: &'p Expr) -> Option<Val> {
        let this = this.filter(|this| !self.is_static(this));
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
                return Some(Val { konst, fixed: subject.fixed, safe: ALL, ..Val::default() });
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
                let items = items.or_else(|| (all.len() > 2).then(|| all[1..].to_vec()));
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
            Act::JoinList => {
                let items = self.obj(&subject).and_then(|obj| obj.items.clone());
                let between = all.get(1).cloned().unwrap_or_else(|| Val::constant(Const::Text(",".into())));
                if let Some(items) = items {
                    let mut parts = Vec::new();
                    for (at, item) in items.into_iter().enumerate() {
                        if at > 0 {
                            parts.push(between.clone());
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

    /// Text by a pattern and what goes into it.
    pub(super) fn format(&mut self, parts: &[Val]) -> Val {
        let mut out = match parts.first().and_then(Val::text) {
            Some(pattern) => {
                let mut text = pattern.to_string();
                let mut whole = true;
                for part in &parts[1..] {
                    let part = part.one().map(shown);
                    let hole =
                        ["%s", "%d", "%v", "{}"].iter().filter_map(|hole| Some((text.find(hole)?, hole.len()))).min();
                    match (part, hole) {
                        (Some(part), Some((at, length))) => text.replace_range(at..at + length, &part),
                        _ => whole = false,
                    }
                }
                if whole && text.len() < 4096 { Val::constant(Const::Text(text.into())) } else { Val::fixed() }
            }
            None => Val::fixed(),
        };
        let rooted = parts.first().and_then(Val::text).is_some_and(|pattern| {
            let head = ["%", "{"].iter().filter_map(|hole| pattern.find(hole)).min().unwrap_or(pattern.len());
            super::binary::fixes_host(&Const::Text(pattern[..head].into()))
        });
        out.rooted = rooted;
        for part in parts {
            let mut part = self.deep(part);
            if rooted {
                let address = self.rules.kind("url") | self.rules.kind("redirect");
                part.clean(address);
            }
            out.taste(&part);
        }
        out.built = !out.fixed;
        if !out.fixed {
            out.konst = Konst::Any;
        }
        out
    }
}

/// Whether two values are equal, where that is sure.
pub(super) fn equal(left: &Val, right: &Val) -> Option<bool> {
    if left.alternatives().is_empty() || right.alternatives().is_empty() {
        return None;
    }
    let same = |a: &Const, b: &Const| match (a, b) {
        (Const::Int(a), Const::Text(b)) | (Const::Text(b), Const::Int(a)) => a.to_string() == **b,
        _ => a == b,
    };
    let mut all = left.alternatives().iter().flat_map(|a| right.alternatives().iter().map(move |b| same(a, b)));
    let first = all.next()?;
    all.all(|each| each == first).then_some(first)
}

pub(super) fn arithmetic(op: Op, left: &Const, right: &Const) -> Option<Const> {
    let (Const::Int(left), Const::Int(right)) = (left, right) else { return None };
    match op {
        Op::Sub => left.checked_sub(*right),
        Op::Mul => left.checked_mul(*right),
        Op::Div => left.checked_div(*right),
        Op::Mod => left.checked_rem(*right),
        _ => None,
    }
    .map(Const::Int)
}
