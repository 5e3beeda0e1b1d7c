//! Syntax, constants and taint: source files of one language to findings with their way from
//! source to sink. Pure: knows bytes and rules, no git, no stage, no report.

mod flow;
mod ir;
mod lower;
mod names;
mod rules;

use std::collections::HashMap;

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
    /// Whether findings in it are wanted.
    pub wanted: bool,
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
    /// Inputs that were looked at in part only, with the reason.
    pub partly: Vec<(usize, &'static str)>,
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

    /// Looks at the wanted ones of `inputs`, with the others to be called.
    pub fn look(&mut self, inputs: &[Input<'_>], properties: &HashMap<String, String>) -> Outcome {
        let mut out = Outcome::default();
        let mut program = Vec::with_capacity(inputs.len());
        for (at, input) in inputs.iter().enumerate() {
            let module = lower::lower(input.grammar, input.bytes, &input.module, &mut self.names);
            let module = module.unwrap_or_else(|| {
                out.partly.push((at, "the parser gave up"));
                ir::Module::default()
            });
            if input.wanted && !module.unread.is_empty() {
                out.partly.push((at, "parts do not parse"));
            }
            if input.wanted && module.too_deep.is_some() {
                out.partly.push((at, "nested too deep"));
            }
            program.push(module);
        }
        let targets: Vec<usize> = (0..inputs.len()).filter(|at| inputs[*at].wanted).collect();
        let property = |key: &str| properties.get(key).cloned();
        let engine = flow::Engine::new(&program, &mut self.names, &mut self.rules, &property);
        let outcome = engine.run_all(&targets);
        if outcome.cut {
            out.partly.extend(targets.iter().map(|at| (*at, "the budget of steps ran out")));
        }
        for hit in outcome.hits {
            let step = |(input, span, note): &(usize, Span, String)| Step { input: *input, span: *span, note: note.clone() };
            let trace = hit.trace.iter().map(step).collect();
            out.found.push(Found { rule: hit.rule, input: hit.module, span: hit.span, trace });
        }
        out
    }
}
