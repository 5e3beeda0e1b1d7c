//! Syntax, constants and taint: source files of one language to findings with their way from
//! source to sink. Pure: knows bytes and rules, no git, no stage, no report.

mod flow;
mod ir;
mod lower;
mod names;
mod rules;

use std::collections::HashMap;
use std::rc::Rc;

pub use gatehook_grammars::Grammar;
pub use ir::Span;
pub use rules::Rule;

/// A file to look at, or one that such a file imports.
pub struct Input<'a> {
    /// The path by which others import it: `app.views`, `src/lib/db`.
    pub module: String,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// How to parse it.
    pub grammar: Grammar,
}

/// One step of the way, as the report shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Index of the input.
    pub input: usize,
    /// Where.
    pub span: Span,
    /// What happens there.
    pub note: String,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Index of the rule in [`Analyst::rules`].
    pub rule: usize,
    /// Index of the input.
    pub input: usize,
    /// Where.
    pub span: Span,
    /// From source to sink; empty for rules about structure.
    pub trace: Vec<Step>,
}

/// What was looked at, and what was not.
#[derive(Default)]
pub struct Outcome {
    /// In the order of files and places.
    pub found: Vec<Found>,
    /// Why the file was looked at in part only.
    pub partly: Option<&'static str>,
}

/// A file in the form that the engine runs.
#[derive(Clone)]
pub struct Parsed {
    module: Rc<ir::Module>,
    /// Why it was read in part only.
    pub partly: Option<&'static str>,
}

/// The rules of a language, ready to look at files.
pub struct Analyst {
    rules: rules::Rules,
    names: names::Names,
}

impl Analyst {
    /// For `language`: `python`, `javascript`, `java`, `go`. All that is wrong in the rules is the error.
    pub fn new(language: &str) -> Result<Self, Vec<String>> {
        Ok(Self { rules: rules::Rules::load(language)?, names: names::Names::default() })
    }

    /// Its rules.
    pub fn rules(&self) -> &[Rule] {
        &self.rules.rules
    }

    /// Parses `input`.
    pub fn parse(&mut self, input: &Input<'_>) -> Parsed {
        let module = lower::lower(input.grammar, input.bytes, &input.module, &mut self.names);
        let partly = match &module {
            None => Some("the parser gave up"),
            Some(module) if !module.unread.is_empty() => Some("parts do not parse"),
            Some(module) if module.too_deep.is_some() => Some("it is nested too deep"),
            Some(_) => None,
        };
        Parsed { module: Rc::new(module.unwrap_or_default()), partly }
    }

    /// Looks at the first of `files`, with the others to be called.
    pub fn look(&mut self, files: &[Parsed], properties: &HashMap<String, String>) -> Outcome {
        let program: Vec<Rc<ir::Module>> = files.iter().map(|file| Rc::clone(&file.module)).collect();
        let property = |key: &str| properties.get(key).cloned();
        let engine = flow::Engine::new(&program, &mut self.names, &mut self.rules, &property);
        let outcome = engine.run_all(&[0]);
        let partly = files.first().and_then(|file| file.partly);
        let mut out = Outcome { found: Vec::new(), partly: partly.or(outcome.cut.then_some("the budget of steps ran out")) };
        for hit in outcome.hits {
            let step = |(input, span, note): &(usize, Span, String)| Step { input: *input, span: *span, note: note.clone() };
            let trace = hit.trace.iter().map(step).collect();
            out.found.push(Found { rule: hit.rule, input: hit.module, span: hit.span, trace });
        }
        out
    }
}

impl Parsed {
    /// What it imports, as it stands there.
    pub fn imports(&self) -> &[String] {
        &self.module.imports
    }
}
