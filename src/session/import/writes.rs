//! Rules, allowances and switches into `gatehook.toml`, each once.

use std::path::PathBuf;

use crate::config::edit::{self, EditError, NewRule};
use crate::config::{Allow, Config, Layer, Origin, Rank};
use crate::engine::compiles;
use crate::finding::Exit;
use crate::foreign::Write;
use crate::session::{Failure, Workspace, fail, holds_secret};

use super::summary::Fate;

/// The text of `gatehook.toml` as it will be.
pub(super) struct Edited {
    before: String,
    text: String,
    /// What it says, together with what holds here anyway.
    pub(super) config: Config,
    /// Rules added.
    pub(super) rules: usize,
    /// Allowances added.
    pub(super) allowances: usize,
    /// Rules taken out.
    pub(super) disabled: usize,
}

/// What became of one thing to write.
enum Done {
    Added(String),
    There(String),
    Refused(&'static str, String),
}

impl Edited {
    pub(super) fn new(here: &Workspace) -> Result<Self, Failure> {
        let text = here.config_text()?;
        let config = here.config.clone();
        Ok(Self { before: text.clone(), text, config, rules: 0, allowances: 0, disabled: 0 })
    }

    /// Writes what an entry became.
    pub(super) fn write(&mut self, writes: &[Write]) -> Result<Fate, Failure> {
        let (mut added, mut there) = (Vec::new(), Vec::new());
        for write in writes {
            let done = match write {
                Write::Rule(rule) => self.rule(rule)?,
                Write::Allow(allow) => self.allow(allow)?,
                Write::Disable(id) => self.disable(id)?,
            };
            match done {
                Done::Added(told) => added.push(told),
                Done::There(told) => there.push(told),
                Done::Refused(why, hint) => return Ok(Fate::refused(why, &hint)),
            }
        }
        if added.is_empty() {
            return Ok(Fate::Covered(format!("{} is there already", there.join(", "))));
        }
        Ok(Fate::Taken(added.join(", ")))
    }

    fn rule(&mut self, rule: &NewRule) -> Result<Done, Failure> {
        let told = format!("[[rule]] {}", rule.id);
        if let Some(own) = self.config.own_rules.iter().find(|own| own.is_called(&rule.id)) {
            return Ok(if own.pattern == rule.pattern && own.paths.iter().eq(rule.paths.iter()) {
                Done::There(told)
            } else {
                Done::Refused("gatehook.toml has a rule of that id that looks for something else", "rename one".into())
            });
        }
        if holds_secret(&format!("{} {}", rule.pattern, rule.veto.join(" "))) {
            let hint = "describe the value in a [[rule]] without quoting it";
            return Ok(Done::Refused("its pattern holds a secret itself", hint.to_owned()));
        }
        // On its own first: one rule that does not compile would take all others with it.
        let alone = edit::add_rule("", rule).ok().and_then(|text| parse(&text));
        let compiled =
            alone.as_ref().and_then(|config| config.own_rules.first()).is_some_and(|own| compiles(own).is_ok());
        if !compiled {
            let hint = "rewrite it as a [[rule]]: rules/README.md";
            return Ok(Done::Refused("gatehook's engine does not take the pattern", hint.to_owned()));
        }
        self.text = edit::add_rule(&self.text, rule).map_err(|error| told_error(&error))?;
        self.config.own_rules.extend(alone.into_iter().flat_map(|config| config.own_rules));
        self.rules += 1;
        Ok(Done::Added(told))
    }

    fn allow(&mut self, allow: &Allow) -> Result<Done, Failure> {
        let rules = match allow.rules.len() {
            0 => String::new(),
            1 | 2 => format!(" for {}", allow.rules.join(", ")),
            several => format!(" for {several} rules"),
        };
        let told = format!("[[allow]] {}{rules}", allow.paths.join(", "));
        let same = |own: &Allow| {
            own.rules == allow.rules
                && own.paths == allow.paths
                && own.stage == allow.stage
                && own.fingerprints.is_empty()
        };
        if self.config.allow.iter().any(same) {
            return Ok(Done::There(told));
        }
        if holds_secret(&allow.reason) {
            return Ok(Done::Refused("its description holds a secret", "describe it without quoting it".to_owned()));
        }
        self.text = edit::add_allow(&self.text, allow).map_err(|error| told_error(&error))?;
        self.config.allow.push(allow.clone());
        self.allowances += 1;
        Ok(Done::Added(told))
    }

    fn disable(&mut self, id: &str) -> Result<Done, Failure> {
        let told = format!("rules.disable {id}");
        if self.config.disabled.iter().any(|own| own == id) {
            return Ok(Done::There(told));
        }
        self.text = edit::add_disabled(&self.text, id).map_err(|error| told_error(&error))?;
        self.config.disabled.push(id.to_owned());
        self.disabled += 1;
        Ok(Done::Added(told))
    }

    /// Writes the file where it changed, and names it then.
    pub(super) fn save(&self, here: &Workspace) -> Result<Option<PathBuf>, Failure> {
        if self.text == self.before {
            return Ok(None);
        }
        here.write_config(&self.text)?;
        Ok(Some(here.config_file()))
    }
}

fn parse(text: &str) -> Option<Config> {
    let origin = Origin::File(crate::config::FILE.into());
    let layer = Layer { rank: Rank::Repository, origin, text: text.as_bytes().to_vec() };
    Config::from_layers(&[layer], &crate::stage::program()).ok()
}

fn told_error(error: &EditError) -> Failure {
    fail(error, Some("fix gatehook.toml first; nothing was written"), Exit::Usage)
}
