//! Layers of configuration: each overrides what stands before it, and every value knows its origin.

use std::collections::HashSet;
use std::fmt;
use std::path::PathBuf;

use super::raw::{OneOrMany, RawAllow, RawConfig, RawGate, RawOnLimit, RawSeverity, RawStage, RawTier};
use super::{Allow, Config, Day, GateConfig, OnLimit};
use crate::finding::{Severity, Tier};
use crate::rules::{Pack, builtin, from_raw};

/// Where a layer's text comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A file on disk.
    File(PathBuf),
    /// The repository's file as it stands in the index or a commit, named here.
    Git(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(out, "{}", path.display()),
            Self::Git(name) => out.write_str(name),
        }
    }
}

/// A configuration's text and where it comes from.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Where from.
    pub origin: Origin,
    /// The text.
    pub text: Vec<u8>,
}

/// A value that some layer set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The key, as `gate.commit.block`.
    pub key: String,
    /// The value, as it would be written.
    pub value: String,
    /// The layer.
    pub origin: Origin,
}

/// Why a configuration is none.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is no TOML, or has a key or value that is not known.
    #[error("`{origin}` is no configuration: {message}")]
    Form {
        /// The file.
        origin: Origin,
        /// Line, column, and what is wrong.
        message: String,
    },
    /// Values that cannot be, a sentence each.
    #[error("`{origin}`: {}", .faults.join("; "))]
    Values {
        /// The file.
        origin: Origin,
        /// What is wrong.
        faults: Vec<String>,
    },
    /// The configuration asks for another version of this program.
    #[error("`{origin}` asks for gatehook {wanted}, this is {found}")]
    Version {
        /// The file.
        origin: Origin,
        /// What it asks for.
        wanted: String,
        /// What this is.
        found: String,
    },
}

/// Bytes that a configuration may have.
pub const MOST: u64 = 1 << 20;

pub(super) fn resolve(layers: &[Layer], version: &str) -> Result<Config, ConfigError> {
    let mut config = Config::default();
    for layer in layers {
        let form = |message: String| ConfigError::Form { origin: layer.origin.clone(), message };
        if layer.text.len() as u64 > MOST {
            return Err(form("too large".to_owned()));
        }
        let text = std::str::from_utf8(&layer.text).map_err(|error| form(format!("not UTF-8: {error}")))?;
        check_version(text, &layer.origin, version)?;
        let raw: RawConfig = toml::from_str(text).map_err(|error| form(told(text, &error)))?;
        let mut faults = Vec::new();
        apply(&mut config, raw, &layer.origin, &mut faults);
        if !faults.is_empty() {
            return Err(ConfigError::Values { origin: layer.origin.clone(), faults });
        }
    }
    // Of a key that several layers set the last one holds.
    let mut seen = HashSet::new();
    config.settings.reverse();
    config.settings.retain(|setting| seen.insert(setting.key.clone()));
    config.settings.reverse();
    Ok(config)
}

/// Line, column and cause of an error, without the line itself: it may hold a secret, and where the
/// file is a link it is not even the repository's.
fn told(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("line {line}, column {column}: {}", without_values(error.message()))
}

/// What a message quotes from the file, hidden: texts always, names unless they look like a key.
fn without_values(message: &str) -> String {
    let mut out = String::new();
    let mut rest = message;
    while let Some(at) = rest.find(['"', '`']) {
        let (before, quoted) = rest.split_at(at);
        let quote = &quoted[..1];
        let inner = &quoted[1..];
        // A text may hold its own quote, escaped or not: up to the last one.
        let end = if quote == "\"" { inner.rfind('"') } else { inner.find('`') };
        let Some(end) = end else { break };
        let name = &inner[..end];
        let known = |c: char| c.is_ascii_lowercase() || matches!(c, '-' | '_' | '.') || c.is_ascii_punctuation();
        let shown = if quote == "`" && name.len() <= 32 && name.chars().all(known) { name } else { "…" };
        out.extend([before, quote, shown, quote]);
        rest = &inner[end + 1..];
    }
    out.push_str(rest);
    out
}

/// `required-version` is looked at before all else: a file for a younger version may have keys that
/// this one does not know.
fn check_version(text: &str, origin: &Origin, version: &str) -> Result<(), ConfigError> {
    let Ok(table) = text.parse::<toml::Table>() else { return Ok(()) };
    let Some(wanted) = table.get("required-version").and_then(toml::Value::as_str) else { return Ok(()) };
    let least = wanted.trim().trim_start_matches(">=").trim();
    let parts = |text: &str| -> Option<Vec<u64>> { text.split('.').map(|part| part.parse().ok()).collect() };
    match (parts(least), parts(version)) {
        (Some(least), Some(found)) if found >= least => Ok(()),
        _ => Err(ConfigError::Version { origin: origin.clone(), wanted: wanted.to_owned(), found: version.to_owned() }),
    }
}

fn apply(config: &mut Config, raw: RawConfig, origin: &Origin, faults: &mut Vec<String>) {
    let mut set = |key: String, value: String| {
        config.settings.push(Setting { key, value, origin: origin.clone() });
    };
    for (name, raw, gate) in [
        ("commit", raw.gate.commit, &mut config.commit),
        ("push", raw.gate.push, &mut config.push),
        ("ci", raw.gate.ci, &mut config.ci),
    ] {
        apply_gate(name, raw.unwrap_or_default(), gate, &mut set, faults);
    }
    if let Some(salt) = raw.fingerprint.salt {
        set("fingerprint.salt".to_owned(), "\"…\"".to_owned());
        config.salt = Some(salt);
    }
    if let Some(mebibytes) = raw.limit.file {
        set("limit.file".to_owned(), mebibytes.to_string());
        config.limit = Some(mebibytes.saturating_mul(1 << 20));
    }
    for id in raw.rules.disable {
        set(format!("rules.disable[{id}]"), "true".to_owned());
        config.disabled.push(id);
    }
    for raw in raw.rule {
        let id = raw.id.clone();
        match from_raw(Pack::Secrets, raw) {
            Ok(rule) => {
                set(format!("rule.{id}"), "…".to_owned());
                config.own_rules.push(rule);
            }
            Err(error) => faults.push(error.to_string()),
        }
    }
    for raw in raw.allow {
        match allowance(raw) {
            Ok(allow) => config.allow.push(allow),
            Err(fault) => faults.push(fault),
        }
    }
    let known = |id: &str| builtin().iter().chain(&config.own_rules).any(|rule| rule.is_called(id));
    for id in config.disabled.iter().chain(config.allow.iter().flat_map(|allow| &allow.rules)) {
        if !known(id) {
            faults.push(format!("there is no rule `{id}`; `gatehook rules list` names them all"));
        }
    }
}

fn apply_gate(
    name: &str,
    raw: RawGate,
    gate: &mut GateConfig,
    set: &mut dyn FnMut(String, String),
    faults: &mut Vec<String>,
) {
    if let Some(block) = raw.block {
        gate.block = match block {
            RawSeverity::Low => Severity::Low,
            RawSeverity::Medium => Severity::Medium,
            RawSeverity::High => Severity::High,
            RawSeverity::Critical => Severity::Critical,
        };
        set(format!("gate.{name}.block"), format!("\"{}\"", gate.block));
    }
    if let Some(tier) = raw.tier {
        gate.tier = match tier {
            RawTier::Warn => Tier::Warn,
            RawTier::Block => Tier::Block,
        };
        set(format!("gate.{name}.tier"), format!("\"{}\"", gate.tier));
    }
    if let Some(on_limit) = raw.on_limit {
        gate.on_limit = match on_limit {
            RawOnLimit::Warn => OnLimit::Warn,
            RawOnLimit::Block => OnLimit::Block,
        };
        set(format!("gate.{name}.on-limit"), format!("{on_limit:?}").to_lowercase());
    }
    if let Some(stages) = raw.stages {
        gate.stages = stages
            .iter()
            .map(|stage| match stage {
                RawStage::Secrets => "secrets".to_owned(),
                RawStage::Insecure => "insecure".to_owned(),
            })
            .collect();
        if gate.stages.is_empty() {
            faults.push(format!("`gate.{name}.stages` is empty: a gate that looks at nothing never passes"));
        }
        set(format!("gate.{name}.stages"), format!("{:?}", gate.stages));
    }
}

fn allowance(raw: RawAllow) -> Result<Allow, String> {
    let rules = raw.rule.map(OneOrMany::into_vec).unwrap_or_default();
    let fingerprints = raw.fingerprint.map(OneOrMany::into_vec).unwrap_or_default();
    if raw.reason.trim().is_empty() {
        return Err("an `[[allow]]` takes a `reason`".to_owned());
    }
    if rules.is_empty() && fingerprints.is_empty() && raw.paths.is_empty() {
        return Err("an `[[allow]]` takes a `rule`, a `fingerprint` or `paths`".to_owned());
    }
    if let Some(short) = fingerprints.iter().find(|print| print.len() < 8) {
        return Err(format!("the fingerprint `{short}` is too short: at least eight digits"));
    }
    let expires = match raw.expires.map(|at| at.date) {
        None => None,
        Some(Some(date)) => Some(Day { year: date.year, month: date.month, day: date.day }),
        Some(None) => return Err("`expires` takes a date, as 2027-06-30".to_owned()),
    };
    Ok(Allow { rules, paths: raw.paths, fingerprints, reason: raw.reason, owner: raw.owner, expires })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(text: &str) -> Result<Config, String> {
        let layer = Layer { origin: Origin::Git(":gatehook.toml".to_owned()), text: text.as_bytes().to_vec() };
        resolve(&[layer], "0.1.0").map_err(|error| error.to_string())
    }

    #[test]
    fn values_know_where_they_come_from() {
        let config = resolved("[gate.commit]\nblock = \"high\"\n").unwrap();
        assert_eq!(config.commit.block, Severity::High);
        assert_eq!(config.settings[0].key, "gate.commit.block");
        assert_eq!(config.settings[0].origin.to_string(), ":gatehook.toml");
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
    fn an_allowance_has_a_reason_and_may_expire() {
        let config =
            resolved("[[allow]]\nrule = \"aws-access-key-id\"\npaths = [\"tests/**\"]\nreason = \"fixtures\"\nexpires = 2027-06-30\n")
                .unwrap();
        assert_eq!(config.allow[0].expires.map(|day| day.to_string()).as_deref(), Some("2027-06-30"));
    }
}
