//! Syntax, constants and taint: source files of one language to findings with their way from
//! source to sink. Pure: knows bytes and rules, no git, no stage, no report.

#![allow(
    clippy::similar_names,
    clippy::struct_field_names,
    reason = "rules, roles, names and values stand side by side here; each is called what it is"
)]

mod flow;
mod ir;
mod lower;
mod names;
mod rules;

use std::collections::HashMap;
use std::rc::Rc;

pub use gatehook_grammars::Grammar;
pub use ir::Span;
pub use rules::{Rule, all_ids, languages};

/// A file to look at, or one that such a file imports.
pub struct Input<'a> {
    /// The path by which others import it: `app.views`, `lib/db`.
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
    /// Part of the way goes through functions of which nothing is known.
    pub vague: bool,
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
        let mut out =
            Outcome { found: Vec::new(), partly: partly.or(outcome.cut.then_some("the budget of steps ran out")) };
        for hit in outcome.hits {
            let step =
                |(input, span, note): &(usize, Span, String)| Step { input: *input, span: *span, note: note.clone() };
            let trace = hit.trace.iter().map(step).collect();
            out.found.push(Found { rule: hit.rule, input: hit.module, span: hit.span, vague: hit.vague, trace });
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

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    const LANGUAGES: [&str; 4] = ["go", "java", "javascript", "python"];

    fn on_a_large_stack(work: impl FnOnce() + Send + 'static) {
        std::thread::Builder::new().stack_size(64 << 20).spawn(work).unwrap().join().unwrap();
    }

    fn grammar(language: &str, code: &str) -> Grammar {
        match language {
            "go" => Grammar::Go,
            "java" => Grammar::Java,
            "python" => Grammar::Python,
            _ if code.contains("/>") => Grammar::Tsx,
            _ => Grammar::TypeScript,
        }
    }

    fn look(analyst: &mut Analyst, language: &str, code: &str) -> Outcome {
        let grammar = grammar(language, code);
        let parsed = analyst.parse(&Input { module: "example".to_owned(), bytes: code.as_bytes(), grammar });
        analyst.look(&[parsed], &HashMap::new())
    }

    #[test]
    fn every_rule_finds_its_unsafe_examples_and_not_their_safe_twins() {
        on_a_large_stack(|| {
            let mut faults = String::new();
            for language in LANGUAGES {
                let mut analyst = Analyst::new(language).expect("the rules load");
                for (at, rule) in analyst.rules().to_vec().iter().enumerate() {
                    for (wanted, code) in
                        rule.hits.iter().map(|code| (true, code)).chain(rule.misses.iter().map(|code| (false, code)))
                    {
                        let outcome = look(&mut analyst, language, code);
                        let is_found = outcome.found.iter().any(|found| found.rule == at);
                        if is_found != wanted || outcome.partly.is_some() {
                            let _ = writeln!(faults, "{}: found: {is_found}, {:?}\n{code}", rule.id, outcome.partly);
                        }
                    }
                }
            }
            assert!(faults.is_empty(), "{faults}");
        });
    }

    #[test]
    fn the_way_goes_from_the_source_over_what_is_called_to_the_sink() {
        on_a_large_stack(|| {
            let code = "import os\nfrom flask import request\ndef run(c):\n    os.system(c)\ndef view():\n    run(request.args['c'])\n";
            let mut analyst = Analyst::new("python").expect("the rules load");
            let outcome = look(&mut analyst, "python", code);
            let found = &outcome.found[0];
            let notes: Vec<&str> = found.trace.iter().map(|step| step.note.as_str()).collect();
            assert_eq!(notes, ["a value of the request (Flask) comes in", "passed on", "used here"]);
        });
    }

    #[test]
    fn a_file_that_does_not_parse_whole_is_looked_at_in_part_and_says_so() {
        on_a_large_stack(|| {
            let mut analyst = Analyst::new("python").expect("the rules load");
            let outcome = look(&mut analyst, "python", "import hashlib\nhashlib.md5(b'x')\ndef (:\n");
            assert_eq!(outcome.partly, Some("parts do not parse"));
            assert_eq!(outcome.found.len(), 1);
        });
    }

    #[test]
    fn what_is_nested_too_deep_is_cut_and_says_so() {
        on_a_large_stack(|| {
            let mut analyst = Analyst::new("python").expect("the rules load");
            let outcome = look(&mut analyst, "python", &format!("x = {}1{}\n", "(".repeat(5000), ")".repeat(5000)));
            assert!(outcome.partly.is_some());
        });
    }
}
