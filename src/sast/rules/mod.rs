//! The rules of a language: what its files say, made ready to be asked by path. Parsed when the
//! stage first meets the language, never at start.

mod raw;
mod spec;

use std::collections::HashMap;
use std::rc::Rc;

use raw::{RawFile, RawModel, RawRule};
pub(super) use spec::{Cond, Sel, Spec, Test, glob};

use super::ir::Const;
use super::names::{Names, PathId};

include!(concat!(env!("OUT_DIR"), "/sast.rs"));

/// Ids of all rules, without reading anything else of them.
pub fn all_ids() -> impl Iterator<Item = &'static str> {
    FILES
        .iter()
        .flat_map(|(_, _, text)| text.lines())
        .filter_map(|line| line.strip_prefix("id = \"")?.strip_suffix('"'))
}

/// The languages that have rules.
pub fn languages() -> Vec<&'static str> {
    let mut all: Vec<&str> = FILES.iter().map(|(language, ..)| *language).collect();
    all.dedup();
    all
}

/// A rule as findings show it.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// One line.
    pub title: String,
    /// `low`, `medium`, `high`, `critical`.
    pub severity: String,
    /// `low`, `medium`, `high`.
    pub confidence: String,
    /// `block`, `warn`.
    pub tier: String,
    /// As `CWE-89`.
    pub cwe: Vec<String>,
    /// As `A03`.
    pub owasp: Vec<String>,
    /// What it lets somebody do.
    pub why: String,
    /// How to mend it.
    pub fix: String,
    /// A page on it.
    pub reference: String,
    /// Code that it finds, and code that it does not.
    pub hits: Vec<String>,
    /// See [`Self::hits`].
    pub misses: Vec<String>,
    /// The bit that cleaning for it sets.
    pub(super) kind: u64,
    /// Bits of the labels of sources that count.
    pub(super) from: u8,
}

/// What calls do to values; see `rules/README.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Push,
    Insert,
    Pop,
    Remove,
    Get,
    Set,
    Clear,
    Extend,
    NewList,
    ListOf,
    NewMap,
    NewText,
    TextOf,
    Content,
    Lower,
    Upper,
    Strip,
    Replace,
    Substring,
    CharAt,
    Length,
    Split,
    Join,
    Concat,
    Format,
    StartsWith,
    EndsWith,
    Contains,
    Equals,
    /// The result is a truth value or number: nothing flows.
    Plain,
    /// The result comes from nothing that flows in here.
    Fresh,
    /// The result is the first argument, seen otherwise.
    First,
    /// The result is the object itself with another type.
    Same,
    /// Control ends.
    Exit,
    /// The result is free of `..`.
    Canonical,
    /// The first argument takes what the others bring (`io.Copy`, `Object.assign`, `json.Unmarshal`).
    Fill,
    FillLast,
    /// The value of a key in a file of properties, or in an object that is known.
    Property,
    /// As `Set` and `Get`, with two keys: section and option.
    SetUnder,
    GetUnder,
    PushFirst,
    PopFirst,
    GetFirst,
    GetLast,
    /// Keys and values in turn.
    MapOf,
    /// The first argument is filled with what is not constant.
    Overwrite,
    /// An object with what is given by name.
    Record,
    /// As constant as what it is given, and all of that flows.
    Derive,
    /// The elements of the object itself as text.
    JoinList,
    /// A list of what the function that is given makes of each element.
    Map,
}

const ACTS: &[(&str, Act)] = &[
    ("push", Act::Push),
    ("insert", Act::Insert),
    ("pop", Act::Pop),
    ("remove", Act::Remove),
    ("get", Act::Get),
    ("set", Act::Set),
    ("clear", Act::Clear),
    ("extend", Act::Extend),
    ("new-list", Act::NewList),
    ("list-of", Act::ListOf),
    ("new-map", Act::NewMap),
    ("new-text", Act::NewText),
    ("text-of", Act::TextOf),
    ("content", Act::Content),
    ("lower", Act::Lower),
    ("upper", Act::Upper),
    ("strip", Act::Strip),
    ("replace", Act::Replace),
    ("substring", Act::Substring),
    ("char-at", Act::CharAt),
    ("length", Act::Length),
    ("split", Act::Split),
    ("join", Act::Join),
    ("concat", Act::Concat),
    ("format", Act::Format),
    ("starts-with", Act::StartsWith),
    ("ends-with", Act::EndsWith),
    ("contains", Act::Contains),
    ("equals", Act::Equals),
    ("plain", Act::Plain),
    ("fresh", Act::Fresh),
    ("first", Act::First),
    ("same", Act::Same),
    ("exit", Act::Exit),
    ("canonical", Act::Canonical),
    ("fill", Act::Fill),
    ("fill-last", Act::FillLast),
    ("property", Act::Property),
    ("set-under", Act::SetUnder),
    ("get-under", Act::GetUnder),
    ("push-first", Act::PushFirst),
    ("pop-first", Act::PopFirst),
    ("get-first", Act::GetFirst),
    ("get-last", Act::GetLast),
    ("map-of", Act::MapOf),
    ("overwrite", Act::Overwrite),
    ("record", Act::Record),
    ("derive", Act::Derive),
    ("map", Act::Map),
    ("join-list", Act::JoinList),
];

/// What an entry of the table means for the paths that it matches.
#[derive(Clone, Debug)]
pub(super) enum Role {
    /// `clean` for these kinds from the start: the path of the request leads nowhere else.
    Source {
        what: usize,
        from: u8,
        clean: u64,
    },
    SourceParam {
        what: usize,
        from: u8,
    },
    SourceFunction {
        what: usize,
        from: u8,
    },
    Clean(u64),
    Guard {
        kinds: u64,
        when: bool,
    },
    Type(String),
    Act(Act),
    Setter(String),
    Constant(Const),
    Flow(usize),
    FlowWrite(usize),
    FlowReturn(usize),
    Call(usize),
    Write(usize),
    Read(usize),
    Import(usize),
    Mark(usize),
    /// A method of a class that is made from another: `Base.method if value is always true`.
    Method(usize),
}

/// The rules of one language.
pub(super) struct Rules {
    pub(super) rules: Vec<Rule>,
    /// What sources are, in words.
    pub(super) whats: Vec<String>,
    entries: Vec<(Role, Spec)>,
    by_last: HashMap<String, Vec<u32>>,
    anywhere: Vec<u32>,
    kinds: Vec<String>,
    found: HashMap<PathId, Rc<[u32]>>,
}

/// The label that sources have without one, and that rules look for without one.
const LABELS: [&str; 3] = ["request", "local", "param"];

/// The bit of all that a value may be safe for.
pub(super) const ALL: u64 = u64::MAX;

impl Rules {
    /// The rules of `language`, with all that is wrong in its files.
    pub(super) fn load(language: &str) -> Result<Self, Vec<String>> {
        let mut made = Self {
            rules: Vec::new(),
            whats: Vec::new(),
            entries: Vec::new(),
            by_last: HashMap::new(),
            anywhere: Vec::new(),
            kinds: Vec::new(),
            found: HashMap::new(),
        };
        let mut faults = Vec::new();
        for (of, name, text) in FILES {
            if *of != language {
                continue;
            }
            match toml::from_str::<RawFile>(text) {
                Ok(file) => {
                    let mut here = Vec::new();
                    file.model.into_iter().for_each(|model| made.add_model(model, &mut here));
                    file.rule.into_iter().for_each(|rule| made.add_rule(rule, &mut here));
                    faults.extend(here.into_iter().map(|fault| format!("{language}/{name}: {fault}")));
                }
                Err(error) => faults.push(format!("{language}/{name}: {error}")),
            }
        }
        if faults.is_empty() { Ok(made) } else { Err(faults) }
    }

    /// The bit of the kind `name`.
    pub(super) fn kind(&mut self, name: &str) -> u64 {
        let at = self.kinds.iter().position(|kind| kind == name).unwrap_or_else(|| {
            self.kinds.push(name.to_owned());
            self.kinds.len() - 1
        });
        1 << at.min(62)
    }

    fn add(&mut self, role: &Role, texts: &[String], faults: &mut Vec<String>) {
        for text in texts.iter().flat_map(|text| spec::spread(text)) {
            match Spec::parse(&text) {
                Ok(spec) => {
                    let at = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
                    match spec.pattern.last() {
                        Some(last) => self.by_last.entry(last.to_owned()).or_default().push(at),
                        None => self.anywhere.push(at),
                    }
                    self.entries.push((role.clone(), spec));
                }
                Err(fault) => faults.push(fault),
            }
        }
    }

    fn label(name: &str, faults: &mut Vec<String>) -> u8 {
        let name = if name.is_empty() { LABELS[0] } else { name };
        match LABELS.iter().position(|label| *label == name) {
            Some(at) => 1 << at,
            None => {
                faults.push(format!("no label `{name}`"));
                1
            }
        }
    }

    fn add_model(&mut self, model: RawModel, faults: &mut Vec<String>) {
        let kinds = if model.kinds.is_empty() {
            ALL
        } else {
            model.kinds.iter().fold(0, |kinds, kind| kinds | self.kind(kind))
        };
        let from = Self::label(&model.from, faults);
        let what = self.whats.len();
        self.whats.push(if model.what.is_empty() { "a value from outside".to_owned() } else { model.what });
        let clean = if kinds == ALL { 0 } else { kinds };
        self.add(&Role::Source { what, from, clean }, &model.source, faults);
        self.add(&Role::SourceParam { what, from }, &model.source_param, faults);
        self.add(&Role::SourceFunction { what, from }, &model.source_function, faults);
        self.add(&Role::Clean(kinds), &model.clean, faults);
        self.add(&Role::Guard { kinds, when: true }, &model.guard, faults);
        self.add(&Role::Guard { kinds, when: false }, &model.guard_false, faults);
        for (path, other) in model.types {
            self.add(&Role::Type(other), &[path], faults);
        }
        for (name, paths) in model.ops {
            match ACTS.iter().find(|(act, _)| *act == name) {
                Some((_, act)) => self.add(&Role::Act(*act), &paths, faults),
                None => faults.push(format!("no operation `{name}`")),
            }
        }
        for (path, field) in model.setters {
            self.add(&Role::Setter(field), &[path], faults);
        }
        for (path, value) in model.constants {
            let value = match value {
                toml::Value::Integer(number) => Const::Int(number),
                toml::Value::Boolean(truth) => Const::Bool(truth),
                toml::Value::String(text) => Const::Text(text.into()),
                _ => Const::Null,
            };
            self.add(&Role::Constant(value), &[path], faults);
        }
    }

    fn add_rule(&mut self, raw: RawRule, faults: &mut Vec<String>) {
        let at = self.rules.len();
        let kind = if raw.kind.is_empty() { 1 << 63 } else { self.kind(&raw.kind) };
        let from = if raw.from.is_empty() {
            1
        } else {
            raw.from.iter().fold(0, |bits, name| bits | Self::label(name, faults))
        };
        if raw.hits.is_empty() || raw.misses.is_empty() {
            faults.push(format!("rule `{}`: hits and misses are missing", raw.id));
        }
        if self.rules.iter().any(|rule| rule.id == raw.id) {
            faults.push(format!("rule id `{}` stands twice", raw.id));
        }
        for (role, texts) in [
            (Role::Flow(at), &raw.flow),
            (Role::FlowWrite(at), &raw.flow_write),
            (Role::FlowReturn(at), &raw.flow_return),
            (Role::Call(at), &raw.call),
            (Role::Write(at), &raw.write),
            (Role::Read(at), &raw.read),
            (Role::Import(at), &raw.import),
            (Role::Mark(at), &raw.mark),
            (Role::Method(at), &raw.method),
        ] {
            self.add(&role, texts, faults);
        }
        let or = |text: String, other: &str| if text.is_empty() { other.to_owned() } else { text };
        self.rules.push(Rule {
            id: raw.id,
            title: raw.title,
            severity: raw.severity,
            confidence: or(raw.confidence, "medium"),
            tier: or(raw.tier, "warn"),
            cwe: raw.cwe,
            owasp: raw.owasp,
            why: raw.why,
            fix: raw.fix,
            reference: raw.reference,
            hits: raw.hits,
            misses: raw.misses,
            kind,
            from,
        });
    }

    /// The entries that `path` matches.
    pub(super) fn at(&mut self, path: PathId, names: &Names) -> Rc<[u32]> {
        if let Some(known) = self.found.get(&path) {
            return known.clone();
        }
        let text = names.path_text(path);
        let last = text.rsplit('.').next().unwrap_or(text);
        let named = self.by_last.get(last).map_or(&[][..], Vec::as_slice);
        let found: Rc<[u32]> = named
            .iter()
            .chain(&self.anywhere)
            .copied()
            .filter(|at| self.entries[*at as usize].1.pattern.matches(text))
            .collect();
        self.found.insert(path, found.clone());
        found
    }

    pub(super) fn entry(&self, at: u32) -> &(Role, Spec) {
        &self.entries[at as usize]
    }
}
