//! Tests of what loosens and what tightens.

use super::*;
use crate::config::{Layer, Origin, Rank, keys};

fn config(text: &str) -> Config {
    let origin = Origin::Git { path: "gatehook.toml".to_owned(), revision: None };
    let layer = Layer { rank: Rank::Repository, origin, text: text.as_bytes().to_vec() };
    Config::from_layers(&[layer], &crate::config::Program::of_version("0.1.0")).unwrap()
}

/// The keys that `own` loosens after `base`.
fn keys_of(own: &str, base: &str) -> Vec<String> {
    config(own).after(&config(base), Holding::Nothing).loosened.into_iter().map(|one| one.key).collect()
}

/// A stricter and a laxer text for each key that can be tightened.
const PAIRS: &[(&str, &str, &str)] = &[
    ("gate.NAME.block", "[gate.NAME]\nblock = \"low\"", "[gate.NAME]\nblock = \"high\""),
    ("gate.NAME.tier", "[gate.NAME]\ntier = \"warn\"", ""),
    ("gate.NAME.stages", "", "[gate.NAME]\nstages = [\"secrets\"]"),
    ("gate.NAME.on-limit", "", "[gate.NAME]\non-limit = \"warn\""),
    ("gate.NAME.mode", "", "[gate.NAME]\nmode = \"observe\""),
    (
        "gate.NAME.enforce-from",
        "[gate.NAME]\nmode = \"observe\"\nenforce-from = 2027-01-01",
        "[gate.NAME]\nmode = \"observe\"\nenforce-from = 2028-01-01",
    ),
    ("gate.ci.on-unknown-base", "[gate.ci]\non-unknown-base = \"fail\"", ""),
    ("gate.ci.pending", "[gate.ci]\npending = \"none\"", ""),
    ("gate.ci.pending-up-to", "[gate.ci]\npending-up-to = \"low\"", ""),
    ("gate.ci.steering", "", "[gate.ci]\nsteering = \"change\""),
    ("gate.ci.run-code-of-forks", "", "[gate.ci]\nrun-code-of-forks = true"),
    ("rules.sets", "", "[rules]\nsets = [\"insecure\"]"),
    ("rules.disable", "", "[rules]\ndisable = [\"aws-access-key-id\"]"),
    ("rules.as-of", "[rules]\nas-of = \"2026-11\"", "[rules]\nas-of = \"2026-10\""),
    ("sca.max-age", "", "[sca]\nmax-age = \"30d\""),
    ("sca.cooldown", "[sca]\ncooldown = \"7d\"", ""),
    ("sca.dev", "", "[sca]\ndev = \"warn\""),
    ("limit.file", "[limit]\nfile = 100", "[limit]\nfile = 1"),
];

#[test]
fn every_key_that_can_be_tightened_is_compared() {
    for (name, row) in keys::expanded() {
        // These stand for others, for lists of their own, or are neither stricter nor laxer by themselves.
        let elsewhere = ["mode", "enforce-from", "baseline", "fingerprint.salt"].contains(&&name[..]);
        if row.tighter.is_empty() || name.contains("[]") || elsewhere {
            continue;
        }
        let of = |gate: &str| name.replacen(&format!("gate.{gate}."), "gate.NAME.", 1);
        let gate = keys::GATES.iter().find(|gate| name.starts_with(&format!("gate.{gate}."))).copied();
        let found = PAIRS.iter().find(|(key, ..)| *key == name || gate.is_some_and(|gate| *key == of(gate)));
        let (_, strict, lax) = found.unwrap_or_else(|| panic!("`{name}` is not compared"));
        let put = |text: &str| text.replace("NAME", gate.unwrap_or_default());
        let (strict, lax) = (put(strict), put(lax));
        assert!(keys_of(&lax, &strict).contains(&name), "{name}: {:?}", keys_of(&lax, &strict));
        assert_eq!(keys_of(&strict, &lax), [""; 0], "{name} tightened");
        assert_eq!(keys_of(&strict, &strict), [""; 0], "{name} unchanged");
    }
}

#[test]
fn what_loosens_waits_and_what_tightens_counts() {
    let own =
        "[gate.push]\nblock = \"high\"\n[gate.commit]\nblock = \"low\"\n[rules]\ndisable = [\"aws-access-key-id\"]";
    let after = config(own).after(&Config::default(), Holding::Nothing);
    assert_eq!((after.push.block, after.commit.block), (Severity::Medium, Severity::Low));
    assert!(after.disabled.is_empty());
    let back = Config::default().after(&config(own), Holding::Nothing);
    assert_eq!((back.push.block, back.commit.block), (Severity::Medium, Severity::Low));
    assert_eq!((back.loosened.len(), back.loosened[0].key.as_str()), (1, "gate.commit.block"));
}

#[test]
fn a_single_finding_may_be_answered_for_in_the_push_that_brings_it() {
    let own = "[[allow]]\nfingerprint = \"0123456789abcdef\"\nreason = \"made up\"\n[[allow]]\npaths = [\"**\"]\nreason = \"all\"";
    let after = |base: &str, holding| config(own).after(&config(base), holding);
    let holds = |config: &Config| config.loosened.iter().map(|one| one.holds).collect::<Vec<_>>();
    let single = after("", Holding::Single);
    assert_eq!((holds(&single), single.allow.len()), (vec![true, false], 1));
    let none = after("[gate.ci]\npending = \"none\"", Holding::Single);
    assert_eq!(none.allow.len(), 0);
    assert_eq!(after("", Holding::All).allow.len(), 2);
    assert_eq!(after(own, Holding::Nothing).loosened, []);
}

#[test]
fn an_allowance_that_lasts_longer_or_reaches_further_is_a_new_one() {
    let allow = |more: &str| format!("[[allow]]\nrule = \"aws-access-key-id\"\nreason = \"r\"\n{more}");
    let narrow = allow("paths = [\"a/**\"]\nexpires = 2027-01-01");
    for wider in
        [allow("paths = [\"a/**\"]\nexpires = 2028-01-01"), allow("paths = [\"a/**\"]"), allow("expires = 2027-01-01")]
    {
        assert_eq!(keys_of(&wider, &narrow), ["allow"], "{wider}");
        assert_eq!(keys_of(&narrow, &wider), [""; 0], "{wider}");
    }
    assert_eq!(keys_of(&narrow.replace("\"r\"", "\"another\""), &narrow), [""; 0]);
    // An allowance of one package is none of all of them.
    let package = "[[allow]]\npackage = \"npm:lodash\"\nreason = \"r\"\n";
    assert_eq!(keys_of("[[allow]]\npaths = [\"**\"]\nreason = \"r\"\n", package), ["allow"]);
}

#[test]
fn a_stage_that_looks_at_less_or_is_gone_waits() {
    let stage = |more: &str| {
        format!(
            "[gate.push]\nstages = [\"secrets\", \"insecure\", \"lint\"]\n[stage.lint]\ncommand = [\"lint\"]\n{more}"
        )
    };
    let base = stage("files = [\"**/*.py\"]");
    let after = config(&stage("files = [\"a/*.py\"]")).after(&config(&base), Holding::Nothing);
    assert_eq!(after.stages[0].files, ["**/*.py"]);
    assert_eq!(keys_of(&stage(""), &base), [""; 0], "it runs on every change");
    assert_eq!(keys_of("", &base), ["gate.push.stages"]);
    let gone = Config::default().after(&config(&base), Holding::Nothing);
    assert!(gone.push.stages.contains(&"lint".to_owned()) && gone.stages.len() == 1);
    let other = config(&base.replace("[\"lint\"]\n", "[\"other\"]\n")).after(&config(&base), Holding::Nothing);
    assert_eq!((other.stages[0].command[0].as_str(), other.loosened.len()), ("other", 1));
}
