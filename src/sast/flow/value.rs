//! What the engine knows of a value, and how two become one. Knows no language and no rule.

use std::rc::Rc;

use crate::sast::ir::{Const, Span};
use crate::sast::names::PathId;

/// An object on the heap.
pub(super) type ObjId = u32;
/// So many alternatives of a constant are kept.
const MOST_ALTERNATIVES: usize = 6;
/// So many sources are followed in one value.
const MOST_TAINTS: usize = 3;

/// A function or class that a value stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Code {
    /// Module and function.
    Function(usize, usize),
    /// Module and class.
    Class(usize, usize),
    /// A function with the variables around it.
    Closure(usize),
    /// A method with its object.
    Method(usize, usize, ObjId),
}

/// One step of the way from source to sink, newest first.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) module: usize,
    pub(super) span: Span,
    pub(super) note: Note,
    pub(super) before: Option<Rc<Self>>,
    pub(super) length: u8,
}

/// What happens at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Note {
    /// Index into the words for sources.
    Source(usize),
    Assigned,
    Passed,
}

/// What came from outside.
#[derive(Clone, Debug)]
pub(super) struct Taint {
    /// Label bit of the source.
    pub(super) from: u8,
    /// Kinds that it was cleaned for.
    pub(super) clean: u64,
    pub(super) step: Rc<Step>,
    /// It went through a function of which nothing is known.
    pub(super) vague: bool,
}

/// The constants that a value may be.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Konst {
    #[default]
    Any,
    Few(Rc<[Const]>),
}

/// What is known of a value.
#[derive(Clone, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own; any of them may hold with any other")]
pub(super) struct Val {
    pub(super) konst: Konst,
    pub(super) taint: Vec<Taint>,
    pub(super) path: Option<PathId>,
    pub(super) obj: Option<ObjId>,
    pub(super) code: Option<Code>,
    /// Comes from constants only, even where it is not known which.
    pub(super) fixed: bool,
    /// Text made of parts of which one is not fixed.
    pub(super) built: bool,
    /// A path that was made absolute and free of `..`.
    pub(super) canonical: bool,
    /// Kinds for which it was made or found safe, whether it came from outside or not.
    pub(super) safe: u64,
    /// Text that begins with a constant which fixes the host of an address.
    pub(super) rooted: bool,
    /// Text that begins with the constant `/`: made canonical, it climbs nowhere.
    pub(super) absolute: bool,
}

impl Val {
    pub(super) fn constant(value: Const) -> Self {
        Self { konst: Konst::Few([value].into()), fixed: true, ..Self::default() }
    }

    pub(super) fn fixed() -> Self {
        Self { fixed: true, ..Self::default() }
    }

    pub(super) fn of_path(path: Option<PathId>) -> Self {
        Self { path, ..Self::default() }
    }

    pub(super) fn alternatives(&self) -> &[Const] {
        match &self.konst {
            Konst::Any => &[],
            Konst::Few(all) => all,
        }
    }

    /// The one constant that this is.
    pub(super) fn one(&self) -> Option<&Const> {
        match self.alternatives() {
            [one] => Some(one),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> Option<&Rc<str>> {
        match self.one() {
            Some(Const::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub(super) fn int(&self) -> Option<i64> {
        match self.one() {
            Some(Const::Int(number)) => Some(*number),
            _ => None,
        }
    }

    /// What it counts as in a condition, where that is sure.
    pub(super) fn truth(&self) -> Option<bool> {
        let mut all = self.alternatives().iter().map(truth);
        let first = all.next()?;
        all.all(|each| each == first).then_some(first)
    }

    /// `f` of each alternative.
    pub(super) fn fold(&self, f: impl Fn(&Const) -> Option<Const>) -> Konst {
        let all: Option<Vec<Const>> = self.alternatives().iter().map(f).collect();
        match all {
            Some(all) if !all.is_empty() => few(all),
            _ => Konst::Any,
        }
    }

    /// `f` of each pair of alternatives.
    pub(super) fn fold_with(&self, other: &Self, f: impl Fn(&Const, &Const) -> Option<Const>) -> Konst {
        let mut all = Vec::new();
        for left in self.alternatives() {
            for right in other.alternatives() {
                match f(left, right) {
                    Some(value) => all.push(value),
                    None => return Konst::Any,
                }
            }
        }
        if all.is_empty() { Konst::Any } else { few(all) }
    }

    /// Takes in what flows from `other`, and nothing but that.
    pub(super) fn taste(&mut self, other: &Self) {
        for taint in &other.taint {
            self.add_taint(taint);
        }
        self.safe = self.safe_for() & other.safe_for();
        self.fixed &= other.fixed;
    }

    /// The kinds for which it is known to be safe.
    pub(super) fn safe_for(&self) -> u64 {
        if self.fixed { u64::MAX } else { self.safe }
    }

    pub(super) fn add_taint(&mut self, taint: &Taint) {
        for have in &mut self.taint {
            if Rc::ptr_eq(&root(&have.step), &root(&taint.step)) {
                have.clean &= taint.clean;
                have.vague &= taint.vague;
                return;
            }
        }
        if self.taint.len() < MOST_TAINTS {
            self.taint.push(taint.clone());
        } else if let Some(have) = self.taint.iter_mut().find(|have| have.clean & !taint.clean != 0) {
            *have = taint.clone();
        }
    }

    /// Marks all that flows as safe for `kinds`.
    pub(super) fn clean(&mut self, kinds: u64) {
        if kinds == u64::MAX {
            self.taint.clear();
            self.built = false;
        }
        self.safe |= kinds;
        for taint in &mut self.taint {
            taint.clean |= kinds;
        }
    }

    /// One value that may be either.
    pub(super) fn join(&mut self, other: &Self) {
        self.konst = match (&self.konst, &other.konst) {
            (Konst::Few(left), Konst::Few(right)) => {
                if left == right {
                    self.konst.clone()
                } else {
                    few(left.iter().chain(right.iter()).cloned().collect())
                }
            }
            _ => Konst::Any,
        };
        let nothing = |val: &Self| val.path.is_none() && val.code.is_none();
        self.path = match (self.path, other.path) {
            (Some(left), _) => Some(left),
            (None, right) if nothing(self) => right,
            _ => None,
        };
        self.code = self.code.or(other.code);
        self.obj = self.obj.or(other.obj);
        for taint in &other.taint {
            self.add_taint(taint);
        }
        self.safe = self.safe_for() & other.safe_for();
        self.fixed &= other.fixed;
        self.built |= other.built;
        self.canonical &= other.canonical;
        self.rooted &= other.rooted;
        self.absolute &= other.absolute;
    }
}

fn few(all: Vec<Const>) -> Konst {
    let mut kept: Vec<Const> = Vec::new();
    for each in all {
        if !kept.contains(&each) {
            kept.push(each);
        }
        if kept.len() > MOST_ALTERNATIVES {
            return Konst::Any;
        }
    }
    Konst::Few(kept.into())
}

/// The source that a step goes back to.
pub(super) fn root(step: &Rc<Step>) -> Rc<Step> {
    let mut at = step;
    while let Some(before) = &at.before {
        at = before;
    }
    at.clone()
}

pub(super) fn truth(value: &Const) -> bool {
    match value {
        Const::Null => false,
        Const::Bool(truth) => *truth,
        Const::Int(number) => *number != 0,
        Const::Float(number) => *number != 0.0,
        Const::Text(text) => !text.is_empty(),
    }
}

/// How a constant reads in text.
pub(super) fn shown(value: &Const) -> String {
    match value {
        Const::Null => "None".to_owned(),
        Const::Bool(truth) => truth.to_string(),
        Const::Int(number) => number.to_string(),
        Const::Float(number) => number.to_string(),
        Const::Text(text) => text.to_string(),
    }
}
