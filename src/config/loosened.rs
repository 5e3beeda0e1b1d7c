//! Two configurations held against each other: what the younger one loosens, and what of it holds already.
//!
//! A change never loosens the gate that judges it. What tightens counts at once; what loosens is named, and
//! counts once it stands on the other side. Pure: who calls decides which two are compared.

use super::allow::Allow;
use super::ci::{OnUnknownBase, Pending, Steering};
use super::gate::{GateConfig, OnLimit};
use super::mode::Mode;
use super::stage::{OnTrouble, StageConfig};
use super::{Config, takes_part};
use crate::finding::{Severity, Tier};
use crate::rules::{Gate, Named, Pack, briefs};

/// Bytes of a file that the commit gate looks at where no configuration says how many.
const USUAL_LIMIT: u64 = 64 << 20;

/// How far a change's own loosenings hold while it is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holding {
    /// All of them: a commit is judged by what is staged, and before the first push there is nothing else.
    All,
    /// Those that name single findings, as far as the older configuration lets a change allow itself something.
    Single,
    /// None of them.
    Nothing,
}

/// Stands for the name of any gate.
pub const EVERY_GATE: &str = "every";

/// A value of a configuration that lets more through than the one that it is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loosening {
    /// The key, as `rules.disable`.
    pub key: String,
    /// The value, as it would be written; empty where something was taken out.
    pub value: String,
    /// The file that says so, from the repository's root.
    pub file: String,
    /// What it hides.
    pub hides: Hides,
    /// Whether it holds already.
    pub holds: bool,
}

/// What a loosening hides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hides {
    /// Findings of a rule.
    Rule(String),
    /// Findings of built-in rules that are in none of these sets.
    OutsideOf(Vec<Named>),
    /// That rules younger than this month block.
    Younger(String),
    /// That findings below this severity or tier block, at one gate.
    Below {
        /// The gate.
        gate: &'static str,
        /// Lowest severity that still blocks.
        block: Severity,
        /// Lowest tier that still blocks.
        tier: Tier,
    },
    /// Findings of a stage, at one gate.
    Stage {
        /// The gate.
        gate: &'static str,
        /// The stage.
        name: String,
    },
    /// All that one gate would stop, or every one.
    All {
        /// The gate; [`EVERY_GATE`].
        gate: &'static str,
    },
    /// What an allowance covers.
    Allowed(Box<Allow>),
    /// What cannot be counted.
    Uncounted,
}

impl Config {
    /// This configuration as it holds for the change that brings it, where `base` stood before it: the
    /// stricter of both in all that does not hold yet, with every loosening named in [`Config::loosened`].
    #[must_use]
    pub fn after(self, base: &Self, holding: Holding) -> Self {
        let mut after = self;
        let mut all = All { file: String::new(), found: Vec::new(), holds: holding == Holding::All };
        after.gates_after(base, &mut all);
        after.rules_after(base, &mut all);
        after.allow_after(base, holding, &mut all);
        after.stages_after(base, &mut all);
        after.limits_after(base, &mut all);
        after.sca_after(base, &mut all);
        let mut loosened = for_every_gate(all.found);
        for one in &mut loosened {
            if one.file.is_empty() {
                one.file = after.file_of(&one.key);
            }
        }
        after.loosened = loosened;
        after
    }

    /// The repository's file that sets `key`; its usual one where none does any more.
    fn file_of(&self, key: &str) -> String {
        let set = self.settings.iter().rev().find(|setting| setting.key == key);
        let path = set.and_then(|setting| setting.origin.in_repository());
        path.unwrap_or(super::FILE).to_owned()
    }

    fn gates_after(&mut self, base: &Self, all: &mut All) {
        let as_push = |config: &Self| config.ci.stages == config.push.stages;
        let twice = as_push(self) && as_push(base);
        // A stage that ran of its own accord only (`sca`, with an index) was not demanded: a list without it asks
        // for no less than before.
        let is_demanded =
            |gate: Gate, name: &str| base.names_stages(gate) || Pack::ALL.iter().any(|pack| pack.word() == name);
        for (which, own, before) in [
            (Gate::Commit, &mut self.commit, &base.commit),
            (Gate::Push, &mut self.push, &base.push),
            (Gate::Ci, &mut self.ci, &base.ci),
        ] {
            let gate = which.word();
            let key = |key: &str| format!("gate.{gate}.{key}");
            let below = |block, tier| Hides::Below { gate, block, tier };
            let enough = (own.block, own.tier);
            all.put(
                &key("block"),
                &mut own.block,
                before.block,
                &own_word(&enough.0),
                |new, old| new > old,
                || below(enough.0, before.tier),
            );
            all.put(
                &key("tier"),
                &mut own.tier,
                before.tier,
                &own_word(&enough.1),
                |new, old| new > old,
                || below(before.block, enough.1),
            );
            modes_after(gate, own, before, all);
            let on_limit = own.on_limit;
            all.put(
                &key("on-limit"),
                &mut own.on_limit,
                before.on_limit,
                "\"warn\"",
                |_, old| on_limit == OnLimit::Warn && *old == OnLimit::Block,
                || Hides::Uncounted,
            );
            let shown = format!("\"{}s\"", own.timeout.as_secs());
            all.put(
                &key("timeout"),
                &mut own.timeout,
                before.timeout,
                &shown,
                |new, old| new < old,
                || Hides::Uncounted,
            );
            let missing: Vec<String> = before
                .stages
                .iter()
                .filter(|name| !own.stages.contains(name) && is_demanded(which, name))
                .cloned()
                .collect();
            let shown = format!("{:?}", own.stages);
            for name in missing {
                if gate != "ci" || !twice {
                    all.add(&key("stages"), &shown, Hides::Stage { gate, name: name.clone() });
                }
                // It runs all the same, so that what it would have found is known.
                own.stages.push(name);
            }
        }
        let (own, before) = (&mut self.of_ci, &base.of_ci);
        all.put(
            "gate.ci.on-unknown-base",
            &mut own.on_unknown_base,
            before.on_unknown_base,
            "\"full\"",
            |new, old| *new == OnUnknownBase::Full && *old == OnUnknownBase::Fail,
            || Hides::Uncounted,
        );
        all.put(
            "gate.ci.pending",
            &mut own.pending,
            before.pending,
            "\"own\"",
            |new, old| *new == Pending::Own && *old == Pending::None,
            || Hides::Uncounted,
        );
        let shown = own_word(&own.pending_up_to);
        let up_to = &mut own.pending_up_to;
        all.put(
            "gate.ci.pending-up-to",
            up_to,
            before.pending_up_to,
            &shown,
            |new, old| new > old,
            || Hides::Uncounted,
        );
        all.put(
            "gate.ci.steering",
            &mut own.steering,
            before.steering,
            "\"change\"",
            |new, old| *new == Steering::Change && *old == Steering::Base,
            || Hides::Uncounted,
        );
        all.put(
            "gate.ci.run-code-of-forks",
            &mut own.run_code_of_forks,
            before.run_code_of_forks,
            "true",
            |new, old| *new && !*old,
            || Hides::Uncounted,
        );
    }

    fn rules_after(&mut self, base: &Self, all: &mut All) {
        for id in self.disabled.iter().filter(|id| !base.disabled.contains(id)) {
            all.add("rules.disable", &format!("[{id:?}]"), Hides::Rule(id.clone()));
        }
        // The rule takes part all the same: that way it is known what is hidden.
        self.disabled.retain(|id| base.disabled.contains(id));
        let loses = |rule| takes_part(&base.sets, rule) && !takes_part(&self.sets, rule);
        if briefs().any(loses) {
            let now = std::mem::take(&mut self.sets);
            let shown: Vec<String> = now.iter().map(ToString::to_string).collect();
            all.add("rules.sets", &format!("{shown:?}"), Hides::OutsideOf(now.clone()));
            if !base.sets.is_empty() {
                self.sets = now.into_iter().chain(base.sets.iter().copied()).collect();
            }
        }
        if let Some(month) = self.as_of.clone().filter(|own| base.as_of.as_ref().is_none_or(|before| own < before)) {
            all.add("rules.as-of", &format!("{month:?}"), Hides::Younger(month));
            if !all.holds {
                self.as_of.clone_from(&base.as_of);
            }
        }
        for before in &base.own_rules {
            match self.own_rules.iter_mut().find(|own| own.id == before.id) {
                None => {
                    all.add("rule", "", Hides::Rule(before.id.to_string()));
                    self.own_rules.push(before.clone());
                }
                Some(own) if format!("{own:?}") != format!("{before:?}") => {
                    all.add("rule", &format!("{{ id = {:?}, … }}", before.id), Hides::Uncounted);
                    if !all.holds {
                        *own = before.clone();
                    }
                }
                Some(_) => {}
            }
        }
    }

    /// The allowances alone, as they hold after those of `base`.
    pub(super) fn allow_after_alone(&mut self, base: &Self, holding: Holding) {
        let mut all = All { file: String::new(), found: Vec::new(), holds: holding == Holding::All };
        self.allow_after(base, holding, &mut all);
        self.loosened.extend(all.found);
    }

    fn allow_after(&mut self, base: &Self, holding: Holding, all: &mut All) {
        let single = holding == Holding::Single && base.of_ci.pending == Pending::Own;
        self.allow.retain(|own| {
            if base.allow.iter().any(|before| reaches_no_further(own, before)) {
                return true;
            }
            let holds = all.holds || single && !own.fingerprints.is_empty();
            let found = Loosening {
                key: "allow".to_owned(),
                value: own.to_string(),
                file: own.file.clone(),
                hides: Hides::Allowed(Box::new(own.clone())),
                holds,
            };
            all.found.push(found);
            holds
        });
    }

    fn stages_after(&mut self, base: &Self, all: &mut All) {
        for before in &base.stages {
            match self.stages.iter_mut().find(|own| own.name == before.name) {
                // That no gate names it any more is said there.
                None => self.stages.push(before.clone()),
                Some(own) if own != before => {
                    let key = format!("stage.{}", before.name);
                    if runs_the_same(own, before) {
                        if !only_tightens(own, before) {
                            all.add(&key, "", Hides::Uncounted);
                            if !all.holds {
                                own.clone_from(before);
                            }
                        }
                    } else {
                        // Another program is no laxer or stricter one; it takes the user's trust besides.
                        all.add(&key, "", Hides::Uncounted);
                    }
                }
                Some(_) => {}
            }
        }
    }

    fn sca_after(&mut self, base: &Self, all: &mut All) {
        let (own, before) = (&mut self.sca, &base.sca);
        let hidden = || Hides::Uncounted;
        let seconds = |time: std::time::Duration| format!("\"{}s\"", time.as_secs());
        let shown = seconds(own.max_age);
        all.put("sca.max-age", &mut own.max_age, before.max_age, &shown, |new, old| new > old, hidden);
        let shown = seconds(own.cooldown);
        all.put("sca.cooldown", &mut own.cooldown, before.cooldown, &shown, |new, old| new < old, hidden);
        all.put("sca.dev", &mut own.dev_warns, before.dev_warns, "\"warn\"", |new, old| *new && !*old, hidden);
        let more = |new: &Vec<String>, old: &Vec<String>| new.iter().any(|one| !old.contains(one));
        let shown = format!("{:?}", own.allowed);
        all.put(
            "sca.licences.allow",
            &mut own.allowed,
            before.allowed.clone(),
            &shown,
            |new, old| !old.is_empty() && (new.is_empty() || more(new, old)),
            hidden,
        );
        let shown = format!("{:?}", own.denied);
        all.put("sca.licences.deny", &mut own.denied, before.denied.clone(), &shown, |new, old| more(old, new), hidden);
        let shown = format!("{:?}", own.registries);
        all.put("sca.registries", &mut own.registries, before.registries.clone(), &shown, more, hidden);
    }

    fn limits_after(&mut self, base: &Self, all: &mut All) {
        let before = base.limit.unwrap_or(USUAL_LIMIT);
        if let Some(own) = self.limit.filter(|own| *own < before) {
            all.add("limit.file", &(own >> 20).to_string(), Hides::Uncounted);
            if !all.holds {
                self.limit = base.limit;
            }
        }
    }
}

/// A mode that is set for all gates is one loosening.
fn for_every_gate(mut found: Vec<Loosening>) -> Vec<Loosening> {
    for key in ["mode", "enforce-from"] {
        let of_gates = super::keys::GATES.iter().map(|gate| format!("gate.{gate}.{key}")).collect::<Vec<_>>();
        let mut places = (0..found.len()).filter(|&at| of_gates.contains(&found[at].key)).collect::<Vec<_>>();
        if places.len() == of_gates.len() && places.iter().all(|&at| found[at].value == found[places[0]].value) {
            let first = &mut found[places[0]];
            (first.key, first.hides) = (key.to_owned(), Hides::All { gate: EVERY_GATE });
            places.drain(1..).rev().for_each(|at| drop(found.remove(at)));
        }
    }
    found
}

fn own_word(level: &impl ToString) -> String {
    format!("\"{}\"", level.to_string())
}

/// An earlier day is stricter, and none at all the laxest.
fn modes_after(gate: &'static str, own: &mut GateConfig, before: &GateConfig, all: &mut All) {
    if own.mode != Mode::Observe {
        return;
    }
    let later = |new: Option<super::Day>, old: Option<super::Day>| match (new, old) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(new), Some(old)) => new > old,
    };
    let key = |key: &str| format!("gate.{gate}.{key}");
    if before.mode == Mode::Enforce {
        all.add(&key("mode"), "\"observe\"", Hides::All { gate });
    } else if later(own.enforce_from, before.enforce_from) {
        let shown = own.enforce_from.map(|day| day.to_string()).unwrap_or_default();
        all.add(&key("enforce-from"), &shown, Hides::All { gate });
    } else {
        return;
    }
    if !all.holds {
        (own.mode, own.enforce_from) = (before.mode, before.enforce_from);
    }
}

/// Whether `own` covers nothing that `before` does not, whatever reason it gives.
fn reaches_no_further(own: &Allow, before: &Allow) -> bool {
    let lasts = match (own.expires, before.expires) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(own), Some(before)) => own <= before,
    };
    let same = |narrow: &[String], wide: &[String]| {
        wide.is_empty() || !narrow.is_empty() && narrow.iter().all(|one| wide.contains(one))
    };
    let below = |under: &str| before.under.is_empty() || under.strip_prefix(&before.under[..]).is_some_and(is_inside);
    lasts
        // Globs begin at the directory: those of another one are other globs.
        && (own.under == before.under || before.paths.is_empty() && below(&own.under))
        && (before.stage.is_none() || own.stage == before.stage)
        && same(&own.rules, &before.rules)
        && same(&own.paths, &before.paths)
        && same(&own.fingerprints, &before.fingerprints)
        && same(&own.packages, &before.packages)
}

/// What is left of a path below a directory.
fn is_inside(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with('/')
}

/// Whether both start the same program over the same content and read it alike.
fn runs_the_same(own: &StageConfig, before: &StageConfig) -> bool {
    let plain = |stage: &StageConfig| StageConfig {
        files: Vec::new(),
        exclude: Vec::new(),
        on_missing: None,
        on_error: None,
        on_timeout: None,
        severity: Severity::Low,
        severities: std::collections::BTreeMap::new(),
        tier: Tier::Warn,
        timeout: std::time::Duration::ZERO,
        priority: 0,
        ..stage.clone()
    };
    plain(own) == plain(before)
}

/// Whether nothing that `before` looks at or stops for is left out.
fn only_tightens(own: &StageConfig, before: &StageConfig) -> bool {
    let trouble = |own: Option<OnTrouble>, before: Option<OnTrouble>| own == before || own == Some(OnTrouble::Block);
    own.tier <= before.tier
        && own.tier == before.tier
        && own.severity >= before.severity
        && before.severities.iter().all(|(word, level)| own.severities.get(word).is_some_and(|own| own >= level))
        && own.timeout >= before.timeout
        && (own.files.is_empty()
            || !before.files.is_empty() && before.files.iter().all(|glob| own.files.contains(glob)))
        && own.exclude.iter().all(|glob| before.exclude.contains(glob))
        && trouble(own.on_missing, before.on_missing)
        && trouble(own.on_error, before.on_error)
        && trouble(own.on_timeout, before.on_timeout)
}

/// The loosenings so far, and whether they hold.
struct All {
    file: String,
    found: Vec<Loosening>,
    holds: bool,
}

impl All {
    fn add(&mut self, key: &str, value: &str, hides: Hides) {
        let (key, value, file) = (key.to_owned(), value.to_owned(), self.file.clone());
        self.found.push(Loosening { key, value, file, hides, holds: self.holds });
    }

    /// Names the value in `slot` where it is `looser` than `before`, and puts `before` there unless it holds.
    fn put<T>(
        &mut self,
        key: &str,
        slot: &mut T,
        before: T,
        shown: &str,
        looser: impl FnOnce(&T, &T) -> bool,
        hides: impl FnOnce() -> Hides,
    ) {
        if looser(slot, &before) {
            self.add(key, shown, hides());
            if !self.holds {
                *slot = before;
            }
        }
    }
}

#[cfg(test)]
mod tests;
