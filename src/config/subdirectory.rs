//! `gatehook.toml` below the repository's root: what it may say of the files under its directory.
//!
//! It leaves rules out there (`rules.disable`) and allows findings (`[[allow]]`), nothing else: gates, stages and limits
//! are the root's. Both become allowances that begin at the directory, so that what they hide is counted, said and held
//! against what stood before, as all allowances are.

use serde::Deserialize;

use super::allow::{Allow, RawAllow, allowance};
use super::error::ConfigError;
use super::layer::{Layer, Rank};
use super::layer_merge::{LayerMerge, Ledger};
use super::read::{self, Versioned};
use super::version::Program;
use super::{Config, FILE, Holding, rules};

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawSubdirectory {
    required_version: Option<String>,
    #[serde(default)]
    rules: RawRules,
    #[serde(default)]
    allow: Vec<RawAllow>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawRules {
    #[serde(default)]
    disable: Vec<String>,
}

impl Versioned for RawSubdirectory {
    fn required_version(&self) -> Option<&str> {
        self.required_version.as_deref()
    }
}

/// Such a file and its directory, from the repository's root and with `/`.
#[derive(Clone, Debug)]
pub struct Subdirectory {
    /// The directory.
    pub dir: String,
    /// The file.
    pub layer: Layer,
}

/// See [`Config::with_subdirectories`].
pub(super) fn with(
    config: &Config,
    files: &[Subdirectory],
    against: Option<(&[Subdirectory], Holding)>,
    program: &Program,
) -> Result<Config, ConfigError> {
    let mut all = config.clone();
    // What the root allows is compared elsewhere.
    let mut own = Config { allow: Vec::new(), loosened: Vec::new(), refused: Vec::new(), ..config.clone() };
    files.iter().try_for_each(|file| lay(&mut own, file, program))?;
    if let Some((before, holding)) = against {
        let mut base = Config { allow: Vec::new(), ..config.clone() };
        for file in before {
            let mut with = base.clone();
            if lay(&mut with, file, program).is_ok() {
                base = with;
            }
        }
        own.allow_after_alone(&base, holding);
    }
    all.allow.extend(own.allow);
    all.loosened.extend(own.loosened);
    all.refused.extend(own.refused);
    Ok(all)
}

/// Lays one file over `config`.
fn lay(config: &mut Config, file: &Subdirectory, program: &Program) -> Result<(), ConfigError> {
    let Subdirectory { dir, layer } = file;
    let mut ledger = Ledger::new(program);
    ledger.locks.clone_from(&config.locks);
    let raw: RawSubdirectory = read::read(layer, program.version).map_err(explained)?;
    let mut merge = LayerMerge::new(Rank::Repository, &layer.origin, &mut ledger);
    apply(config, raw, dir, &mut merge);
    let faults = merge.faults;
    if !faults.is_empty() {
        return Err(ConfigError::Values { origin: layer.origin.clone(), faults });
    }
    config.refused.extend(ledger.refused);
    Ok(())
}

fn apply(config: &mut Config, raw: RawSubdirectory, dir: &str, merge: &mut LayerMerge<'_>) {
    let here =
        Allow { rank: Some(merge.rank()), file: format!("{dir}/{FILE}"), under: dir.to_owned(), ..Allow::default() };
    for id in raw.rules.disable {
        if merge.may_add("rules.disable", format!("[\"{id}\"]")) {
            let reason = format!("`{id}` is disabled below `{dir}`");
            config.allow.push(Allow { rules: vec![id], reason, ..here.clone() });
        }
    }
    for raw in raw.allow {
        match allowance(raw) {
            Ok(allow) if merge.may_add("allow", allow.to_string()) => {
                let Allow { rank, file, under, .. } = here.clone();
                config.allow.push(Allow { rank, file, under, ..allow });
            }
            Ok(_) => {}
            Err(fault) => merge.fault(fault),
        }
    }
    rules::check_names(config, merge);
}

/// What such a file may hold, where it holds something else.
fn explained(error: ConfigError) -> ConfigError {
    match error {
        ConfigError::Form { origin, message } => {
            let message = format!("{message}; below the root it takes `rules.disable` and `[[allow]]` only");
            ConfigError::Form { origin, message }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Origin;

    fn laid(config: &Config, dir: &str, text: &str) -> Result<Config, String> {
        let origin = Origin::Git { path: format!("{dir}/{FILE}"), revision: None };
        let layer = Layer { rank: Rank::Repository, origin, text: text.as_bytes().to_vec() };
        let program = Program::of_version("0.1.0");
        let file = Subdirectory { dir: dir.to_owned(), layer };
        config.with_subdirectories(&[file], None, &program).map_err(|error| error.to_string())
    }

    #[test]
    fn it_speaks_of_its_directory_alone() {
        let config = laid(&Config::default(), "web", "[rules]\ndisable = [\"private-key\"]\n").unwrap();
        let [allow] = &config.allow[..] else { panic!("one allowance: {:?}", config.allow) };
        assert_eq!((&allow.under[..], &allow.file[..]), ("web", "web/gatehook.toml"));
    }

    #[test]
    fn what_is_the_roots_to_say_is_an_error() {
        for text in [
            "[gate.commit]\nblock = \"high\"\n",
            "[rules]\nsets = [\"secrets\"]\n",
            "extends = \"x\"\n",
            "locked = []\n",
        ] {
            let error = laid(&Config::default(), "web", text).unwrap_err();
            assert!(error.contains("line ") && error.contains("below the root"), "{text}: {error}");
        }
    }

    #[test]
    fn what_an_organisation_locks_is_refused() {
        let by = Origin::File("/etc/gatehook/config.toml".into());
        let locked = Config { locks: vec![("allow".to_owned(), by)], ..Config::default() };
        let config = laid(&locked, "web", "[[allow]]\npaths = [\"**\"]\nreason = \"all of it\"\n").unwrap();
        assert!(config.allow.is_empty() && config.refused.len() == 1, "{:?}", config.refused);
    }
}
