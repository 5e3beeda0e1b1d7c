//! Layers of configuration made one: each overrides what stands before it, and every value knows its
//! origin.

use std::collections::HashSet;

use super::error::ConfigError;
use super::extends::{Shelf, gather};
use super::layer::{Layer, Setting};
use super::layer_merge::{LayerMerge, Ledger};
use super::mode::RawModes;
use super::raw::RawConfig;
use super::version::Program;
use super::{Config, allow, baseline, fingerprint, gate, limit, locked, rules, sca, stage};
use crate::rules::Gate;

pub(super) fn resolve(layers: &[Layer], program: &Program, shelf: &dyn Shelf) -> Result<Config, ConfigError> {
    let mut config = Config::default();
    for (gate, stages) in [
        (Gate::Commit, &mut config.commit.stages),
        (Gate::Push, &mut config.push.stages),
        (Gate::Ci, &mut config.ci.stages),
    ] {
        let usual = program.stages.iter().filter(|stage| stage.usual.has(gate));
        *stages = usual.map(|stage| stage.name.to_owned()).collect();
    }
    if layers.is_empty() {
        return Ok(config);
    }
    let mut ledger = Ledger::new(program);
    for layer in gather(layers, program.version, shelf)? {
        let mut merge = LayerMerge::new(layer.rank, &layer.origin, &mut ledger);
        apply(&mut config, layer.raw, &mut merge);
        let faults = merge.faults;
        if !faults.is_empty() {
            return Err(ConfigError::Values { origin: layer.origin, faults });
        }
    }
    config.settings = holding(ledger.settings);
    config.refused = ledger.refused;
    config.locks = ledger.locks;
    // What slipped past a laptop is looked for in CI: the same stages, unless it names its own.
    if config.ci.stages.is_empty() || !config.settings.iter().any(|setting| setting.key == "gate.ci.stages") {
        config.ci.stages.clone_from(&config.push.stages);
    }
    Ok(config)
}

/// A room a table: each lays its own keys. A layer's locks hold for those that come after it.
fn apply(config: &mut Config, raw: RawConfig, merge: &mut LayerMerge<'_>) {
    gate::apply(config, raw.gate, RawModes { mode: raw.mode, enforce_from: raw.enforce_from }, merge);
    baseline::apply(config, raw.baseline, merge);
    fingerprint::apply(config, raw.fingerprint, merge);
    limit::apply(config, &raw.limit, merge);
    sca::apply(config, raw.sca, merge);
    rules::apply(config, raw.rules, raw.rule, merge);
    allow::apply(config, raw.allow, merge);
    stage::apply(config, raw.stage, merge);
    rules::check_names(config, merge);
    stage::check_names(config, merge);
    locked::apply(raw.locked, merge);
}

/// Of a key that several layers set the last one holds; what is joined stands.
fn holding(mut settings: Vec<Setting>) -> Vec<Setting> {
    let mut seen = HashSet::new();
    settings.reverse();
    settings.retain(|setting| setting.joined || seen.insert(setting.key.clone()));
    settings.reverse();
    settings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::extends::Empty;
    use crate::config::{Day, Origin, Rank};
    use crate::finding::Severity;

    fn resolved(text: &str) -> Result<Config, String> {
        let layer = Layer {
            rank: Rank::Repository,
            origin: Origin::File("gatehook.toml".into()),
            text: text.as_bytes().to_vec(),
        };
        resolve(&[layer], &Program::of_version("0.1.0"), &Empty).map_err(|error| error.to_string())
    }

    #[test]
    fn values_know_where_they_come_from() {
        let config = resolved("[gate.commit]\nblock = \"high\"\n").unwrap();
        assert_eq!(config.commit.block, Severity::High);
        assert_eq!(config.settings[0].key, "gate.commit.block");
        assert_eq!(config.settings[0].origin.to_string(), "gatehook.toml");
    }

    #[test]
    fn the_ci_gate_runs_what_the_push_gate_runs_unless_it_says_otherwise() {
        let push = "[gate.push]\nstages = [\"secrets\"]\n";
        assert_eq!(resolved(push).unwrap().ci.stages, ["secrets"]);
        let own = format!("{push}[gate.ci]\nstages = [\"insecure\"]\n");
        assert_eq!(resolved(&own).unwrap().ci.stages, ["insecure"]);
    }

    #[test]
    fn what_cannot_be_is_an_error_that_says_where() {
        let error = resolved("[gate.commit]\nblok = \"high\"\n").unwrap_err();
        assert!(error.contains("line 2") && error.contains("blok"), "{error}");
        for (text, part) in [
            ("[[allow]]\nrule = \"aws-access-key-id\"\n", "reason"),
            ("[rules]\ndisable = [\"no-such-rule\"]\n", "no-such-rule"),
            ("required-version = \">=99.0\"\nunheard-of = 1\n", ">=99.0"),
            ("[gate.commit]\nstages = []\n", "looks at nothing"),
            ("[gate.commit]\nblock = \"severe\"\n", "severe"),
        ] {
            let error = resolved(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }

    #[test]
    fn days_are_days_of_the_calendar() {
        for good in ["2027-06-30", "2028-02-29", "2000-02-29", "0001-01-01", "2026-12-31"] {
            assert_eq!(Day::parse(good).map(|day| day.to_string()).as_deref(), Some(good));
        }
        for bad in [
            "2027-02-29",
            "1900-02-29",
            "2027-04-31",
            "2027-13-01",
            "2027-00-01",
            "2027-01-00",
            "27-1-1",
            "+027-01-01",
            "",
            "2027-06-30 ",
        ] {
            assert_eq!(Day::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_baseline_is_a_path_in_the_repository() {
        for good in ["a/b", ""] {
            assert_eq!(resolved(&format!("baseline = \"{good}\"")).unwrap().baseline.as_deref(), Some(good));
        }
        for bad in ["/etc/passwd", "../x", "a/../b", "a//b", "./a", "a\\\\b"] {
            assert!(resolved(&format!("baseline = \"{bad}\"")).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_allowance_has_a_reason_and_may_expire() {
        let config =
            resolved("[[allow]]\nrule = \"aws-access-key-id\"\npaths = [\"tests/**\"]\nreason = \"fixtures\"\nexpires = 2027-06-30\n")
                .unwrap();
        assert_eq!(config.allow[0].expires.map(|day| day.to_string()).as_deref(), Some("2027-06-30"));
    }
}
