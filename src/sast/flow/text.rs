//! Constants and text: comparisons, sums and patterns with holes.

use super::Engine;
use super::value::{Konst, Val, shown};
use crate::sast::ir::{Const, Op};

impl Engine<'_> {
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
        for part in parts {
            let part = self.deep(part);
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
