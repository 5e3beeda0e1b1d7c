//! The rules of a technology: what its file says, made ready to be asked by the kind of a resource. Parsed when the
//! stage first meets the technology, never at start.

mod expression;
mod parse;
mod raw;

use std::collections::HashMap;

pub(super) use expression::{Amount, Expression, Path, Step, Want};

use super::Technology;

include!(concat!(env!("OUT_DIR"), "/iac.rs"));

/// A rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// One line.
    pub title: String,
    /// `low`, `medium`, `high`, `critical`.
    pub severity: String,
    /// `block`, `warn`.
    pub tier: String,
    /// As `CWE-311`.
    pub cwe: Vec<String>,
    /// Why it matters.
    pub why: String,
    /// How to mend it.
    pub fix: String,
    /// A page on it.
    pub reference: String,
    /// What other tools call it.
    pub aka: Vec<String>,
    /// Documents, or settings of the first kind, that it finds.
    pub hits: Vec<String>,
    /// Those that it does not find.
    pub misses: Vec<String>,
    /// The kind that the examples are settings of.
    pub first_kind: String,
    pub(super) bad: Expression,
}

/// The rules of a technology.
#[derive(Debug, Default)]
pub struct RuleSet {
    pub(super) rules: Vec<Rule>,
    pub(super) by_kind: HashMap<String, Vec<usize>>,
}

impl RuleSet {
    /// The built-in rules of `technology`; or what is wrong with them.
    pub fn of(technology: Technology) -> Result<Self, Vec<String>> {
        let mut set = Self::default();
        let mut faults = Vec::new();
        for (file, text) in FILES {
            // CloudFormation shares the files of Terraform: a rule says both kinds.
            let of = match file.split(['-', '.']).next().unwrap_or_default() {
                "terraform" if technology == Technology::CloudFormation => technology.name(),
                name => name,
            };
            if of == technology.name() {
                raw::read(file, text, technology, &mut set, &mut faults);
            }
        }
        if faults.is_empty() { Ok(set) } else { Err(faults) }
    }

    /// All of them.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }
}

/// Whether a built-in rule of any technology has that id.
pub fn all_ids() -> impl Iterator<Item = &'static str> {
    FILES.iter().flat_map(|(_, text)| text.lines()).filter_map(|line| {
        let rest = line.strip_prefix("id = \"")?;
        rest.strip_suffix('"')
    })
}

#[cfg(test)]
mod tests;
