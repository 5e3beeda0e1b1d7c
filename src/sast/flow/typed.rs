//! What is known of a value by its name, type and annotations only.

use super::Engine;
use super::state::{Obj, State};
use super::value::{Code, Val};
use crate::sast::ir::{Const, Expr, Function, Kind};
use crate::sast::names::{PathId, Sym};
use crate::sast::rules::Role;

impl<'p> Engine<'p> {
    /// A parameter of which nothing is known but its name, type and annotations.
    pub(super) fn unknown_param(&mut self, m: usize, function: &'p Function, param: &'p crate::sast::ir::Param) -> Val {
        let text = self.names.text(param.name).clone();
        let mut val = match param.ty {
            Some(ty) => self.typed_in(m, ty, param.span),
            None => Val::default(),
        };
        if val.path.is_none() {
            let path = self.names.path(&format!("?{text}"));
            val.path = Some(self.canonical(path));
        }
        let number = param.ty.is_some_and(|ty| self.is_number(ty));
        let outer = std::mem::replace(&mut self.frame.module, m);
        for (marks, on_function) in [(&param.marks, false), (&function.marks, true)] {
            for mark in marks {
                let Some(path) = self.mark_path(mark) else { continue };
                let found = self.rules.at(path, self.names);
                for at in found.iter() {
                    let (what, from) = match self.rules.entry(*at).0 {
                        Role::SourceParam { what, from } if !on_function => (what, from),
                        Role::SourceFunction { what, from } if on_function => (what, from),
                        _ => continue,
                    };
                    let injected = matches!(param.default, Some(Expr { kind: Kind::Call(_), .. }));
                    let typed = param.ty.is_some() && on_function && !self.is_text(param.ty);
                    if !number && !(on_function && (injected || typed)) {
                        self.taint_from_outside(&mut val, what, from, param.span);
                    }
                }
            }
        }
        self.frame.module = outer;
        if number {
            return Val { path: val.path, ..Val::default() };
        }
        self.known(val, param.span)
    }

    fn is_text(&self, ty: Option<Sym>) -> bool {
        ty.is_none_or(|ty| {
            let text = self.names.text(ty);
            matches!(&**text, "str" | "String" | "string" | "bytes" | "Any" | "any" | "dict" | "list")
        })
    }

    /// The path that a decorator or annotation names.
    pub(super) fn mark_path(&mut self, mark: &'p Expr) -> Option<PathId> {
        let callee = match &mark.kind {
            Kind::Call(call) => &call.callee,
            _ => mark,
        };
        self.eval_quietly(callee).path
    }

    /// `var text strings.Builder`: an object that is there and empty.
    pub(super) fn made_empty(&mut self, ty: Sym, span: crate::sast::ir::Span) -> Option<Val> {
        let path = self.typed(ty, span).path?;
        let text = self.names.path_text(path).strip_suffix("()")?.to_owned();
        let made = self.names.path(&text);
        let found = self.rules.at(made, self.names);
        let is_text = |at: &u32| matches!(self.rules.entry(*at).0, Role::Act(crate::sast::rules::Act::NewText));
        if !found.iter().any(is_text) {
            return None;
        }
        let rest = Some(Val::constant(Const::Text("".into())));
        let at = self.object(span, Obj { rest, text: true, ..Obj::default() });
        Some(Val { obj: Some(at), path: Some(path), fixed: true, ..Val::default() })
    }

    /// A value of the type that `ty` names here.
    pub(super) fn typed(&mut self, ty: Sym, span: crate::sast::ir::Span) -> Val {
        self.typed_in(self.frame.module, ty, span)
    }

    pub(super) fn typed_in(&mut self, m: usize, ty: Sym, span: crate::sast::ir::Span) -> Val {
        let text = self.names.text(ty).clone();
        if text.is_empty()
            || self.is_number(ty)
            || matches!(&*text, "str" | "String" | "string" | "var" | "Object" | "any" | "Any")
        {
            return Val::default();
        }
        let (first, rest) = match text.split_once('.') {
            Some((first, rest)) => (first, Some(rest.to_owned())),
            None => (&*text, None),
        };
        let name = self.names.sym(first);
        let path = match self.globals[m].get(&name).or_else(|| self.st.vars.get(&name)) {
            Some(val) => match (val.code, rest) {
                (Some(Code::Class(m, c)), None) => {
                    let fields = self.fields_of(m, c);
                    let at = self.object(span, Obj { fields, class: Some((m, c)), open: true, ..Obj::default() });
                    let path = self.base_path(m, c);
                    return Val { obj: Some(at), path: self.result_of(path), ..Val::default() };
                }
                (_, Some(rest)) => {
                    let rest = self.names.sym(&rest);
                    self.member(val.path, rest)
                }
                (_, None) => val.path,
            },
            None => Some(self.names.path(&text)),
        };
        let path = self.result_of(path);
        self.known(Val::of_path(path), span)
    }

    /// Types of which nothing can be injected.
    pub(super) fn is_number(&self, ty: Sym) -> bool {
        matches!(
            &**self.names.text(ty),
            "int"
                | "long"
                | "short"
                | "byte"
                | "Integer"
                | "Long"
                | "Short"
                | "boolean"
                | "Boolean"
                | "bool"
                | "double"
                | "Double"
                | "float"
                | "Float"
                | "number"
                | "int64"
                | "int32"
                | "int16"
                | "int8"
                | "uint"
                | "uint64"
                | "uint32"
                | "uint16"
                | "uint8"
                | "float64"
                | "float32"
                | "UUID"
                | "uuid.UUID"
                | "BigInteger"
                | "BigDecimal"
                | "LocalDate"
                | "Decimal"
        )
    }

    /// The state of a fresh start.
    pub(super) fn fresh(&mut self) {
        self.st = State { heap: self.st.heap.clone(), ..State::default() };
    }

    pub(super) fn number_of(val: &Val) -> Option<usize> {
        match val.one() {
            Some(Const::Int(number)) => usize::try_from(*number).ok(),
            _ => None,
        }
    }
}
